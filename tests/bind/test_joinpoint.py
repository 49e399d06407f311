from __future__ import annotations

import gc
import threading
import weakref

import pytest

import traitconf as tc
from traitconf.bind.chain import point_of
from traitconf.bind.context import HEADER, current, root
from traitconf.bind.joinpoint import JoinPoints, ReadPoint, Unconfigured, joinpoints
from traitconf.runtime.profile import Profile


class Owner:
    """The least that a table needs."""

    def __init__(self):
        self.resolved = {}
        self.tenants = {}
        self.chains = []


def test_a_table_begins_with_its_header():
    """A table holds its owner, what is resolved and the tenants' results before the first entry."""
    points, owner = JoinPoints(), Owner()
    points.follow(owner)
    table = points.table(owner)
    assert table == [owner, owner.resolved, owner.tenants]
    assert len(table) == HEADER
    assert points.table(owner) is table is owner.chains


def test_every_table_has_an_entry_for_every_point():
    """A point that comes later has its place in tables that are there, and in those that come later still."""
    points, early, late = JoinPoints(), Owner(), Owner()
    points.follow(early)
    points.table(early)
    point = ReadPoint(tc.TraitBase, None)
    points.add(point)
    points.follow(late)
    points.table(late)
    assert len(early.chains) == len(late.chains) == HEADER + 1
    assert points.at(point.index) is point


def test_the_place_of_a_dead_point_is_used_again():
    """An index is free when its point is gone; the tables do not grow."""
    points, owner = JoinPoints(), Owner()
    points.follow(owner)
    points.table(owner)
    for _ in range(10):
        point = ReadPoint(tc.TraitBase, None)
        points.add(point)
        index = point.index
        owner.chains[index] = "kept"
        del point
        assert owner.chains[index] is None
        with pytest.raises(LookupError, match=f"nothing has the index {index}"):
            points.at(index)
    assert len(owner.chains) == HEADER + 1


def test_forgetting_clears_what_was_read():
    """After `forget` every owner resolves anew, also one without a table."""
    points, owner, bare = JoinPoints(), Owner(), Owner()
    for one in (owner, bare):
        points.follow(one)
        one.resolved["x"] = 1
    points.table(owner)
    point = ReadPoint(tc.TraitBase, None)
    points.add(point)
    owner.chains[point.index] = "kept"
    points.forget()
    assert owner.chains[point.index] is None
    assert owner.resolved == bare.resolved == {}


def test_owners_are_not_kept():
    """A profile that nobody uses goes, with its table."""
    points, owner = JoinPoints(), Owner()
    points.follow(owner)
    points.table(owner)
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None


def test_threads_agree_on_one_table(tc_runtime):
    """However many threads ask first, a profile has one table, which later points reach."""
    profile = Profile(tc_runtime.snapshot, None)
    barrier = threading.Barrier(4)
    tables = []

    def ask():
        barrier.wait()
        tables.append(profile.table())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(table) for table in tables}) == 1
    point = ReadPoint(tc.TraitBase, None)
    joinpoints.add(point)
    assert len(tables[0]) > point.index


def test_a_chain_is_compiled_on_the_first_call(tracer):
    """Before the first call a table holds what compiles; afterwards, the chain; after a reset, again the former."""

    @tc.use(tracer("one"))
    class Host:
        def save(self):
            return 1

    index = point_of(Host.save).index
    first = current().chains[index]
    assert Host().save() == 1
    chain = current().chains[index]
    assert chain is not first
    assert Host().save() == 1
    assert current().chains[index] is chain
    joinpoints.reset(index)
    assert current().chains[index] is first


def test_code_without_a_context_uses_the_root_table(tracer, log):
    """A new thread, which has no context, runs under the root slot's table."""

    @tc.use(tracer("one"))
    class Host:
        def save(self):
            seen.append(current())

    seen = []
    thread = threading.Thread(target=Host().save)
    thread.start()
    thread.join()
    assert seen == [root]
    assert log == ["one<", ">one"]


def test_without_a_runtime():
    """Until `runtime` puts its factory in, the root table says what to do; then it answers as the factory's profile."""
    bare = Unconfigured.__new__(Unconfigured)
    bare.factory = None
    with pytest.raises(RuntimeError, match="import traitconf"):
        _ = bare.trait
    bare.factory = lambda: "profile"
    assert bare.upper() == "PROFILE"


class TestNoLeak:
    def test_a_class_that_was_called_is_collected(self, tracer, speaking):
        """A bound class whose methods and members were called goes when nobody uses it."""

        def run():
            @tc.use(tracer("one"), speaking(word="ho"))
            class Host:
                def save(self):
                    return 1

            assert Host().save() == 1
            assert Host().say() == "ho!"
            assert Host.spoken_by() == "Host: ho"
            return weakref.ref(Host)

        gone = run()
        gc.collect()
        assert gone() is None

    def test_a_class_with_super_is_collected_after_unbinding(self, tracer):
        """A class whose methods know it is free to go once it is unbound."""

        class Base:
            def save(self):
                return 1

        def run():
            @tc.use(tracer("one"))
            class Host(Base):
                def save(self):
                    return super().save()

            assert Host().save() == 1
            tc.unbind(Host)
            return weakref.ref(Host)

        gone = run()
        gc.collect()
        assert gone() is None

    def test_a_class_that_was_resolved_is_collected_after_the_next_reload(self, tracer, tc_runtime):
        """What the published snapshot holds for a class goes with that snapshot."""

        class Base:
            def save(self):
                return 1

        def run():
            one = tracer("one")

            @tc.use(one)
            class Host(Base):
                def save(self):
                    return super().save()

            assert Host().save() == 1
            assert tc.enabled(one, Host)
            assert one.of(Host()).enabled
            return weakref.ref(Host)

        gone = run()
        tc_runtime.reload()
        gc.collect()
        assert gone() is None

    def test_binding_and_unbinding_does_not_grow_tables(self, tracer, speaking):
        """A thousand bindings that are taken off again leave no entry behind."""
        one = tracer("one")

        class Host:
            def save(self):
                return 1

        def cycle():
            tc.bind(Host, one, speaking)
            Host().save()
            Host().say()
            tc.unbind(Host)

        cycle()
        gc.collect()
        size = len(current().chains)
        for _ in range(300):
            cycle()
        gc.collect()
        assert len(current().chains) == size

    def test_hosts_are_not_kept(self, tracer, speaking):
        """Calling bound methods and reading views keeps no object alive."""
        both = tracer("one")

        @tc.use(both, speaking)
        class Host:
            def save(self): ...

        host = Host()
        host.save()
        host.say()
        assert speaking.of(host).loud == "HEY"
        gone = weakref.ref(host)
        del host
        assert gone() is None
