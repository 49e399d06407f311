"""`Tally`: what became of the calls of one cached operation, counted."""

from __future__ import annotations

import threading
from typing import Any, Final

from traitconf.schema import forks

OUTCOMES: Final = ("hit", "stale", "miss", "wait", "bypass", "error", "refused")
"""Answered from the store · answered by a stale result · computed · answered by somebody else's computation ·
computed without the store · computing failed · result that no store can keep."""


class Tally:
    """Counts of one operation, by outcome; what is counted is counted in the runtime's metrics, too.

    Args:
        name: of the operation.
        metrics: of the runtime.
    """

    def __init__(self, name: str, metrics: Any) -> None:
        """Begin at zero."""
        self.name = name
        self.seconds = 0.0
        self._counts = dict.fromkeys(OUTCOMES, 0)
        self._metrics = metrics
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    def add(self, outcome: str, amount: int = 1) -> None:
        """Count.

        Args:
            outcome: one of `OUTCOMES`.
            amount: how many.
        """
        if amount:
            with self._lock:
                self._counts[outcome] += amount
            self._metrics.count(f"traitconf.cache.{outcome}", amount)

    def took(self, seconds: float) -> None:
        """Note how long a computation took."""
        with self._lock:
            self.seconds += seconds
        self._metrics.record("traitconf.cache.compute.duration", seconds)

    @property
    def counts(self) -> dict[str, int]:
        """The counts so far."""
        return dict(self._counts)
