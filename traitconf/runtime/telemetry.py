"""`Metrics`: the counters, gauges and histograms of one runtime. Counting is an addition; no call sends anything."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any, Final

from traitconf.runtime.cell import Cell, CounterCell, Distribution, HistogramCell, weight
from traitconf.runtime.family import ByTenant, Family
from traitconf.runtime.instrument import FRAMEWORK, Instrument, Kind, Tags
from traitconf.runtime.outlet import Outlet
from traitconf.runtime.point import Point, Tap
from traitconf.schema import forks

SETTLE: Final = 1024
"""How many values a histogram holds before a call settles them; with a sink, that happens off the calls."""
REFUSED: Final = "traitconf.metrics.refused"
COLLECT: Final = "traitconf.metrics.collect.duration"
log: Final = logging.getLogger("traitconf.metrics")


class Metrics:
    """The counters, gauges and histograms of one runtime, by `<trait>.<name>` and tags.

    Counting never raises: what no instrument takes is counted in `traitconf.metrics.refused`.

    Attributes:
        budget: how many series an instrument may have.
        top_k: how many tenants have series of their own where an option says `top_k`.
        taps: what keeps raw values for sinks.
        tables: what is counted for each tenant, by what it is.
        outlet: where they go.
        wake: has pending values settled by a thread; nothing where there is none.
        late: what is counted off the path of calls; asked, by its key, before the series are read.
    """

    def __init__(self, budget: int = 2000, top_k: int = 50) -> None:
        """Begin at zero."""
        self.budget, self.top_k = budget, top_k
        self.taps: weakref.WeakSet[Tap] = weakref.WeakSet()
        self.wake: Callable[[], None] | None = None
        self.late: dict[Any, Callable[[], object]] = {}
        self._families: dict[str, Family] = {}
        self.tables: dict[tuple[str, ...], ByTenant[Any]] = {}
        self._lock = threading.RLock()
        self.outlet = Outlet(self)
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew, and begin at zero: what the parent counted is the parent's to tell."""
        self._lock = threading.RLock()
        for family in self._families.values():
            for cell in family.cells.values():
                cell.clear()
        for tap in self.taps:
            tap.take()

    def declare(self, instrument: Instrument) -> None:
        """Make an instrument known, unless there is one of that name."""
        with self._lock:
            self._families.setdefault(instrument.name, Family(instrument, self.budget))

    def count(self, name: str, amount: int = 1, /, **tags: Any) -> None:
        """Add to a counter."""
        put(self, _series(self, name, "counter", tags), amount)

    def record(self, name: str, value: float, /, **tags: Any) -> None:
        """Record one value of a histogram."""
        put(self, _series(self, name, "histogram", tags), value)

    @contextlib.contextmanager
    def timed(self, name: str, /, **tags: Any) -> Iterator[None]:
        """Record how long a block takes, whether it raises or not."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.record(name, time.perf_counter() - began, **tags)

    def gauge(self, name: str, value: float, /, **tags: Any) -> None:
        """Set a gauge; what it said with other values of its tags is forgotten."""
        with self._lock:
            if tags and name in self._families:
                self._families[name].cells.clear()
            cell = _series(self, name, "gauge", tags)
            if cell is not None:
                cell.value = value

    def counter(self, name: str, /, **tags: Any) -> int:
        """Return the sum of a counter's series, those with these tags; 0 when nothing was counted."""
        with self._lock:
            found = self._families.get(name)
            return int(sum(weight(cell) for cell in found.matching(tags))) if found is not None else 0

    def histogram(self, name: str, /, **tags: Any) -> Distribution | None:
        """Return what was recorded in the series with these tags, if anything was."""
        with self._lock:
            self.settle()
            family = self._families.get(name)
            cells = [cell for cell in family.matching(tags) if isinstance(cell, HistogramCell)] if family else []
            found = [one for one in (cell.distribution for cell in cells) if one is not None]
        if not found:
            return None
        return Distribution(
            sum(one.count for one in found),
            sum(one.total for one in found),
            min(one.least for one in found),
            max(one.most for one in found),
        )

    def limit(self, budget: int, top_k: int) -> None:
        """Let an instrument have so many series, and so many tenants where an option says `top_k`."""
        with self._lock:
            self.budget, self.top_k = budget, top_k
            for table in self.tables.values():
                table.most = top_k if table.most is not None else None
            for family in self._families.values():
                family.budget = budget

    def own_series(self, name: str, kind: Kind, tags: dict[str, Any]) -> tuple[Any, bool]:
        """Return the cell of a series, and whether it is its own or that of all beyond the budget.

        Raises:
            ValueError: for a tag that the instrument does not have, or another kind of instrument.
        """
        with self._lock:
            family = self._families.get(name)
            if family is None:
                instrument = FRAMEWORK.get(name) or Instrument(
                    name, kind, tags=(*(tag for tag in tags if tag != "tenant"), "tenant")
                )
                family = self._families[name] = Family(instrument, self.budget)
            if family.instrument.kind != kind:
                raise ValueError(f"{name} is a {family.instrument.kind}, no {kind}")
            cell, is_own = family.cell(tags)
        if not is_own:
            self.count("traitconf.metrics.overflow", instrument=name)
        return cell, is_own

    def settle(self) -> None:
        """Count pending values in their buckets; somebody who does it already is not waited for."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            for name, tags, cell in self._cells():
                if isinstance(cell, HistogramCell) and (batch := cell.settle()):
                    for tap in self.taps:
                        tap.keep((name, tags), batch)
        finally:
            self._lock.release()

    def points(self) -> list[Point]:
        """Return every series as it stands."""
        began = time.perf_counter()
        for count in list(self.late.values()):
            count()
        with self._lock:
            self.settle()
            for table in list(self.tables.values()):
                table.rebalance()
            families = self._families
            found = [_point(families[name].instrument, tags, cell) for name, tags, cell in self._cells()]
            self.gauge("traitconf.metrics.series", len(found))
        self.record(COLLECT, time.perf_counter() - began)
        return found

    def _cells(self) -> Iterator[tuple[str, Tags, Cell]]:
        for name, family in list(self._families.items()):
            for key, cell in list(family.cells.items()):
                pairs = zip(family.instrument.tags, key, strict=True)
                yield name, tuple((tag, value) for tag, value in pairs if value), cell


def _series(metrics: Metrics, name: str, kind: Kind, tags: dict[str, Any]) -> Any:
    """Return the cell of a series, or nothing where no instrument takes it."""
    try:
        return metrics.own_series(name, kind, tags)[0]
    except ValueError as error:
        log.debug("not measured: %s", error)
        metrics.count(REFUSED, reason="tag")
        return None


def put(metrics: Metrics, cell: Any, value: float) -> None:
    """Add to a counter, or record a value of a histogram; what cannot be is counted as refused.

    Args:
        metrics: where the cell belongs.
        cell: a counter or histogram; none for what was refused already.
        value: the amount or value.
    """
    if isinstance(cell, HistogramCell):
        if not math.isfinite(value):
            metrics.count(REFUSED, reason="not finite")
            return
        cell.add(value)
        if len(cell.pending) >= SETTLE:
            metrics.settle()
    elif isinstance(cell, CounterCell):
        if value == 1:
            next(cell.ticks)
        elif value >= 0 and math.isfinite(value):
            cell.add(value)
        else:
            metrics.count(REFUSED, reason="negative")


def _point(instrument: Instrument, tags: Tags, cell: Cell) -> Point:
    if isinstance(cell, HistogramCell):
        buckets, recent = tuple(cell.buckets), tuple(cell.recent)
        return Point(instrument, tags, sum(buckets), cell.distribution, buckets, recent, cell.sample)
    return Point(instrument, tags, cell.value)
