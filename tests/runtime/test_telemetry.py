from __future__ import annotations

import re
import threading
from pathlib import Path

import traitconf as tc
from traitconf.runtime.cache_tally import OUTCOMES
from traitconf.runtime.instrument import FRAMEWORK
from traitconf.runtime.telemetry import Distribution, Metrics


def test_nothing_was_counted_at_first():
    """A counter begins at zero, a histogram with nothing."""
    metrics = Metrics()
    assert metrics.counter("badge.shows") == 0
    assert metrics.histogram("badge.width") is None


def test_counters_add_up():
    """Each counter keeps its own sum."""
    metrics = Metrics()
    metrics.count("badge.shows")
    metrics.count("badge.shows", 4)
    metrics.count("badge.hides")
    assert (metrics.counter("badge.shows"), metrics.counter("badge.hides")) == (5, 1)


def test_histograms_keep_count_sum_and_extremes():
    """Of recorded values there remain count, total, least and most."""
    metrics = Metrics()
    for value in (3, 1.5, 8):
        metrics.record("badge.width", value)
    assert metrics.histogram("badge.width") == Distribution(count=3, total=12.5, least=1.5, most=8)


def test_threads_lose_no_count():
    """Counting and recording from many threads loses nothing."""
    metrics, gate = Metrics(), threading.Barrier(4)

    def work():
        gate.wait()
        for _ in range(2000):
            metrics.count("badge.shows")
            metrics.record("badge.width", 2)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert metrics.counter("badge.shows") == 8000
    assert metrics.histogram("badge.width") == Distribution(8000, 16000, 2, 2)


def test_whatever_the_framework_counts_is_declared():
    """Every counter that the package adds to by name is in its catalogue, so that charts and docs know it."""
    sources = Path(tc.__file__).parent.rglob("*.py")
    counting = re.compile(r'\b(?:count|record)\(\s*"(traitconf\.[a-z_.]+)"')
    counted = {name for source in sources for name in counting.findall(source.read_text(encoding="utf-8"))}
    assert {"traitconf.events.errors", "traitconf.config.published"} <= counted
    assert counted | {f"traitconf.cache.{outcome}" for outcome in OUTCOMES} <= FRAMEWORK.keys()
