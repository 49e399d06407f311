"""What one series holds. Adding takes no lock; whoever reads a cell holds the lock of the metrics it belongs to."""

from __future__ import annotations

import bisect
import itertools
import math
import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import attrs

from traitconf.schema import forks

RECENT: Final = 1024
"""How many of the last values of a histogram are kept for percentiles."""
_adding = threading.Lock()


@forks.in_child
def _begin_anew() -> None:
    global _adding  # noqa: PLW0603 -- a lock that another thread of the parent held is never released
    _adding = threading.Lock()


@attrs.frozen
class Distribution:
    """What was recorded of a histogram.

    Attributes:
        count: how many values.
        total: their sum, in the histogram's unit.
        least: the smallest.
        most: the largest.
    """

    count: int
    total: float
    least: float
    most: float


class CounterCell:
    """A number that only grows.

    Attributes:
        ticks: to take one adds one; the interpreter does it, and threads lose nothing.
    """

    __slots__ = ("_begun", "_more", "ticks")

    def __init__(self) -> None:
        """Begin at zero."""
        self.ticks = itertools.count()
        self._begun = self._more = 0

    def add(self, amount: float) -> None:
        """Add another number than one."""
        with _adding:
            self._more += amount  # type: ignore[assignment]  # an int as long as only such are added

    @property
    def value(self) -> float:
        """How much was counted; to look takes one tick, which does not count."""
        found = next(self.ticks) - self._begun + self._more
        self._begun += 1
        return found

    def clear(self) -> None:
        """Begin at zero again."""
        self.add(-self.value)


class GaugeCell:
    """A number that goes up and down.

    Attributes:
        value: the number.
    """

    __slots__ = ("value",)

    def __init__(self) -> None:
        """Begin at zero."""
        self.value = 0.0

    def clear(self) -> None:
        """Go on: what a gauge says is not of the past."""


class HistogramCell:
    """Values that were recorded: raw until somebody settles them, then counted in buckets.

    Attributes:
        pending: values that are not settled yet.
        add: records one value; it is a function of the interpreter, and threads lose nothing.
        buckets: how many values are in each bucket.
        recent: the last values.
        sample: which share of the values is recorded.
    """

    __slots__ = ("_bounds", "_extremes", "add", "buckets", "pending", "recent", "sample", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        """Begin with nothing."""
        self._bounds, self.sample = bounds, 1.0
        self.pending: list[float] = []
        self.add: Callable[[float], None] = self.pending.append
        self.clear()

    def clear(self) -> None:
        """Begin with nothing again."""
        self.pending.clear()
        self.buckets = [0] * (len(self._bounds) + 1)
        self.total = 0.0
        self._extremes = math.inf, -math.inf
        self.recent: list[float] = []

    def settle(self) -> list[float]:
        """Count what is pending in buckets, and return it."""
        batch = self.pending[: len(self.pending)]
        if not batch:
            return batch
        del self.pending[: len(batch)]  # what was added meanwhile stands behind
        self.total += sum(batch)
        ordered = sorted(batch)  # one sort and a few searches take a fifth of a search for each value
        least, most = self._extremes
        self._extremes = min(least, ordered[0]), max(most, ordered[-1])
        ends = [0, *(bisect.bisect_right(ordered, bound) for bound in self._bounds), len(ordered)]
        self.buckets = [kept + end - start for kept, (start, end) in zip(self.buckets, pairwise(ends), strict=True)]
        self.recent = batch[-RECENT:] if len(batch) >= RECENT else [*self.recent, *batch][-RECENT:]
        return batch

    @property
    def distribution(self) -> Distribution | None:
        """What was settled so far, if anything was."""
        count = sum(self.buckets)
        return Distribution(count, self.total, *self._extremes) if count else None


Cell = CounterCell | GaugeCell | HistogramCell


def weight(cell: Any) -> float:
    """Return how much was counted or recorded."""
    return sum(cell.buckets) + len(cell.pending) if isinstance(cell, HistogramCell) else cell.value
