"""`AuditTrail`: the entries of one runtime in memory, by tenant and model."""

from __future__ import annotations

import datetime
import itertools
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import attrs

from traitconf.traits.audit_entry import AuditEntry

Shelf = tuple[str | None, str]
"""Id of the tenant, or none, and name of the model."""


def utc_now() -> datetime.datetime:
    """Return the time, aware.

    >>> utc_now().tzinfo
    datetime.timezone.utc
    """
    return datetime.datetime.now(datetime.UTC)


@attrs.frozen
class Subject:
    """Which object an entry is about.

    Attributes:
        number: of the object in this process.
        key: its primary key, empty when it has none.
    """

    number: int
    key: str = ""

    def is_same(self, other: Subject) -> bool:
        """Whether both stand for the same thing: one object, or two with one key."""
        return self.number == other.number or bool(self.key and self.key == other.key)


@attrs.define(eq=False)
class AuditTrail:
    """What was recorded, oldest first; entries past their time are dropped when one reads or writes.

    Attributes:
        clock: tells the time, aware.
    """

    clock: Callable[[], datetime.datetime] = utc_now
    _shelves: dict[Shelf, deque[tuple[Subject, AuditEntry]]] = attrs.field(factory=dict, init=False)
    _numbers: Any = attrs.field(factory=lambda: itertools.count(1), init=False)
    _lock: Any = attrs.field(factory=threading.Lock, init=False)

    def forked(self) -> None:
        """Make the lock anew: in a child process nobody would release it."""
        self._lock = threading.Lock()

    def number(self) -> int:
        """Return a number that no other object of this trail has."""
        number: int = next(self._numbers)
        return number

    def add(self, shelf: Shelf, subject: Subject, entry: AuditEntry, days: int) -> None:
        """Keep an entry.

        Args:
            shelf: tenant and model.
            subject: which object it is about.
            entry: what happened.
            days: how long entries of the shelf are kept.
        """
        with self._lock:
            self._shelves.setdefault(shelf, deque()).append((subject, entry))
            self._prune(shelf, days)

    def entries(self, shelf: Shelf, days: int, subject: Subject | None = None) -> tuple[AuditEntry, ...]:
        """Return the entries of a tenant and model, or of one object of them.

        Args:
            shelf: tenant and model.
            days: how long entries of the shelf are kept.
            subject: which object; every one when not given.
        """
        with self._lock:
            self._prune(shelf, days)
            kept = self._shelves.get(shelf, ())
            return tuple(entry for about, entry in kept if subject is None or about.is_same(subject))

    def _prune(self, shelf: Shelf, days: int) -> None:
        kept = self._shelves.get(shelf)
        if kept is None:
            return
        oldest = self.clock() - datetime.timedelta(days=days)
        while kept and kept[0][1].at < oldest:
            kept.popleft()
        if not kept:
            del self._shelves[shelf]
