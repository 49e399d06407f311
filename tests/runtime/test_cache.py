"""The store in memory: bounded, without a lock on the way of a hit, and nothing comes back that was retired."""

from __future__ import annotations

import pytest

from traitconf.runtime.cache import MemoryStore
from traitconf.runtime.cache_entry import Call, Entry


class Clock:
    def __init__(self):
        self.time = 0.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock):
    """A store of four entries."""
    return MemoryStore(4, clock)


def put(store, name, tags=(), life=100.0):
    """Keep an entry under a name, with the stamps of now."""
    found = store.read(Call(name, tags))
    until = store.now() + life
    entry = Entry(name, until, until, until, found.stamps, is_shared=True)
    store.write(name, entry)
    return store.read(Call(name, tags)).entry


def test_what_is_written_is_read(store):
    """An entry is found under its key, and under no other."""
    entry = put(store, "a")
    assert store.read(Call("a")).entry is entry
    assert store.read(Call("b")).entry is None


def test_a_tag_retires_what_has_it(store):
    """After an invalidation entries with the tag are not found, and entries without it are."""
    put(store, "a", ("feed",))
    put(store, "b", ("other",))
    store.stamp(["feed"])
    assert store.read(Call("a", ("feed",))).entry is None
    assert store.read(Call("b", ("other",))).entry is not None


def test_an_invalidation_is_seen_by_the_hit_path(store):
    """The store is in another state, which is what a hit looks at."""
    entry = put(store, "a", ("feed",))
    before = store.state
    assert entry.state is before
    store.stamp(["unrelated"])
    assert entry.state is not store.state
    assert store.read(Call("a", ("feed",))).entry.state is store.state


def test_a_full_store_lets_go_of_what_was_not_used(store):
    """The bound holds; what the hit path has hit since is spared, though no hit told the store."""
    entries = {name: put(store, name) for name in "abcd"}
    next(entries["a"].touch)
    put(store, "e")
    assert sorted(store.entries()) == ["a", "c", "d", "e"]
    for name in "fghijkl":
        put(store, name)
    assert len(store.entries()) == 4
    assert store.evicted == 8


def test_where_everything_is_in_use_something_goes_all_the_same(store):
    """A store full of entries that are hit all the time still takes new ones."""
    for number in range(50):
        for entry in store.entries().values():
            next(entry.touch)
        put(store, str(number))
    assert len(store.entries()) == 4


def test_what_is_let_go_of_leaves_the_hit_path(store, clock):
    """Evicted, expired and replaced entries are no longer where the hit path looks."""
    home = {}
    for name in "abcde":
        store.place(name, put(store, name), home, name, ())
    assert sorted(home) == ["b", "c", "d", "e"]
    put(store, "b")
    assert sorted(home) == ["c", "d", "e"]
    clock.time = 101
    put(store, "new")
    assert home == {}


def test_an_entry_that_is_gone_is_not_placed(store):
    """What was evicted meanwhile is not put on the hit path, where nothing would take it away."""
    home, entry = {}, put(store, "a")
    for name in "bcde":
        put(store, name)
    store.place("a", entry, home, "a", ())
    assert home == {}


def test_places_of_old_snapshots_are_let_go_of(store):
    """However often a configuration is published, an entry stands in few places."""
    entry, homes = put(store, "a"), [{} for _ in range(100)]
    for home in homes:
        store.place("a", entry, home, "a", ())
    assert len(entry.homes) == sum(map(len, homes)) == 8
    assert homes[-1]


def test_hits_are_added_up_now_and_then(store, clock):
    """Once in a while a write tells the tallies of the hits, though nobody asks."""
    told = []

    class Told:
        def add(self, outcome, amount):
            told.append(amount)

    entry = put(store, "a")
    entry.tally = Told()
    next(entry.touch)
    put(store, "b")
    assert told == []
    clock.time += 11
    put(store, "c")
    assert told == [1]


def test_stamps_are_bounded(store):
    """Ever new tags cannot exhaust memory; an entry whose stamp was let go of is retired."""
    put(store, "a", ("feed",))
    for number in range(1000):
        store.stamp([str(number)])
    assert len(store._stamps) <= 16
    assert store.read(Call("a", ("feed",))).entry is None


def test_hits_are_counted_once():
    """Every hit is told to the tally exactly once, whether somebody looks or the entry goes."""
    told = []

    class Told:
        def add(self, outcome, amount):
            told.append((outcome, amount))

    store = MemoryStore(1)
    entry = put(store, "a")
    entry.tally = Told()
    for _ in range(3):
        next(entry.touch)
    store.count_hits()
    next(entry.touch)
    put(store, "b")
    put(store, "c")
    assert sum(amount for _, amount in told) == 4


def test_a_forked_child_has_a_lock_of_its_own(store):
    """A child does not wait for a lock that a thread of its parent held."""
    store._lock.acquire()
    store.forked()
    assert put(store, "a")
