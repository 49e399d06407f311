"""`Settler`: the thread that sorts durations into buckets, so that calls need not where a sink wants them."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Final

from traitconf.schema import forks

if TYPE_CHECKING:
    from traitconf.runtime.telemetry import Metrics

PATIENT: Final = 65_536
"""How many values may wait for the thread; a call that finds more of them settles itself."""


class Settler:
    """Settles when it is woken; only a runtime with sinks has one."""

    def __init__(self, metrics: Metrics) -> None:
        """Take the place of the calls."""
        self._metrics = weakref.ref(metrics)
        self._begin()
        metrics.wake = self.wake
        forks.follow(self)

    def wake(self) -> None:
        """Have everything settled soon."""
        self._wanted.set()

    def forked(self) -> None:
        """Make the event anew."""
        self._wanted = threading.Event()

    def resumed(self) -> None:
        """Begin again in a child, where no thread of the parent lives."""
        if not self._ended:
            self._begin()

    def close(self) -> None:
        """End; calls settle themselves again."""
        self._ended = True
        metrics = self._metrics()
        if metrics is not None:
            metrics.wake = None
        self._wanted.set()
        self._thread.join()

    def _begin(self) -> None:
        self._wanted, self._ended = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="traitconf-settler", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        wanted = self._wanted
        while not self._ended:
            wanted.wait()
            wanted.clear()
            metrics = self._metrics()
            if metrics is not None:
                metrics.settle()
            del metrics
