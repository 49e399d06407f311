from __future__ import annotations

import pytest

import traitconf as tc


class Store:
    """Something that a trait keeps for a whole runtime."""


def test_signals_reach_the_runtime_that_resolved_the_trait(tc_runtime, badge):
    """Events, counters and histograms of a resolved trait go to its runtime, under the trait's name."""
    heard, host = [], object()
    tc_runtime.services.events.subscribe("badge.shown", heard.append)
    found = tc.resolve(badge)
    with tc.tenant("acme"):
        found.shown.emit(host, colour="red")
    found.shows.add()
    found.shows.add(2)
    found.width.record(7)
    (event,) = heard
    assert (event.name, event.host, event.tenant, event.payload) == ("badge.shown", host, "acme", {"colour": "red"})
    metrics = tc_runtime.services.metrics
    assert (metrics.counter("badge.shows"), metrics.histogram("badge.width").total) == (3, 7)


@pytest.mark.parametrize(
    ("switched", "expected"),
    [("events", ([], 1, 1)), ("metrics", (["shown"], 0, None)), ("", (["shown"], 1, 1))],
)
def test_records_switch_them(tc_config, badge, switched, expected):
    """`events.enabled` and `metrics.enabled` switch what they govern, and nothing else."""
    runtime = tc_config({"traits.toml": f"[badge.{switched}]\nenabled = false\n"} if switched else {})
    heard = []
    runtime.services.events.subscribe("badge.shown", lambda event: heard.append("shown"))
    found = tc.resolve(badge)
    found.shown.emit(object())
    found.shows.add()
    found.width.record(1)
    recorded = runtime.services.metrics.histogram("badge.width")
    counted = runtime.services.metrics.counter("badge.shows")
    assert (heard, counted, recorded and recorded.count) == expected


def test_a_trait_written_in_code_has_no_services(badge):
    """Signals of a trait that no runtime has resolved do nothing; what needs a runtime says so."""
    written = badge(size=2)
    written.shown.emit(object())
    written.shows.add()
    written.width.record(1)
    with pytest.raises(RuntimeError, match=r"use tc.resolve\(Badge\)"):
        written.shared(Store)
    with pytest.raises(RuntimeError):
        written.state(Store())


def test_a_shared_object_is_made_once_for_each_runtime(tc_runtime, badge):
    """Whoever asks gets the runtime's one object of a factory; another runtime has its own."""
    one = tc.resolve(badge).shared(Store)
    assert tc.resolve(badge, tenant="acme").shared(Store) is one
    assert tc_runtime.services.shared(Store) is one
    assert tc.Runtime(environ={}).start().resolve(badge).shared(Store) is not one


def test_a_reload_keeps_what_is_shared(tc_config, badge):
    """Shared objects, counters and subscriptions belong to the runtime, not to a snapshot."""
    runtime = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
    heard = []
    runtime.services.events.subscribe("badge.shown", heard.append)
    one = tc.resolve(badge).shared(Store)
    tc.resolve(badge).shows.add()
    runtime.reload()
    tc.resolve(badge).shown.emit(object())
    tc.resolve(badge).shows.add()
    assert tc.resolve(badge).shared(Store) is one
    assert (len(heard), runtime.services.metrics.counter("badge.shows")) == (1, 2)


def test_state_is_apart_for_each_trait(tc_runtime, badge):
    """Two traits keep their values about one object apart; one trait finds its own again."""

    @tc.trait(name="ribbon")
    class Ribbon(tc.TraitBase):
        """Another trait."""

    host = Store()
    tc.resolve(badge).state(host)["mark"] = 1
    assert tc.resolve(Ribbon).state(host) == {}
    assert tc.resolve(badge, tenant="acme").state(host) == {"mark": 1}
