"""Counters and histograms of traits, kept in memory: counting is an addition, nothing is sent from a call."""

from __future__ import annotations

import threading

import attrs

from traitconf.schema import forks


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

    def __add__(self, value: float) -> Distribution:
        """Return the distribution with one value more."""
        return Distribution(self.count + 1, self.total + value, min(self.least, value), max(self.most, value))


class Metrics:
    """The counters and histograms of one runtime, by `<trait>.<name>`."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._counters: dict[str, int] = {}
        self._histograms: dict[str, Distribution] = {}
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter."""
        with self._lock:
            self._counters[name] = self._counters.get(name, 0) + amount

    def record(self, name: str, value: float) -> None:
        """Record one value of a histogram."""
        with self._lock:
            known = self._histograms.get(name)
            self._histograms[name] = known + value if known else Distribution(1, value, value, value)

    def counter(self, name: str) -> int:
        """Return a counter's value, 0 when nothing was counted."""
        return self._counters.get(name, 0)

    def histogram(self, name: str) -> Distribution | None:
        """Return what was recorded of a histogram, if anything was."""
        return self._histograms.get(name)
