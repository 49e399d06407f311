"""Operations with `cache=True`: what answers a call, for how long, and for whom."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

import traitconf as tc
from traitconf.bind.chain import point_of
from traitconf.bind.context import current
from traitconf.runtime.cache import MemoryStore
from traitconf.runtime.caches import Caches

PATIENCE = 20


class World:
    """A class with cached operations, and what they have computed."""

    def __init__(self):
        self.computed = []
        self.before = lambda: None
        self.result = None


@pytest.fixture
def world(tc_runtime):  # noqa: C901 -- many members, each of a few lines
    """A trait with cached operations of every kind, bound to a class; every computation is noted."""
    here = World()

    @tc.trait(name="summed")
    class Summed(tc.TraitBase):
        """Sum up."""

        words: int = tc.option(3, doc="How many words are kept.")

        @tc.operation(cache=True, key=("body",), tags=("feed", "mark:{mark}"))
        def summary(self, host, kind="short", *, mark=""):
            here.computed.append((tc.current_context().tenant, host.body, kind, mark))
            here.before()
            if isinstance(here.result, Exception):
                raise here.result
            return here.result or f"{tc.current_context().tenant} {host.body} {kind} {mark} {self.words}"

        @tc.operation(cache=True, key=("body",))
        async def later(self, host, kind="short"):
            here.computed.append((tc.current_context().tenant, host.body, kind))
            await asyncio.sleep(0)
            if isinstance(here.result, Exception):
                raise here.result
            return here.result or f"{tc.current_context().tenant} {host.body} {kind}"

        @tc.operation(cache=True, key=("body",), ignore=("log",))
        def gather(self, host, *args, log=None, **kwargs):
            here.computed.append((args, kwargs))
            return repr((args, kwargs))

        @tc.operation(cache=True)
        @classmethod
        def about(self, model):  # noqa: N804 -- the first argument of every member is the trait
            here.computed.append(model.__name__)
            return model.__name__

        @tc.operation(cache=True)
        @staticmethod
        def double(trait, number):  # a staticmethod of a trait takes the trait only
            here.computed.append(number)
            return 2 * number

        @tc.operation(cache=True)
        def titled(self, host):
            here.computed.append((host.id, host.body))
            return host.body.title()

    @tc.use(Summed)
    @attrs.define
    class Note:
        body: str = "hello"
        id: int | None = 1

        def save(self): ...
        async def delete(self): ...

    here.trait, here.cls, here.note = Summed, Note, Note()
    return here


def caches():
    """Return what is cached in the running test's runtime."""
    return tc.process_runtime().services.shared(Caches)


def counts(name="summed.summary"):
    """Return the counts of an operation, without zeros."""
    return {outcome: count for outcome, count in caches().tallies[name].counts.items() if count}


class Clock:
    """A clock that stands still until the test moves it."""

    def __init__(self):
        self.time = 1000.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock(tc_runtime):
    """The clock of the store of this test's runtime."""
    made = Clock()
    settings = tc_runtime.snapshot.settings.cache
    caches()._stores["memory", settings] = MemoryStore(settings.size, made)
    return made


def test_a_call_is_computed_once(world):
    """The second call of one shape is answered from the store, however its arguments are written."""
    first = world.note.summary()
    assert [world.note.summary("short"), world.note.summary(kind="short", mark="")] == [first, first]
    assert len(world.computed) == 1


def test_sinks_are_told_of_hits(world):
    """Hits are counted off the path of calls; whoever reads the series of the metrics reads them all."""
    for _ in range(5):
        world.note.summary()
    points = tc.process_runtime().services.metrics.points()
    told = {point.instrument.name: point.value for point in points}
    assert (told["traitconf.cache.miss"], told["traitconf.cache.hit"]) == (1, 4)


def test_arguments_and_keys_make_other_calls(world):
    """Another argument, another type of it, and another value of the key are other calls."""
    for kind in ("short", "long", 1, True, 1.0, None, (1,), (True,)):
        assert world.note.summary(kind).split(" ", 2)[2].startswith(f"{kind} ")
    world.note.body = "bye"
    world.note.summary()
    assert len(world.computed) == 9


