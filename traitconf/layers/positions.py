"""Where the keys of a TOML text stand: an index for texts that `tomllib` has accepted.

It locates and never validates. Where the text is not what it expects, the index is empty: a wrong place is worse than
none.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from typing import Final

import attrs

Path = tuple[str | int, ...]


@attrs.frozen
class Position:
    """A place in a text: 1-based line and column in characters, and the column after the key's last character."""

    line: int
    column: int
    end_column: int


_BLANK: Final = re.compile(r"[ \t]*")
_BETWEEN: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY: Final = re.compile(r"""([A-Za-z0-9_-]+)|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_STRING: Final = re.compile(
    r'''"""(?:\\.|[^\\])*?"""+|\'\'\'.*?\'\'\'+|"(?:\\.|[^"\\\n])*"|'[^'\n]*\'''',
    re.DOTALL,
)
_ATOM: Final = re.compile(r"[^,\]}\n#]+")


def toml_positions(text: str) -> Mapping[Path, Position]:
    r"""Return the place of every key and every array element of a TOML text.

    A dotted key stands where its first part begins, whichever part is asked for; a part of a table's header stands
    where it is written in the header.

    Args:
        text: with line feeds only; `tomllib` accepts it.

    Returns:
        places by path; empty when the text is not understood.

    >>> toml_positions("[a]\nb.c = 1\n")[("a", "b", "c")]
    Position(line=2, column=1, end_column=4)
    """
    try:
        return _Scanner(text).run()
    except (Unexpected, RecursionError, IndexError):
        return {}


def toml_statement(text: str, index: int) -> Position | None:
    r"""Return the place of the pair or header that reaches an index of a TOML text.

    Args:
        text: with line feeds only; whatever stands behind the index is not looked at.
        index: of a character.

    >>> toml_statement("a = 1\na = 2\n", 11)
    Position(line=2, column=1, end_column=6)
    """
    scanner = _Scanner(text)
    try:
        return scanner.statement(index)
    except (Unexpected, RecursionError, IndexError):
        return None


class Lines:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        """Find the line feeds of `text`."""
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def index(self, line: int, column: int) -> int:
        """Return the index of a character.

        Args:
            line: 1-based.
            column: 1-based.
        """
        return self._starts[min(line, len(self._starts)) - 1] + column - 1

    def position(self, start: int, end: int) -> Position:
        """Return the place of a stretch of text.

        Args:
            start: index of its first character.
            end: index behind its last character; where it has several lines, the first one counts.
        """
        line = bisect.bisect_right(self._starts, start)
        begin = self._starts[line - 1]
        if line < len(self._starts):
            end = max(start + 1, min(end, self._starts[line] - 1))
        return Position(line, start - begin + 1, end - begin + 1)


class Unexpected(Exception):
    """The text is not what the index expects."""


class _Scanner:
    """Walks a text once, from the first character to the last."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines = Lines(text)
        self.found: dict[Path, Position] = {}
        self.counts: dict[Path, int] = {}

    def run(self) -> Mapping[Path, Position]:
        """Read tables and pairs until the end."""
        base: Path = ()
        self.skip(_BETWEEN)
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                base = self.header()
            else:
                self.pair(base)
            self.skip(_BETWEEN)
        return self.found

    def statement(self, index: int) -> Position:
        """Read statements until one reaches an index, and return where that one stands."""
        base: Path = ()
        self.skip(_BETWEEN)
        while True:
            start = self.at
            if self.text.startswith("[", self.at):
                base = self.header()
            else:
                self.pair(base)
            end = self.at
            self.skip(_BETWEEN)
            if self.at > index:
                return self.lines.position(start, end)

    def header(self) -> Path:
        """Read a table's header and return the path of the table."""
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        parts = self.key()
        self.expect("]]" if is_array else "]")
        path: Path = ()
        for part, start, end in parts[:-1]:
            path = self.element((*path, part))
            self.found.setdefault(path, self.lines.position(start, end))
        name, start, end = parts[-1]
        path = (*path, name)
        if is_array:
            self.found.setdefault(path, self.lines.position(start, end))
            self.counts[path] = self.counts.get(path, -1) + 1
            path = self.element(path)
        self.found[path] = self.lines.position(start, end)
        return path

    def element(self, path: Path) -> Path:
        """Return a table's path with the index of its latest element, where it is an array of tables."""
        return (*path, self.counts[path]) if path in self.counts else path

    def pair(self, base: Path) -> None:
        """Read a key, an equals sign and a value."""
        parts = self.key()
        start = parts[0][1]
        path = base
        for part, _, end in parts:
            path = (*path, part)
            self.found.setdefault(path, self.lines.position(start, end))
        self.expect("=")
        self.skip(_BLANK)
        self.value(path)

    def key(self) -> list[tuple[str, int, int]]:
        """Read a dotted key: each part with where it begins and ends."""
        parts = []
        while True:
            self.skip(_BLANK)
            match = _KEY.match(self.text, self.at)
            if match is None:
                raise Unexpected
            parts.append((_name(match[0]), match.start(), match.end()))
            self.at = match.end()
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def value(self, path: Path) -> None:
        """Read a value, noting the places of what is inside."""
        first = self.text[self.at]
        if first == "[":
            self.array(path)
        elif first == "{":
            self.inline_table(path)
        else:
            match = (_STRING if first in "\"'" else _ATOM).match(self.text, self.at)
            if match is None:
                raise Unexpected
            self.at = match.start() + len(match[0].rstrip())

    def array(self, path: Path) -> None:
        """Read an array; its elements stand where they begin."""
        self.at += 1
        index = 0
        while not self.closes("]"):
            start = self.at
            element = (*path, index)
            self.value(element)
            self.found[element] = self.lines.position(start, self.at)
            index += 1

    def inline_table(self, path: Path) -> None:
        """Read an inline table."""
        self.at += 1
        while not self.closes("}"):
            self.pair(path)

    def closes(self, bracket: str) -> bool:
        """Pass over blanks and one comma; whether the container ends here."""
        self.skip(_BETWEEN)
        if self.text.startswith(",", self.at):
            self.at += 1
            self.skip(_BETWEEN)
        if self.text[self.at] == bracket:
            self.at += 1
            return True
        return False

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Pass over what the pattern matches, perhaps nothing."""
        if match := pattern.match(self.text, self.at):
            self.at = match.end()

    def expect(self, token: str) -> None:
        """Pass over a token that must stand here."""
        self.skip(_BLANK)
        if not self.text.startswith(token, self.at):
            raise Unexpected
        self.at += len(token)


def _name(token: str) -> str:
    if token[0] == "'":
        return token[1:-1]
    if token[0] != '"':
        return token
    import tomllib

    return next(iter(tomllib.loads(f"{token} = 0")))
