"""Problems as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from typing import Final

from traitconf.errors import Problem
from traitconf.types import Severity, shown_path

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_TEXT: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY: Final = _IN_TEXT | {":": "%3A", ",": "%2C"}


def annotation(problem: Problem) -> str:
    r"""Return the workflow command of a problem.

    Args:
        problem: any; what belongs to another place is said in the text.

    >>> annotation(Problem("TC101", "unknown option 'a.b'", hint="50 %"))
    "::error title=TC101::unknown option 'a.b'%0A50 %25"
    """
    properties = ",".join(f"{name}={_escaped(value, _IN_PROPERTY)}" for name, value in _properties(problem).items())
    lines = [problem.message, *([problem.hint] if problem.hint else [])]
    lines += [f"{message}: {origin}" for origin, message in problem.related]
    return f"::{_COMMANDS[problem.severity]} {properties}::{_escaped(chr(10).join(lines), _IN_TEXT)}"


def _properties(problem: Problem) -> dict[str, str]:
    found, origin = {}, problem.origin
    if origin is not None and origin.file:
        numbers = {"line": origin.line, "col": origin.column}
        found = {"file": shown_path(origin.file)} | {name: str(value) for name, value in numbers.items() if value}
    return found | {"title": problem.code}


def _escaped(text: str, letters: dict[str, str]) -> str:
    return "".join(letters.get(letter, letter) for letter in text)
