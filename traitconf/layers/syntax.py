"""What is wrong with a text that no reader accepts, and where; each format's reader says it in its own way."""

from __future__ import annotations

import re
from typing import Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.positions import Lines, Position, toml_statement
from traitconf.types import Origin, Source

_TOML_PLACE: Final = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def syntax_problem(file: str, text: str, error: Exception, *, quoted: bool = True) -> Problem:
    """Return a reader's exception as a problem.

    Args:
        file: path of the file.
        text: what was read, with line feeds only.
        error: what the reader raised.
        quoted: whether the line may be shown.
    """
    message, index = _where(error, text)
    position = Lines(text).position(index, index + 1) if index is not None else None
    if position is not None and message.startswith("Cannot "):  # tomllib finds a key that stands twice behind its value
        position = toml_statement(text, index or 0) or position
    return Problem("TC004", f"syntax error: {message}", _origin(file, text, position, quoted=quoted))


def encoding_problem(file: str, error: UnicodeDecodeError) -> Problem:
    """Return the problem of a file that is not UTF-8, placed at the first byte that cannot be read.

    Args:
        file: path of the file.
        error: what decoding raised.
    """
    readable = error.object[: error.start].decode("utf-8-sig").replace("\r\n", "\n")
    readable = readable if file.endswith(".toml") else readable.replace("\r", "\n")
    position = Lines(readable).position(len(readable), len(readable))
    text = f"the file is not UTF-8: byte 0x{error.object[error.start]:02x} cannot be read"
    hint = "save it as UTF-8"
    return Problem("TC003", text, Origin(Source.FILE, file, position.line, position.column), hint=hint)


def _origin(file: str, text: str, position: Position | None, *, quoted: bool) -> Origin:
    if position is None:
        return Origin(Source.FILE, file)
    excerpt = text.split("\n")[position.line - 1] if quoted else ""
    return Origin(Source.FILE, file, **attrs.asdict(position), excerpt=excerpt)


def _where(error: Exception, text: str) -> tuple[str, int | None]:
    """Return what a reader says, and the index in the text where it says it."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply", None
    if (mark := getattr(error, "problem_mark", None)) is not None:
        told = getattr(error, "problem", None) or str(error)
        return told.partition(" with value ")[0], min(mark.index, len(text))  # the value may be a secret
    if (position := getattr(error, "position", None)) is not None:
        return f"the character #x{error.character:04x} is not allowed", position  # type: ignore[attr-defined]  # ruamel's ReaderError
    message = str(error)
    if match := _TOML_PLACE.search(message):
        end = len(text.rstrip("\n"))
        index = Lines(text).index(int(match[1]), int(match[2])) if match[1] else end
        return message.replace(match[0], ""), min(index, len(text))
    if (place := getattr(error, "pos", None)) is not None:
        return getattr(error, "msg", message), min(place, len(text.rstrip("\n")))
    return message, None
