"""`Published`: what a runtime has published, the lock under which it publishes, and the alarm for the next change."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from traitconf.errors import Problem
from traitconf.resolve.resolver import Resolver
from traitconf.runtime.clock import Cancel, Clock
from traitconf.schema import forks

if TYPE_CHECKING:
    from traitconf.runtime.snapshot import Snapshot


class Published:
    """The one thing of a runtime that changes.

    Attributes:
        snapshot: the published snapshot, nothing before the start.
        resolver: over its graph, nothing held.
        problems: what was found that is no error.
        is_root: whether code without a context of its own follows.
        is_busy: whether a transaction is running.
        moment: when the next snapshot is due, if ever.
        lock: held by whoever publishes.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin with nothing published."""
        self.snapshot: Snapshot | None = None
        self.resolver: Resolver | None = None
        self.problems: tuple[Problem, ...] = ()
        self.moment: datetime | None = None
        self.is_root = self.is_busy = False
        self.lock = threading.RLock()
        self._clock = clock
        self._alarm: Cancel | None = None
        self._due: Callable[[], None] = lambda: None
        forks.follow(self, lock="lock", order=1)

    def forked(self) -> None:
        """Make the lock anew; a transaction that was running is the parent's."""
        self.lock, self.is_busy = threading.RLock(), False

    def resumed(self) -> None:
        """Set the alarm anew."""
        self.expect(self.moment, self._due)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Return the block in which something is published; only one runs at a time.

        Raises:
            RuntimeError: when this very thread is in one already.
        """
        with self.lock:
            if self.is_busy:
                raise RuntimeError("the configuration is being published; an on_config hook cannot publish another")
            self.is_busy = True
            try:
                yield
            finally:
                self.is_busy = False

    def expect(self, moment: datetime | None, due: Callable[[], None]) -> None:
        """Have a function called when a moment has come, and no former one.

        Args:
            moment: when something of the published snapshot begins or ends; none for never.
            due: the function.
        """
        self.rest()
        self.moment, self._due = moment, due
        if moment is not None:
            self._alarm = self._clock.call_at(moment, due)

    def rest(self) -> None:
        """Expect nothing any more."""
        if self._alarm is not None:
            self._alarm()
        self._alarm = self.moment = None

    @property
    def is_overdue(self) -> bool:
        """Whether the moment has come."""
        return self.moment is not None and self._clock.now() >= self.moment