def test_an_unsaved_edit_is_not_answered(world):
    """What was changed in the object and not saved is computed, by a declared key and by identity."""
    assert (world.note.summary(), world.note.titled()) == ("None hello short  3", "Hello")
    world.note.body = "edited"
    assert (world.note.summary(), world.note.titled()) == ("None edited short  3", "Edited")
    world.note.body = "hello"
    assert (world.note.summary(), world.note.titled()) == ("None hello short  3", "Hello")


def test_what_is_saved_or_deleted_is_retired(world):
    """By identity, saving and deleting an object retires what is cached about it, and about no other."""
    other = world.cls(id=2)
    for note in (world.note, other, world.note, other):
        note.titled()
    assert len(world.computed) == 2
    world.note.save()
    asyncio.run(other.delete())
    for note in (world.note, other):
        note.titled()
    assert len(world.computed) == 4


def test_an_object_without_a_key_is_computed(world):
    """What has no primary key yet is answered by nothing, and kept nowhere."""
    new = world.cls(id=None)
    assert [new.titled(), new.titled()] == ["Hello", "Hello"]
    assert len(world.computed) == 2
    assert counts("summed.titled") == {"bypass": 2}


def test_starred_arguments_and_ignored_ones(world):
    """Arguments behind stars are told apart by value, type and name; an ignored one plays no part."""
    for log in (object(), object()):
        assert world.note.gather(1, a=2, log=log) == "((1,), {'a': 2})"
    world.note.gather(True, a=2)
    world.note.gather(1, a=True)
    world.note.gather(1, 2)
    world.note.gather(1, b=2)
    assert len(world.computed) == 5


def test_members_of_every_shape(world):
    """Classmethods are cached for each class, staticmethods for their arguments."""

    class Sub(world.cls): ...

    assert [world.cls.about(), world.cls.about(), Sub.about(), Sub.about()] == ["Note", "Note", "Sub", "Sub"]
    assert [world.cls.double(2), world.cls.double(2), world.cls.double(2.0)] == [4, 4, 4.0]
    assert world.computed == ["Note", "Sub", 2, 2.0]


def test_a_subclass_is_another_model(world):
    """An object of a subclass with the same key is another object: it may answer otherwise."""

    class Sub(world.cls): ...

    world.note.summary()
    Sub().summary()
    assert len(world.computed) == 2


def test_awaited_calls_are_cached(world):
    """An async operation is awaited once and answered from then on; the second call is a hit without a task."""

    async def main():
        return [await world.note.later(), await world.note.later("short"), await world.note.later(kind="short")]

    assert asyncio.run(main()) == ["None hello short"] * 3
    assert len(world.computed) == 1


def test_forty_threads_compute_once(world):
    """Forty threads on one cold key: one computation, and everybody has its result."""
    together = threading.Barrier(40)

    def call():
        together.wait(PATIENCE)
        return world.note.summary()

    with ThreadPoolExecutor(40) as pool:
        found = {one.result() for one in [pool.submit(call) for _ in range(40)]}
    assert found == {"None hello short  3"}
    assert len(world.computed) == 1


def test_forty_tasks_compute_once(world):
    """Forty tasks on one cold key: one computation, and everybody has its result."""

    async def main():
        return await asyncio.gather(*(world.note.later() for _ in range(40)))

    assert asyncio.run(main()) == ["None hello short"] * 40
    assert len(world.computed) == 1
    assert counts("summed.later") == {"miss": 1, "wait": 39}


def test_a_changed_option_retires_entries(world, tc_config):
    """Another value of the trait's own option makes other keys, and the old ones are back with the old value."""
    with tc.override({"summed.words": 5}):
        assert world.note.summary().endswith(" 5")
    assert world.note.summary().endswith(" 3")
    with tc.override({"summed.words": 5}):
        assert world.note.summary().endswith(" 5")
    assert len(world.computed) == 2


def test_a_base_option_retires_nothing(world):
    """How long and where results are kept is no part of what they depend on."""
    world.note.summary()
    with tc.override({"summed.cache.ttl": "1h", "summed.metrics.enabled": False}):
        world.note.summary()
    assert len(world.computed) == 1


