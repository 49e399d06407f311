from __future__ import annotations

import asyncio
import inspect

import pytest

import traitconf as tc
from traitconf.bind.chain import compile_chain, point_of, suits
from traitconf.bind.context import current
from traitconf.bind.joinpoint import joinpoints


@pytest.fixture
def everywhere(tc_runtime, log):
    """A trait with an around hook in every flavour, and sync before and after hooks, on every public method."""

    @tc.trait
    class Everywhere(tc.TraitBase):
        """Note everything."""

        @tc.around("*")
        def enclose(self, host, proceed, /, *args, **kwargs):
            """Sync."""
            log.append("around")
            return proceed(*args, **kwargs)

        @enclose.twin
        async def enclose_async(self, host, proceed, /, *args, **kwargs):
            """Async."""
            log.append("async around")
            return await proceed(*args, **kwargs)

        @enclose.twin
        def enclose_generator(self, host, proceed, /, *args, **kwargs):
            """Generator."""
            log.append("generator around")
            return (yield from proceed(*args, **kwargs))

        @enclose.twin
        async def enclose_async_generator(self, host, proceed, /, *args, **kwargs):
            """Async generator."""
            log.append("async generator around")
            async for item in proceed(*args, **kwargs):
                yield item

        @tc.before("*")
        def first(self, host, /, *args, **kwargs):
            """Before."""
            log.append("before")

        @tc.after("*")
        def last(self, host, result, /, *args, **kwargs):
            """After."""
            log.append(f"after {result!r}")

    return Everywhere


