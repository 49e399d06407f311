"""`MemoryStore`: results in the memory of this process. cachetools bounds and evicts them, off the way of a hit."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from cachetools import LRUCache, TLRUCache

from traitconf.runtime.cache_entry import Call, Entry, Found, Stamps, Tags
from traitconf.schema import forks

CHANCES: Final = 8
"""How many entries that were hit lately are passed over to find one to evict."""
TAGS: Final = 4
"""For each entry, how many stamps are remembered; an entry whose stamp is forgotten is retired."""
HOMES: Final = 8
"""In how many places the hit path finds an entry; each snapshot has its own."""
COUNTED: Final = 10.0
"""After how many seconds a write adds the hits up that nobody has asked for."""
TOUCH: Final = 3
"""Where the counter of an entry stands in what the hit path finds."""


class MemoryStore:
    """Keeps entries in this process.

    What is hit is found without a lock: the hit path holds the entry itself, and looks whether it is fresh and whether
    the store is in the state for which its tags were found right. Whoever invalidates a tag puts the store into
    another state, so that every entry is looked at again, once.

    Args:
        size: how many entries are kept.
        now: the clock, in seconds.
    """

    name = "memory"

    def __init__(self, size: int, now: Callable[[], float] = time.monotonic) -> None:
        """Begin empty."""
        self.now = now
        self.state: object = object()
        self.evicted = 0
        self._counted = now()
        self._entries = _Bounded(size, now, self._release)
        self._stamps: LRUCache[str, str] = LRUCache(size * TAGS)
        self._lock = threading.RLock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.RLock()

    def read(self, call: Call) -> Found:
        """Return what is kept for a call, unless one of its tags was invalidated since."""
        with self._lock:
            entry: Entry | None = self._entries.get(call.key)
            stamps = self._now_of(call.tags)
            if entry is not None and entry.stamps == stamps:
                entry.state = self.state
                return Found(entry, stamps)
            return Found(None, stamps)

    def write(self, key: str, entry: Entry) -> None:
        """Keep an entry; the one that was used least lately makes room."""
        with self._lock:
            former: Entry | None = self._entries.get(key)
            self._entries[key] = entry
            if former is not None:
                self._forget(former)
            if self.now() - self._counted > COUNTED:
                self.count_hits()

    def place(self, key: str, entry: Entry, home: dict[Any, Any], name: Any, types: tuple[Any, ...]) -> None:
        """Let the hit path find an entry, as long as the store keeps it.

        Args:
            key: of the entry.
            entry: one that may be handed out itself.
            home: where the hit path looks.
            name: under which name.
            types: of the parts of the name.
        """
        with self._lock:
            if self._entries.get(key) is entry:
                if not any(one is home and other == name for one, other in entry.homes):
                    entry.homes.append((home, name))
                    if len(entry.homes) > HOMES:
                        former, other = entry.homes.pop(0)
                        former.pop(other, None)
                home[name] = entry.value, entry.until, entry.state, entry.touch, *types

    def stamp(self, tags: Iterable[str]) -> None:
        """Invalidate tags: give each of them another stamp."""
        with self._lock:
            for tag in tags:
                self._stamps[tag] = secrets.token_hex(8)
            self.state = object()

    async def aread(self, call: Call) -> Found:
        """Do what `read` does; nothing is waited for."""
        return self.read(call)

    async def awrite(self, key: str, entry: Entry) -> None:
        """Do what `write` does; nothing is waited for."""
        self.write(key, entry)

    async def astamp(self, tags: Iterable[str]) -> None:
        """Do what `stamp` does; nothing is waited for."""
        self.stamp(tags)

    def close(self) -> None:
        """Do nothing: there are no connections."""

    def entries(self) -> dict[str, Entry]:
        """Return what is kept, by key."""
        with self._lock:
            return {key: self._entries[key] for key in list(self._entries)}

    def count_hits(self) -> None:
        """Tell the tallies of the hits so far: a hit itself only counts its entry."""
        self._counted = self.now()
        for entry in self.entries().values():
            entry.count_hits()

    def _now_of(self, tags: Tags) -> Stamps:
        return tuple(self._stamps.get(tag) or self._stamps.setdefault(tag, secrets.token_hex(8)) for tag in tags)

    def _release(self, entry: Entry) -> None:
        """Let go of an entry that is evicted or has expired."""
        self.evicted += 1
        self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        entry.count_hits()
        for home, name in entry.homes:
            shown = home.get(name)
            if shown is not None and shown[TOUCH] is entry.touch:
                del home[name]


class _Bounded(TLRUCache[str, Entry]):
    """A cache of cachetools that says what it lets go of, and spares what the hit path has hit since it last looked."""

    def __init__(self, size: int, now: Callable[[], float], released: Callable[[Entry], None]) -> None:
        super().__init__(size, ttu=lambda key, entry, now: entry.gone, timer=now)
        self._released = released

    def expire(self, time: Any = None) -> Any:
        """Let go of everything that has expired."""
        expired = super().expire(time)
        for _, entry in expired:
            self._released(entry)
        return expired

    def popitem(self) -> tuple[str, Entry]:
        """Let go of the entry that was used least lately."""
        key, entry = super().popitem()
        for _ in range(CHANCES):
            if not _was_hit(entry):
                break
            self[key] = entry  # there is room: it was just taken out
            key, entry = super().popitem()
        self._released(entry)
        return key, entry


def _was_hit(entry: Entry) -> bool:
    """Whether an entry was hit since this was last asked."""
    before, entry.seen = entry.seen, entry.hits()
    return entry.seen != before
