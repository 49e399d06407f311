"""Sinks that work, raise, and hang; none of them is ever heard of by a call."""

from __future__ import annotations

import logging
import os
import threading

import pytest

from traitconf.runtime import feed as feeds
from traitconf.runtime.feed import Feed
from traitconf.runtime.point import Tap
from traitconf.runtime.telemetry import Metrics

FAILURES = "traitconf.sink.failures"
DROPPED = "traitconf.sink.dropped"


class Kept:
    """A sink that keeps what it is told, or raises what it is to raise."""

    raw = True

    def __init__(self):
        self.told, self.error, self.closed = [], None, False

    def write(self, readings):
        if self.error is not None:
            raise self.error
        own = [one for one in readings if not one.point.instrument.name.startswith("traitconf.")]
        self.told.append({one.point.instrument.name: (one.delta, list(one.values)) for one in own})

    def close(self):
        self.closed = True


@pytest.fixture
def metrics():
    """Metrics of nobody else."""
    return Metrics()


@pytest.fixture
def feed(metrics):
    """A feed that tells when the test says so."""
    return Feed("kept", Kept(), metrics, 3600)


def test_only_what_is_new_is_told(feed, metrics):
    """A counter is told by how much it grew, a histogram by its new values."""
    metrics.count("x.y", 3)
    metrics.record("x.z", 7)
    feed.tell()
    metrics.count("x.y")
    feed.tell()
    assert feed.sink.told == [{"x.y": (3, []), "x.z": (1, [7])}, {"x.y": (1, []), "x.z": (0, [])}]


def test_a_sink_that_raises_is_told_again(feed, metrics, caplog):
    """Its failures are counted, its lost values too, and logged once; counters are made up for the next time."""
    feed.sink.error = OSError("no route")
    metrics.count("x.y", 3)
    metrics.record("x.z", 7)
    with caplog.at_level(logging.WARNING, "traitconf.metrics"):
        for _ in range(3):
            feed.tell()
    assert (metrics.counter(FAILURES, sink="kept"), metrics.counter(DROPPED, sink="kept")) == (3, 1 + 2 + 2)
    assert len([record for record in caplog.records if "the sink kept failed" in record.getMessage()]) <= 1
    feed.sink.error = None
    feed.tell()
    assert feed.sink.told[0]["x.y"] == (3, [])


def test_a_sink_that_hangs_holds_up_nobody(metrics, monkeypatch):
    """While one sink hangs, calls count and the other sinks are told; the end of the program does not wait for ever."""
    monkeypatch.setattr(feeds, "PATIENCE", 0.05)
    hangs, told, release = threading.Event(), threading.Event(), threading.Event()

    class Hanging:
        def write(self, readings):
            hangs.set()
            release.wait()

    class Other:
        def write(self, readings):
            if hangs.is_set() and any(one.point.instrument.name == "x.y" for one in readings):
                told.set()

    one, other = Feed("hanging", Hanging(), metrics, 0.01), Feed("other", Other(), metrics, 0.01)
    one.start()
    assert hangs.wait(30)
    other.start()
    metrics.count("x.y")
    assert told.wait(30)
    one.close()
    other.close()
    release.set()
    assert metrics.counter("x.y") == 1


def test_values_that_nobody_takes_are_dropped_and_counted(feed, metrics, monkeypatch):
    """A sink that is slow loses values beyond a limit, and it is told how many; the histogram has them all."""
    monkeypatch.setattr(Tap, "LIMIT", 10)
    for number in range(25):
        metrics.record("x.z", number)
    feed.tell()
    assert feed.sink.told[0]["x.z"] == (25, [*range(10)])
    assert metrics.counter(DROPPED, sink="kept") == 15
    assert metrics.histogram("x.z").count == 25


def test_the_end_tells_the_rest(metrics):
    """A feed that is closed has told everything, and its sink is closed."""
    sink = Kept()
    feed = Feed("kept", sink, metrics, 3600)
    feed.start()
    metrics.count("x.y", 3)
    feed.close()
    assert (sink.told[-1]["x.y"], sink.closed) == ((3, []), True)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_tells_only_its_own(metrics):
    """After a fork the child's feed runs, and what the parent has counted is not told twice."""
    sink = Kept()
    feed = Feed("kept", sink, metrics, 3600)
    feed.start()
    metrics.count("x.y", 3)
    metrics.record("x.z", 1)
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        metrics.count("x.y", 2)
        feed.close()
        os.write(writes, repr([one["x.y"] for one in sink.told]).encode())
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as said:
        assert said.read() == "[(2, [])]"
    os.waitpid(child, 0)
    feed.close()
    assert sink.told[-1] == {"x.y": (3, []), "x.z": (1, [1])}


def test_what_it_costs_is_told_too(feed, metrics):
    """The time to collect, the time of the sink and the number of series are instruments themselves."""
    metrics.count("x.y")
    feed.tell()
    assert metrics.histogram("traitconf.sink.write.duration", sink="kept").count == 1
    assert metrics.histogram("traitconf.metrics.collect.duration").count == 1
    assert {point.instrument.name: point.value for point in metrics.points()}["traitconf.metrics.series"] == 1