class TestFlavours:
    def test_sync(self, everywhere, log):
        """Hooks of a plain method run around, before and after it."""

        @tc.use(everywhere)
        class Host:
            def work(self, x):
                log.append("body")
                return x

        assert Host().work(1) == 1
        assert log == ["around", "before", "body", "after 1"]

    def test_async(self, everywhere, log):
        """The async twin encloses an async method; sync before and after hooks suit it."""

        @tc.use(everywhere)
        class Host:
            async def work(self, x):
                await asyncio.sleep(0)
                log.append("body")
                return x

        assert inspect.iscoroutinefunction(Host.work)
        assert asyncio.run(Host().work(1)) == 1
        assert log == ["async around", "before", "body", "after 1"]

    def test_generator(self, everywhere, log):
        """The generator twin encloses a generator, which keeps its items, what is sent in, and its result."""

        @tc.use(everywhere)
        class Host:
            def work(self, x):
                got = yield x
                log.append(f"got {got}")
                return "result"

        assert inspect.isgeneratorfunction(Host.work)
        running = Host().work(1)
        assert next(running) == 1
        with pytest.raises(StopIteration) as stop:
            running.send("y")
        assert stop.value.value == "result"
        assert log == ["generator around", "before", "got y", "after 'result'"]

    def test_async_generator(self, everywhere, log):
        """The async generator twin encloses an async generator."""

        @tc.use(everywhere)
        class Host:
            async def work(self, x):
                yield x
                yield x + 1

        async def collect():
            return [item async for item in Host().work(1)]

        assert inspect.isasyncgenfunction(Host.work)
        assert asyncio.run(collect()) == [1, 2]
        assert log == ["async generator around", "before", "after None"]

    def test_classmethod(self, everywhere, log):
        """The host of a classmethod is the class it is called on, a subclass included."""
        hosts = []

        @tc.trait
        class Noting(tc.TraitBase):
            """Note the host."""

            @tc.before("make")
            def note(self, host, /, *args):
                """Note it."""
                hosts.append(host)

        @tc.use(Noting)
        class Host:
            @classmethod
            def make(cls, x=1):
                return cls, x

        class Sub(Host):
            @classmethod
            def make(cls, x=2):
                return super().make(x)

        assert Host.make() == (Host, 1)
        assert Host().make(3) == (Host, 3)
        assert Sub.make() == (Sub, 2)
        assert hosts == [Host, Host, Sub]

    @pytest.mark.parametrize("arguments", [(), (1,), (1, 2)])
    def test_staticmethod(self, arguments, log):
        """A staticmethod has no host: its hooks get `None`, and all its arguments."""

        @tc.trait
        class Noting(tc.TraitBase):
            """Note everything."""

            @tc.around("work")
            def enclose(self, host, proceed, /, *args):
                """Around."""
                log.append(("around", host, args))
                return proceed(*args)

            @tc.before("work")
            def first(self, host, /, *args):
                """Before."""
                log.append(("before", host, args))

            @tc.after("work")
            def last(self, host, result, /, *args):
                """After."""
                log.append(("after", host, result, args))

        @tc.use(Noting)
        class Host:
            @staticmethod
            def work(*args):
                return args

        class Sub(Host): ...

        for call in (Host.work, Host().work, Sub.work):
            log.clear()
            assert call(*arguments) == arguments
            assert log == [
                ("around", None, arguments),
                ("before", None, arguments),
                ("after", None, arguments, arguments),
            ]
        assert isinstance(vars(Host)["work"], staticmethod)

    def test_an_inherited_staticmethod(self, tracer, log):
        """A staticmethod that the class inherits is covered in the class that is bound."""

        class Base:
            @staticmethod
            def work(x):
                return x

        @tc.use(tracer("one", "work"))
        class Host(Base): ...

        assert Host.work(1) == 1
        assert log == ["one<", ">one"]
        assert Base.work(2) == 2
        assert log == ["one<", ">one"]

    @pytest.mark.parametrize("kind", ["method", "classmethod", "async", "generator", "async generator"])
    def test_inherited_members_of_every_flavour(self, kind, everywhere, log):
        """What the class inherits is covered in the class that is bound, in every flavour."""

        class Base:
            def method(self):
                return 1

            @classmethod
            def of_class(cls):
                return 1

            async def awaited(self):
                return 1

            def generated(self):
                yield 1

            async def streamed(self):
                yield 1

        @tc.use(everywhere)
        class Host(Base): ...

        async def first():
            return await anext(Host().streamed())

        calls = {
            "method": lambda: Host().method(),
            "classmethod": Host.of_class,
            "async": lambda: asyncio.run(Host().awaited()),
            "generator": lambda: next(Host().generated()),
            "async generator": lambda: asyncio.run(first()),
        }
        assert calls[kind]() == 1
        assert log[0].endswith("around")

    def test_async_hooks_beside_async_methods(self, log):
        """Async before and after hooks are awaited."""

        @tc.trait
        class Awaiting(tc.TraitBase):
            """Note, awaiting."""

            @tc.before("work", "stream")
            async def first(self, host, /):
                """Before."""
                await asyncio.sleep(0)
                log.append("before")

            @tc.after("work", "stream")
            async def last(self, host, result, /):
                """After."""
                await asyncio.sleep(0)
                log.append("after")

        @tc.use(Awaiting)
        class Host:
            async def work(self):
                log.append("body")

            async def stream(self):
                log.append("body")
                yield 1

        async def run():
            await Host().work()
            return [item async for item in Host().stream()]

        assert asyncio.run(run()) == [1]
        assert log == ["before", "body", "after"] * 2

    def test_an_async_hook_on_a_sync_method_is_refused(self):
        """TC608 for a hook that would have to be awaited where nobody awaits."""

        @tc.trait
        class Awaiting(tc.TraitBase):
            """Note, awaiting."""

            @tc.before("work")
            async def first(self, host, /):
                """Before."""

        class Host:
            def work(self): ...

        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Host, Awaiting)
        assert [problem.code for problem in error.value.problems] == ["TC608"]

    def test_a_twin_of_a_before_hook(self, log):
        """Where a before hook has a twin for the method's flavour, the twin runs."""

        @tc.trait
        class Both(tc.TraitBase):
            """Note."""

            @tc.before("work", "awaited")
            def first(self, host, /):
                """Sync."""
                log.append("sync")

            @first.twin
            async def first_async(self, host, /):
                """Async."""
                log.append("async")

        @tc.use(Both)
        class Host:
            def work(self): ...

            async def awaited(self): ...

        Host().work()
        asyncio.run(Host().awaited())
        assert log == ["sync", "async"]

    def test_which_hooks_suit(self, everywhere):
        """A sync before hook suits every flavour, an around hook only those it has twins for."""
        hooks = {hook.name: hook for hook in everywhere.__traitconf_spec__.hooks}
        flavours = ("sync", "async", "generator", "async generator")
        assert [suits(hooks["first"], flavour) for flavour in flavours] == [True] * 4
        assert [suits(hooks["enclose"], flavour) for flavour in flavours] == [True] * 4
        bare = tc.around("x")(lambda self, host, proceed, /: proceed())
        assert [suits(bare, flavour) for flavour in flavours] == [True, False, False, False]


