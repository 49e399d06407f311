"""Where the keys of a JSON text stand: an index for texts that `json` has accepted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from traitconf.layers.positions import Lines, Path, Position, Unexpected

_BLANK: Final = re.compile(r"[ \t\r\n]*")
_STRING: Final = re.compile(r'"(?:\\.|[^"\\])*"')
_ATOM: Final = re.compile(r"[^,\]}\s]+")


def json_positions(text: str) -> Mapping[Path, Position]:
    """Return the place of every key and every array element of a JSON text.

    Args:
        text: `json` accepts it.

    Returns:
        places by path; empty when the text is not understood.

    >>> json_positions('{"a": {"b": 1}}')[("a", "b")]
    Position(line=1, column=8, end_column=11)
    """
    scanner = _Scanner(text)
    return scanner.found if scanner.run() else {}


def repeated_name(text: str) -> int | None:
    """Return the index of the first name that stands twice in one object.

    Args:
        text: whatever stands behind that name is not looked at.

    >>> repeated_name('{"a": 1, "a": 2}')
    9
    """
    scanner = _Scanner(text)
    scanner.run()
    return scanner.repeated


class _Scanner:
    """Walks a text once, from the first character to the last."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines = Lines(text)
        self.found: dict[Path, Position] = {}
        self.repeated: int | None = None

    def run(self) -> bool:
        """Walk the text; whether it is what the index expects."""
        try:
            self.value(())
        except (Unexpected, IndexError, RecursionError, ValueError):
            return False
        return True

    def value(self, path: Path) -> None:
        """Read a value, noting the places of what is inside."""
        self.take(_BLANK)
        first = self.text[self.at]
        if first == "{":
            self.table(path)
        elif first == "[":
            self.array(path)
        else:
            self.take(_STRING if first == '"' else _ATOM)

    def table(self, path: Path) -> None:
        """Read an object; its members stand where their names begin."""
        self.at += 1
        while not self.closes("}"):
            start = self.at
            name = (*path, json.loads(self.take(_STRING)))
            if name in self.found and self.repeated is None:
                self.repeated = start
            self.found[name] = self.lines.position(start, self.at)
            self.take(_BLANK)
            self.at += 1
            self.value(name)

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

    def closes(self, bracket: str) -> bool:
        """Pass over blanks and one comma; whether the container ends here."""
        self.take(_BLANK)
        if self.text[self.at] == ",":
            self.at += 1
            self.take(_BLANK)
        if self.text[self.at] == bracket:
            self.at += 1
            return True
        return False

    def take(self, pattern: re.Pattern[str]) -> str:
        """Pass over what the pattern matches, and return it."""
        match = pattern.match(self.text, self.at)
        if match is None:
            raise Unexpected
        self.at = match.end()
        return match[0]
