"""`EventFaults`: counts what goes wrong with subscribers, and logs it without flooding the log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

from traitconf.runtime.event import Event
from traitconf.runtime.subscription import Subscription
from traitconf.schema import forks

log: Final = logging.getLogger("traitconf.events")
QUIET: Final = 60.0
"""Seconds in which one fault of one subscriber is logged only once."""
KINDS: Final = 1000
"""How many kinds of faults are told apart before all of them are forgotten."""
Key = tuple[object, ...]


class EventFaults:
    """What went wrong with the subscribers of one runtime.

    Attributes:
        count: adds to a counter of the runtime.
    """

    def __init__(self) -> None:
        """Begin without faults, and count nowhere."""
        self.count: Callable[[str], object] = lambda name: None
        self._silent: dict[Key, tuple[float, int]] = {}
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    def note(self, subscription: Subscription, event: Event, error: BaseException) -> None:
        """Count and log what a subscriber raised.

        Args:
            subscription: whose subscriber it is.
            event: what it was told.
            error: what it raised.
        """
        self.count("traitconf.events.errors")
        more = self._more((subscription, type(error)))
        if more is None:
            return
        fields = {"tc_event": event.name, "tc_tenant": event.tenant, "tc_subscriber": subscription.label}
        text = "the subscriber %s of %s failed; the call goes on%s"
        log.error(text, subscription.label, event.name, _again(more), exc_info=error, extra=fields)

    def too_deep(self, names: list[str]) -> None:
        """Count and log that events happen within each other without end.

        Args:
            names: of the events, outermost first.
        """
        self.count("traitconf.events.too_deep")
        more = self._more(("too deep", names[-1]))
        if more is not None:
            chain = " > ".join(names[-4:])
            text = "events within subscribers of events, %d deep: … > %s; nobody is told of the last and what follows%s"
            log.error(text, len(names), chain, _again(more), extra={"tc_event": names[-1]})

    def _more(self, key: Key) -> int | None:
        """Return how often the same was not logged since it was; nothing when it is not to be logged now either."""
        now = monotonic()
        with self._lock:
            if len(self._silent) > KINDS:
                self._silent.clear()
            since, more = self._silent.get(key, (now - QUIET, 0))
            if now - since < QUIET:
                self._silent[key] = since, more + 1
                return None
            self._silent[key] = now, 0
            return more


def _again(more: int) -> str:
    return f" ({more} times more since this was last logged)" if more else ""