class TestHooks:
    def test_hooks_may_change_arguments_and_result(self):
        """An around hook decides what the body gets and what the caller gets."""

        @tc.trait
        class Doubling(tc.TraitBase):
            """Double everything."""

            @tc.around("work")
            def double(self, host, proceed, /, x, *, y):
                """Double it."""
                return proceed(x * 2, y=y * 2) * 2

        @tc.use(Doubling)
        class Host:
            def work(self, x, *, y=1):
                return x + y

        assert Host().work(1) == 8
        assert Host().work(1, y=2) == 12

    def test_hooks_may_not_proceed_or_proceed_twice(self, log):
        """An around hook that does not proceed replaces the body; one that proceeds twice runs it twice."""

        @tc.trait
        class Repeating(tc.TraitBase):
            """Repeat."""

            times: int = tc.option(0, ge=0, doc="How often.")

            @tc.around("work")
            def repeat(self, host, proceed, /):
                """Repeat it."""
                return [proceed() for _ in range(self.times)]

        @tc.use(Repeating)
        class Host:
            def work(self):
                log.append("body")
                return 1

        assert Host().work() == []
        with tc.override({"repeating.times": 2}):
            assert Host().work() == [1, 1]
        assert log == ["body", "body"]

    def test_what_the_body_raises_is_raised(self, tracer, log):
        """An exception of the body passes through the hooks, the very same object."""
        error = ValueError("no")

        @tc.use(tracer("one"))
        class Host:
            def save(self):
                raise error

        with pytest.raises(ValueError, match="no") as caught:
            Host().save()
        assert caught.value is error
        assert log == ["one<", ">one"]

    def test_a_failing_before_hook_keeps_the_body_from_running(self, log):
        """What a before hook raises is raised, and the body does not run."""

        @tc.trait
        class Refusing(tc.TraitBase):
            """Refuse."""

            @tc.before("work")
            def refuse(self, host, /):
                """Refuse it."""
                raise tc.Veto("not today")

        @tc.use(Refusing)
        class Host:
            def work(self):
                log.append("body")

        with pytest.raises(tc.Veto, match="not today"):
            Host().work()
        assert log == []

    def test_an_after_hook_does_not_run_when_the_body_fails(self, everywhere, log):
        """After hooks run after a return only."""

        @tc.use(everywhere)
        class Host:
            def work(self):
                raise ValueError

        with pytest.raises(ValueError):
            Host().work()
        assert log == ["around", "before"]


class TestDispatch:
    def test_where_nothing_applies_the_chain_is_the_body(self, tracer):
        """While the trait is off, the table holds the original function itself."""

        class Host:
            def save(self): ...

        body = Host.save
        tc.bind(Host, tracer("one"))
        with tc.override({"one.enabled": False}):
            Host().save()
            assert current().chains[point_of(Host.save).index] is body
        Host().save()
        assert current().chains[point_of(Host.save).index] is not body

    def test_a_call_follows_the_running_tenant(self, tracer, tc_config, log):
        """Whether and how a trait acts is decided by the context's tenant, for every call."""
        tracer = tracer("one")
        tc_config({"tenants/acme.toml": "[one]\nenabled = false\n"})

        @tc.use(tracer)
        class Host:
            def save(self): ...

        host = Host()
        with tc.tenant("acme"):
            host.save()
            assert log == []
            with tc.tenant("globex"):
                host.save()
        assert log == ["one<", ">one"]

    def test_shadow_does_not_act(self, tracer, log):
        """A trait in shadow never runs its hooks."""

        @tc.use(tracer("one"))
        class Host:
            def save(self): ...

        with tc.override({"one.shadow": True}):
            Host().save()
        assert log == []

    def test_each_class_of_a_hierarchy_is_a_model(self, speaking, tc_config):
        """Configuration of a subclass's model holds for its objects only, also in members of the base."""
        tc_config({"models/Sub.toml": "[speaking]\nword = 'sub'\n"}, complete=False)

        @tc.use(speaking)
        class Base: ...

        class Sub(Base): ...

        class Deep(Sub): ...

        assert [cls().say() for cls in (Base, Sub, Deep)] == ["hey!", "sub!", "sub!"]

    def test_a_hook_is_off_for_one_class_of_a_hierarchy(self, tracer, tc_config, log):
        """A hook that is off for a subclass does not run for it, whatever super() calls."""
        tracer = tracer("one")
        tc_config({"models/Sub.toml": "[one]\nenabled = false\n"}, complete=False)

        @tc.use(tracer)
        class Base:
            def save(self): ...

        class Sub(Base):
            def save(self):
                return super().save()

        Sub().save()
        assert log == []
        Base().save()
        assert log == ["one<", ">one"]

    def test_a_reload_changes_calls_not_classes(self, tracer, tc_config, log):
        """A published snapshot changes what calls do; the class's namespace stays the same."""
        tracer = tracer("one")
        runtime = tc_config({"traits.toml": ""})

        @tc.use(tracer)
        class Host:
            def save(self): ...

        Host().save()
        before = dict(vars(Host))
        (runtime.paths[0] / "traits.toml").write_text("[one]\nenabled = false\n")
        runtime.reload()
        Host().save()
        assert log == ["one<", ">one"]
        assert dict(vars(Host)) == before

    def test_a_trait_that_needs_a_tenant(self, tracer):
        """A hook of a trait with `tenant="required"` refuses calls outside every tenant, and only those."""

        @tc.use(tracer("one", tenant="required"))
        class Host:
            def save(self):
                return 1

        with pytest.raises(tc.TenantRequired, match="Tracer needs a tenant"):
            Host().save()
        with tc.tenant("acme"):
            assert Host().save() == 1

    def test_compiling_without_subclasses(self, tracer, tc_runtime):
        """The chain of a class without subclasses needs no look at the receiver's type."""

        @tc.use(tracer("one"))
        class Host:
            def save(self):
                return "saved"

        point = point_of(Host.save)
        assert joinpoints.at(point.index) is point
        chain = compile_chain(point, tc_runtime.snapshot.profile(None))
        assert chain(Host()) == "saved"
        assert "_tc_chains" not in chain.__code__.co_freevars


