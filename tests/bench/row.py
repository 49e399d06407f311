"""`Row`: one line of the table of budgets; `Result`: what was measured for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from samples import Samples, quartiles

Law = Literal["ratio", "difference", "growth", "bytes"]


@dataclass(frozen=True)
class Row:
    """One line.

    Attributes:
        work: what is done.
        unit: what it is compared with, in words.
        contender: who does it.
        base: the contender that it is compared with; empty where it is measured by itself.
        budget: how many times the base it may take, or how many seconds more; the exponent by which it may grow, or how
            many bytes it may hold; without one it is only shown.
        law: which of these.
        aside: why a line without a budget is shown.
    """

    work: str
    unit: str
    contender: str
    base: str
    budget: float | None = None
    law: Law = "ratio"
    aside: str = "peer"

    def figures(self, samples: Samples) -> list[float]:
        """Return the figure of every round."""
        if self.law == "growth":
            return samples.exponents(self.contender)
        if self.law == "bytes":
            return [*samples.seconds[self.contender]]
        compare = samples.ratios if self.law == "ratio" else samples.differences
        return compare(self.contender, self.base)


@dataclass(frozen=True)
class Result:
    """What was measured for a line.

    Attributes:
        row: the line.
        samples: the measurement.
        tries: how many times it was measured.
    """

    row: Row
    samples: Samples
    tries: int = 1

    @property
    def fault(self) -> str:
        """Why there is no figure, or why it does not count."""
        return self.samples.faults.get(self.row.contender, "")

    @property
    def spread(self) -> tuple[float, float, float] | None:
        """Lower quartile, median and upper quartile of the rounds' figures."""
        if self.row.contender not in self.samples.seconds and self.row.law != "growth":
            return None
        return quartiles(self.row.figures(self.samples))

    @property
    def is_absent(self) -> bool:
        """Whether it is a peer that is not installed here: said, but no fault of ours."""
        return self.row.budget is None and self.fault.startswith("not installed")

    @property
    def holds(self) -> bool:
        """Whether the budget is kept; the median counts."""
        if self.fault or self.spread is None:
            return self.is_absent
        return self.row.budget is None or self.spread[1] <= self.row.budget
