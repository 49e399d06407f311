"""The runtime's clock: what time it is, and calls at a moment to come. Tests bring a clock that they move by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol

Cancel = Callable[[], None]
LONGEST_SLEEP: Final = 30.0
"""Seconds after which an alarm looks at the clock again, because somebody may have set it."""


class Clock(Protocol):
    """Tells the time, and calls when a moment has come."""

    def now(self) -> datetime:
        """Return the time, aware."""

    def call_at(self, moment: datetime, function: Callable[[], None]) -> Cancel:
        """Call a function once, when a moment has come.

        Args:
            moment: aware.
            function: called in any thread; it raises nothing.

        Returns:
            a function that gives the call up.
        """


class SystemClock:
    """The clock of the system.

    >>> SystemClock().now().tzinfo is UTC
    True
    """

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC)

    def call_at(self, moment: datetime, function: Callable[[], None]) -> Cancel:
        """Call a function once, in a daemon thread; a clock that is set, forwards or backwards, is followed.

        Args:
            moment: aware.
            function: raises nothing.

        Returns:
            a function that gives the call up.
        """
        cancelled = threading.Event()

        def sleep() -> None:
            while (left := (moment - self.now()).total_seconds()) > 0:
                if cancelled.wait(min(left, LONGEST_SLEEP)):
                    return
            if not cancelled.is_set():
                function()

        threading.Thread(target=sleep, name="traitconf-alarm", daemon=True).start()
        return cancelled.set
