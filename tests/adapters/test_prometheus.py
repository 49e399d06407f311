"""The door to prometheus_client, read back by Prometheus's own parser."""

from __future__ import annotations

import urllib.request

import pytest

import traitconf as tc

pytest.importorskip("prometheus_client", reason="it comes with the extra [prometheus]")

from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from traitconf.adapters.prometheus import registry
from traitconf.runtime.exposition import exposition
from traitconf.runtime.metric_file import record


def samples(text):
    """Return every sample by its name and labels; labels without a value say nothing."""
    return {
        (sample.name, *sorted((label, value) for label, value in sample.labels.items() if value)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def runtime(tc_config):
    """A runtime that has counted, timed and measured, for tenants with difficult names too."""

    @tc.trait(name="page")
    class Page(tc.TraitBase):
        """Give pages."""

        words = tc.histogram(unit="1", doc='Words, "quoted" \\ and\nbroken.')

        @tc.operation()
        def render(self, host, count):
            self.words.record(count)

    @tc.use(Page)
    class Host: ...

    runtime = tc_config({"traits.toml": '[page]\nmetrics.tenant_tag = "all"\n'})
    for tenant in ("acme", 'a"b\\c\nd', "café"):
        with tc.tenant(tenant):
            for count in (1, 3, 700):
                Host().render(count)
    return runtime


@pytest.mark.parametrize("way", ["registry", "exposition"])
def test_prometheus_reads_the_same_numbers(runtime, way):
    """Counters, sums, counts and buckets are those of the runtime, whatever a tenant is called."""
    metrics = runtime.services.metrics
    if way == "registry":
        text = generate_latest(registry(runtime)).decode()
    else:
        text = exposition([record(point) for point in metrics.points()])
    found = samples(text)
    for tenant in ("acme", 'a"b\\c\nd', "café"):
        labels = ("operation", "render"), ("outcome", "ok"), ("tenant", tenant), ("trait", "page")
        assert found["traitconf_operation_calls_total", *labels] == 3
        assert found["traitconf_page_words_sum", ("tenant", tenant)] == 704
        assert found["traitconf_page_words_count", ("tenant", tenant)] == 3
        buckets = {bound: found["traitconf_page_words_bucket", ("le", bound), ("tenant", tenant)] for bound in LE[way]}
        assert [*buckets.values()] == [1, 1, 2, 2, 3, 3]
        timed = metrics.histogram("traitconf.operation.duration", tenant=tenant)
        labels = ("operation", "render"), ("tenant", tenant), ("trait", "page")
        assert found["traitconf_operation_duration_seconds_sum", *labels] == pytest.approx(timed.total)
    (info,) = (name for name in found if name[0] == "traitconf_config_info")
    assert info[1] == ("hash", runtime.snapshot.content_hash[:12])
    assert found[info] == 1


LE = {
    "registry": ("1.0", "2.0", "5.0", "500.0", "1000.0", "+Inf"),
    "exposition": ("1", "2", "5", "500", "1000", "+Inf"),
}


def test_a_registry_of_its_own(runtime):
    """Two registries of one runtime, and a reload, register nothing twice; the global registry is left alone."""
    import prometheus_client

    first, second = registry(runtime), registry(runtime)
    runtime.reload()
    assert first.get_sample_value("traitconf_config_generation") == 2
    assert second.get_sample_value("traitconf_config_published_total") == 2
    assert b"traitconf" not in generate_latest(prometheus_client.REGISTRY)


def test_it_is_served_and_closed(tc_config):
    """The sink serves the metrics at its address until the runtime stops; then somebody else may have the port."""
    text = '[telemetry]\nsinks = ["prometheus"]\nprometheus.address = "127.0.0.1:0"\n'
    runtime = tc_config({"runtime.toml": text})
    (feed,) = runtime.services.metrics.outlet.feeds
    with urllib.request.urlopen(f"http://127.0.0.1:{feed.sink.port}/metrics", timeout=10) as answer:
        assert samples(answer.read().decode())["traitconf_config_published_total",] == 1
    runtime.stop()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{feed.sink.port}/metrics", timeout=10)
