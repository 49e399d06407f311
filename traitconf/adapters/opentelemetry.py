"""The door to OpenTelemetry's API: metrics through its meters, and a span for each call of an operation.

Which SDK takes them, and where it sends them, is the application's choice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import metrics as api
from opentelemetry import trace

from traitconf.runtime.instrument import Instrument
from traitconf.runtime.point import Reading

if TYPE_CHECKING:
    from traitconf.runtime.telemetry import Metrics
    from traitconf.schema.telemetry_settings import TelemetryOptions

SCOPE: Final = "traitconf"
"""Name of the meter and the tracer."""


class OpenTelemetry:
    """A sink that hands everything on to the meters of the application's provider.

    Attributes:
        raw: true: a histogram is told every value, and its views decide about buckets.
    """

    raw: Final = True

    def __init__(self, provider: api.MeterProvider | None = None) -> None:
        """Take the global provider where no other is given."""
        self._meter = (provider or api.get_meter_provider()).get_meter(SCOPE)
        self._made: dict[str, Any] = {}

    def write(self, readings: Sequence[Reading]) -> None:
        """Add and record what is new."""
        for reading in readings:
            instrument, tags = reading.point.instrument, dict(reading.point.tags)
            made = self._instrument(instrument)
            if instrument.kind == "counter":
                if reading.delta:
                    made.add(reading.delta, tags)
            elif instrument.kind == "gauge":
                made.set(reading.point.value, tags)
            else:
                for value in reading.values:
                    made.record(value, tags)

    def _instrument(self, instrument: Instrument) -> Any:
        name = instrument.full_name
        if name not in self._made:
            make: Callable[..., Any] = {
                "counter": self._meter.create_counter,
                "gauge": self._meter.create_gauge,
                "histogram": self._meter.create_histogram,
            }[instrument.kind]
            more = {"explicit_bucket_boundaries_advisory": instrument.bounds} if instrument.kind == "histogram" else {}
            self._made[name] = make(name, unit=instrument.unit, description=instrument.doc, **more)
        return self._made[name]


def opened(options: TelemetryOptions, metrics: Metrics) -> OpenTelemetry:  # noqa: ARG001 -- the shape of every sink
    """Return the sink `otel`."""
    return OpenTelemetry()


def span(name: str, attributes: Mapping[str, str], *, is_current: bool) -> AbstractContextManager[Any]:
    """Return the span of one call; what it raises is recorded.

    Args:
        name: of the operation.
        attributes: what it is about.
        is_current: whether spans begun inside are its children; a generator's are not, which runs in pieces.
    """
    tracer = trace.get_tracer(SCOPE)
    if is_current:
        return tracer.start_as_current_span(name, attributes=dict(attributes))
    return _apart(tracer, name, attributes)


@contextlib.contextmanager
def _apart(tracer: trace.Tracer, name: str, attributes: Mapping[str, str]) -> Iterator[None]:
    begun = tracer.start_span(name, attributes=dict(attributes))
    try:
        yield
    except Exception as error:
        begun.record_exception(error)
        begun.set_status(trace.Status(trace.StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        raise
    finally:
        begun.end()
