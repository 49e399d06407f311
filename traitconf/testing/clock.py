"""A clock that tests move by hand: what is due is done before `advance` returns."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class ManualClock:
    """A clock that stands still until somebody moves it, backwards too.

    >>> clock = ManualClock(datetime(2030, 1, 1, tzinfo=UTC))
    >>> cancel = clock.call_at(datetime(2030, 1, 2, tzinfo=UTC), lambda: print("due"))
    >>> clock.advance(days=1)
    due
    """

    def __init__(self, moment: datetime | None = None) -> None:
        """Stand at a moment; at the present one when none is given."""
        self._moment = moment if moment is not None else datetime.now(UTC)
        self._calls: dict[int, tuple[datetime, Callable[[], None]]] = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._moment

    def call_at(self, moment: datetime, function: Callable[[], None]) -> Callable[[], None]:
        """Call a function once, in the thread that moves the clock past a moment.

        Args:
            moment: aware; one that has passed is due at the next movement.
            function: the function.

        Returns:
            a function that gives the call up.
        """
        with self._lock:
            number = next(self._numbers)
            self._calls[number] = moment, function
        return lambda: self._calls.pop(number, None) and None

    def advance(self, **amount: float) -> None:
        """Move the clock and do what is due.

        Args:
            **amount: as for `timedelta`, for example `hours=1`; negative ones move it back.
        """
        self.set(self._moment + timedelta(**amount))

    def set(self, moment: datetime) -> None:
        """Move the clock to a moment and do what is due, in order.

        Args:
            moment: aware.
        """
        self._moment = moment
        while (due := self._next_due()) is not None:
            due()

    def _next_due(self) -> Callable[[], None] | None:
        with self._lock:
            numbers = [number for number, (moment, _) in self._calls.items() if moment <= self._moment]
            if not numbers:
                return None
            return self._calls.pop(min(numbers, key=lambda number: (self._calls[number][0], number)))[1]
