from __future__ import annotations

import logging

import pytest

from traitconf.runtime.limited import KEYS, PAUSE, Limited


@pytest.fixture
def now():
    """A clock that stands."""
    return [100.0]


@pytest.fixture
def limited(now):
    """A limited logger over that clock."""
    return Limited(logging.getLogger("traitconf.test"), lambda: now[0])


def test_one_line_a_minute(limited, now, caplog):
    """The same thing is said once a minute, and then how often it was not said."""
    said = [limited.warning("full", "%s is full", "the disk") for _ in range(5)]
    now[0] += PAUSE
    limited.warning("full", "%s is full", "the disk")
    assert said == [True, False, False, False, False]
    assert [record.getMessage() for record in caplog.records] == [
        "the disk is full",
        "the disk is full (4 more like this since then)",
    ]
    assert [record.tc_suppressed for record in caplog.records] == [0, 4]


def test_things_are_told_apart(limited, caplog):
    """What is new is said at once; who says it is the caller's file."""
    assert limited.warning("full", "full")
    assert limited.warning("slow", "slow")
    assert {record.filename for record in caplog.records} == {"test_limited.py"}


def test_keys_do_not_pile_up(limited):
    """However many things go wrong, only so many are remembered."""
    for number in range(KEYS + 10):
        limited.warning(number, "x")
    assert len(limited._said) <= KEYS
