"""A store that fails: calls go on, it is left alone for a while, and what it could not be told it is told later."""

from __future__ import annotations

import asyncio
import logging

import pytest

import traitconf as tc
from traitconf.runtime.cache import MemoryStore
from traitconf.runtime.cache_entry import Call, Entry, NotKept
from traitconf.runtime.cache_guarded import FAILURES, Guarded
from traitconf.runtime.telemetry import Metrics


class Failing(MemoryStore):
    """A store that can be taken away, and that counts how often it is asked."""

    name = "failing"
    is_down = False
    asked = 0

    def read(self, call):
        self._ask()
        return super().read(call)

    def write(self, key, entry):
        self._ask()
        if entry.value == "foreign":
            raise NotKept("it is foreign")
        super().write(key, entry)

    def stamp(self, tags):
        self._ask()
        super().stamp(tags)

    def _ask(self):
        self.asked += 1
        if self.is_down:
            raise ConnectionError("away")


@pytest.fixture
def inner():
    return Failing(100)


@pytest.fixture
def metrics():
    return Metrics()


def entry(value="kept", stamps=()):
    return Entry(value, 1e9, 1e9, 1e9, stamps)


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_a_failing_store_answers_nothing(inner, metrics, colour):
    """Nothing is raised: a read answers None, a write and an invalidation do nothing."""
    store = Guarded(inner, 100, metrics)
    inner.is_down = True
    if colour == "sync":
        assert (store.read(Call("a")), store.write("a", entry()), store.stamp(["t"])) == (None, None, None)
    else:

        async def main():
            return await store.aread(Call("a")), await store.awrite("a", entry()), await store.astamp(["t"])

        assert asyncio.run(main()) == (None, None, None)
    assert metrics.counter("traitconf.cache.store_failures") == 3


def test_it_is_left_alone_after_some_failures(inner, metrics, caplog):
    """After a few failures in a row it is not asked any more, which is said once."""
    store = Guarded(inner, 100, metrics)
    inner.is_down = True
    with caplog.at_level(logging.WARNING, logger="traitconf.cache"):
        for _ in range(20):
            store.read(Call("a"))
    assert inner.asked == FAILURES
    assert store.is_open
    assert len([text for text in caplog.messages if text.startswith("TC763: the store failing fails")]) == 1


def test_it_is_asked_again_and_recovers(inner, metrics, caplog):
    """When its pause is over and it answers, everything is as before, and that is said, too."""
    store = Guarded(inner, 0, metrics)
    store.write("a", entry())
    inner.is_down = True
    for _ in range(5):
        assert store.read(Call("a")) is None
    inner.is_down = False
    assert store.read(Call("a")).entry.value == "kept"
    assert metrics.counter("traitconf.cache.store_recoveries") == 1
    assert "answers again" in caplog.text


def test_a_success_forgets_failures(inner, metrics):
    """Only failures in a row count."""
    store = Guarded(inner, 100, metrics)
    for _ in range(10):
        inner.is_down = True
        store.read(Call("a"))
        inner.is_down = False
        store.read(Call("a"))
    assert not store.is_open


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_invalidations_are_caught_up_on(inner, metrics, colour):
    """What was invalidated while it was away is invalidated before anything is read again."""
    store = Guarded(inner, 0, metrics)
    store.write("a", entry(stamps=store.read(Call("a", ("t",))).stamps))
    assert store.read(Call("a", ("t",))).entry is not None
    inner.is_down = True
    store.stamp(["t"])
    inner.is_down = False
    found = store.read(Call("a", ("t",))) if colour == "sync" else asyncio.run(store.aread(Call("a", ("t",))))
    assert found.entry is None
    assert store._pending == {}


def test_an_invalidation_that_comes_meanwhile_is_not_lost(inner, metrics):
    """A tag that is invalidated once more while it is being written is written once more."""
    store = Guarded(inner, 0, metrics)
    store._remember(["t"])
    written = dict(store._pending)
    store._remember(["t"])
    store._written(written)
    assert list(store._pending) == ["t"]


def test_a_result_that_cannot_be_kept_is_no_failure(inner, metrics):
    """The store is well; who computed is told."""
    store = Guarded(inner, 0, metrics)
    with pytest.raises(NotKept):
        store.write("a", entry("foreign"))
    assert store.failures == 0


def test_a_store_whose_product_is_not_there(tc_config, monkeypatch):
    """Without the product the call says what to install; silence would be worse."""
    monkeypatch.setitem(__import__("sys").modules, "redis", None)
    monkeypatch.delitem(__import__("sys").modules, "traitconf.adapters.redis", raising=False)
    tc_config({"runtime.toml": 'cache.store = "redis"\n'})

    @tc.cached
    def answer():
        return 1

    with pytest.raises(tc.AdapterRequired, match=r"'redis' needs a product.*pip install 'traitconf\[redis\]'"):
        answer()


def test_another_store_is_refused_by_the_configuration(tc_config):
    """A store that does not exist is an error of the file, with its place."""
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"runtime.toml": 'cache.store = "disk"\n'})
    assert [problem.code for problem in caught.value.problems] == ["TC103"]
