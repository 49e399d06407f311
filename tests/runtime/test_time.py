from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

import traitconf as tc
from traitconf.runtime.runtime import Runtime
from traitconf.schema.catalog import catalog
from traitconf.testing.clock import ManualClock

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
UNTIL = """
[badge]
size = { value = 5, until = 2030-01-01T13:00:00Z }
label = { value = "x", until = 2030-01-01T14:00:00Z }
"""


@pytest.fixture
def tc_clock():
    """A clock that stands at noon."""
    return ManualClock(NOON)


@pytest.fixture
def runtime(tc_clock, badge, tc_config):
    """A runtime with definitions that end at one and at two o'clock."""
    return tc_config({"traits.toml": UNTIL})


def test_the_timer_publishes_the_next_snapshot(runtime, badge, card, tc_clock):
    """When the moment has come code without a context sees the new values, and the next moment is expected."""
    assert runtime.snapshot.next_change == NOON + timedelta(hours=1)
    assert (tc.resolve(badge).size, card().save()) == (5, ["x:5", "saved"])
    tc_clock.advance(minutes=59)
    assert (tc.resolve(badge).size, runtime.snapshot.generation) == (5, 1)
    tc_clock.advance(minutes=1)
    assert (tc.resolve(badge).size, runtime.snapshot.generation) == (1, 2)
    assert card().save() == ["x:1", "saved"]
    assert runtime.snapshot.next_change == NOON + timedelta(hours=2)
    tc_clock.advance(days=1)
    assert (tc.resolve(badge).label, runtime.snapshot.generation) == ("plain", 3)
    assert runtime.snapshot.next_change is None


def test_running_contexts_follow(runtime, badge, tc_clock):
    """A context that is open when the moment comes sees the new values; a pinned one keeps the old."""
    with tc.tenant("acme"):
        with tc.pinned():
            tc_clock.advance(hours=1)
            assert tc.resolve(badge).size == 5
            with tc.tenant("globex"):
                assert tc.resolve(badge).size == 5
        assert tc.resolve(badge).size == 1


def test_what_changed_is_said(runtime, badge, tc_clock):
    """The event of a passing moment carries old and new per option, as that of a file does."""
    said = []
    runtime.services.events.subscribe(
        "traitconf.config.changed", lambda event: said.append(list(event.payload["changes"]))
    )
    tc_clock.advance(hours=1)
    ((change,),) = said
    assert (change.address, change.old, change.new) == ("badge.size", 5, 1)


class Deaf(ManualClock):
    """A clock whose alarms never ring, as when the machine was asleep."""

    def call_at(self, moment, function):
        return lambda: None


@pytest.fixture
def deaf(badge, tmp_path):
    """A runtime whose alarms never ring."""
    (tmp_path / "traits.toml").write_text(UNTIL, encoding="utf-8")
    return Runtime((tmp_path,), environ={}, complete=True, clock=Deaf(NOON)).start()


def test_entering_publishes_what_is_due(deaf, badge):
    """Whoever enters a context after the moment gets the next snapshot, even if no timer has rung."""
    deaf.clock.advance(hours=1)
    assert deaf.resolve(badge).size == 5
    with deaf.context("acme") as context:
        assert tc.resolve(badge).size == 1
        assert context.snapshot is deaf.snapshot
    assert deaf.snapshot.generation == 2


def test_entering_does_not_wait(deaf, badge):
    """While somebody else publishes, a call goes on with what is there."""
    deaf.clock.advance(hours=1)
    held, done = threading.Event(), threading.Event()

    def hold():
        with deaf._published.lock:
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    try:
        with deaf.context("acme"):
            assert tc.resolve(badge).size == 5
    finally:
        done.set()
        thread.join()
    with deaf.context("acme"):
        assert tc.resolve(badge).size == 1


def test_a_clock_that_steps_back_breaks_nothing(runtime, badge, tc_clock):
    """What has ended stays ended until the files are read again; then they hold for the moment that it is."""
    tc_clock.advance(hours=1)
    tc_clock.advance(hours=-1)
    with tc.tenant("acme"):
        assert tc.resolve(badge).size == 1
    assert runtime.reload().next_change == NOON + timedelta(hours=1)
    assert tc.resolve(badge).size == 5
    tc_clock.advance(hours=1)
    assert tc.resolve(badge).size == 1


def test_a_veto_stops_time_until_the_files_change(tc_config, tc_clock):
    """A next snapshot that is refused is not tried at every call; the failure is said once, and a reload helps."""
    refuses = [True]

    @tc.trait(name="cautious")
    class Cautious(tc.TraitBase):
        """A trait."""

        size: int = tc.option(1, doc="A size.")

        @tc.on_config
        def look(self, old, new):
            if refuses[0]:
                raise tc.Veto("not now")

    runtime = tc_config({"a.toml": "[cautious]\nsize = { value = 5, until = 2030-01-01T13:00:00Z }\n"})
    failures = []
    runtime.services.events.subscribe("traitconf.config.failed", failures.append)
    tc_clock.advance(hours=1)
    for _ in range(3):
        with tc.tenant("acme"):
            assert tc.resolve(Cautious).size == 5
    assert [[problem.code for problem in event.payload["problems"]] for event in failures] == [["TC711"]]
    refuses.clear()
    refuses.append(False)
    runtime.reload()
    assert tc.resolve(Cautious).size == 1


def test_a_stopped_runtime_expects_nothing(runtime, badge, tc_clock):
    """After `stop` no timer publishes any more."""
    runtime.stop()
    tc_clock.advance(hours=5)
    assert runtime.snapshot.generation == 1


def test_a_forgotten_runtime_is_not_kept_by_its_alarm(badge, tmp_path):
    """The clock of a process does not keep a runtime alive that nobody has any more."""
    import gc
    import weakref

    (tmp_path / "traits.toml").write_text(UNTIL, encoding="utf-8")
    clock = ManualClock(NOON)
    runtime = Runtime((tmp_path,), environ={}, clock=clock).start()
    gone = weakref.ref(runtime)
    del runtime
    gc.collect()
    assert gone() is None
    clock.advance(hours=1)
    assert catalog.find("badge") is not None
