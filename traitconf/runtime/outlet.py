"""`Outlet`: the sinks of one runtime, opened and closed as the configuration says."""

from __future__ import annotations

import atexit
import logging
import threading
import weakref
from typing import TYPE_CHECKING, Final

from traitconf.schema import forks

if TYPE_CHECKING:
    from traitconf.runtime.feed import Feed
    from traitconf.runtime.settler import Settler
    from traitconf.runtime.snapshot import Snapshot
    from traitconf.runtime.telemetry import Metrics
    from traitconf.schema.telemetry_settings import TelemetryOptions

log: Final = logging.getLogger("traitconf.metrics")


class Outlet:
    """Where metrics go.

    Only the runtime that a program configures has sinks: what a command or a test reads is nobody's traffic.
    """

    def __init__(self, metrics: Metrics) -> None:
        """Begin without sinks."""
        self._metrics = weakref.ref(metrics)
        self._options: TelemetryOptions | None = None
        self._lock = threading.Lock()
        self.feeds: list[Feed] = []
        self._settler: Settler | None = None
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    def published(self, snapshot: Snapshot, *, is_root: bool) -> None:
        """Count a snapshot that was published, and go by its settings.

        Args:
            snapshot: the new one.
            is_root: whether it is that of the program.
        """
        metrics, options = self._metrics(), snapshot.settings.telemetry
        if metrics is None:
            return
        metrics.count("traitconf.config.published")
        metrics.gauge("traitconf.config.generation", snapshot.generation)
        metrics.gauge("traitconf.config.info", 1, hash=snapshot.content_hash[:12])
        metrics.limit(options.series, options.top_k)
        if is_root:
            self.follow(options)

    def follow(self, options: TelemetryOptions) -> None:
        """Open what is configured, and close what is not any more.

        Args:
            options: of the section `[runtime.telemetry]`.
        """
        with self._lock:
            if options == self._options:
                return
            self._close()
            self._options = options
            for name in options.sinks:
                self._open(name, options)
            if self.feeds:
                self._settle_elsewhere()
                atexit.register(self.close)

    def tell(self) -> None:
        """Tell every sink what is new, now and here; for the end of a short program, and for tests."""
        for feed in self.feeds:
            feed.tell()

    def close(self) -> None:
        """Tell every sink what is left, and close it."""
        with self._lock:
            self._close()
            self._options = None

    def _open(self, name: str, options: TelemetryOptions) -> None:
        from traitconf.runtime.feed import Feed
        from traitconf.runtime.sinks import opened

        metrics = self._metrics()
        if metrics is None:
            return
        try:
            feed = Feed(name, opened(name, options, metrics), metrics, options.interval.total_seconds())
        except Exception:
            metrics.count("traitconf.sink.failures", sink=name)
            log.exception("the sink %s cannot be opened; metrics are not sent there", name)
            return
        feed.start()
        self.feeds.append(feed)

    def _settle_elsewhere(self) -> None:
        from traitconf.runtime.settler import Settler

        metrics = self._metrics()
        if metrics is not None:
            self._settler = Settler(metrics)

    def _close(self) -> None:
        feeds, self.feeds = self.feeds, []
        settler, self._settler = self._settler, None
        if settler is not None:
            settler.close()
        for feed in feeds:
            feed.close()
        if feeds:
            atexit.unregister(self.close)
