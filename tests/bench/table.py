"""`Table`: lines whose contenders are measured together, in the same rounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from row import Result, Row
from samples import Samples


@dataclass(frozen=True)
class Table:
    """Lines whose contenders are measured together.

    Attributes:
        name: short, for headings.
        method: how they are measured, in a few words.
        rows: the lines.
        rounds: how many rounds a verdict takes.
        measure: measures all contenders for a number of rounds.
    """

    name: str
    method: str
    rows: tuple[Row, ...]
    rounds: int
    measure: Callable[[int], Samples]

    def results(self, rounds: int | None = None) -> list[Result]:
        """Measure, and once more for twice as long where a budget is broken: a busy machine shall not decide.

        Args:
            rounds: how many, and only once, for a quick look; the table's own number when not given.
        """
        first = self._measured(rounds or self.rounds, 1)
        if rounds or all(result.holds or result.fault for result in first):
            return first
        second = self._measured(2 * self.rounds, 2)
        return [one if one.holds or one.fault else other for one, other in zip(first, second, strict=True)]

    def _measured(self, rounds: int, tries: int) -> list[Result]:
        samples = self.measure(rounds)
        return [Result(row, samples, tries) for row in self.rows]
