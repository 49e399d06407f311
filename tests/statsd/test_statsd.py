"""The sink statsd against a real daemon, whose management port tells exactly what it received."""

from __future__ import annotations

import logging
import os
import socket
import sys
import textwrap
import threading
from datetime import timedelta
from subprocess import run

import pytest

import traitconf as tc
from traitconf.adapters.statsd import Statsd, clean
from traitconf.runtime.instrument import Instrument
from traitconf.runtime.point import Point, Reading
from traitconf.runtime.telemetry import Metrics
from traitconf.schema.telemetry_settings import StatsdOptions

DROPPED = "traitconf.sink.dropped"


@pytest.fixture
def page(tc_runtime):
    """A class with an operation, a counter and a histogram."""

    @tc.trait(name="page")
    class Page(tc.TraitBase):
        """Give pages."""

        words = tc.counter(doc="Words.")
        width = tc.histogram(unit="By", doc="Width.")

        @tc.operation()
        def render(self, host, count):
            if count < 0:
                raise ValueError(count)
            self.words.add(count)
            self.width.record(count / 2)
            return count

    @tc.use(Page)
    class Host: ...

    return Host()


@pytest.fixture
def configured(tc_config, daemon):
    """A function that configures a runtime with the daemon as its sink."""

    def over(scheme="udp", more="", page=""):
        url = {
            "udp": f"udp://127.0.0.1:{daemon.udp}",
            "tcp": f"tcp://127.0.0.1:{daemon.tcp}",
            "unix": f"unix://{daemon.unix}",
        }[scheme]
        text = f'[telemetry]\nsinks = ["statsd"]\ninterval = "1h"\n[telemetry.statsd]\nurl = "{url}"\n{more}\n'
        return tc_config({"runtime.toml": text, "traits.toml": page})

    return over


def test_addresses_are_cleaned():
    """What separates in the protocol, and what is not ASCII, becomes an underscore, and two names never become one."""
    for text in ("a:1|c\nevil:1|c", "café", "a b", "a;b=c", "a|#x:y", "a,b", "\ud800"):
        assert clean(text).isascii()
        assert not set(clean(text)) & set(":|\n#,;= @")
    assert len({clean(text) for text in ("a:b", "a;b", "a_b", "a b")}) == 4
    assert clean("a.b") == "a.b"
    assert "." not in clean("a.b", dots=False)


@pytest.mark.parametrize("scheme", ["udp", "tcp", "unix"])
def test_counters_and_timers_arrive(page, configured, daemon, scheme):
    """Over every transport the daemon holds exactly the calls, times and values that were made, with their tags."""
    runtime = configured(scheme)
    for count in (1, 2, 3):
        page.render(count)
    with pytest.raises(ValueError, match="-1"):
        page.render(-1)
    runtime.services.metrics.outlet.tell()
    calls = "traitconf.operation.calls;trait=page;operation=render;outcome="
    counters = daemon.wait_for("counters", f"{calls}failed")
    timers = daemon.wait_for("timers", "traitconf.page.width")
    assert (counters[f"{calls}ok"], counters[f"{calls}failed"]) == (3, 1)
    assert counters["traitconf.page.words"] == 6
    assert sorted(timers["traitconf.page.width"]) == [0.5, 1.0, 1.5]
    taken = timers["traitconf.operation.duration;trait=page;operation=render"]
    assert len(taken) == 4
    seconds = runtime.services.metrics.histogram("traitconf.operation.duration").total
    assert sum(taken) / 1000 == pytest.approx(seconds, rel=1e-6)
    assert daemon.table("gauges")["traitconf.config.generation"] == 1
    assert daemon.bad_lines() == 0


def test_nothing_is_sent_twice(page, configured, daemon):
    """Each telling brings what is new, and the end brings the rest."""
    runtime = configured("tcp")
    page.render(1)
    runtime.services.metrics.outlet.tell()
    page.render(1)
    page.render(1)
    runtime.services.metrics.outlet.tell()
    page.render(1)
    runtime.stop()
    assert daemon.wait_for("counters", "traitconf.page.words")["traitconf.page.words"] == 4
    assert daemon.bad_lines() == 0


