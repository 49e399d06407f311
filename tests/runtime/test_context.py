from __future__ import annotations

import asyncio
import contextvars
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import traitconf as tc
from traitconf.runtime.context import Context, Entered, leave_all, running

TWO = {"tenants/a.toml": "[badge]\nsize = 2\n", "tenants/b.toml": "[badge]\nsize = 3\n"}


def in_thread(function):
    """Run a function in a new thread and return its result."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def rewrite(runtime, **files):
    """Write files of tenants anew and reload."""
    for name, text in files.items():
        (runtime.paths[0] / f"tenants/{name}.toml").write_text(text, encoding="utf-8")
    return runtime.reload()


class TestBlocks:
    def test_a_tenant_holds_inside_the_block(self, tc_config, badge):
        """The tenant is that of the innermost block, and what was before comes back."""
        tc_config(TWO)
        assert tc.current_context().tenant is None
        with tc.tenant("a"):
            assert (tc.current_context().tenant, tc.resolve(badge).size) == ("a", 2)
            with tc.tenant("b"):
                assert (tc.current_context().tenant, tc.resolve(badge).size) == ("b", 3)
            with tc.tenant(None):
                assert (tc.current_context().tenant, tc.resolve(badge).size) == (None, 1)
            assert tc.resolve(badge).size == 2
        assert tc.resolve(badge).size == 1

    def test_an_exception_ends_it_too(self, tc_runtime):
        """A block that is left by an exception is left."""
        with pytest.raises(KeyError), tc.tenant("a"):
            raise KeyError
        assert tc.current_context().tenant is None

    def test_what_is_not_given_stays(self, tc_runtime):
        """Tenant, actor and request id are inherited one by one."""
        ana = tc.Actor("u1", "Ana")
        with tc.context(tenant="a", actor=ana, request_id="r1"), tc.context(request_id="r2") as inner:
            assert (inner.tenant, inner.actor, inner.request_id) == ("a", ana, "r2")
            with tc.tenant("b") as deeper:
                assert (deeper.tenant, deeper.actor, deeper.request_id) == ("b", ana, "r2")
            with tc.context(actor=None, tenant=None) as nobody:
                assert (nobody.tenant, nobody.actor, nobody.request_id) == (None, None, "r2")

    def test_text_is_an_actors_id(self, tc_runtime):
        """An actor may be given by its id."""
        with tc.context(actor="ana") as context:
            assert context.actor == tc.Actor("ana")

    def test_one_block_is_entered_once(self, tc_runtime):
        """Entering a block inside itself is refused; after leaving it may be used again."""
        block = tc.tenant("a")
        with block, pytest.raises(RuntimeError, match="entered already"), block:
            pass
        with block as context:
            assert context.tenant == "a"

    def test_a_block_sees_what_is_published_when_it_is_entered(self, tc_config, badge):
        """Between making a block and entering it, a reload may have happened."""
        runtime = tc_config(TWO)
        blocks = [tc.tenant("a"), runtime.context("a")]
        rewrite(runtime, a="[badge]\nsize = 9\n")
        for block in blocks:
            with block:
                assert tc.resolve(badge).size == 9

    def test_code_without_a_block_has_an_empty_context(self, tc_runtime):
        """Outside of every block there is neither tenant nor actor nor request."""
        found = running()
        assert isinstance(found, Context)
        assert (found.tenant, found.actor, found.request_id, found.pinned) == (None, None, "", False)
        assert found.snapshot is tc_runtime.snapshot

    def test_all_blocks_can_be_left(self, tc_config, badge):
        """`leave_all` runs as a new thread would; its token leads back."""
        from traitconf.bind.context import variable

        tc_config(TWO)
        with tc.tenant("a"):
            token = leave_all()
            assert tc.current_context().tenant is None
            variable.reset(token)
            assert tc.current_context().tenant == "a"


class TestPublishing:
    def test_living_contexts_follow(self, tc_config, badge, card):
        """A reload reaches contexts that are running, nested ones too, each with its own tenant."""
        runtime = tc_config(TWO)
        with tc.tenant("a"):
            with tc.tenant("b"):
                rewrite(runtime, a="[badge]\nsize = 8\n", b="[badge]\nsize = 9\n")
                assert (tc.resolve(badge).size, card().save()) == (9, ["plain:9", "saved"])
            assert (tc.resolve(badge).size, card().save()) == (8, ["plain:8", "saved"])
        assert tc.resolve(badge).size == 1

    def test_other_threads_follow(self, tc_config, badge, card):
        """A thread that is in the middle of its work sees the new values, with and without a context of its own."""
        runtime = tc_config(TWO)
        ready, published, seen = threading.Barrier(3), threading.Event(), {}

        def work(name):
            with tc.tenant(name):
                seen[name] = [card().save()[0]]
                ready.wait()
                published.wait()
                seen[name].append(card().save()[0])

        threads = [threading.Thread(target=work, args=(name,)) for name in ("a", None)]
        for thread in threads:
            thread.start()
        ready.wait()
        (runtime.paths[0] / "traits.toml").write_text("[badge]\nlabel = 'new'\n", encoding="utf-8")
        runtime.reload()
        published.set()
        for thread in threads:
            thread.join()
        assert seen == {"a": ["plain:2", "new:2"], None: ["plain:1", "new:1"]}
        assert in_thread(lambda: tc.resolve(badge).label) == "new"

    def test_pinned_contexts_do_not(self, tc_config, tc_override, badge):
        """A context that holds a snapshot keeps it, and so does what is derived from it."""
        runtime = tc_config(TWO)
        tc_override({"badge.label": "held"})
        with tc.tenant("a") as inner:
            assert inner.pinned
            rewrite(runtime, a="[badge]\nsize = 8\n")
            assert (tc.resolve(badge).size, tc.resolve(badge).label) == (2, "held")

    def test_dead_contexts_are_forgotten(self, tc_config, badge):
        """A context that nobody has any more is not followed."""
        runtime = tc_config(TWO)
        with tc.tenant("a"):
            assert [context.tenant for context in runtime._contexts] == ["a"]
        gc.collect()
        assert list(runtime._contexts) == []

    def test_contexts_can_be_counted_while_others_come_and_go(self, tc_config, badge):
        """Iterating over the living contexts is safe while blocks are entered."""
        runtime = tc_config(TWO)
        with tc.tenant("a"):
            for context in runtime._contexts:
                with tc.tenant("b"):
                    assert context.tenant == "a"


class TestThreads:
    def test_a_new_thread_has_no_context(self, tc_config, badge):
        """Threads do not inherit the tenant of the code that starts them."""
        tc_config(TWO)
        with tc.tenant("a"):
            assert in_thread(lambda: (tc.current_context().tenant, tc.resolve(badge).size)) == (None, 1)

    def test_a_copied_context_carries_it(self, tc_config, badge):
        """What runs in a copy of the context runs for its tenant."""
        tc_config(TWO)
        with tc.tenant("a"):
            copy = contextvars.copy_context()
        assert in_thread(lambda: copy.run(lambda: tc.resolve(badge).size)) == 2

    def test_threads_do_not_see_each_other(self, tc_config, card):
        """Many threads of two tenants each see their own configuration, call after call."""
        tc_config(TWO)
        gate = threading.Barrier(8)

        def work(number):
            name, size = ("a", 2) if number % 2 else ("b", 3)
            gate.wait()
            with tc.tenant(name):
                return all(card().save() == [f"plain:{size}", "saved"] for _ in range(200))

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(work, range(8)))


class TestTasks:
    def test_200_tasks_of_two_tenants_do_not_mix(self, tc_config, badge):
        """Every task sees its own tenant, whatever others enter and leave between its steps."""

        @tc.use(badge)
        class Page:
            def save(self):
                return tc.current_context().tenant

        tc_config(TWO)
        wrong = []

        async def work(number):
            name, size = ("a", 2) if number % 2 else ("b", 3)
            with tc.tenant(name):
                for _ in range(5):
                    await asyncio.sleep(0)
                    if Page().save() != [f"plain:{size}", name]:
                        wrong.append(number)
                with tc.tenant(None):
                    await asyncio.sleep(0)
                    if tc.resolve(badge).size != 1:
                        wrong.append(number)
            return tc.current_context().tenant

        async def main():
            return await asyncio.gather(*(work(number) for number in range(200)))

        assert set(asyncio.run(main())) == {None}
        assert wrong == []
        assert tc.current_context().tenant is None

    def test_a_task_starts_with_its_makers_context(self, tc_config, badge):
        """A task inherits the tenant under which it was made, and keeps it when the maker leaves."""
        tc_config(TWO)

        async def size():
            await asyncio.sleep(0)
            return tc.resolve(badge).size

        async def main():
            with tc.tenant("a"):
                one = asyncio.ensure_future(size())
            with tc.tenant("b"):
                other = asyncio.ensure_future(size())
            return await one, await other

        assert asyncio.run(main()) == (2, 3)

    def test_publishing_reaches_waiting_tasks(self, tc_config, badge):
        """A task that waits inside a block sees what was published meanwhile."""
        runtime = tc_config(TWO)

        async def work(entered, published):
            with tc.tenant("a"):
                entered.set()
                await published.wait()
                return tc.resolve(badge).size

        async def main():
            entered, published = asyncio.Event(), asyncio.Event()
            task = asyncio.ensure_future(work(entered, published))
            await entered.wait()
            rewrite(runtime, a="[badge]\nsize = 8\n")
            published.set()
            return await task

        assert asyncio.run(main()) == 8


def test_a_snapshot_may_be_lent_without_holding_it(tc_config, badge):
    """A block with a snapshot holds it by default; without holding, it follows at once what was published since."""
    runtime = tc_config(TWO)
    old = runtime.snapshot
    rewrite(runtime, a="[badge]\nsize = 8\n")
    with Entered("a", snapshot=old):
        assert tc.resolve(badge).size == 2
    with Entered("a", snapshot=old, hold=False):
        assert tc.resolve(badge).size == 8
