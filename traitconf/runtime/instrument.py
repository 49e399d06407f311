"""`Instrument`: what is measured, declared once; and the framework's own instruments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import attrs

from traitconf.schema.catalog import Catalog

Kind = Literal["counter", "histogram", "gauge"]
Tags = tuple[tuple[str, str], ...]
"""Names and values, in the order of the instrument."""
CALLS: Final = "traitconf.operation.calls"
DURATION: Final = "traitconf.operation.duration"
OTHER: Final = "__other__"
"""Stands in a tag for everything that gets no series of its own."""
_SECONDS: Final = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ANYTHING: Final = tuple(float(step * 10**power) for power in range(7) for step in (1, 2, 5))


@attrs.frozen
class Instrument:
    """Record: something that is measured.

    Attributes:
        name: dotted; `<trait>.<name>` for what a trait declares.
        kind: counter, histogram or gauge.
        doc: one sentence.
        unit: UCUM unit.
        tags: the only tags that it may have; a trait's instruments have the tenant where the trait says so.
    """

    name: str
    kind: Kind
    doc: str = ""
    unit: str = "1"
    tags: tuple[str, ...] = ()

    @property
    def bounds(self) -> tuple[float, ...]:
        """Upper bounds of a histogram's buckets, without the last, which has none."""
        return _SECONDS if self.unit == "s" else _ANYTHING

    @property
    def full_name(self) -> str:
        """The name as programs outside see it, below `traitconf.`."""
        return self.name if self.name.startswith("traitconf.") else f"traitconf.{self.name}"


def _counter(name: str, doc: str, *tags: str) -> Instrument:
    return Instrument(f"traitconf.{name}", "counter", doc, tags=tags)


_FRAMEWORK: Final = (
    Instrument(CALLS, "counter", "Calls of operations.", tags=("trait", "operation", "outcome", "tenant")),
    Instrument(DURATION, "histogram", "Time of a call of an operation.", "s", ("trait", "operation", "tenant")),
    _counter("config.published", "Configurations that were published."),
    _counter("config.failures", "Configurations that were read and not published."),
    Instrument("traitconf.config.load.duration", "histogram", "Time to read, check and publish.", "s"),
    Instrument("traitconf.config.generation", "gauge", "Number of the published configuration."),
    Instrument("traitconf.config.info", "gauge", "Always 1; the tag is the configuration's hash.", tags=("hash",)),
    _counter("directory.failures", "Questions that the tenant directory did not answer."),
    _counter("directory.unknown_groups", "Groups that only the tenant directory names."),
    _counter("events.errors", "Subscribers that failed."),
    _counter("events.too_deep", "Events that were not told, because events had led to too many events."),
    _counter("cache.hit", "Calls answered from the store."),
    _counter("cache.stale", "Calls answered by a result whose time was over."),
    _counter("cache.miss", "Calls that were computed, and kept."),
    _counter("cache.wait", "Calls answered by what another call computed at the moment."),
    _counter("cache.bypass", "Calls computed without the store."),
    _counter("cache.error", "Calls whose computation failed."),
    _counter("cache.refused", "Results that no store can keep."),
    _counter("cache.invalidations", "Tags and objects whose results were taken away."),
    _counter("cache.store_failures", "Times that the store of results did not answer."),
    _counter("cache.store_recoveries", "Times that it answered again."),
    Instrument("traitconf.cache.compute.duration", "histogram", "Time to compute a result that is kept.", "s"),
    _counter("requests.refused", "Requests that were refused for want of a tenant."),
    _counter("metrics.refused", "Measurements that no instrument takes.", "reason"),
    _counter("metrics.overflow", "Series that the budget did not allow.", "instrument"),
    Instrument("traitconf.metrics.series", "gauge", "Series that are kept."),
    Instrument("traitconf.metrics.collect.duration", "histogram", "Time to collect every series.", "s"),
    Instrument("traitconf.sink.write.duration", "histogram", "Time that a sink takes.", "s", ("sink",)),
    _counter("sink.failures", "Times that a sink failed.", "sink"),
    _counter("sink.dropped", "Values that a sink never got.", "sink"),
)
FRAMEWORK: Final[Mapping[str, Instrument]] = {one.name: one for one in _FRAMEWORK}
"""The framework's own instruments, by name."""


def catalogue(catalog: Catalog) -> dict[str, Instrument]:
    """Return every declared instrument by name: the framework's, and those of the known traits.

    Args:
        catalog: knows the traits.
    """
    found = dict(FRAMEWORK)
    for spec in catalog.traits():
        for name, signal in spec.signals.items():
            if signal.kind != "event":
                full = f"{spec.name}.{name}"
                found[full] = Instrument(full, signal.kind, signal.doc, signal.unit, ("tenant",))
    return found
