"""Prints, at the end of a run, which facts hold for which kinds of classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pytest

from kinds import KINDS

PROPERTY: Final = "matrix"
_MARKS: Final = {"passed": "+", "failed": "X", "error": "X", "skipped": "s"}


def fact(*needs: str) -> Any:
    """Return a decorator that lets a test run for every kind that has what the fact needs.

    Args:
        *needs: names of capabilities; a kind says itself which it lacks, and why.
    """

    def decorate(test: Any) -> Any:
        test.needs = needs
        names = [name for name, kind in KINDS.items() if not set(needs) & set(kind.lacks)]
        return pytest.mark.parametrize("kind", names, indirect=True)(test)

    return decorate


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table when facts were looked at."""
    cells: dict[str, dict[str, str]] = {}
    needs: dict[str, list[str]] = {}
    for outcome, mark in _MARKS.items():
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == PROPERTY:
                    title, kind, wanted = value
                    needs[title] = wanted
                    row = cells.setdefault(title, {})
                    row[kind] = "X" if row.get(kind) == "X" else mark
    if cells:
        terminalreporter.section("facts of binding for every kind of class")
        for line in lines(cells, needs):
            terminalreporter.write_line(line)


def lines(cells: Mapping[str, Mapping[str, str]], needs: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield the lines of the table.

    Args:
        cells: a mark for every fact and kind that were looked at.
        needs: what each fact needs of a kind.
    """
    reasons: dict[str, str] = {}
    width = max(map(len, cells))
    yield " " * width + "".join(f"{number:3}" for number in range(1, len(KINDS) + 1))
    for title in sorted(cells):
        marks = (cells[title].get(name) or _letter(kind.lacks, needs[title], reasons) for name, kind in KINDS.items())
        yield f"{title:{width}}" + "".join(f"{mark:>3}" for mark in marks)
    yield "+ holds, X does not, s skipped, . not looked at, a letter: not applicable"
    yield from (f"{number:3} {name}" for number, name in enumerate(KINDS, start=1))
    yield from (f"  {letter} {reason}" for reason, letter in reasons.items())
    marks = [mark for row in cells.values() for mark in row.values()]
    count = {mark: marks.count(mark) for mark in "+Xs"}
    skipped = f", {count['s']} skipped" if count["s"] else ""
    yield f"{len(cells)} facts x {len(KINDS)} kinds: {count['+']} hold, {count['X']} do not{skipped}"


def _letter(lacks: Mapping[str, str], needs: Iterable[str], reasons: dict[str, str]) -> str:
    reason = next((lacks[need] for need in needs if need in lacks), "")
    if not reason:
        return "."
    return reasons.setdefault(reason, chr(ord("a") + len(reasons)))