@pytest.mark.parametrize(
    ("style", "name"),
    [
        ("graphite", "traitconf.operation.calls;trait=page;operation=render;outcome=ok;tenant=acme"),
        ("plain", "traitconf.operation.calls.page.render.ok.acme"),
        ("dogstatsd", "traitconf.operation.calls;trait=page;operation=render;outcome=ok;tenant=acme"),
    ],
)
def test_tags_are_written_in_every_style(page, configured, daemon, style, name):
    """Tags travel as Graphite, DogStatsD, or as parts of the name; the tenant only where it was asked for."""
    runtime = configured("tcp", f'tags = "{style}"\nprefix = "shop"', '[page]\nmetrics.tenant_tag = "all"\n')
    with tc.tenant("acme"):
        page.render(1)
    runtime.services.metrics.outlet.tell()
    assert daemon.wait_for("counters", f"shop.{name}")[f"shop.{name}"] == 1
    assert daemon.bad_lines() == 0


@pytest.mark.parametrize("style", ["graphite", "plain", "dogstatsd"])
def test_a_tenants_name_injects_nothing(page, configured, daemon, style):
    """A tenant may be called anything: the daemon sees one counter of it, and no line that it does not understand."""
    evil = ["x\nevil:99|c", "a:1|c", "b|#admin:1", "c,d:e", "e;f=g", "café ☕", "@0.1"]
    runtime = configured("tcp", f'tags = "{style}"', '[page]\nmetrics.tenant_tag = "all"\n')
    for tenant in evil:
        with tc.tenant(tenant):
            page.render(1)
    runtime.services.metrics.outlet.tell()
    rest = daemon.wait_for("counters", "traitconf.config.published")
    calls = {name: value for name, value in rest.items() if name.startswith("traitconf.operation.calls")}
    assert list(calls.values()) == [1] * len(evil)
    assert all(name.startswith("traitconf.") for name in rest)
    assert daemon.bad_lines() == 0


def test_sampled_times_say_so(page, configured, daemon):
    """A timer of which a share is recorded carries its rate; the counter beside it counts every call."""
    runtime = configured("tcp", page="[page]\nmetrics.sample = 0.5\n")
    for _ in range(100):  # the daemon prints no more than a hundred values of a timer
        page.render(1)
    runtime.services.metrics.outlet.tell()
    name = "traitconf.operation.duration;trait=page;operation=render"
    taken = daemon.wait_for("timers", name)[name]
    assert 15 < len(taken) < 85
    assert daemon.table("counters")["traitconf.page.words"] == 100


def test_many_values_travel_in_packets(configured, daemon):
    """A thousand series are split into datagrams that the network does not cut; none is lost and none is torn."""
    runtime = configured("udp", "packet = 512")
    for number in range(300):
        runtime.services.metrics.count(f"series.number{number}", number + 1)
    runtime.services.metrics.outlet.tell()
    found = daemon.wait_for("counters", "traitconf.series.number299")
    assert [found[f"traitconf.series.number{number}"] for number in range(300)] == [*range(1, 301)]
    assert daemon.bad_lines() == 0


def test_flushed_at_exit_and_in_children(daemon, tmp_path):
    """A program that just ends has told everything, its forked child too, and neither tells what the other counted."""
    (tmp_path / "config").mkdir()
    text = f'[telemetry]\nsinks = ["statsd"]\ninterval = "1h"\nstatsd.url = "tcp://127.0.0.1:{daemon.tcp}"\n'
    (tmp_path / "config/runtime.toml").write_text(text, encoding="utf-8")
    program = textwrap.dedent("""
        import os, sys
        import traitconf as tc
        runtime = tc.configure("config")
        runtime.services.metrics.count("parent.counts", 5)
        child = os.fork()
        if not child:
            runtime.services.metrics.count("child.counts", 2)
            sys.exit(0)
        assert os.waitpid(child, 0)[1] == 0
        runtime.services.metrics.count("parent.counts")
    """)
    environ = {**os.environ, "PYTHONWARNINGS": "ignore::DeprecationWarning"}
    run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=60, env=environ)
    counters = daemon.wait_for("counters", "traitconf.parent.counts")
    assert (counters["traitconf.parent.counts"], counters["traitconf.child.counts"]) == (6, 2)


