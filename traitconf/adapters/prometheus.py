"""The door to prometheus_client: a registry of our own, so that nothing is registered twice at a reload."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import prometheus_client
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from traitconf.runtime.exposition import label_name, metric_name
from traitconf.runtime.point import Point, Reading

if TYPE_CHECKING:
    from traitconf.runtime.runtime import Runtime
    from traitconf.runtime.telemetry import Metrics
    from traitconf.schema.telemetry_settings import TelemetryOptions

_FAMILIES: Final = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily, "histogram": HistogramMetricFamily}


class MetricsCollector(Collector):
    """Gives a registry the metrics of one runtime as they are when somebody asks."""

    def __init__(self, metrics: Metrics) -> None:
        """Collect from there."""
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """Yield every instrument with its series."""
        points = sorted(self._metrics.points(), key=_name)
        for name, group in itertools.groupby(points, key=_name):
            yield _family(name, list(group))

    def describe(self) -> list[Metric]:
        """Return nothing: what there will be is not known when the collector is registered."""
        return []


def _name(point: Point) -> str:
    instrument = point.instrument
    return metric_name(instrument.full_name, instrument.kind, instrument.unit)


def _family(name: str, points: Sequence[Point]) -> Metric:
    instrument = points[0].instrument
    labels = [label_name(tag) for tag in instrument.tags]
    family: Any = _FAMILIES[instrument.kind](name, instrument.doc or name, labels=labels)
    for point in points:
        tags = dict(point.tags)
        values = [tags.get(tag, "") for tag in instrument.tags]
        if point.instrument.kind != "histogram":
            family.add_metric(values, point.value)
        else:
            bounds = [*map(prometheus_client.utils.floatToGoString, (*instrument.bounds, math.inf))]
            buckets = list(zip(bounds, map(float, itertools.accumulate(point.buckets)), strict=True))
            family.add_metric(values, buckets, point.distribution.total if point.distribution else 0.0)
    made: Metric = family
    return made


def registry(runtime: Runtime) -> prometheus_client.CollectorRegistry:
    """Return a registry with the metrics of a runtime, for an application that serves them itself.

    Args:
        runtime: as `tc.configure` returns it.
    """
    return _registry(runtime.services.metrics)


def _registry(metrics: Metrics) -> prometheus_client.CollectorRegistry:
    made = prometheus_client.CollectorRegistry()
    made.register(MetricsCollector(metrics))
    return made


class PrometheusServer:
    """A sink that is asked: a small server of one registry.

    Attributes:
        pulls: true: nothing is told to it.
        port: where it listens; 0 where it does not.
    """

    pulls: Final = True

    def __init__(self, address: str, metrics: Metrics) -> None:
        """Listen, where an address is given."""
        self.port = 0
        self._server: Any = None
        self._thread: Any = None
        if address:
            host, _, port = address.rpartition(":")
            self._server, self._thread = prometheus_client.start_http_server(
                int(port), host or "127.0.0.1", _registry(metrics)
            )
            self.port = self._server.server_port

    def write(self, readings: Sequence[Reading]) -> None:
        """Do nothing: Prometheus asks."""

    def close(self) -> None:
        """Listen no more."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            self._thread.join()

    def forked(self) -> None:
        """Leave the port to the parent."""
        server, self._server = self._server, None
        if server is not None:
            server.socket.close()


def opened(options: TelemetryOptions, metrics: Metrics) -> PrometheusServer:
    """Return the sink `prometheus`."""
    return PrometheusServer(options.prometheus.address, metrics)
