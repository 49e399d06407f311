"""`Limited`: a log that does not repeat itself: of what happens again and again, one line a minute is written."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Final

from traitconf.schema import forks

PAUSE: Final = 60.0
"""How many seconds nothing more is said of the same thing."""
KEYS: Final = 1000
"""How many things are told apart."""


class Limited:
    """A logger with rate limits.

    Args:
        logger: where the lines go.
        clock: seconds of any clock.

    >>> limited = Limited(logging.getLogger("doctest"))
    >>> limited.warning("full", "the disk is full"), limited.warning("full", "the disk is full")
    (True, False)
    """

    def __init__(self, logger: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing said."""
        self._logger, self._clock = logger, clock
        self._said: dict[Hashable, tuple[float, int]] = {}
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    def warning(self, key: Hashable, message: str, *args: Any, **fields: Any) -> bool:
        """Write a warning, unless one with that key was written a short time ago; the next one tells how many were not.

        Args:
            key: what it is about.
            message: as for any logger.
            *args: as for any logger.
            **fields: of the record, with their prefix.

        Returns:
            whether it was written.
        """
        with self._lock:
            now = self._clock()
            since, silent = self._said.get(key, (-PAUSE, 0))
            if now - since < PAUSE:
                self._said[key] = since, silent + 1
                return False
            if len(self._said) >= KEYS:
                self._said.clear()
            self._said[key] = now, 0
        if silent:
            message += f" ({silent} more like this since then)"
        self._logger.warning(message, *args, extra={**fields, "tc_suppressed": silent}, stacklevel=2)
        return True
