"""`Feed`: the thread that brings metrics to one sink; a sink that hangs or raises holds up nobody else."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from traitconf.runtime.instrument import Tags
from traitconf.runtime.limited import Limited
from traitconf.runtime.point import Point, Reading, Tap
from traitconf.runtime.sinks import MetricSink
from traitconf.schema import forks

if TYPE_CHECKING:
    from traitconf.runtime.telemetry import Metrics

PATIENCE: Final = 2.0
"""How many seconds the end of a program waits for a sink."""
limited: Final = Limited(logging.getLogger("traitconf.metrics"))


class Feed:
    """What is told to one sink, and when.

    Attributes:
        name: of the sink.
        sink: what takes the metrics.
    """

    def __init__(self, name: str, sink: MetricSink, metrics: Metrics, interval: float) -> None:
        """Take what was counted before as not told yet; `start` begins."""
        self.name, self.sink, self._metrics, self._interval = name, sink, metrics, interval
        self._told: dict[tuple[str, Tags], float] = {}
        self._tap = Tap()
        if getattr(sink, "raw", False):
            metrics.taps.add(self._tap)
        self._ends = threading.Event()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        forks.follow(self)

    def start(self) -> None:
        """Begin to tell."""
        if not getattr(self.sink, "pulls", False):
            self._thread = threading.Thread(target=self._run, name=f"traitconf-sink-{self.name}", daemon=True)
            self._thread.start()

    def forked(self) -> None:
        """Forget what the parent told, and make locks and connections anew."""
        self._ends, self._turn = threading.Event(), threading.Lock()
        self._told.clear()
        getattr(self.sink, "forked", _nothing)()

    def resumed(self) -> None:
        """Begin again in a child, where no thread of the parent lives."""
        if self._thread is not None:
            self.start()

    def close(self) -> None:
        """Tell what is left, and end; a sink that hangs is left alone after a while."""
        self._ends.set()
        thread, self._thread = self._thread, None
        if thread is not None and thread.ident is not None:
            thread.join(PATIENCE)
            if thread.is_alive():
                limited.warning("slow", "the sink %s does not end; what it was not told is lost", self.name)
                return
        getattr(self.sink, "close", _nothing)()
        self._metrics.taps.discard(self._tap)

    def tell(self) -> None:
        """Tell the sink what is new; nothing is raised."""
        with self._turn:
            began = time.perf_counter()
            points = self._metrics.points()
            values = self._tap.take()
            if lost := self._tap.lost():
                self._metrics.count("traitconf.sink.dropped", lost, sink=self.name)
            readings = [self._reading(point, values.get(point.key, ())) for point in points]
            try:
                self.sink.write(readings)
            except Exception as error:  # noqa: BLE001 -- foreign code and networks
                self._metrics.count("traitconf.sink.failures", sink=self.name)
                if taken := sum(map(len, values.values())):
                    self._metrics.count("traitconf.sink.dropped", taken, sink=self.name)
                limited.warning(type(error).__name__, "the sink %s failed: %r; it is tried again", self.name, error)
            else:
                self._told.update({point.key: point.value for point in points})
            self._metrics.record("traitconf.sink.write.duration", time.perf_counter() - began, sink=self.name)

    def _reading(self, point: Point, values: Any) -> Reading:
        return Reading(point, point.value - self._told.get(point.key, 0), tuple(values))

    def _run(self) -> None:
        ends = self._ends
        while not ends.wait(self._interval):
            self.tell()
        self.tell()


def _nothing() -> None:
    """Do nothing."""
