"""`Point`: one series at one moment; `Reading`: what a sink has not seen of it; `Tap`: raw values for sinks."""

from __future__ import annotations

from typing import Final

import attrs

from traitconf.runtime.cell import Distribution
from traitconf.runtime.instrument import Instrument, Tags


@attrs.frozen
class Point:
    """Record: one series at one moment.

    Attributes:
        instrument: what is measured.
        tags: names and values.
        value: of a counter or gauge; of a histogram, how many values were recorded.
        distribution: of a histogram.
        buckets: of a histogram, how many values are in each.
        recent: of a histogram, the last values.
        sample: which share of a histogram's values is recorded.
    """

    instrument: Instrument
    tags: Tags
    value: float
    distribution: Distribution | None = None
    buckets: tuple[int, ...] = ()
    recent: tuple[float, ...] = ()
    sample: float = 1.0

    @property
    def key(self) -> tuple[str, Tags]:
        """What no other series of the runtime has."""
        return self.instrument.name, self.tags


@attrs.frozen
class Reading:
    """What a sink is told of a series.

    Attributes:
        point: how it stands.
        delta: how much a counter has grown since the sink was told last.
        values: of a histogram, the values since then, for a sink that wants each of them.
    """

    point: Point
    delta: float
    values: tuple[float, ...] = ()


class Tap:
    """Raw values of histograms, kept for a sink that wants each of them.

    Attributes:
        values: by series.
        dropped: how many values found no place.
    """

    LIMIT: Final = 10_000
    """How many values of one series are kept until the sink takes them."""

    def __init__(self) -> None:
        """Begin empty."""
        self.values: dict[tuple[str, Tags], list[float]] = {}
        self.dropped = 0

    def keep(self, key: tuple[str, Tags], batch: list[float]) -> None:
        """Keep values, as long as there is a place for them."""
        kept = self.values.setdefault(key, [])
        room = self.LIMIT - len(kept)
        kept += batch[:room]
        self.dropped += max(0, len(batch) - room)

    def lost(self) -> int:
        """Return how many values found no place since this was asked last."""
        dropped, self.dropped = self.dropped, 0
        return dropped

    def take(self) -> dict[tuple[str, Tags], list[float]]:
        """Return what was kept, and begin anew."""
        taken, self.values = self.values, {}
        return taken
