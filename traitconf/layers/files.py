"""The door to dynaconf: reads one configuration file with dynaconf's readers, nothing merged, nothing renamed.

A `FileDocument` remembers the hash of what was read, so that a place is looked up only in the text it belongs to.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.json_positions import json_positions
from traitconf.layers.layer import Path
from traitconf.layers.positions import Position, toml_positions
from traitconf.layers.yaml_positions import yaml_positions
from traitconf.types import Origin, Source

_TOP: Final = Position(1, 1, 1)
"""Where a whole file is said to stand."""
SUFFIXES: Final = (".toml", ".yaml", ".yml", ".json")


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
        text, positions = _index(self.file, self.digest)
        if not positions:
            return Origin(Source.FILE, self.file)
        while path and path not in positions:
            path = path[:-1]
        position = positions.get(path, _TOP)
        excerpt = text.splitlines()[position.line - 1]
        return Origin(Source.FILE, self.file, position.line, position.column, position.end_column, excerpt=excerpt)


@functools.lru_cache(maxsize=64)
def _index(file: str, digest: str) -> tuple[str, Mapping[Path, Position]]:
    try:
        data = FilePath(file).read_bytes()
    except OSError:
        return "", {}
    if digest_of(data) != digest:
        return "", {}
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    return text, _positions(FilePath(file).suffix, text)


def _positions(suffix: str, text: str) -> Mapping[Path, Position]:
    if suffix == ".toml":
        return toml_positions(text)
    return json_positions(text) if suffix == ".json" else yaml_positions(_composed(text))


def _composed(text: str) -> Any:
    from dynaconf.vendor.ruamel import yaml

    return yaml.compose(text, Loader=yaml.SafeLoader)


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
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        return Problem("TC002", f"cannot read {path.name}: {reason}", Origin(Source.FILE, file))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(file, data, error)
    document = FileDocument(file, digest_of(data))
    try:
        content = _parse(path.suffix, text.replace("\r\n", "\n"))
    except Exception as error:  # noqa: BLE001 -- each format's reader has its own error class, some private to dynaconf
        return _syntax_problem(file, text, error)
    if not isinstance(content, Mapping):
        text = f"{path.name} must hold a table, it holds a {type(content).__name__}"
        return Problem("TC103", text, Origin(Source.FILE, file, 1, 1))
    return document, content


def _parse(suffix: str, text: str) -> Any:
    """Hand a text to dynaconf's reader of its format.

    A text that is no file name goes to the string reader, so the very bytes that were hashed are the ones that are
    read; the line end keeps a text that ends like a file name from being taken for one.
    """
    identifier, extensions, reader = _readers()[suffix.removeprefix(".")]
    from dynaconf.loaders.base import BaseLoader

    loader = BaseLoader(
        obj=_host(), env=None, identifier=identifier, extensions=extensions, file_reader=None, string_reader=reader
    )
    source = text + "\n"
    return loader.get_source_data([source]).get(source, {})


@functools.cache
def _host() -> Any:
    """Return the inert settings object that dynaconf's loaders want: no file, no variable, no loader."""
    from dynaconf import Dynaconf

    return Dynaconf(settings_files=[], envvar_prefix=None, loaders=[], environments=False)


@functools.cache
def _readers() -> Mapping[str, tuple[str, tuple[str, ...], Any]]:
    from dynaconf.vendor import tomllib
    from dynaconf.vendor.ruamel import yaml

    toml = ("toml", (".toml",), tomllib.loads)
    yml = ("yaml", (".yaml", ".yml"), yaml.safe_load)
    return {"toml": toml, "yaml": yml, "yml": yml, "json": ("json", (".json",), _load_json)}


def _load_json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_without_duplicates)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return table


def _not_utf8(file: str, data: bytes, error: UnicodeDecodeError) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
    text = f"the file is not UTF-8: byte 0x{data[error.start]:02x} cannot be read"
    return Problem("TC003", text, Origin(Source.FILE, file, line, column), hint="save it as UTF-8")


def _syntax_problem(file: str, text: str, error: Exception) -> Problem:
    message, line, column = _where(error, text)
    lines = text.splitlines()
    excerpt = lines[line - 1] if 0 < line <= len(lines) else ""
    origin = Origin(Source.FILE, file, line, column, column + 1 if column else 0, excerpt=excerpt)
    return Problem("TC004", f"syntax error: {message}", origin)


def _where(error: Exception, text: str) -> tuple[str, int, int]:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        told = getattr(error, "problem", None) or str(error)
        return told.partition(" with value ")[0], mark.line + 1, mark.column + 1  # the value may be a secret
    message = str(error)
    if match := re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)", message):
        end = text.count("\n") + (not text.endswith("\n"))
        line, column = (int(match[1]), int(match[2])) if match[1] else (end, 1)
        return message.replace(match[0], ""), line, column
    return getattr(error, "msg", message), getattr(error, "lineno", 0), getattr(error, "colno", 0)