class TestOff:
    def test_members_of_a_trait_that_is_off(self, tracer, log):
        """While a trait is off its hooks pass through; members raise, do nothing or run, as each declares."""

        @tc.trait
        class Giving(tc.TraitBase):
            """Give three members."""

            @tc.provides
            def refused(self, host) -> int:
                """Refused while it is off."""
                return 1

            @tc.provides(when_off="skip")
            def skipped(self, host) -> None:
                """Skipped while it is off."""
                log.append("skipped ran")

            @tc.provides(when_off="run")
            def always(self, host) -> int:
                """Run all the same."""
                return 2

            @tc.provides(shape="property")
            def value(self, host) -> int:
                """Refused while it is off."""
                return 3

            @tc.before("save")
            def note(self, host, /):
                """Note it."""
                log.append("noted")

        @tc.use(Giving)
        class Host:
            def save(self):
                return "saved"

        host = Host()
        with tc.override({"giving.enabled": False}):
            assert (host.save(), host.skipped(), host.always()) == ("saved", None, 2)
            with pytest.raises(tc.TraitDisabled, match=r"Giving is off here, so refused\(\) is not available"):
                host.refused()
            with pytest.raises(tc.TraitDisabled, match=r"see traitconf explain giving\.enabled"):
                _ = host.value
            with pytest.raises(tc.TraitDisabled):
                Giving.of(host).refused()
        assert log == []
        assert (host.save(), host.refused(), host.value) == ("saved", 1, 3)
        assert log == ["noted"]

    def test_async_members_of_a_trait_that_is_off(self):
        """An async member that is skipped can still be awaited."""

        @tc.trait
        class Waiting(tc.TraitBase):
            """Give an async member."""

            @tc.provides(when_off="skip")
            async def wait(self, host) -> None:
                """Wait."""
                raise AssertionError

        @tc.use(Waiting(enabled=False))
        class Host: ...

        assert asyncio.run(Host().wait()) is None


class TestPoints:
    def test_the_join_point_of_a_member(self, tracer, speaking):
        """A dispatcher is known in whatever it is wrapped; other members have no join point."""

        @tc.use(tracer("one", "save", "make", "help"), speaking)
        class Host:
            def save(self): ...

            @classmethod
            def make(cls): ...

            @staticmethod
            def help(): ...

            def bare(self): ...

        covered = ("save", "make", "help", "say", "loud", "spoken_by")
        assert [point_of(vars(Host)[name]).name for name in covered] == list(covered)
        assert point_of(vars(Host)["bare"]) is None
        assert point_of(3) is None
