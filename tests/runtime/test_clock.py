from __future__ import annotations

import threading
from datetime import timedelta

from traitconf.runtime import clock as module
from traitconf.runtime.clock import SystemClock


def test_a_call_comes_when_its_moment_has_come():
    """What is due is called once, in another thread, not before its moment."""
    clock, called = SystemClock(), threading.Event()
    moment = clock.now() + timedelta(milliseconds=20)
    seen = []
    clock.call_at(moment, lambda: (seen.append(clock.now()), called.set()))
    assert called.wait(30)
    assert seen[0] >= moment


def test_a_call_can_be_given_up():
    """A cancelled call does not come."""
    clock, called, other = SystemClock(), threading.Event(), threading.Event()
    cancel = clock.call_at(clock.now() + timedelta(milliseconds=30), called.set)
    cancel()
    clock.call_at(clock.now() + timedelta(milliseconds=60), other.set)
    assert other.wait(30)
    assert not called.is_set()


def test_a_clock_that_is_set_is_followed(monkeypatch):
    """Somebody sets the system's clock forward, and what is due then comes although hours seemed to be left."""
    monkeypatch.setattr(module, "LONGEST_SLEEP", 0.01)
    ahead, called = [timedelta(0)], threading.Event()

    class Settable(SystemClock):
        def now(self):
            return super().now() + ahead[0]

    clock = Settable()
    clock.call_at(clock.now() + timedelta(hours=5), called.set)
    assert not called.wait(0.05)
    ahead[0] = timedelta(hours=6)
    assert called.wait(30)
