from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from traitconf.testing.clock import ManualClock

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    """A clock that stands at noon."""
    return ManualClock(NOON)


def test_it_stands_still(clock):
    """Time passes only when somebody moves the clock."""
    assert (clock.now(), clock.now()) == (NOON, NOON)
    clock.advance(hours=1)
    assert clock.now() == NOON + timedelta(hours=1)
    clock.advance(hours=-2)
    assert clock.now() == NOON - timedelta(hours=1)


def test_what_is_due_is_done_in_order(clock):
    """Calls come in the order of their moments, once, before the movement returns."""
    done = []
    for hours in (3, 1, 2):
        clock.call_at(NOON + timedelta(hours=hours), lambda hours=hours: done.append(hours))
    clock.advance(hours=2)
    assert done == [1, 2]
    clock.advance(hours=5)
    assert done == [1, 2, 3]


def test_a_call_may_ask_for_another(clock):
    """What a call asks for is done in the same movement when it is due as well."""
    done = []
    clock.call_at(NOON + timedelta(hours=1), lambda: clock.call_at(NOON, lambda: done.append("second")))
    clock.advance(hours=1)
    assert done == ["second"]


def test_a_call_can_be_given_up(clock):
    """A cancelled call does not come; cancelling twice is no fault."""
    done = []
    cancel = clock.call_at(NOON, lambda: done.append("cancelled"))
    clock.call_at(NOON, lambda: done.append("kept"))
    cancel()
    cancel()
    clock.advance(hours=1)
    assert done == ["kept"]


def test_without_a_moment_it_stands_at_the_present_one():
    """A new clock shows the time, with its zone."""
    assert abs(ManualClock().now() - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_fixture_is_the_clock_of_the_runtimes(tc_clock, tc_runtime, tc_config):
    """Runtimes of a test that asks for the clock go by it."""
    assert tc_runtime.clock is tc_clock
    assert tc_config({}).clock is tc_clock