def test_a_reload_keeps_what_is_still_right(world, tc_config):
    """After a reload that changes nothing for the trait, entries still answer."""
    runtime = tc_config({"traits.toml": "[summed]\nwords = 3\n"})
    world.note.summary()
    (runtime.paths[0] / "traits.toml").write_text("[summed]\nwords = 3\ncache.jitter = 0.2\n", encoding="utf-8")
    runtime.reload()
    world.note.summary()
    assert len(world.computed) == 1
    (runtime.paths[0] / "traits.toml").write_text("[summed]\nwords = 4\n", encoding="utf-8")
    runtime.reload()
    assert world.note.summary().endswith(" 4")
    assert len(world.computed) == 2


@pytest.mark.parametrize("values", [{"summed.cache.enabled": False}, {"summed.cache.ttl": "0s"}])
def test_where_nothing_is_cached_nothing_is_in_the_way(world, values):
    """With the cache off the chain is the very same as that of an operation that never was cached."""
    point, uncounted = point_of(world.cls.__dict__["summary"]), {"summed.metrics.enabled": False}
    with tc.override(uncounted):
        world.note.summary()
        cached = current().chains[point.index]
    with tc.override(uncounted | values):
        world.note.summary()
        world.note.summary()
        bare = current().chains[point.index]
    assert "_tc_fast" in cached.__code__.co_freevars
    assert bare.__closure__[bare.__code__.co_freevars.index("_tc_hook")].cell_contents is (world.trait.summary.function)
    assert len(world.computed) == 3


@pytest.mark.parametrize("values", [{"ready.enabled": False}, {"ready.shadow": True}])
def test_a_trait_that_does_not_act_caches_nothing(tc_runtime, values):
    """While the trait is off or in shadow, an operation that runs all the same is computed each time."""
    computed = []

    @tc.trait(name="ready")
    class Ready(tc.TraitBase):
        """Be ready."""

        @tc.operation(cache=True, key=(), when_off="run")
        def work(self, host):
            computed.append(1)
            return 1

    @tc.use(Ready)
    class Host: ...

    with tc.override(values):
        Host().work()
        Host().work()
    assert len(computed) == 2


def test_an_entry_expires(world, clock):
    """After its time to live, give or take the jitter, a result is computed anew."""
    world.note.summary()
    clock.time += 300 * 0.89
    world.note.summary()
    assert len(world.computed) == 1
    clock.time += 300 * 0.22
    world.note.summary()
    assert len(world.computed) == 2


def test_lifetimes_vary(world, clock):
    """Results that were computed at the same moment expire apart."""
    for number in range(50):
        world.note.summary(str(number))
    (store,) = caches().stores()
    lives = {entry.until - clock.time for entry in store.entries().values()}
    assert len(lives) > 40
    assert 270 <= min(lives) < max(lives) <= 330


def test_a_stale_result_is_served_while_it_is_computed_again(world, clock, tc_override):
    """Within the option `stale` a call gets the old result at once, and the next one the new."""
    tc_override({"summed.cache.stale": "1h", "summed.cache.jitter": 0.0})
    world.result = "old"
    world.note.summary()
    clock.time += 301
    world.result, done = "new", threading.Event()
    world.before = done.set
    assert world.note.summary() == "old"
    assert done.wait(PATIENCE)
    while world.note.summary() == "old":
        pass
    assert world.note.summary() == "new"
    assert len(world.computed) == 2
    clock.time += 300 + 3601
    world.result = "newest"
    assert world.note.summary() == "newest"


def test_a_stale_result_is_refreshed_in_a_task(world, clock, tc_override):
    """An async operation is computed again in a task of the running loop."""
    tc_override({"summed.cache.stale": "1h", "summed.cache.jitter": 0.0})

    async def main():
        world.result = "old"
        found = [await world.note.later()]
        clock.time += 301
        world.result = "new"
        found.append(await world.note.later())
        for _ in range(20):
            await asyncio.sleep(0)
        return [*found, await world.note.later()]

    assert asyncio.run(main()) == ["old", "old", "new"]


def test_a_stale_result_stands_in_for_an_error(world, clock, tc_override):
    """Within the option `stale_if_error` a failing computation is covered by the old result, counted as an error."""
    tc_override({"summed.cache.stale_if_error": "1h", "summed.cache.jitter": 0.0})
    world.result = "old"
    world.note.summary()
    clock.time += 301
    world.result = LookupError("the database is away")
    assert world.note.summary() == "old"
    assert counts() == {"miss": 1, "error": 1, "stale": 1}
    clock.time += 3600
    with pytest.raises(LookupError):
        world.note.summary()


