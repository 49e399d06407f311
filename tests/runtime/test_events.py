from __future__ import annotations

import logging
import threading

import pytest

import traitconf as tc
from traitconf.runtime.event import made
from traitconf.runtime.events import Events
from traitconf.schema.catalog import catalog


@pytest.fixture
def events(badge):
    """The subscribers of one runtime."""
    return Events(catalog)


def test_subscribers_get_the_event(events):
    """A subscriber gets name, host, tenant and payload."""
    heard, host = [], object()
    events.subscribe("badge.shown", heard.append)
    events.emit("badge.shown", host, "acme", {"colour": "red"})
    assert heard == [made("badge.shown", host, "acme", {"colour": "red"})]


def test_nobody_need_listen(events):
    """An event without subscribers goes nowhere, and others' subscribers do not hear it."""
    heard = []
    events.subscribe("badge.shown", heard.append)
    events.emit("badge.hidden", None, None, {})
    assert heard == []


def test_order_is_priority_then_subscription(events):
    """Lower priorities come first, equal ones in the order of subscribing."""
    heard = []
    for name, priority in (("c", 0), ("e", 5), ("a", -1), ("d", 0), ("b", -1)):
        events.subscribe("badge.shown", lambda _, name=name: heard.append(name), priority)
    events.emit("badge.shown", None, None, {})
    assert heard == ["a", "b", "c", "d", "e"]


def test_one_function_may_listen_twice(events):
    """Every subscription is one of its own."""
    heard = []
    events.subscribe("badge.shown", heard.append)
    end = events.subscribe("badge.shown", heard.append)
    events.emit("badge.shown", None, None, {})
    end()
    events.emit("badge.shown", None, None, {})
    assert len(heard) == 3


def test_a_subscription_ends(events):
    """The returned function ends this subscription only, and may be called again."""
    heard = []
    end = events.subscribe("badge.shown", lambda _: heard.append("gone"))
    events.subscribe("badge.shown", lambda _: heard.append("stays"))
    end()
    end()
    events.emit("badge.shown", None, None, {})
    assert heard == ["stays"]


def test_a_subscribers_error_is_its_own(events, caplog):
    """What a subscriber raises is logged with the event's name, and neither caller nor other subscribers see it."""
    heard = []

    def fail(_):
        raise ValueError("broken subscriber")

    events.subscribe("badge.shown", fail)
    events.subscribe("badge.shown", heard.append)
    with caplog.at_level(logging.ERROR, "traitconf.events"):
        events.emit("badge.shown", None, None, {})
    assert len(heard) == 1
    (record,) = caplog.records
    assert "badge.shown" in record.getMessage()
    assert "broken subscriber" in record.exc_text


def test_what_is_no_error_passes(events):
    """An interrupt is not swallowed."""

    def interrupt(_):
        raise KeyboardInterrupt

    events.subscribe("badge.shown", interrupt)
    with pytest.raises(KeyboardInterrupt):
        events.emit("badge.shown", None, None, {})


def test_subscribing_while_it_is_delivered_waits_for_the_next(events):
    """A subscriber that subscribes or ends another changes the next delivery, not the running one."""
    heard = []
    ends = []

    def first(_):
        heard.append("first")
        events.subscribe("badge.shown", lambda _: heard.append("new"))
        ends.pop()()

    events.subscribe("badge.shown", first)
    ends.append(lambda: None)
    ends.append(events.subscribe("badge.shown", lambda _: heard.append("second")))
    events.emit("badge.shown", None, None, {})
    assert heard == ["first", "second"]
    events.emit("badge.shown", None, None, {})
    assert heard[2:] == ["first", "new"]


class TestNames:
    def test_a_known_traits_unknown_event_is_refused(self, events):
        """The message suggests the nearest event."""
        with pytest.raises(LookupError, match=r"the trait badge declares no event 'show'; did you mean 'shown'\?"):
            events.subscribe("badge.show", print)

    @pytest.mark.parametrize("name", ["badge.shows", "badge.wear", "badge"])
    def test_other_members_are_no_events(self, events, name):
        """Counters, members and nothing at all cannot be listened to."""
        with pytest.raises(LookupError, match="declares no event"):
            events.subscribe(name, print)

    def test_a_trait_without_events_says_so(self, events):
        """Where there is no event the message says that."""

        @tc.trait(name="mute")
        class Mute(tc.TraitBase):
            """It says nothing."""

        with pytest.raises(LookupError, match="its events are none"):
            events.subscribe("mute.said", print)

    def test_an_unknown_trait_is_pending(self, events):
        """A trait that may still be imported can be listened to."""
        heard = []
        events.subscribe("not_imported.happened", heard.append)
        events.emit("not_imported.happened", None, None, {})
        assert len(heard) == 1


def test_threads_lose_no_subscription(events):
    """Subscribing from many threads keeps all of them, in the order of their priorities."""
    gate, heard = threading.Barrier(4), []

    def work(number):
        gate.wait()
        for _ in range(100):
            events.subscribe("badge.shown", lambda _: heard.append(number), number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events.emit("badge.shown", None, None, {})
    assert heard == sorted([0, 1, 2, 3] * 100)
