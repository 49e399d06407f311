"""What counting and timing a call costs, in the pipeline of an operation or by hand with a client of metrics."""

from __future__ import annotations

import functools
import importlib.util
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import traitconf as tc
import workers
from corpus import ON
from hosts import host_class
from rounds import Contender, measure
from row import Row
from samples import Samples
from table import Table
from traitconf.runtime.settler import Settler
from traitconf.schema.records import MetricOptions

_NEWER = sys.version_info >= (3, 12)
"""There a plain call takes a fifth less, and reading the clock as long as ever."""
_PEERS = {"statsd": "statsd", "prometheus_client": "prometheus_client", "opentelemetry": "opentelemetry.sdk"}


@tc.trait
class Timed(tc.TraitBase):
    """Give a method that is an operation."""

    @tc.operation()
    def touch(self, host: Any, amount: int) -> int:
        """Do nothing."""
        return amount


def deal() -> Mapping[str, Contender]:
    """Make the contenders."""
    made = {
        "plain": _touch(host_class()()),
        "unmeasured": _operation(enabled=False),
        "counter": _operation(sample=0.0),
        "duration": _told(),
        "alone": _operation(),
        "sampled": _operation(sample=0.1),
        "tenant": _operation(tenant_tag="all"),
    }
    by_hand = {"statsd": _statsd, "prometheus_client": _prometheus, "opentelemetry": _opentelemetry}
    for peer, module in _PEERS.items():
        if _is_there(module):
            counted, timed = by_hand[peer]()
            made |= {peer: _wrapped(counted), f"{peer} duration": _wrapped(timed)}
    return made


def measure_telemetry(rounds: int) -> Samples:
    """Measure the calls in this process."""
    samples = measure(deal, rounds)
    for peer, module in _PEERS.items():
        if not _is_there(module):
            reason = "not installed: `make bench` installs the extras"
            samples.faults.update({peer: reason, f"{peer} duration": reason})
    return samples


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _touch(host: object) -> Contender:
    return Contender("host.touch(1)", {"host": host}, lambda: tc.tenant(ON))


def _operation(**options: Any) -> Contender:
    host = type("Host", (), {})
    tc.bind(host, Timed(metrics=MetricOptions(**options)))
    with tc.tenant(ON):
        assert host().touch(1) == 1
    return _touch(host())


def _told() -> Contender:
    """Return an operation of a program with a sink: a thread of its own settles what was timed."""

    @contextmanager
    def scope() -> Iterator[None]:
        metrics = tc.process_runtime().services.metrics
        settler = Settler(metrics)
        try:
            with tc.tenant(ON):
                yield
        finally:
            settler.close()

    return replace(_operation(), scope=scope)


def _wrapped(around: Callable[[Any], Any]) -> Contender:
    cls = host_class()
    cls.touch = around(cls.touch)
    return _touch(cls())


Around = Callable[[Any], Any]


def _pair(count: Callable[[], Any], timed: Callable[[], Any]) -> tuple[Around, Around]:
    def counting(function: Any) -> Any:
        @functools.wraps(function)
        def counted(self: Any, amount: int) -> Any:
            result = function(self, amount)
            count()
            return result

        return counted

    def timing(function: Any) -> Any:
        @functools.wraps(function)
        def both(self: Any, amount: int) -> Any:
            with timed():
                result = function(self, amount)
            count()
            return result

        return both

    return counting, timing


def _statsd() -> tuple[Around, Around]:
    import statsd

    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("127.0.0.1", 0))
    client = statsd.StatsClient("127.0.0.1", sink.getsockname()[1])
    client.sink = sink  # it lives as long as the client
    return _pair(functools.partial(client.incr, "calls"), functools.partial(client.timer, "duration"))


def _prometheus() -> tuple[Around, Around]:
    import prometheus_client

    registry = prometheus_client.CollectorRegistry()
    counter = prometheus_client.Counter("calls", "Calls.", registry=registry)
    duration = prometheus_client.Histogram("duration", "Time.", registry=registry)
    return _pair(counter.inc, duration.time)


def _opentelemetry() -> tuple[Around, Around]:
    from time import perf_counter

    from opentelemetry.sdk.metrics import MeterProvider

    meter = MeterProvider().get_meter("bench")
    counter, duration = meter.create_counter("calls"), meter.create_histogram("duration")

    @contextmanager
    def timed() -> Any:
        began = perf_counter()
        yield
        duration.record(perf_counter() - began)

    return _pair(functools.partial(counter.add, 1), timed)


_PLAIN = "plain call"
TELEMETRY = Table(
    name="telemetry",
    method="as calls; with a sink a thread of its own sorts durations into buckets, else the calls do it",
    rows=(
        Row("operation, metrics off: the chain is the body", _PLAIN, "unmeasured", "plain", aside="no budget"),
        Row("operation, counter", _PLAIN, "counter", "plain", 6 if _NEWER else 5),
        Row("operation, counter and duration, with a sink", _PLAIN, "duration", "plain", 14 if _NEWER else 11),
        Row("operation, counter and duration, without any", _PLAIN, "alone", "plain", aside="no budget"),
        Row("operation, counter and every tenth duration", _PLAIN, "sampled", "plain", aside="no budget"),
        Row("operation, counter and duration by tenant", _PLAIN, "tenant", "plain", aside="no budget"),
        *(
            Row(f"{peer}, {what}", _PLAIN, f"{peer}{suffix}", "plain")
            for peer in _PEERS
            for what, suffix in (("counter", ""), ("counter and duration", " duration"))
        ),
    ),
    rounds=240,
    measure=functools.partial(workers.measure, "telemetry"),
)