def test_errors_are_not_cached(world):
    """What a computation raises reaches the caller, and the next call computes."""
    world.result = LookupError("away")
    for _ in range(2):
        with pytest.raises(LookupError):
            world.note.summary()
    with pytest.raises(LookupError):
        asyncio.run(world.note.later())
    world.result = None
    assert world.note.summary()
    assert counts() == {"error": 2, "miss": 1}


def test_nothing_is_a_result_with_a_lifetime_of_its_own(tc_runtime, clock, tc_override):
    """None is kept for `negative_ttl` only, which is nothing by default."""
    computed = []

    @tc.trait(name="finding")
    class Finding(tc.TraitBase):
        """Find."""

        @tc.operation(cache=True, key=())
        def find(self, host):
            computed.append(1)

    @tc.use(Finding)
    class Shelf: ...

    Shelf().find()
    Shelf().find()
    assert len(computed) == 2
    tc_override({"finding.cache.negative_ttl": "10s", "finding.cache.jitter": 0.0})
    Shelf().find()
    Shelf().find()
    assert len(computed) == 3
    clock.time += 11
    Shelf().find()
    assert len(computed) == 4


def test_the_running_actor_may_be_part_of_the_key(world, tc_override):
    """With `vary` a result belongs to the actor for whom it was computed."""
    tc_override({"summed.cache.vary": ["actor"]})
    for actor in ("ana", "ben", "ana", None):
        with tc.context(actor=actor):
            world.note.summary()
    assert len(world.computed) == 3


def test_callers_cannot_change_what_is_kept(world):
    """A result that can be changed is copied for everybody, the one who computed it included."""
    world.result = {"words": ["one"]}
    first = world.note.summary()
    first["words"].append("two")
    second = world.note.summary()
    second["words"].append("three")
    assert world.note.summary() == {"words": ["one"]}


def test_what_nobody_can_change_is_shared(world):
    """A frozen result is the very same object for everybody."""
    world.result = ("a", 1, frozenset({2}))
    assert world.note.summary() is world.note.summary()


def test_a_result_that_nothing_copies_is_not_kept(world, caplog):
    """It is returned, counted and logged with its code, and computed each time."""
    world.result = {"lock": threading.Lock()}
    with caplog.at_level(logging.WARNING, logger="traitconf.cache"):
        assert world.note.summary() is world.result
        assert world.note.summary() is world.result
    assert counts() == {"miss": 2, "refused": 2}
    assert caplog.messages[0].startswith("TC762: a result of summed.summary is not cached: a dict cannot be copied")


def test_an_argument_without_a_key_is_refused(world):
    """An object of an unknown type is refused with the ways out; its text and its address are no key."""
    with pytest.raises(tc.CacheKeyError, match=r"TC760: summed.summary.* 'kind' is a builtins.object"):
        world.note.summary(object())
    assert world.computed == []


def test_a_tag_without_a_text_is_refused(world):
    """A placeholder that stands for no text and no number is refused."""
    with pytest.raises(tc.CacheKeyError, match=r"TC761: the tag 'mark:\{mark\}' of summed.summary"):
        world.note.summary(mark=(1, 2))


def test_a_recursive_operation_computes(tc_runtime):
    """An operation that calls itself with the same arguments runs through, in threads and tasks."""
    deep = []

    @tc.trait(name="nested")
    class Nested(tc.TraitBase):
        """Go down."""

        @tc.operation(cache=True, key=())
        def down(self, host):
            deep.append(1)
            return 1 if len(deep) > 2 else host.down()

    @tc.use(Nested)
    class Host: ...

    found = []
    thread = threading.Thread(target=lambda: found.append(Host().down()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert found == [1]


def test_metrics_say_what_happened(world):
    """Misses, waits and the time of computing are counted in the runtime's metrics."""
    world.note.summary()
    metrics = tc.process_runtime().services.metrics
    assert metrics.counter("traitconf.cache.miss") == 1
    assert metrics.histogram("traitconf.cache.compute.duration").count == 1
