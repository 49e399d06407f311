"""Values that traits keep about single host objects: beside the object, by identity, gone when the object goes."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from traitconf.schema import forks


class StateTable:
    """An id-keyed table; equal objects do not share entries, and an entry dies with its object."""

    def __init__(self) -> None:
        """Begin empty."""
        self._entries: dict[int, dict[str, dict[str, Any]]] = {}
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    def of(self, trait: str, host: object) -> dict[str, Any]:
        """Return a trait's values about an object.

        Args:
            trait: name of the trait.
            host: the object.

        Raises:
            TypeError: when the object's class does not support weak references.
        """
        key = id(host)
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self._watch(host, key)
                entry = self._entries[key] = {}
            return entry.setdefault(trait, {})

    def knows(self, host: object) -> bool:
        """Whether anything is kept about an object; asking leaves no entry behind.

        Args:
            host: the object.
        """
        return id(host) in self._entries

    def __len__(self) -> int:
        """Count the objects that have an entry."""
        return len(self._entries)

    def _watch(self, host: object, key: int) -> None:
        try:
            weakref.finalize(host, self._entries.pop, key, None).atexit = False
        except TypeError:
            name = type(host).__qualname__
            way_out = "add '__weakref__' to its __slots__, or weakref_slot=True to its dataclass or attrs decorator"
            raise TypeError(f"nothing can be kept about a {name}: its class has no __weakref__; {way_out}") from None