def test_the_daemon_comes_back(configured, daemon, page):
    """While the daemon is down calls go on; what was counted meanwhile is told when it is there again."""
    runtime = configured("tcp")
    metrics = runtime.services.metrics
    daemon.stop()
    for _ in range(3):
        page.render(1)
    metrics.outlet.tell()
    assert metrics.counter("traitconf.sink.failures", sink="statsd") == 1
    daemon.start()
    page.render(1)
    metrics.outlet.tell()
    assert daemon.wait_for("counters", "traitconf.page.words")["traitconf.page.words"] == 4


def test_threads_count_while_it_is_told(configured, daemon):
    """Nothing is lost or told twice while threads count and the sink is told at the same time."""
    runtime = configured("tcp")
    metrics, gate = runtime.services.metrics, threading.Barrier(5)

    def work():
        gate.wait()
        for _ in range(3000):
            metrics.count("busy.counts")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    gate.wait()
    for _ in range(20):
        metrics.outlet.tell()
    for thread in threads:
        thread.join()
    metrics.outlet.tell()
    assert daemon.wait_for("counters", "traitconf.busy.counts")["traitconf.busy.counts"] == 12_000


@pytest.mark.parametrize("url", ["udp://no-such-host.invalid:8125", "tcp://127.0.0.1:1", "unix:///nowhere/at/all"])
def test_an_address_that_cannot_be_reached_raises_before_anything_is_sent(url):
    """The sink says so to its feed, which counts it and tries again; a call never hears of it."""
    sink, metrics = Statsd(StatsdOptions(url=url)), Metrics()
    metrics.count("x")
    readings = [Reading(point, point.value) for point in metrics.points()]
    with pytest.raises(OSError, match=r"."):
        sink.write(readings)


@pytest.mark.parametrize("family", ["tcp", "unix"])
def test_a_full_socket_is_given_up(family, tmp_path):
    """A daemon that reads nothing costs the sink's thread its timeout, and what is lost is counted."""
    if family == "tcp":
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    else:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / "full.sock"))
        listener.listen()
        url = f"unix://{tmp_path / 'full.sock'}"
    metrics = Metrics()
    sink = Statsd(StatsdOptions(url=url, timeout=timedelta(milliseconds=50)), metrics)
    tags = tuple((f"tag{number}", "x" * 110) for number in range(8))
    readings = [Reading(Point(Instrument("shop.sales", "counter"), tags, 1), 1)] * 10_000
    with listener:
        sink.write(readings)
    assert metrics.counter(DROPPED, sink="statsd") == 10_000
    sink.close()


def test_a_host_whose_name_means_nothing_is_survived(page, tc_config, caplog):
    """A configuration with such a host starts, calls go on, and each failure is counted and logged with its reason."""
    url = "udp://no-such-host.invalid:8125"
    text = f'[telemetry]\nsinks = ["statsd"]\ninterval = "1h"\nstatsd.url = "{url}"\n'
    runtime = tc_config({"runtime.toml": text})
    metrics = runtime.services.metrics
    with caplog.at_level(logging.WARNING, "traitconf.metrics"):
        assert page.render(2) == 2
        metrics.outlet.tell()
        metrics.outlet.tell()
    assert metrics.counter("traitconf.sink.failures", sink="statsd") == 2
    assert metrics.counter("traitconf.operation.calls", operation="render") == 1


def test_names_are_looked_up_again(monkeypatch, daemon):
    """After a while the host's name is resolved anew, and the socket is another."""
    resolved = []
    lookup = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: resolved.append(args) or lookup(*args, **more))
    options = StatsdOptions(url=f"udp://127.0.0.1:{daemon.udp}", resolve=timedelta(0))
    sink, metrics = Statsd(options), Metrics()
    metrics.count("x.y")
    for _ in range(3):
        sink.write([Reading(point, point.value) for point in metrics.points()])
    sink.close()
    assert len(resolved) == 3
