"""Everything that traitconf raises, and how a problem reads.

The tree:

* TraitconfError
  + ConfigError (an ExceptionGroup): wrong configuration, definitions or bindings; `.problems`
  + CallError: what a call may raise, only because a trait says so
    + CacheKeyError, with the problem
    + TraitDisabled
    + TenantRequired
    + Veto
    + AdapterRequired
    + ModelError, with the problem
"""

from __future__ import annotations

import difflib
import heapq
import reprlib
from collections.abc import Iterable, Sequence
from typing import Any, Final, Self

import attrs

from traitconf.types import Origin, Severity, shown_path

_WIDTH: Final = 120
"""How much of a line is shown."""
_LONGEST: Final = 1000
"""How much of a message is shown to people; programs get all of it."""
_LISTED: Final = 20
"""How many known words are listed in a hint."""
_MANY: Final = 300
"""Among how many known words the nearest one is looked for."""


@attrs.frozen
class Problem:
    """Record: one fault of a configuration, a definition or a binding.

    Attributes:
        code: stable code, `TCnnn`.
        message: what is wrong.
        origin: where it is written, `None` when it stands nowhere.
        address: the configuration address concerned.
        scope: the scope concerned, as people read it.
        expected: what would be right.
        got: what was found, masked when it is secret.
        hint: what to write instead.
        severity: error, warning or note.
        related: other places that play a part, each with its message.
    """

    code: str
    message: str
    origin: Origin | None = None
    address: str = ""
    scope: str = ""
    expected: str = ""
    got: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR
    related: tuple[tuple[Origin, str], ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether the problem stops a start or a reload."""
        return self.severity is Severity.ERROR

    def render(self) -> str:
        """Return the problem as a compiler would print it, with the line and a caret."""
        head = f"{self.severity.value}[{self.code}]: {_readable(self.message)}"
        lines = [head, *_excerpt(self.origin, _readable(self.hint))]
        for origin, message in self.related:
            lines += [f"note: {_readable(message)}", *_excerpt(origin, "")]
        return "\n".join(lines)

    def as_diagnostic(self) -> dict[str, Any]:
        """Return the problem as the record that `--json` prints."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "address": self.address,
            **_place(self.origin),
            "hint": self.hint,
            "related": [{**_place(origin), "message": message} for origin, message in self.related],
        }


def _place(origin: Origin | None) -> dict[str, Any]:
    if origin is None:
        return {"file": None, "line": None, "column": None}
    file = shown_path(origin.file) if origin.file else origin.name
    return {"file": file or None, "line": origin.line or None, "column": origin.column or None}


def _excerpt(origin: Origin | None, hint: str) -> list[str]:
    if origin is None:
        return [f"   = help: {hint}"] if hint else []
    lines = [f"  --> {_readable(str(origin))}"]
    if not (origin.excerpt and origin.line and origin.column):
        return lines + ([f"   = help: {hint}"] if hint else [])
    number = str(origin.line)
    gutter = " " * max(len(number), 3)
    text, before, marked = _window(origin)
    pointer = f"{' ' * before}{'^' * marked} {hint}".rstrip()
    return [*lines, f"{gutter}|", f"{number.rjust(len(gutter))}| {text}", f"{gutter}| {pointer}"]


