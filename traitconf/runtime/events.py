"""Delivers the events that traits declare to their subscribers: in order, isolated from the emitting call."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from traitconf.errors import did_you_mean
from traitconf.schema import forks
from traitconf.schema.catalog import Catalog

log: Final = logging.getLogger("traitconf.events")
FRAMEWORK: Final = "traitconf"
"""The first part of the names of the framework's own events."""
CHANGED: Final = "traitconf.config.changed"
FAILED: Final = "traitconf.config.failed"
Subscriber = Callable[["Event"], object]


@attrs.frozen
class Event:
    """Something that happened.

    Attributes:
        name: `<trait>.<event>`, or `traitconf.<area>.<what>` for the framework's own.
        host: the object that it is about; the runtime, for the framework's own.
        tenant: id of the tenant under which it happened, or none.
        payload: what the trait tells.
    """

    name: str
    host: object
    tenant: str | None
    payload: Mapping[str, Any]


@attrs.frozen(order=True)
class _Entry:
    priority: int
    sequence: int
    subscriber: Subscriber = attrs.field(order=False)


class Events:
    """The subscribers of one runtime."""

    def __init__(self, catalog: Catalog) -> None:
        """Begin without subscribers; names are looked up in `catalog`."""
        self._catalog = catalog
        self._entries: dict[str, tuple[_Entry, ...]] = {}
        self._sequence = itertools.count()
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    def subscribe(self, name: str, subscriber: Subscriber, priority: int = 0) -> Callable[[], None]:
        """Call `subscriber` with every event of that name.

        Args:
            name: `<trait>.<event>`.
            subscriber: called with the Event; what it raises is logged, never passed on.
            priority: lower ones are called first; equal ones in order of subscription.

        Returns:
            a function that ends the subscription.

        Raises:
            LookupError: when a known trait declares no such event.
        """
        self._check(name)
        entry = _Entry(priority, next(self._sequence), subscriber)
        with self._lock:
            self._entries[name] = tuple(sorted((*self._entries.get(name, ()), entry)))
        return lambda: self._remove(name, entry)

    def emit(self, name: str, host: object, tenant: str | None, payload: Mapping[str, Any]) -> None:
        """Deliver an event."""
        entries = self._entries.get(name)
        if not entries:
            return
        event = Event(name, host, tenant, payload)
        for entry in entries:
            try:
                entry.subscriber(event)
            except Exception:  # an observer must not break the call that it observes
                log.exception("a subscriber of %s failed", name)

    def _remove(self, name: str, entry: _Entry) -> None:
        with self._lock:
            self._entries[name] = tuple(other for other in self._entries.get(name, ()) if other is not entry)

    def _check(self, name: str) -> None:
        trait, _, event = name.partition(".")
        if trait == FRAMEWORK and name not in (CHANGED, FAILED):
            hint = did_you_mean(name, (CHANGED, FAILED)) or f"there are {CHANGED} and {FAILED}"
            raise LookupError(f"the framework has no event {name!r}; {hint}")
        spec = self._catalog.find(trait)
        if spec is None:
            return
        declared = [signal.name for signal in spec.signals.values() if signal.kind == "event"]
        if event not in declared:
            hint = did_you_mean(event, declared) or f"its events are {', '.join(declared) or 'none'}"
            raise LookupError(f"the trait {trait} declares no event {event!r}; {hint}")
