"""`Recent`: a bounded dictionary that lets go of what was not used for longest, at no cost for a hit."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(dict[K, V]):
    """What was used lately.

    It is least recently used in two generations: what is found is in the young one, a plain dictionary. When that is
    half of the bound, it becomes the old one, and what nobody asked for since the last change is gone. Writers hold
    a lock; `get` needs none: what it misses, `recall` may find.
    """

    __slots__ = ("_bound", "_older")

    def __init__(self, bound: int) -> None:
        """Hold at most `bound` entries."""
        super().__init__()
        self._bound = bound
        self._older: dict[K, V] = {}

    def recall(self, key: K) -> V | None:
        """Return an entry of the old generation, which is young again, or nothing.

        Args:
            key: one that `get` did not find.
        """
        found = self._older.pop(key, None)
        if found is not None:
            self.keep(key, found)
        return found

    def keep(self, key: K, value: V) -> None:
        """Add an entry.

        Args:
            key: of the entry.
            value: never `None`.
        """
        if len(self) >= max(1, self._bound // 2):
            self._older = dict(self)
            self.clear()
        self[key] = value

    def drop(self, key: K) -> V | None:
        """Take an entry out and return it, or nothing."""
        older = self._older.pop(key, None)
        return self.pop(key, None) or older

    def everything(self) -> dict[K, V]:
        """Return all entries, of both generations."""
        return self._older | self
