from __future__ import annotations

import asyncio
import functools
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import pytest

import traitconf as tc
from matrix_table import fact
from traitconf.bind.binding import bound_class


@pytest.fixture
def naming(tc_runtime):
    """A trait whose member tells the tenant and an option of its own, before and after a pause."""

    @tc.trait
    class Naming(tc.TraitBase):
        """Tell the tenant."""

        name: str = tc.option("nobody", doc="The tenant's name, as its own file says.")

        @tc.provides
        async def tell(self, host) -> list[str]:
            """Tell it."""
            before = [str(tc.current_context().tenant), self.name]
            await asyncio.sleep(0)
            return [*before, str(tc.current_context().tenant), Naming.of(host).name, host.label("")]

        @tc.around("publish")
        def mark(self, host, proceed, /, *args, **kwargs):
            """Say for whom it is published."""
            return f"{proceed(*args, **kwargs)} for {self.name}"

    return Naming


def wrapped(method, log):
    """Return a method within a wrapper of somebody else."""

    @functools.wraps(method)
    def wrapper(*args, **kwargs):
        log.append("foreign")
        return method(*args, **kwargs)

    return wrapper


@fact()
def test_unbinding_between_foreign_wrappers(kind, bare, tracing, log):
    """Hooks go from between two wrappers of somebody else, who both stay."""
    cls = bare.Article
    cls.publish = wrapped(cls.publish, log)
    tc.bind(cls, tracing("publish"))
    cls.publish = wrapped(cls.publish, log)
    assert kind.one(bare).publish() == "published"
    assert log == ["foreign", "tracing<", "foreign", ">tracing"]
    log.clear()
    tc.unbind(cls)
    assert kind.one(bare).publish() == "published"
    assert log == ["foreign", "foreign"]


@fact()
def test_mock_patch(kind, make, tracing, log):
    """`mock.patch.object` replaces a bound method, and puts the bound one back."""
    module = make(tracing("publish"))
    with mock.patch.object(module.Article, "publish", autospec=True, return_value="patched") as patched:
        one = kind.one(module)
        assert one.publish() == "patched"
        patched.assert_called_once_with(one)
        assert log == []
    assert kind.one(module).publish() == "published"
    assert log == ["tracing<", ">tracing"]


@fact("dying")
def test_no_leak_of_objects(kind, make, watching, tc_runtime):
    """Calling methods, reading members and keeping state hold no object alive."""

    @tc.trait
    class Keeping(tc.TraitBase):
        """Keep something."""

        @tc.provides
        def keep(self, host) -> None:
            """Keep it beside the object."""
            self.state(host)["kept"] = True

    module = make(watching, Keeping)
    for _ in range(20):
        one = kind.one(module)
        one.publish()
        if "weakref" not in kind.lacks:
            one.keep()
        Keeping.of(one)
    del one
    gc.collect()
    assert not [other for other in gc.get_objects() if type(other) is module.Article]
    assert len(tc_runtime.services.states) == 0


@fact()
def test_bindings_leave_nothing_behind(kind, bare, watching):
    """A class that is bound and unbound again and again is as before, and has no more to it."""
    before = dict(vars(bare.Article))
    for _ in range(20):
        tc.bind(bare.Article, watching)
        kind.one(bare).publish()
        tc.unbind(bare.Article)
    assert {name: id(value) for name, value in vars(bare.Article).items()} == {
        name: id(value) for name, value in before.items()
    }
    assert bound_class(bare.Article) is None


@fact()
def test_four_threads_swap(kind, make, naming, tc_config):
    """While four threads call, bind and unbind and publish, every call runs its body once, whole."""
    module = make(naming)
    runtime = tc_config({"traits.toml": 'naming.name = "0"\n'})
    one = kind.one(module)
    file, done, barrier = runtime.paths[0] / "traits.toml", threading.Event(), threading.Barrier(4)

    def publish():
        barrier.wait()
        try:
            for number in range(10):
                file.write_text(f'naming.name = "{number}"\n')
                runtime.reload()
        finally:
            done.set()

    def swap():
        barrier.wait()
        while not done.is_set():
            tc.unbind(module.Article)
            tc.bind(module.Article, naming)

    def call():
        barrier.wait()
        seen = set()
        while not done.is_set():
            seen.add(one.publish())
        return seen

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(action) for action in (publish, swap, call, call)]
        seen = set().union(*[future.result() or () for future in work])
    assert seen <= {"published", "published for nobody", *(f"published for {number}" for number in range(10))}
    assert one.publish() == "published for 9"


@fact()
def test_two_hundred_tasks_of_different_tenants(kind, make, naming, tc_config):
    """Two hundred tasks that run at once each see their own tenant, before and after they paused."""
    module = make(naming)
    tenants = [f"t{number}" for number in range(200)]
    tc_config({"all.toml": "".join(f'[tenants.{tenant}.naming]\nname = "{tenant}"\n' for tenant in tenants)})
    one = kind.one(module)

    async def ask(tenant):
        with tc.tenant(tenant):
            return await one.tell(), one.publish()

    async def ask_all():
        return await asyncio.gather(*map(ask, tenants))

    assert asyncio.run(ask_all()) == [([tenant] * 4 + ["Article"], f"published for {tenant}") for tenant in tenants]


@fact()
def test_executors_take_the_context_with_them(kind, make, naming, tc_config):
    """A thread of an executor runs for no tenant; what `tc.propagate` has taken along runs for its own."""
    module = make(naming)
    tc_config({"tenants/acme.toml": 'naming.name = "acme"\n', "traits.toml": 'naming.name = "nobody"\n'})
    one = kind.one(module)
    with ThreadPoolExecutor(1) as pool, tc.tenant("acme"):
        assert pool.submit(one.publish).result() == "published for nobody"
        assert pool.submit(tc.propagate(one.publish)).result() == "published for acme"
        assert pool.submit(one.publish).result() == "published for nobody"


@fact()
def test_tenant_of_the_object(kind, bare, naming, tc_config):
    """Where the class says by `tenant_of` to whom its objects belong, calls run for them, or are refused."""
    bare.Article.tenant_of = "title"
    tc.bind(bare.Article, naming)
    tc_config({"tenants/Hello.toml": 'naming.name = "hello"\n'})
    one = kind.one(bare)
    assert one.publish() == "published for hello"
    assert asyncio.run(one.tell()) == ["Hello", "hello", "Hello", "hello", "Article"]
    with tc.tenant("Hello"):
        assert one.publish() == "published for hello"
    with tc.tenant("other"), pytest.raises(tc.TenantMismatch):
        one.publish()
