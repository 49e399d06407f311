"""The door to dynaconf: reads one configuration file with dynaconf's readers, nothing merged, nothing renamed.

Keys are text in every format, as they are written: `42:` in YAML is the key "42", as in TOML and JSON. A
`FileDocument` remembers the hash of what was read, so that a place is looked up only in the text it belongs to.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any, Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.json_positions import json_positions, repeated_name
from traitconf.layers.layer import Path
from traitconf.layers.positions import Position, toml_positions
from traitconf.layers.syntax import encoding_problem, syntax_problem
from traitconf.layers.yaml_positions import with_text_keys, yaml_positions
from traitconf.types import Origin, Source

_TOP: Final = Position(1, 1, 1)
"""Where a whole file is said to stand."""
SUFFIXES: Final = (".toml", ".yaml", ".yml", ".json")
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


@attrs.frozen(eq=False)
class FileDocument:
    """A file that was read.

    Attributes:
        file: its path.
        digest: hash of the bytes that were read.
    """

    file: str
    digest: str

    def origin(self, path: Path) -> Origin:
        """Return the place of the value at `path`; the line is unknown when the file has changed since."""
        lines, positions = _index(self.file, self.digest)
        if not positions:
            return Origin(Source.FILE, self.file)
        while path and path not in positions:
            path = path[:-1]
        position = positions.get(path, _TOP)
        excerpt = lines[position.line - 1] if may_be_quoted(self.file) else ""
        return Origin(Source.FILE, self.file, position.line, position.column, position.end_column, excerpt=excerpt)


def _index(file: str, digest: str) -> tuple[list[str], Mapping[Path, Position]]:
    """Return the lines of a file and the places in it; nothing when it has changed, or is gone."""
    try:
        data = FilePath(file).read_bytes()
    except OSError:
        return [], {}
    try:
        return _places(FilePath(file).suffix, data) if digest_of(data) == digest else ([], {})
    except RecursionError:  # the stack was less deep when the file was read
        return [], {}


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
    from dynaconf.vendor.ruamel import yaml

    return yaml.compose(text, Loader=yaml.SafeLoader)


def _text(suffix: str, data: bytes) -> str:
    """Decode a file; line ends become line feeds wherever the format takes them for line ends."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    return text if suffix == ".toml" else text.replace("\r", "\n")


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
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        return Problem("TC002", f"cannot read {path.name}: {reason}", Origin(Source.FILE, file))
    try:
        text = _text(path.suffix, data)
    except UnicodeDecodeError as error:
        return encoding_problem(file, error)
    try:
        content = _parse(path.suffix, text)
    except Exception as error:  # noqa: BLE001 -- each format's reader has its own error class, some private to dynaconf
        return syntax_problem(file, text, error, quoted=may_be_quoted(file))
    if not isinstance(content, Mapping):
        text = f"{path.name} must hold a table, it holds a {type(content).__name__}"
        return Problem("TC103", text, Origin(Source.FILE, file, 1, 1))
    return FileDocument(file, digest_of(data)), content


def _parse(suffix: str, text: str) -> Any:
    """Hand a text to dynaconf's reader of its format.

    A text that is no file name goes to the string reader, so the very bytes that were hashed are the ones that are
    read; the line end keeps a text that ends like a file name from being taken for one.
    """
    from dynaconf.loaders.base import BaseLoader

    reader = _readers()[suffix]
    loader = BaseLoader(
        obj=_host(),
        env=None,
        identifier=suffix.removeprefix("."),
        extensions=(suffix,),
        file_reader=None,
        string_reader=lambda text: (reader(text),),  # wrapped: the loader drops what is empty, `[]` like `{}`
    )
    source = text + "\n"
    (content,) = loader.get_source_data([source])[source]
    if _SURROGATE.search(text):
        _refuse_surrogates(content)
    return content


def _refuse_surrogates(content: Any) -> None:
    try:
        json.dumps(content, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise ValueError("an escape \\u… stands for half of a character") from None


@functools.cache
def _host() -> Any:
    """Return the inert settings object that dynaconf's loaders want: no file, no variable, no loader."""
    from dynaconf import Dynaconf

    return Dynaconf(settings_files=[], envvar_prefix=None, loaders=[], environments=False)


@functools.cache
def _readers() -> Mapping[str, Callable[[str], Any]]:
    from dynaconf.vendor import tomllib

    return {".toml": tomllib.loads, ".yaml": _load_yaml, ".yml": _load_yaml, ".json": load_json}


def _load_yaml(text: str) -> Any:
    from dynaconf.vendor.ruamel import yaml

    loader = _yaml_loader()(text)
    try:
        root = loader.get_single_node()
        return {} if root is None else loader.construct_document(with_text_keys(root, yaml))
    finally:
        loader.dispose()


@functools.cache
def _yaml_loader() -> Any:
    """Return a safe loader that says where a value stands that it cannot make, such as the date 2026-02-31."""
    from dynaconf.vendor.ruamel import yaml

    class PlacingLoader(yaml.SafeLoader):  # type: ignore[misc]  # dynaconf ships no types
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
    twice = next(name for name in names if names.count(name) > 1)
    return json.JSONDecodeError(f"the key {twice!r} stands twice in one object", text, repeated_name(text) or 0)
