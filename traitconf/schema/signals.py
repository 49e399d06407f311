"""Declared events, counters and histograms: names in the catalogue, descriptors on the trait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, overload

import attrs

if TYPE_CHECKING:
    from traitconf.schema.base import TraitBase

B = TypeVar("B")


@attrs.define(frozen=False)  # made for every event, in a third of the time of a frozen one
class BoundEvent:
    """An event of one resolved trait, ready to be emitted."""

    name: str
    trait: TraitBase

    def emit(self, host: object, /, **payload: Any) -> None:
        """Tell the subscribers.

        Args:
            host: the object that the event is about.
            **payload: what happened; immutable values, please.
        """
        if self.trait._services is not None and self.trait.events.enabled:
            self.trait._services.emit(self.trait, self.name, host, payload)

    async def aemit(self, host: object, /, **payload: Any) -> None:
        """Tell the subscribers, awaiting those that are coroutine functions.

        Args:
            host: as in `emit`.
            **payload: as in `emit`.
        """
        if self.trait._services is not None and self.trait.events.enabled:
            await self.trait._services.aemit(self.trait, self.name, host, payload)


@attrs.frozen
class BoundCounter:
    """A counter of one resolved trait."""

    name: str
    trait: TraitBase

    def add(self, amount: int = 1) -> None:
        """Count.

        Args:
            amount: how many, not negative.
        """
        if self.trait._services is not None and self.trait.metrics.enabled:
            self.trait._services.count(self.trait, self.name, amount)


@attrs.frozen
class BoundHistogram:
    """A histogram of one resolved trait."""

    name: str
    trait: TraitBase

    def record(self, value: float) -> None:
        """Record one value.

        Args:
            value: in the histogram's unit.
        """
        if self.trait._services is not None and self.trait.metrics.enabled:
            self.trait._services.record(self.trait, self.name, value)


class Signal(Generic[B]):
    """A declared event, counter or histogram.

    Attributes:
        kind: which of the three.
        bound: the class that serves it on a resolved trait.
        doc: one sentence for the reference.
        unit: UCUM unit of a histogram or counter, empty for an event.
    """

    name = ""

    def __init__(
        self, kind: Literal["event", "counter", "histogram"], bound: type[B], doc: str, unit: str = ""
    ) -> None:
        """Remember the declaration; the name comes from the class body."""
        if not doc.strip():
            raise TypeError(f"{kind}() needs doc=, one sentence for the reference")
        self.kind, self.bound, self.doc, self.unit = kind, bound, doc.strip(), unit

    def __set_name__(self, owner: type, name: str) -> None:
        """Take the name of the attribute."""
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: TraitBase, owner: type) -> B: ...
    def __get__(self, instance: TraitBase | None, owner: type) -> Self | B:
        """Return the declaration on the class, the working signal on a resolved trait."""
        return self if instance is None else self.bound(self.name, instance)  # type: ignore[call-arg]  # the three share one shape


def event(*, doc: str) -> Signal[BoundEvent]:
    """Declare an event of a trait: `self.<name>.emit(host, …)`.

    Args:
        doc: one sentence for the reference.

    >>> event(doc="A summary was computed.").kind
    'event'
    """
    return Signal("event", BoundEvent, doc)


def counter(*, doc: str, unit: str = "1") -> Signal[BoundCounter]:
    """Declare a counter of a trait: `self.<name>.add()`.

    Args:
        doc: one sentence for the reference.
        unit: what is counted, a UCUM unit.

    >>> counter(doc="Slugs made.").unit
    '1'
    """
    return Signal("counter", BoundCounter, doc, unit)


def histogram(*, doc: str, unit: str) -> Signal[BoundHistogram]:
    """Declare a histogram of a trait: `self.<name>.record(value)`.

    Args:
        doc: one sentence for the reference.
        unit: unit of the values, a UCUM unit such as `s` or `By`.

    >>> histogram(unit="s", doc="Time to render.").unit
    's'
    """
    return Signal("histogram", BoundHistogram, doc, unit)