def _window(origin: Origin) -> tuple[str, int, int]:
    """Return what is shown of a line, the columns before the marked text, and how many are marked."""
    line, at = origin.excerpt, origin.column - 1
    marked = max(1, origin.end_column - origin.column)
    start = max(0, at - _WIDTH // 4) if at + marked > _WIDTH else 0
    shown = "".join(letter if letter.isprintable() else " " for letter in line[start : start + _WIDTH])
    left, right = "…" * (start > 0), "…" * (start + _WIDTH < len(line))
    return f"{left}{shown}{right}", at - start + len(left), max(1, min(marked, _WIDTH - (at - start)))


def _readable(text: str) -> str:
    """Return a text that a terminal can show: nothing that steers it, and not more than people read."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 4 :]}"
    return "".join(one if one.isprintable() or one == "\n" else repr(one)[1:-1] for one in text)


def brief(value: object) -> str:
    """Return the `repr` of a value, cut short where it is long or deep.

    >>> brief([["a", "b"]] * 50)
    "[['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b'], ...]"
    """
    return _BRIEF.repr(value)


_BRIEF: Final = reprlib.Repr()
_BRIEF.maxlevel, _BRIEF.maxstring, _BRIEF.maxother, _BRIEF.maxlong = 3, 80, 80, 80


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the nearest known word, or nothing.

    >>> did_you_mean("retention_dayz", ["retention_days", "fields"])
    "did you mean 'retention_days'?"
    """
    words = list(known)
    if len(words) > _MANY:  # each comparison takes its time, and there may be as many wrong words as right ones
        words = [other for other in words if other[:1] == word[:1]][:_MANY]
    match = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean {match[0]!r}?" if match else ""


def listed(known: Iterable[str]) -> str:
    """Return known words as people read them, not more than a line of them.

    >>> listed(["b", "a"]), listed([])
    ('a, b', 'none')
    """
    first = heapq.nsmallest(_LISTED + 1, known)
    return ", ".join(first[:_LISTED]) + (", …" if len(first) > _LISTED else "") or "none"


def is_near(word: str, known: Iterable[str]) -> bool:
    """Whether a known word is within edit distance 2, so that this one is a slip and not a stranger.

    >>> is_near("auditible", ["auditable"]), is_near("searchable", ["auditable"])
    (True, False)
    """
    return any(abs(len(word) - len(other)) <= 2 and edit_distance(word, other) <= 2 for other in known)


def edit_distance(one: str, other: str) -> int:
    """Return the Levenshtein distance of two words (Wagner and Fischer, JACM 21, 1974).

    >>> edit_distance("auditible", "auditable")
    1
    """
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        above, row = row, [i]
        for j, against in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != against)))
    return row[-1]


class TraitconfError(Exception):
    """The root of everything that traitconf raises on purpose."""


class _ProblemError(TraitconfError):
    """One problem as an exception, so that a ConfigError is a proper group."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.render())
        self.problem = problem


class ConfigError(TraitconfError, ExceptionGroup[_ProblemError]):
    """Wrong configuration: every problem that was found, at once.

    >>> error = ConfigError([Problem("TC101", "unknown option 'auditable.x'")])
    >>> [problem.code for problem in error.problems]
    ['TC101']
    """

    def __new__(cls, problems: Sequence[Problem]) -> Self:
        """Make the group of the problems."""
        return super().__new__(cls, _headline(problems), [_ProblemError(problem) for problem in problems])

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems beside the exceptions made of them."""
        self.problems = tuple(problems)

    def derive(self, excs: Sequence[Any]) -> ConfigError:  # type: ignore[override]  # a group of problems stays one
        """Keep the type when Python splits the group."""
        return type(self)([exc.problem for exc in excs])

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the problems."""
        return type(self), (self.problems,)

    def __str__(self) -> str:
        """Return every problem as a compiler would print it."""
        return "\n\n".join([problem.render() for problem in self.problems] + [_headline(self.problems)])


def _headline(problems: Sequence[Problem]) -> str:
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    parts = [
        f"{count} {noun}{'s' * (count != 1)}" for count, noun in ((errors, "error"), (warnings, "warning")) if count
    ]
    return ", ".join(parts) or "no problems"


def raise_errors(problems: Iterable[Problem]) -> None:
    """Raise a ConfigError with all problems when at least one of them is an error.

    Args:
        problems: what was found.

    Raises:
        ConfigError: when one of the problems is an error.
    """
    found = tuple(problems)
    if any(problem.is_error for problem in found):
        raise ConfigError(found)


class CallError(TraitconfError):
    """What a call of a bound member may raise, only because a trait says so."""


class CacheKeyError(CallError):
    """A call cannot be cached, because nothing says what identifies it.

    Args:
        problem: what, with its code.
    """

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(f"{problem.code}: {problem.message}" + (f"; {problem.hint}" if problem.hint else ""))
        self.problem = problem


class TraitDisabled(CallError):
    """A provided member was called while its trait is off, and `when_off` is `raise`."""


class TenantRequired(CallError):
    """A trait that needs a tenant was used outside every tenant."""


class TenantMismatchWarning(UserWarning):
    """An object of one tenant was used in the context of another one, and the policy is to warn."""


class TenantMismatch(CallError):
    """An object that belongs to one tenant was used while another one runs."""


class Veto(CallError):
    """A hook refused the call.

    Args:
        reason: why, for people.
    """

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


class AdapterRequired(CallError):
    """A part of a trait needs an adapter that is not there; silence would be worse."""


class ModelError(CallError):
    """Something cannot be done with a model or one of its objects.

    Args:
        problem: what, with its code.
    """

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(f"{problem.code}: {problem.message}" + (f"; {problem.hint}" if problem.hint else ""))
        self.problem = problem
