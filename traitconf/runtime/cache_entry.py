"""`Entry`: a result that is kept; and the port to the stores that keep them."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import enum
import itertools
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

import attrs

from traitconf.types import FrozenMap

Tags = tuple[str, ...]
Stamps = tuple[str, ...]
Flat = tuple[tuple[Any, ...], tuple[Any, ...]]


class NotKept(TypeError):
    """A result that a store cannot keep: nothing copies it, or nothing writes it."""


@attrs.define(eq=False, slots=True)
class Entry:
    """Record: a result that is kept.

    Attributes:
        value: the result.
        until: when it is no longer fresh, by the store's own clock.
        stale_until: until when it may be served while it is computed again.
        error_until: until when it may be served because computing it again failed.
        stamps: of its tags, as they were before it was computed.
        is_shared: whether everybody gets this very object, because nobody can change it.
        state: the state of the store for which the stamps were found right.
        touch: one more at every hit.
        homes: where the hit path finds it, besides the store.
        looks: how often `touch` moved on for the count to be known.
        moment: when it was computed.
        seen: how many hits there were when somebody last looked for one to evict.
        counted: how many hits the tally knows of.
        tally: counts what becomes of calls.
    """

    value: Any
    until: float
    stale_until: float
    error_until: float
    stamps: Stamps
    is_shared: bool = False
    state: object = None
    touch: itertools.count[int] = attrs.field(factory=itertools.count)
    homes: list[tuple[dict[Any, Any], Any]] = attrs.field(factory=list)
    looks: int = 0
    moment: float = 0.0
    seen: int = 0
    counted: int = 0
    tally: Any = None

    @property
    def gone(self) -> float:
        """When nobody will ask for it any more."""
        return max(self.until, self.stale_until, self.error_until)

    def hits(self) -> int:
        """Return how often it was hit so far."""
        count = next(self.touch) - self.looks
        self.looks += 1
        return count

    def count_hits(self) -> None:
        """Tell the tally of the hits that it does not know of yet."""
        count = self.hits()
        if self.tally is not None:
            self.tally.add("hit", count - self.counted)
        self.counted = count


@attrs.frozen
class Call:
    """One call, as stores know it.

    Attributes:
        key: under which its result is kept.
        tags: the keys of the stamps that it must agree with.
        flat: its parts and their types, where the hit path may know it.
        records: returns the classes that reading the result may make, by name.
    """

    key: str
    tags: Tags = ()
    flat: Flat | None = None
    records: Callable[[], Mapping[str, type]] = dict


@attrs.frozen
class Found:
    """What a store says about a key.

    Attributes:
        entry: what is kept and not retired, if anything.
        stamps: of the tags, as they are now.
    """

    entry: Entry | None
    stamps: Stamps


class Store(Protocol):
    """Keeps entries. A store that cannot be reached answers `None` and keeps nothing: calls go on."""

    name: str
    now: Callable[[], float]
    state: object
    """Another object as soon as any tag has another stamp."""

    def read(self, call: Call) -> Found | None:
        """Return what is kept for a call, unless one of its tags was invalidated since."""

    def write(self, key: str, entry: Entry) -> None:
        """Keep an entry.

        Raises:
            NotKept: when it cannot be kept at all.
        """

    def stamp(self, tags: Iterable[str]) -> None:
        """Invalidate tags: give each of them another stamp."""

    async def aread(self, call: Call) -> Found | None:
        """Do what `read` does, awaited."""

    async def awrite(self, key: str, entry: Entry) -> None:
        """Do what `write` does, awaited."""

    async def astamp(self, tags: Iterable[str]) -> None:
        """Do what `stamp` does, awaited."""

    def close(self) -> None:
        """Let go of connections."""


@attrs.frozen
class Kept:
    """A private copy of a result, or the result itself where nobody can change it.

    Attributes:
        value: the copy.
        is_shared: whether it may be handed out itself.
    """

    value: Any
    is_shared: bool

    def out(self) -> Any:
        """Return what a caller gets: its own copy, where it could change it."""
        return self.value if self.is_shared else copy.deepcopy(self.value)


def kept(value: Any) -> Kept:
    """Return what is kept of a result.

    Args:
        value: what a call returned.

    Raises:
        NotKept: when nothing copies it.
    """
    if is_frozen(value):
        return Kept(value, is_shared=True)
    try:
        return Kept(copy.deepcopy(value), is_shared=False)
    except Exception as error:  # whatever its class raises
        raise NotKept(f"a {type(value).__qualname__} cannot be copied: {error}") from error


_ATOMS: Final = frozenset({type(None), bool, int, float, complex, str, bytes})
_ZONES: Final = frozenset({datetime.timezone, zoneinfo.ZoneInfo})
_MODULES: Final = frozenset({"datetime", "decimal", "fractions", "uuid", "pathlib", "ipaddress"})


def is_frozen(value: Any, depth: int = 0) -> bool:
    """Whether nobody can change a value, nor anything in it.

    Args:
        value: any object.
        depth: how deep it is nested already.

    >>> is_frozen((1, "a")), is_frozen(([],))
    (True, False)
    """
    cls = type(value)
    if cls in _ATOMS or isinstance(value, (enum.Enum, type)):
        return True
    if depth > 8:
        return False
    if cls in (tuple, frozenset):
        return all(is_frozen(one, depth + 1) for one in value)
    if cls is FrozenMap:
        return all(is_frozen(one, depth + 1) for one in (*value, *value.values()))
    if cls.__module__.partition(".")[0] in _MODULES:
        return getattr(value, "tzinfo", None) is None or type(value.tzinfo) in _ZONES
    names = _frozen_fields(cls)
    return names is not None and all(is_frozen(getattr(value, name), depth + 1) for name in names)


def _frozen_fields(cls: type) -> list[str] | None:
    """Return the fields of a frozen record; nothing of any other class."""
    if "__attrs_attrs__" in cls.__dict__ and getattr(cls.__setattr__, "__name__", "") == "_frozen_setattrs":
        return [field.name for field in attrs.fields(cls)]
    params = cls.__dict__.get("__dataclass_params__")
    return [field.name for field in dataclasses.fields(cls)] if params is not None and params.frozen else None
