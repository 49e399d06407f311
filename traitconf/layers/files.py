"""The door to dynaconf: its readers of files, its parser of tokens, and its loaders. It merges and keeps nothing here.

Keys are text in every format, as they are written: `42:` in YAML is the key "42", as in TOML and JSON. A
`FileDocument` remembers the hash of what was read, so that a place is looked up only in the text it belongs to.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import json
import os
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any, Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.content import LARGEST, read_content
from traitconf.layers.json_positions import json_positions, repeated_name
from traitconf.layers.layer import Path
from traitconf.layers.marked import may_hold_tokens
from traitconf.layers.positions import Position, toml_positions
from traitconf.layers.syntax import encoding_problem, syntax_problem
from traitconf.layers.yaml_positions import with_text_keys, yaml_positions
from traitconf.types import Origin, Source

_TOP: Final = Position(1, 1, 1)
"""Where a whole file is said to stand."""
SUFFIXES: Final = (".toml", ".yaml", ".yml", ".json")
LARGEST_YAML: Final = 4 * 2**20
"""YAML is read some forty times slower than JSON."""
MOST_MERGED: Final = 10_000
"""How many keys `<<` may bring into one table."""
_DEEP_KEY: Final = re.compile(r"""^[ \t]*\[{0,2}(?:[ \t]*[\w"'-]+[ \t]*\.){1001}""", re.MULTILINE)
"""The time that TOML takes grows with the square of a dotted key's length."""
_DEEP_LINE: Final = 2 * 1001
"""A shorter line holds no such key; to look at their lengths takes a tenth of looking for the pattern."""
_ESCAPE: Final = "\\u"
_NUMBERS: Final = ("0x", "0o", "0b")
_UNWRITABLE: Final = re.compile(r"\\u[dD][89a-fA-F]|0[xob][0-9a-fA-F_]{1000}")


@attrs.frozen(eq=False)
class FileDocument:
    """A file that was read.

    Attributes:
        file: its path.
        digest: hash of the bytes that were read.
        has_tokens: whether tokens or markers of dynaconf may stand in it.
    """

    file: str
    digest: str
    has_tokens: bool = False

    def origin(self, path: Path) -> Origin:
        """Return the place of the value at `path`; the line is unknown when the file has changed since."""
        lines, positions = _index(self.file, self.digest)
        if not positions:
            return Origin(Source.FILE, self.file)
        while path and path not in positions:
            path = path[:-1]
        position = positions.get(path, _TOP)
        excerpt = _quotable(lines[position.line - 1], positions, path, position) if may_be_quoted(self.file) else ""
        return Origin(Source.FILE, self.file, position.line, position.column, position.end_column, excerpt=excerpt)


def _index(file: str, digest: str) -> tuple[list[str], Mapping[Path, Position]]:
    """Return the lines of a file and the places in it; nothing when it has changed, or is gone."""
    try:
        status = os.stat(file)  # noqa: PTH116 -- once for every fault: a path object costs more than the look
        return _indexed(file, digest, (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino))
    except (OSError, RecursionError):  # the stack was less deep when the file was read
        return [], {}


@functools.lru_cache(maxsize=64)
def _indexed(file: str, digest: str, _state: tuple[int, ...]) -> tuple[list[str], Mapping[Path, Position]]:
    """Read a file again, once for each state of it: a file may have as many faults as it has lines."""
    data = read_content(FilePath(file))
    return _places(FilePath(file).suffix, data) if digest_of(data) == digest else ([], {})


@functools.lru_cache(maxsize=64)
def _places(suffix: str, data: bytes) -> tuple[list[str], Mapping[Path, Position]]:
    text = _text(suffix, data)
    return text.split("\n"), _positions(suffix, text)


def _positions(suffix: str, text: str) -> Mapping[Path, Position]:
    if suffix == ".toml":
        return toml_positions(text)
    if suffix == ".json":
        return json_positions(text)
    return yaml_positions(_composed(text), text)


def _composed(text: str) -> Any:
    _wake()
    from dynaconf.vendor.ruamel import yaml

    return yaml.compose(text, Loader=yaml.SafeLoader)


def _text(suffix: str, data: bytes) -> str:
    """Decode a file; line ends become line feeds wherever the format takes them for line ends."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    return text if suffix == ".toml" else text.replace("\r", "\n")


def _quotable(line: str, positions: Mapping[Path, Position], path: Path, position: Position) -> str:
    """Return a line as it may be shown: of one that also holds other tables, only the key, since they may hold secrets.

    Whose values are secret is known to the trait of each table; here it is only known which tables the line holds.
    """
    if line.count("=") <= 1 and line.count(":") <= 1:
        return line
    for other, at in positions.items():
        if at.line != position.line or type(other[-1]) is int:
            continue
        is_near = other[:-1] == path[: len(other) - 1] or other[: len(path)] == path
        if not is_near:
            key = line[position.column - 1 : position.end_column - 1]
            return f"{' ' * (position.column - 1)}{key} …"
    return line


def may_be_quoted(file: str) -> bool:
    """Whether lines of a file may be shown: never those of `.secrets.*`.

    >>> may_be_quoted("config/traits.toml"), may_be_quoted("config/.secrets.toml")
    (True, False)
    """
    return not FilePath(file).name.startswith(".secrets.")


def digest_of(data: bytes) -> str:
    """Return the hash by which a file's content is known.

    >>> digest_of(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()


def read_file(path: FilePath) -> tuple[FileDocument, Mapping[str, Any]] | Problem:
    """Read one configuration file.

    Args:
        path: a TOML, YAML or JSON file.

    Returns:
        the document and what it says, or the one problem that prevents reading it.
    """
    file = str(path)
    if path.suffix not in SUFFIXES:
        hint = f"write TOML, YAML or JSON, and let the name end in {', '.join(SUFFIXES)}"
        return Problem("TC002", f"cannot read {path.name}: unknown format", Origin(Source.FILE, file), hint=hint)
    try:
        data = read_content(path, LARGEST if path.suffix in (".toml", ".json") else LARGEST_YAML)
    except OSError as error:
        reason = error.strerror or str(error)
        return Problem("TC002", f"cannot read {path.name}: {reason}", Origin(Source.FILE, file))
    try:
        text = _text(path.suffix, data)
    except UnicodeDecodeError as error:
        return encoding_problem(file, error)
    try:
        content = parse_text(path.suffix, text)
    except EngineError as error:
        return Problem("TC006", str(error), Origin(Source.FILE, file), hint=error.hint)
    except Exception as error:  # noqa: BLE001 -- each format's reader has its own error class, some private to dynaconf
        return syntax_problem(file, text, error, quoted=may_be_quoted(file))
    if not isinstance(content, Mapping):
        text = f"{path.name} must hold a table, it holds a {type(content).__name__}"
        return Problem("TC103", text, Origin(Source.FILE, file, 1, 1))
    return FileDocument(file, digest_of(data), may_hold_tokens(text)), content


def parse_text(suffix: str, text: str) -> Any:
    """Hand a text to dynaconf's reader of its format, so that the very bytes that were hashed are read.

    Args:
        suffix: of a file of that format, for example `.toml`.
        text: with line feeds only.

    Raises:
        Exception: whatever the reader of the format raises.
    """
    if suffix == ".toml" and max(map(len, text.split("\n"))) > _DEEP_LINE and _DEEP_KEY.search(text):
        raise RecursionError
    content = _readers()[suffix](text)
    signs = (_ESCAPE,) if suffix == ".json" else (_ESCAPE, *_NUMBERS)
    if any(sign in text for sign in signs) and _UNWRITABLE.search(text):  # to look for signs first takes a tenth
        _refuse_unwritable(content)
    return content


def _refuse_unwritable(content: Any) -> None:
    """Refuse text that is no UTF-8 and numbers that Python does not write; what an alias repeats is seen once."""
    pending, seen = [content], set()
    while pending:
        value = pending.pop()
        if isinstance(value, (dict, list)):
            inside = (*value, *value.values()) if isinstance(value, dict) else value
            pending += inside if id(value) not in seen else ()
            seen.add(id(value))
            continue
        try:
            str(value).encode()
        except UnicodeEncodeError:
            raise ValueError("an escape \\u… stands for half of a character") from None


class EngineError(RuntimeError):
    """dynaconf itself cannot be imported."""

    hint = "unset the variables that end in _FOR_DYNACONF, or repair the installation"


def _wake() -> None:
    """Import dynaconf, whose import reads `*_FOR_DYNACONF` variables: a wrong one makes it fail.

    Raises:
        EngineError: when it cannot be imported.
    """
    if "dynaconf.base" in sys.modules:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of variables that other programs use, such as PROJECT_ROOT
            import dynaconf.base  # noqa: F401 -- imported for the import itself
    except Exception as error:  # noqa: BLE001 -- values of variables are parsed there
        raise EngineError(f"dynaconf cannot be imported: {type(error).__name__}: {error}") from None


def parser() -> Any:
    """Return the module of dynaconf that knows its tokens, for `layers.token_value`.

    Raises:
        EngineError: when dynaconf cannot be imported.
    """
    _wake()
    from dynaconf.utils import parse_conf

    return parse_conf


def settings_type() -> Any:
    """Return the class of the objects that loaders of dynaconf load into, for `layers.capture`.

    Raises:
        EngineError: when dynaconf cannot be imported.
    """
    _wake()
    from dynaconf.base import Settings

    return Settings


@functools.cache
def _readers() -> Mapping[str, Callable[[str], Any]]:
    return {".toml": _load_toml, ".yaml": _load_yaml, ".yml": _load_yaml, ".json": load_json}


def _load_toml(text: str) -> Any:
    return _toml_parser().loads(text)


@functools.cache
def _toml_parser() -> Any:
    """Return dynaconf's parser of TOML alone: dynaconf imports Flask, Django and Jinja where they are installed."""
    package = importlib.util.find_spec("dynaconf")
    if package is None or package.origin is None:
        raise EngineError("dynaconf is not installed")
    path = FilePath(package.origin).parent / "vendor" / "tomllib" / "__init__.py"
    spec = importlib.util.spec_from_file_location(f"{__package__}.dynaconf_tomllib", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _load_yaml(text: str) -> Any:
    _wake()
    from dynaconf.vendor.ruamel import yaml

    loader = _yaml_loader()(text)
    try:
        root = loader.get_single_node()
        return {} if root is None else loader.construct_document(with_text_keys(root, yaml))
    finally:
        loader.dispose()


@functools.cache
def _yaml_loader() -> Any:
    """Return a safe loader that says where a value stands that it cannot make, such as the date 2026-02-31.

    What merges (`<<`) bring together is bounded, since each merge of merges multiplies it.
    """
    from dynaconf.vendor.ruamel import yaml

    class PlacingLoader(yaml.SafeLoader):  # type: ignore[misc]  # dynaconf ships no types
        def flatten_mapping(self, node: Any) -> None:
            written = len(node.value)
            super().flatten_mapping(node)
            if len(node.value) > max(written, MOST_MERGED):
                raise yaml.constructor.ConstructorError(None, None, "too much is merged here", node.start_mark)

        def construct_non_recursive_object(self, node: Any, tag: Any = None) -> Any:
            try:
                return super().construct_non_recursive_object(node, tag)
            except (ValueError, LookupError) as error:
                raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from None

    return PlacingLoader


def load_json(text: str) -> Any:
    """Return what a JSON text says; a name that stands twice in one object is refused.

    Args:
        text: JSON.

    Raises:
        ValueError: when it is no JSON.
        RecursionError: when it is nested too deeply.

    >>> load_json('{"a": [1]}')
    {'a': [1]}
    """

    def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            raise _repetition(text, [name for name, _ in pairs])
        return table

    return json.loads(text, object_pairs_hook=without_duplicates)


def _repetition(text: str, names: list[str]) -> json.JSONDecodeError:
    twice = next(name for name, count in Counter(names).items() if count > 1)
    return json.JSONDecodeError(f"the key {twice!r} stands twice in one object", text, repeated_name(text) or 0)
