"""Sinks of metrics: what they must do, where they are found, and what is wrong with those that are configured."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from traitconf.errors import Problem, did_you_mean
from traitconf.resolve.resolver import Resolver
from traitconf.runtime.point import Reading
from traitconf.schema.settings import RUNTIME
from traitconf.schema.telemetry_settings import TelemetryOptions

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from traitconf.runtime.telemetry import Metrics

GROUP: Final = "traitconf.sinks"
PRODUCTS: Final = {"statsd": "statsd", "otel": "opentelemetry", "prometheus": "prometheus_client"}
"""The module that a sink cannot do without."""


class MetricSink(Protocol):
    """Something that takes metrics. It may have more than this one method.

    `raw`, true where it wants every value of a histogram; `pulls`, true where it asks by itself and is never told;
    `close()`; and `forked()`, called in a child process, where sockets must be made anew.
    """

    def write(self, readings: Sequence[Reading], /) -> None:
        """Take what is new. It runs on a thread of its own; whatever it raises is counted and logged.

        What was told when it raised is told again the next time, but for the raw values.

        Args:
            readings: one for each series.
        """


class Opening(Protocol):
    """What is offered under the entry point group `traitconf.sinks`."""

    def __call__(self, options: TelemetryOptions, metrics: Metrics, /) -> MetricSink:
        """Return a sink.

        Args:
            options: of the section `[runtime.telemetry]`.
            metrics: of the runtime; for a sink that asks by itself.
        """


def offered() -> dict[str, EntryPoint]:
    """Return the sinks that installed packages offer, by name."""
    import importlib.metadata

    return {entry.name: entry for entry in importlib.metadata.entry_points(group=GROUP)}


def opened(name: str, options: TelemetryOptions, metrics: Metrics) -> MetricSink:
    """Open a sink.

    Args:
        name: as the configuration has it.
        options: of the section.
        metrics: of the runtime.
    """
    opening: Opening = offered()[name].load()
    return opening(options, metrics)


def sink_problems(resolver: Resolver) -> Iterator[Problem]:
    """Yield TC740 for a sink that nobody offers, and TC741 for one whose product is not installed.

    Args:
        resolver: over the graph.
    """
    resolution = resolver.resolve(RUNTIME)
    telemetry: TelemetryOptions = resolution.trait.telemetry
    wanted = [*telemetry.sinks, *(["otel"] if telemetry.traces and "otel" not in telemetry.sinks else [])]
    if not wanted:
        return
    known = offered()
    for name in wanted:
        path = ("telemetry", "sinks" if name in telemetry.sinks else "traces")
        if name not in known:
            hint = did_you_mean(name, known) or f"known are {', '.join(sorted(known)) or 'none'}"
            yield Problem("TC740", f"there is no sink {name!r}", _origin(resolution, path), _ADDRESS, hint=hint)
        elif name in PRODUCTS and importlib.util.find_spec(PRODUCTS[name]) is None:
            text = f"{name!r} needs {PRODUCTS[name]}, which is not installed"
            hint = f"pip install traitconf[{name}]"
            yield Problem("TC741", text, _origin(resolution, path), ".".join(("runtime", *path)), hint=hint)


_ADDRESS: Final = "runtime.telemetry.sinks"


def _origin(resolution: Any, path: tuple[str, ...]) -> Any:
    decider = resolution.chain(path).decider
    return decider.definition.origin if decider is not None else None
