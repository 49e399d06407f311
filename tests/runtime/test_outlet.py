from __future__ import annotations

import logging
import threading

import pytest

import traitconf as tc
from traitconf.runtime import sinks
from traitconf.runtime.runtime import Runtime

ON = '[telemetry]\nsinks = ["file"]\ninterval = "1h"\ndirectory = "{}"\n'


@pytest.fixture
def names(tmp_path):
    """A function that returns the sinks of a runtime."""
    return lambda runtime: [feed.name for feed in runtime.services.metrics.outlet.feeds]


def test_sinks_follow_the_configuration(tc_config, tmp_path, names):
    """Sinks are opened, left alone, and closed as a new configuration says, without a restart."""
    runtime = tc_config({"runtime.toml": ON.format(tmp_path / "one")})
    (first,) = runtime.services.metrics.outlet.feeds
    (runtime.paths[0] / "traits.toml").write_text("[auditable]\nretention_days = 9\n", encoding="utf-8")
    runtime.reload()
    assert runtime.services.metrics.outlet.feeds == [first]
    (runtime.paths[0] / "runtime.toml").write_text(ON.format(tmp_path / "two"), encoding="utf-8")
    runtime.reload()
    assert runtime.services.metrics.outlet.feeds != [first]
    (runtime.paths[0] / "runtime.toml").write_text("", encoding="utf-8")
    runtime.reload()
    assert names(runtime) == []
    assert [len([*(tmp_path / place).iterdir()]) for place in ("one", "two")] == [1, 1]


def test_only_the_programs_runtime_has_sinks(tmp_path, names):
    """A runtime that a command or a test makes for itself sends nothing anywhere."""
    (tmp_path / "runtime.toml").write_text(ON.format(tmp_path / "state"), encoding="utf-8")
    runtime = Runtime((tmp_path,), environ={}).start()
    assert names(runtime) == []
    assert not (tmp_path / "state").exists()


def test_a_sink_that_cannot_be_opened_is_survived(tc_config, tmp_path, names, caplog):
    """It is counted and logged with its reason, and the others are opened all the same."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with caplog.at_level(logging.ERROR, "traitconf.metrics"):
        runtime = tc_config({"runtime.toml": ON.format(tmp_path / "taken")})
    assert names(runtime) == []
    assert runtime.services.metrics.counter("traitconf.sink.failures", sink="file") == 1
    assert "the sink file cannot be opened" in caplog.text


def test_an_unknown_sink_is_refused_with_its_place(tc_config):
    """TC740 names the line, and what may be meant; on a reload the old configuration stays."""
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"runtime.toml": '[telemetry]\nsinks = ["fil"]\n'})
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint, problem.origin.line) == ("TC740", "did you mean 'file'?", 2)


@pytest.mark.parametrize("text", ['sinks = ["otel"]', "traces = true"])
def test_a_sink_without_its_product_is_refused(tc_config, monkeypatch, text):
    """TC741 says what is to be installed, before anybody waits for metrics."""
    monkeypatch.setattr(sinks, "PRODUCTS", {"otel": "no_such_product"})
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"runtime.toml": f"[telemetry]\n{text}\n"})
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint) == ("TC741", "pip install traitconf[otel]")


@pytest.mark.parametrize("url", ["udp://localhost", "carrier://pigeon:1", "unix://relative", "tcp://a b:1"])
def test_an_address_that_is_none_is_refused(tc_config, url):
    """What is no address of a daemon is refused where it is written."""
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"runtime.toml": f'[telemetry.statsd]\nurl = "{url}"\n'})
    assert caught.value.problems[0].address == "runtime.telemetry.statsd.url"


def test_every_publishing_is_told(tc_config):
    """Generation and hash of the configuration are gauges: the hash before is gone, and a refused one is counted."""
    runtime = tc_config({"traits.toml": "[auditable]\nretention_days = 9\n"})
    metrics = runtime.services.metrics
    first = runtime.snapshot.content_hash[:12]
    (runtime.paths[0] / "traits.toml").write_text("[auditable]\nretention_days = 8\n", encoding="utf-8")
    runtime.reload()
    (runtime.paths[0] / "traits.toml").write_text("[auditable]\nretention_days = 'x'\n", encoding="utf-8")
    with pytest.raises(tc.ConfigError):
        runtime.reload()
    found = {(point.instrument.name, *dict(point.tags).values()): point.value for point in metrics.points()}
    assert found["traitconf.config.generation",] == 2
    assert found["traitconf.config.info", runtime.snapshot.content_hash[:12]] == 1
    assert ("traitconf.config.info", first) not in found
    assert (metrics.counter("traitconf.config.published"), metrics.counter("traitconf.config.failures")) == (2, 1)
    assert metrics.histogram("traitconf.config.load.duration").count == 3


def test_the_budget_is_configured(tc_config):
    """`runtime.telemetry.series` holds for instruments that are there already, too."""
    runtime = tc_config({"runtime.toml": "[telemetry]\nseries = 2\n"})
    metrics = runtime.services.metrics
    for number in range(5):
        metrics.count("shop.sales", shop=f"s{number}")
    assert metrics.counter("shop.sales", shop="__other__") == 3


def test_with_a_sink_a_thread_settles(tc_config, tmp_path):
    """Where somebody wants the numbers, a thread sorts what calls have timed; the calls do it again without."""

    @tc.trait(name="page")
    class Page(tc.TraitBase):
        """Give pages."""

        @tc.operation()
        def render(self, host):
            return 1

    @tc.use(Page)
    class Host: ...

    runtime = tc_config({"runtime.toml": ON.format(tmp_path / "state")})
    metrics, settled = runtime.services.metrics, threading.Event()
    settle, threads = metrics.settle, set()

    def noted():
        threads.add(threading.current_thread().name)
        settle()
        settled.set()

    metrics.settle = noted
    for _ in range(2048):
        Host().render()
    assert settled.wait(30)
    assert threads == {"traitconf-settler"}
    assert metrics.histogram("traitconf.operation.duration").count == 2048
    runtime.stop()
    assert metrics.wake is None
