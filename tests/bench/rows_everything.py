"""What a call costs with everything on, toggle, counter, duration, events, cache hit; by hand; with glue of peers."""

from __future__ import annotations

import functools
import importlib.util
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import traitconf as tc
import workers
from corpus import ON
from hosts import new_module
from rounds import Contender, measure
from row import Row
from samples import Samples
from table import Table
from traitconf.runtime.settler import Settler

_NEWER: Final = sys.version_info >= (3, 12)
PEERS: Final = ("dynaconf", "blinker", "cachetools", "statsd")
GLUE: Final = "dynaconf, blinker, cachetools and statsd"
_SOURCE: Final = """
class Host:
    title = "a title"

    def touch(self, amount):
        return amount

    def read(self):
        return self.title
"""


@tc.trait
class Whole(tc.TraitBase):
    """Give an operation that is switched, counted, timed, announced and cached."""

    @tc.operation(cache=True, key=("title",))
    def summary(self, host: Any) -> str:
        """Return the title."""
        return str(host.title)


def hear(event: object) -> None:
    """Be told, and do nothing."""


def deal() -> Mapping[str, Contender]:
    """Make the contenders; each has answered once already."""
    tc.off(hear)
    quiet, heard = (tc.bind(new_module(_SOURCE)["Host"], Whole) for _ in range(2))
    for phase in ("before", "after"):
        tc.on(f"whole.summary.{phase}", model=heard)(hear)
    made = {
        "plain": Contender("host.touch(1)", {"host": new_module(_SOURCE)["Host"]()}, lambda: tc.tenant(ON)),
        "nobody": _ours(quiet),
        "one": _ours(heard),
        "by hand": _read(_by_hand),
    }
    return made if absent() else made | {GLUE: _read(_glue)}


def absent() -> list[str]:
    """Return the peers that are not installed."""
    return [peer for peer in PEERS if importlib.util.find_spec(peer) is None]


def measure_everything(rounds: int) -> Samples:
    """Measure the calls in this process."""
    samples = measure(deal, rounds)
    if absent():
        samples.faults[GLUE] = f"not installed: {', '.join(absent())}; `make bench` installs the extra [bench]"
    return samples


def _ours(cls: Any) -> Contender:
    host = cls()

    @contextmanager
    def scope() -> Iterator[None]:
        settler = Settler(tc.process_runtime().services.metrics)  # as in a program that has a sink
        try:
            with tc.tenant(ON):
                yield
        finally:
            settler.close()

    with tc.tenant(ON):
        for _ in range(3):
            assert host.summary() == "a title"
    return Contender("host.summary()", {"host": host}, scope)


def _read(around: Callable[[Any], Any]) -> Contender:
    cls = new_module(_SOURCE)["Host"]
    cls.read = around(cls.read)
    host = cls()
    assert host.read() == host.read() == "a title"
    return Contender("host.read()", {"host": host}, lambda: tc.tenant(ON))


def _by_hand(function: Any) -> Any:
    """Return what somebody would write who needs it once: dictionaries, a list of times, no locks."""
    flags, counts, times = {ON: True}, {"calls": 0}, []
    kept: dict[tuple[str, str], tuple[str, float]] = {}
    before: list[Callable[..., None]] = [lambda host: None]

    @functools.wraps(function)
    def read(self: Any) -> str:
        if not flags[ON]:
            return str(function(self))
        began = time.perf_counter()
        counts["calls"] += 1
        for subscriber in before:
            subscriber(self)
        key = ON, self.title
        entry = kept.get(key)
        if entry is None or entry[1] < time.monotonic():
            entry = kept[key] = function(self), time.monotonic() + 300
        if len(times) > 1000:
            times.clear()
        times.append(time.perf_counter() - began)
        return entry[0]

    return read


def _glue(function: Any) -> Any:
    """Return the same, made of one package for each part."""
    import blinker
    import cachetools
    import dynaconf
    import statsd

    settings: Any = dynaconf.Dynaconf(settings_files=[], environments=False)
    settings.set("tenants", {ON: {"summary": {"enabled": True}}})
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("127.0.0.1", 0))
    client = statsd.StatsClient("127.0.0.1", sink.getsockname()[1])
    signal = blinker.Signal()
    heard: Callable[..., None] = lambda sender, **named: None  # noqa: E731 -- held, or the signal would forget it
    signal.connect(heard)
    kept: Any = cachetools.TTLCache(10_000, 300)
    decorate: Any = cachetools.cached(kept, key=lambda self: (ON, self.title))
    cached = decorate(function)
    held = sink, heard

    @functools.wraps(function)
    def read(self: Any) -> str:
        if not settings.tenants[ON].summary.enabled:
            return str(function(self))
        with client.timer("duration"):
            client.incr("calls")
            signal.send(self)
            return str(cached(self))

    read.__dict__["held"] = held  # they live as long as the function
    return read


_PLAIN: Final = "plain call"
EVERYTHING: Final = Table(
    name="everything",
    method="as calls; toggle, counter, duration, events and a cache hit in one call",
    rows=(
        Row("everything on, nobody subscribes", _PLAIN, "nobody", "plain", 20 if _NEWER else 16),
        Row("everything on, one subscriber each", _PLAIN, "one", "plain", 38 if _NEWER else 32),
        Row("by hand, one subscriber", _PLAIN, "by hand", "plain"),
        Row(GLUE, _PLAIN, GLUE, "plain"),
    ),
    rounds=120,
    measure=functools.partial(workers.measure, "everything"),
)
