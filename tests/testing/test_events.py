from __future__ import annotations

import threading

import pytest

import traitconf as tc
from traitconf.testing.events import EventRecorder


@pytest.fixture
def door(tc_runtime):
    """An object with an operation and a declared event."""

    @tc.trait(name="lockable")
    class Lockable(tc.TraitBase):
        """Lock a door."""

        turned = tc.event(doc="The key was turned; `times`.")

        @tc.operation()
        def lock(self, host, times):
            self.turned.emit(host, times=times)
            return times

    @tc.use(Lockable)
    class Door:
        """It has a lock."""

    return Door()


def test_everything_is_recorded_in_order(door, tc_events):
    """The recorder has every event with its payload, in the order in which they happened."""
    door.lock(2)
    assert tc_events.names == [
        "lockable.lock.before",
        "lockable.turned",
        "lockable.lock.after",
        "lockable.lock.committed",
    ]
    assert [event.payload for event in tc_events.of("lockable.*")] == [{"times": 2}]
    assert len(tc_events) == 4
    tc_events.clear()
    assert tc_events.names == []


def test_it_survives_another_configuration(door, tc_events, tc_config):
    """Configuring anew within the test does not end the recording."""
    tc_config({"traits.toml": "[lockable]\nenabled = true\n"})
    door.lock(1)
    assert "lockable.turned" in tc_events.names


def test_waiting_for_an_event_of_a_thread(door, tc_events):
    """`wait_for` returns an event that happens in another thread, before or after."""
    begun = threading.Event()

    def later():
        begun.wait(10)
        door.lock(3)

    thread = threading.Thread(target=later)
    thread.start()
    begun.set()
    assert tc_events.wait_for("lockable.*.after").result == 3
    thread.join()
    assert tc_events.wait_for("lockable.turned").payload == {"times": 3}


def test_waiting_in_vain(tc_events):
    """What does not come fails the test, with the names that came."""
    with pytest.raises(AssertionError, match=r"no event 'lockable.turned' within 0.01 s; there were \[\]"):
        tc_events.wait_for("lockable.turned", timeout=0.01)


def test_nothing_is_left(door):
    """Without the fixture nobody subscribes: what another test recorded has ended with it."""
    assert tc.process_runtime().services.events.subscriptions == ()


def test_a_recorder_by_itself():
    """A recorder without events has none."""
    assert list(EventRecorder()) == []
