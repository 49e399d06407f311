"""Small writers of plain tables: the same content in the three formats that a configuration may be written in.

They write what tests need and no more: tables with text for keys, lists, text, numbers, truth values, and none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any


def to_json(table: Mapping[str, Any]) -> str:
    """Return a table as JSON."""
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def to_toml(table: Mapping[str, Any]) -> str:
    """Return a table as TOML: headers for tables of tables, else dotted keys; none is `@none`."""
    return "\n".join(_toml_lines(table, ())) + "\n"


def to_yaml(table: Mapping[str, Any]) -> str:
    """Return a table as YAML in block style."""
    return "\n".join(_yaml_lines(table, "")) + "\n" if table else "{}\n"


WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {".toml": to_toml, ".yaml": to_yaml, ".json": to_json}


def _toml_lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield a table under its header: values, innermost tables as dotted keys, then the other tables."""
    outer = {name: value for name, value in table.items() if isinstance(value, Mapping) and _holds_table(value)}
    if path and len(outer) < max(1, len(table)):
        yield f"[{'.'.join(map(_quoted, path))}]"
    for name, value in table.items():
        if not isinstance(value, Mapping) or not value:
            yield f"{_quoted(name)} = {_toml_value(value)}"
        elif name not in outer:
            yield from (f"{_quoted(name)}.{_quoted(key)} = {_toml_value(inner)}" for key, inner in value.items())
    for name, value in outer.items():
        yield from _toml_lines(value, (*path, name))


def _holds_table(table: Mapping[str, Any]) -> bool:
    return any(isinstance(value, Mapping) and value for value in table.values())


def _toml_value(value: Any) -> str:
    if value is None:
        return '"@none"'
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    return json.dumps(value).replace("\x7f", "\\u007f")


def _yaml_lines(table: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, Mapping) and value:
            yield f"{indent}{_quoted(name)}:"
            yield from _yaml_lines(value, indent + "  ")
        elif isinstance(value, list) and value:
            yield f"{indent}{_quoted(name)}:"
            yield from (f"{indent}- {json.dumps(element)}" for element in value)
        else:
            yield f"{indent}{_quoted(name)}: {json.dumps(value)}"


def _quoted(name: str) -> str:
    """Return a key, quoted where it is not a plain word of Latin letters."""
    is_bare = name.isascii() and name.replace("_", "a").isalpha() and name.lower() not in {"null", "true", "false"}
    return name if is_bare else json.dumps(name)
