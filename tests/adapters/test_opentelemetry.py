"""The door to OpenTelemetry, read back by its SDK."""

from __future__ import annotations

import asyncio

import pytest

import traitconf as tc

pytest.importorskip("opentelemetry.sdk", reason="the SDK comes with the extra [test]")

from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from traitconf.adapters.opentelemetry import OpenTelemetry
from traitconf.runtime.feed import Feed


@pytest.fixture
def host(tc_runtime):
    """A class with an operation of every flavour, one that calls another, and signals."""

    @tc.trait(name="page")
    class Page(tc.TraitBase):
        """Give pages."""

        words = tc.histogram(unit="1", doc="Words.")

        @tc.operation()
        def render(self, host, count):
            self.words.record(count)
            return host.inner(count)

        @tc.operation()
        def inner(self, host, count):
            return 100 / count

        @tc.operation()
        async def fetch(self, host):
            await asyncio.sleep(0)
            return host.inner(1)

        @tc.operation()
        def many(self, host):
            yield host.inner(1)
            yield host.inner(0)

        @tc.operation()
        async def stream(self, host):
            yield host.inner(1)

    @tc.use(Page)
    class Host: ...

    return Host()


def data_points(reader):
    """Return what an SDK has, by name and attributes."""
    found = {}
    for resource in reader.get_metrics_data().resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    found[metric.name, *sorted(point.attributes.items())] = point
    return found


def test_the_sdk_has_the_same_numbers(tc_config, host):
    """Sums, counts and gauges of the SDK are those of the runtime, told in two turns."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    runtime = tc_config({})
    metrics = runtime.services.metrics
    feed = Feed("otel", OpenTelemetry(provider), metrics, 3600)
    for count in (1, 2, 4):
        host.render(count)
        feed.tell()
    with pytest.raises(ZeroDivisionError):
        host.render(0)
    feed.tell()
    found = data_points(reader)
    calls = ("operation", "render"), ("outcome", "ok"), ("trait", "page")
    assert found["traitconf.operation.calls", *calls].value == 3
    failed = ("operation", "render"), ("outcome", "failed"), ("trait", "page")
    assert found["traitconf.operation.calls", *failed].value == 1
    words = found["traitconf.page.words",]
    assert (words.count, words.sum, words.min, words.max) == (4, 7, 0, 4)
    taken = found["traitconf.operation.duration", ("operation", "render"), ("trait", "page")]
    own = metrics.histogram("traitconf.operation.duration", operation="render")
    assert (taken.count, taken.sum) == (own.count, pytest.approx(own.total))
    assert found["traitconf.config.generation",].value == 1
    provider.shutdown()


@pytest.fixture
def spans(monkeypatch):
    """An exporter that keeps the spans of the process in this test."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    yield exporter
    provider.shutdown()


def test_every_call_is_a_span(tc_config, host, spans):
    """An operation called by another is its child; what a span is about, and what it raised, is said."""
    tc_config({"runtime.toml": "[telemetry]\ntraces = true\n"})
    with tc.tenant("acme"):
        host.render(2)
        asyncio.run(host.fetch())
        with pytest.raises(ZeroDivisionError):
            host.render(0)
    found = spans.get_finished_spans()
    by_id = {span.context.span_id: span.name for span in found}
    pairs = [(span.name, by_id.get(span.parent.span_id) if span.parent else None) for span in found]
    assert pairs == [
        *(("page.inner", "page.render"), ("page.render", None)),
        *(("page.inner", "page.fetch"), ("page.fetch", None)),
        *(("page.inner", "page.render"), ("page.render", None)),
    ]
    about = {"trait": "page", "operation": "render", "model": "Host", "tenant": "acme"}
    assert found[1].attributes == {f"traitconf.{name}": value for name, value in about.items()}
    assert [span.status.is_ok for span in found] == [True] * 4 + [False] * 2
    assert found[-1].events[0].name == "exception"


def test_generators_are_spans_apart(tc_config, host, spans):
    """A generator's span lasts until its end, and is nobody's parent: its caller runs between its values."""
    tc_config({"runtime.toml": "[telemetry]\ntraces = true\n"})

    async def collected():
        return [value async for value in host.stream()]

    assert asyncio.run(collected()) == [100]
    with pytest.raises(ZeroDivisionError):
        list(host.many())
    found = spans.get_finished_spans()
    assert [span.name for span in found] == ["page.inner", "page.stream", "page.inner", "page.inner", "page.many"]
    assert [span.parent for span in found] == [None] * 5
    assert [span.status.is_ok for span in found] == [True, True, True, False, False]


def test_no_span_without_the_word(tc_config, host, spans):
    """Without `traces` there is no span, and with metrics off too the chain is the body."""
    tc_config({"traits.toml": "[page]\nmetrics.enabled = false\n"})
    host.render(1)
    assert spans.get_finished_spans() == ()
