"""Everything that a problem says, as text that tests can compare: places are short, what other tests left is out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from traitconf.errors import Problem
from traitconf.types import Origin


def told(problem: Problem, directory: Path, known: Iterable[str] | None = None) -> str:
    """Return everything that a problem says, a fact a line.

    Args:
        problem: the problem.
        directory: the one of the configuration; places are shown relative to it.
        known: the only traits and models that a list of known ones shows; all when not given.
    """
    head = f"{problem.severity}[{problem.code}]: {problem.message}"
    facts = {"at": place(problem.origin, directory), "address": problem.address, "scope": problem.scope}
    facts |= {"expected": problem.expected, "hint": _hint(problem, known)}
    notes = [f"note: {text}, {place(origin, directory)}" for origin, text in problem.related]
    return "\n".join([head, *(f"{name}: {fact}" for name, fact in facts.items() if fact), *notes])


def place(origin: Origin | None, directory: Path) -> str:
    """Return a place as a test can know it: of Python files only the name.

    Args:
        origin: the place.
        directory: the one of the configuration.
    """
    if origin is None or not origin.file:
        return str(origin)
    path = Path(origin.file)
    if path.suffix == ".py":
        return path.name
    return f"{path.relative_to(directory).as_posix()}:{origin.line}:{origin.column}"


def _hint(problem: Problem, known: Iterable[str] | None) -> str:
    """Return a problem's hint, without the traits and models that other tests of this process have left alive."""
    hint = re.sub(r"[\w.]+:article\.<locals>\.", "…:", problem.hint)
    before, _, names = hint.partition("known are ")
    if known is None or problem.code not in ("TC102", "TC131") or before or not names:
        return hint
    return "known are " + ", ".join(name for name in names.split(", ") if name.removeprefix("…:") in known)
