from __future__ import annotations

import datetime

import pytest

from traitconf.traits.audit_entry import AuditEntry
from traitconf.traits.audit_trail import AuditTrail, Subject, utc_now

SHELF = ("acme", "app:Article")


@pytest.fixture
def trail(clock):
    """An empty trail whose time only the test moves."""
    return AuditTrail(clock)


def add(trail, subject, days=30, shelf=SHELF):
    entry = AuditEntry(at=trail.clock(), operation="save", model="Article")
    trail.add(shelf, subject, entry, days)
    return entry


def test_the_time_is_aware():
    """Unless told otherwise, a trail's time is that of UTC."""
    assert AuditTrail().clock is utc_now
    assert utc_now().tzinfo is datetime.UTC


def test_numbers_differ(trail):
    """Every object of a trail gets a number of its own."""
    assert len({trail.number() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Subject(1), Subject(1), True),
        (Subject(1), Subject(2), False),
        (Subject(1, "a"), Subject(2, "a"), True),
        (Subject(1, "a"), Subject(1, "b"), True),
    ],
)
def test_subjects(one, other, same):
    """Two subjects are the same by number, or by a key that both have."""
    assert one.is_same(other) is same


def test_entries_of_a_subject_and_of_all(trail):
    """Entries are had for one subject or for the whole shelf, oldest first."""
    first, second = add(trail, Subject(1)), add(trail, Subject(2))
    assert trail.entries(SHELF, 30) == (first, second)
    assert trail.entries(SHELF, 30, Subject(2)) == (second,)
    assert trail.entries(("globex", "app:Article"), 30) == ()


def test_old_entries_are_dropped_when_one_writes(trail, clock):
    """Writing drops what is past its time."""
    add(trail, Subject(1))
    clock.forward(days=31)
    kept = add(trail, Subject(1))
    assert len(trail._shelves[SHELF]) == 1
    assert trail.entries(SHELF, 30) == (kept,)


def test_an_empty_shelf_is_taken_away(trail, clock):
    """Reading drops what is past its time, and a shelf with its last entry."""
    add(trail, Subject(1), days=1)
    clock.forward(days=2)
    assert trail.entries(SHELF, 1) == ()
    assert trail._shelves == {}
