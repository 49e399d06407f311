"""The door to statsd: counters, timers and gauges over UDP, TCP or a Unix socket, aggregated and with clean names."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import statsd

from traitconf.runtime.limited import Limited
from traitconf.runtime.point import Point, Reading

if TYPE_CHECKING:
    from traitconf.runtime.telemetry import Metrics
    from traitconf.schema.telemetry_settings import StatsdOptions, TelemetryOptions

limited: Final = Limited(logging.getLogger("traitconf.metrics"))
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.\-]")
LONGEST: Final = 120
PORT: Final = 8125


def clean(text: str, *, dots: bool = True) -> str:
    """Return a text as a part of a name that no daemon takes for anything else.

    Where that changes it, a digest of the text is added: two tenants never become one.

    >>> clean("acme.shop"), clean("acme.shop", dots=False)
    ('acme.shop', 'acme_shop_c7209b')

    Args:
        text: anything, also what users have typed.
        dots: whether a dot may stay, which divides names.
    """
    safe = _UNSAFE.sub("_", text[:LONGEST])
    if not dots:
        safe = safe.replace(".", "_")
    if safe == text:
        return safe
    return f"{safe}_{hashlib.blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=3).hexdigest()}"


class Statsd:
    """A sink that sends to a daemon. What was sent is never sent again, even where nobody knows whether it arrived.

    Attributes:
        raw: true: a timer is told every value.
    """

    raw: Final = True

    def __init__(self, options: StatsdOptions, metrics: Metrics | None = None) -> None:
        """Connect to nothing yet."""
        self._options, self._metrics = options, metrics
        self._client: Any = None
        self._since = 0.0

    def write(self, readings: Sequence[Reading]) -> None:
        """Send what is new.

        Raises:
            OSError: where the host cannot be resolved or reached; nothing was sent then.
        """
        lines = [line for reading in readings for line in self._lines(reading)]
        if not lines:
            return
        client = self._connected()
        try:
            with client.pipeline() as pipe:
                for name, value in lines:
                    pipe._send_stat(name, value, 1)  # noqa: SLF001 -- no public method writes tags behind the value
        except OSError as error:
            self.close()
            limited.warning("lost", "statsd took %d values, or part of them: %r", len(lines), error)
            if self._metrics is not None:
                self._metrics.count("traitconf.sink.dropped", len(lines), sink="statsd")

    def close(self) -> None:
        """Close the socket."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def forked(self) -> None:
        """Leave the parent's socket to the parent."""
        self.close()

    def _connected(self) -> Any:
        age = time.monotonic() - self._since
        if self._client is not None and age > self._options.resolve.total_seconds():
            self.close()  # the host's name may stand for another machine by now
        if self._client is None:
            self._client, self._since = _client(self._options), time.monotonic()
        return self._client

    def _lines(self, reading: Reading) -> Iterator[tuple[str, str]]:
        point = reading.point
        kind, name, suffix = point.instrument.kind, *self._named(point)
        if kind == "counter" and reading.delta:
            yield name, f"{reading.delta:.12g}|c{suffix}"
        elif kind == "gauge":
            if point.value < 0:
                yield name, f"0|g{suffix}"  # a sign in front would make it a difference
            yield name, f"{point.value:.12g}|g{suffix}"
        elif kind == "histogram":
            scale = 1000.0 if point.instrument.unit == "s" else 1.0
            rate = f"|@{point.sample:g}" if point.sample < 1 else ""
            for value in reading.values:
                yield name, f"{value * scale:.12g}|ms{rate}{suffix}"

    def _named(self, point: Point) -> tuple[str, str]:
        """Return the name of a series, and what stands behind its values."""
        name = clean(point.instrument.full_name)
        tags = [(clean(tag), value) for tag, value in point.tags]
        if self._options.tags == "dogstatsd":
            written = ",".join(f"{tag}:{clean(value)}" for tag, value in tags)
            return name, f"|#{written}" if written else ""
        if self._options.tags == "graphite":
            return name + "".join(f";{tag}={clean(value)}" for tag, value in tags), ""
        return ".".join([name, *(clean(value, dots=False) for _, value in tags)]), ""


def opened(options: TelemetryOptions, metrics: Metrics) -> Statsd:
    """Return the sink `statsd`."""
    return Statsd(options.statsd, metrics)


def _client(options: StatsdOptions) -> Any:
    url, prefix = urlsplit(options.url), clean(options.prefix) if options.prefix else None
    timeout = options.timeout.total_seconds()
    if url.scheme == "unix":
        client = statsd.UnixSocketStatsClient(url.path, prefix=prefix, timeout=timeout)
    else:
        where = {"host": url.hostname, "port": url.port or PORT, "prefix": prefix, "ipv6": ":" in (url.hostname or "")}
        if url.scheme == "udp":
            return statsd.StatsClient(**where, maxudpsize=options.packet)
        client = statsd.TCPStatsClient(**where, timeout=timeout)
    try:
        client.connect()
    except OSError:
        client.close()
        raise
    return client
