from __future__ import annotations

import asyncio
import itertools
import random
import threading

import pytest

import traitconf as tc
from traitconf.bind import measured
from traitconf.bind.chain import point_of
from traitconf.bind.operation import Operation
from traitconf.runtime.pipeline import enclosed

CALLS = "traitconf.operation.calls"
DURATION = "traitconf.operation.duration"


@pytest.fixture
def page(tc_runtime):  # noqa: C901 -- many members, each of one line
    """A trait with an operation of every flavour."""

    @tc.trait(name="page")
    class Page(tc.TraitBase):
        """Give pages."""

        seen = tc.counter(doc="Pages seen.")
        size = tc.histogram(unit="By", doc="Size.")

        @tc.operation()
        def render(self, host, error=None):
            if error is not None:
                raise error
            return "page"

        @tc.operation()
        async def fetch(self, host, error=None, gate=None):
            if error is not None:
                raise error
            await (gate.wait() if gate is not None else asyncio.sleep(0))
            return "page"

        @tc.operation()
        def many(self, host, error=None):
            got = yield 1
            if error is not None:
                raise error
            return got

        @tc.operation()
        async def stream(self, host, error=None):
            got = yield 1
            if error is not None:
                raise error
            yield got

        @tc.operation(when_off="skip")
        def warm(self, host) -> None:
            """Do nothing."""

        @tc.operation()
        def look(self, host):
            self.seen.add()
            self.size.record(1)

        @tc.provides
        def plain(self, host):
            return 1

    return Page


@pytest.fixture
def host(page):
    """An object that has the trait."""

    @tc.use(page)
    class Host: ...

    return Host()


@pytest.fixture
def counted(tc_runtime):
    """A function that returns how many calls of an operation ended in which way."""

    def of(operation, **tags):
        metrics = tc.process_runtime().services.metrics
        outcomes = ("ok", "failed", "denied", "cancelled", "skipped")
        found = {one: metrics.counter(CALLS, operation=operation, outcome=one, **tags) for one in outcomes}
        return {outcome: count for outcome, count in found.items() if count}

    return of


def timed(operation):
    """Return how many calls of an operation were timed."""
    found = tc.process_runtime().services.metrics.histogram(DURATION, operation=operation)
    return found.count if found else 0


async def awaited(call):
    return await call


async def collected(stream):
    return [value async for value in stream]


RUNS = {
    "render": lambda host, *args: host.render(*args),
    "fetch": lambda host, *args: asyncio.run(awaited(host.fetch(*args))),
    "many": lambda host, *args: list(host.many(*args)),
    "stream": lambda host, *args: asyncio.run(collected(host.stream(*args))),
}


@pytest.mark.parametrize("flavour", RUNS)
@pytest.mark.parametrize(
    ("error", "outcome"),
    [(None, "ok"), (ValueError("no"), "failed"), (tc.Veto("no"), "denied"), (asyncio.CancelledError(), "cancelled")],
    ids=["ok", "failed", "denied", "cancelled"],
)
def test_calls_are_counted_by_their_outcome(host, counted, flavour, error, outcome):
    """In every flavour a call is counted once by how it ended, and timed unless it was denied; what it raises stays."""
    if error is None:
        assert RUNS[flavour](host) in ("page", [1], [1, None])
    else:
        with pytest.raises(type(error)):
            RUNS[flavour](host, error)
    assert counted(flavour) == {outcome: 1}
    assert timed(flavour) == (outcome != "denied")


def test_a_trait_that_is_off_denies_and_skips(host, counted):
    """While the trait is off a call is denied, and one that is skipped is counted as skipped."""
    with tc.override({"page.enabled": False}):
        with pytest.raises(tc.TraitDisabled):
            host.render()
        host.warm()
    host.warm()
    assert counted("render") == {"denied": 1}
    assert counted("warm") == {"skipped": 1, "ok": 1}


def test_what_is_sent_into_a_generator_arrives(host, counted):
    """Counting stands in nobody's way: values are sent and thrown into generators as without it."""
    run = host.many()
    next(run)
    with pytest.raises(StopIteration) as ended:
        run.send("hello")
    assert ended.value.value == "hello"

    async def talk():
        stream = host.stream()
        await anext(stream)
        return await stream.asend("hello")

    assert asyncio.run(talk()) == "hello"
    assert counted("many") == {"ok": 1}


def test_a_generator_that_nobody_finishes_is_cancelled(host, counted):
    """A generator that is closed early was cancelled; one that never began was not called."""
    run = host.many()
    assert counted("many") == {}
    next(run)
    run.close()
    assert counted("many") == {"cancelled": 1}


def test_metrics_off_the_chain_is_the_body(host, page, counted):
    """With `metrics.enabled = false` nothing encloses the body: it is the very same function, and counts nothing."""
    with tc.override({"page.metrics.enabled": False}):
        trait = tc.resolve(page)
        for name in ("render", "fetch", "many", "stream"):
            member = trait.__traitconf_spec__.members[name]
            operation = Operation(point_of(vars(type(host))[name]), member, trait, type(host))
            assert enclosed(operation, member.function) is member.function
        host.render()
        host.look()
    assert counted("render") == counted("look") == {}
    assert tc.process_runtime().services.metrics.counter("page.seen") == 0


def test_only_operations_are_counted(host, counted):
    """A member that is merely provided costs nothing."""
    host.plain()
    assert counted("plain") == {}


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_a_sample_times_a_share_and_counts_every_call(host, counted, monkeypatch, share):
    """`metrics.sample` is the share of calls that are timed and of values that are recorded; counters stay exact."""
    draws = itertools.cycle([0.0, 0.5, 0.25, 0.9])

    def draw():
        return next(draws)

    monkeypatch.setattr(random, "random", draw)
    baked = [(name, draw if name == "_tc_draw" else value) for name, value in measured._BAKED]
    monkeypatch.setattr(measured, "_BAKED", tuple(baked))
    with tc.override({"page.metrics.sample": share}):
        for _ in range(100):
            host.render()
        recorded = tc.resolve(type(tc.resolve(tc.traits_of(host)[0])))
        for _ in range(100):
            recorded.seen.add()
            recorded.size.record(1)
    assert counted("render") == {"ok": 100}
    assert timed("render") == 100 * share
    metrics = tc.process_runtime().services.metrics
    sizes = metrics.histogram("page.size")
    assert (metrics.counter("page.seen"), sizes.count if sizes else 0) == (100, 100 * share)


def test_the_tenant_is_a_tag_only_where_it_was_asked_for(tc_config, host, counted):
    """By default no series carries a tenant; with `all` each has its own, and code without a tenant has none."""
    with tc.tenant("acme"):
        host.render()
    assert counted("render") == {"ok": 1}
    assert counted("render", tenant="acme") == {}
    tc_config({"traits.toml": '[page]\nmetrics.tenant_tag = "all"\n'})
    with tc.tenant("acme"):
        host.render()
        host.look()
    host.render()
    assert counted("render") == {"ok": 2}
    assert counted("render", tenant="acme") == counted("render", tenant="") == {"ok": 1}
    metrics = tc.process_runtime().services.metrics
    assert metrics.counter("page.seen", tenant="acme") == metrics.histogram("page.size", tenant="acme").count == 1


def test_tenants_of_one_profile_are_told_apart(tc_config, host, counted):
    """Tenants that share everything else, call chains included, still have counts of their own."""
    runtime = tc_config({"traits.toml": '[page]\nmetrics.tenant_tag = "all"\n'})
    assert runtime.snapshot.profile("one") is runtime.snapshot.profile("two")
    for tenant, times in (("one", 1), ("two", 2)):
        with tc.tenant(tenant):
            for _ in range(times):
                host.render()
    assert (counted("render", tenant="one"), counted("render", tenant="two")) == ({"ok": 1}, {"ok": 2})


@pytest.mark.parametrize("way", ["threads", "tasks"])
def test_no_call_is_counted_for_another_tenant(tc_config, host, counted, way):
    """Of a thousand calls under two tenants, interleaved call by call, each is counted for its own, values too."""
    tc_config({"traits.toml": '[page]\nmetrics.tenant_tag = "all"\n'})
    shares = {"acme": 300, "globex": 700}
    sizes = tc.resolve(tc.traits_of(host)[0]).size

    def threads():
        gate = threading.Barrier(len(shares) * 2)

        def work(tenant, times):
            with tc.tenant(tenant):
                gate.wait()
                for _ in range(times):
                    host.render()
                    sizes.record(len(tenant))

        running = [threading.Thread(target=work, args=(t, n // 2)) for t, n in shares.items() for _ in range(2)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    async def tasks():
        async def work(tenant):
            with tc.tenant(tenant):
                await host.fetch()
                sizes.record(len(tenant))

        order = [tenant for tenant, times in shares.items() for _ in range(times)]
        random.shuffle(order)
        await asyncio.gather(*map(work, order))

    threads() if way == "threads" else asyncio.run(tasks())
    metrics = tc.process_runtime().services.metrics
    for tenant, times in shares.items():
        assert counted("render" if way == "threads" else "fetch", tenant=tenant) == {"ok": times}
        found = metrics.histogram("page.size", tenant=tenant)
        assert (found.count, found.least, found.most) == (times, len(tenant), len(tenant))


def test_a_call_belongs_to_the_tenant_that_it_began_for(tc_config, host, counted):
    """A task that awaits while others run for another tenant is counted for its own."""
    tc_config({"traits.toml": '[page]\nmetrics.tenant_tag = "all"\n'})

    async def both():
        gates = asyncio.Event(), asyncio.Event()

        async def work(tenant, mine, other):
            with tc.tenant(tenant):
                call = asyncio.ensure_future(host.fetch(None, mine))
                await asyncio.sleep(0)
                other.set()
                await call

        await asyncio.gather(work("acme", *gates), work("globex", *reversed(gates)))

    asyncio.run(both())
    assert (counted("fetch", tenant="acme"), counted("fetch", tenant="globex")) == ({"ok": 1}, {"ok": 1})


def test_the_busiest_tenants_have_their_own(tc_config, host, counted):
    """With `top_k` so many tenants have series, the busiest of the last while; the others are counted together."""
    runtime = tc_config(
        {"traits.toml": '[page]\nmetrics.tenant_tag = "top_k"\n', "runtime.toml": "[telemetry]\ntop_k = 2\n"}
    )

    def call(**times):
        for tenant, count in times.items():
            with tc.tenant(tenant):
                for _ in range(count):
                    host.render()

    call(a=5, b=1, c=3)
    assert [counted("render", tenant=tenant) for tenant in ("a", "b", "__other__")] == [{"ok": 5}, {"ok": 1}, {"ok": 3}]
    runtime.services.metrics.points()
    call(a=5, b=1, c=3)
    assert [counted("render", tenant=one) for one in ("a", "b", "c")] == [{"ok": 10}, {"ok": 1}, {"ok": 3}]
    assert counted("render", tenant="__other__") == {"ok": 4}
    assert counted("render") == {"ok": 18}


def test_many_calls_are_settled_on_the_way(host):
    """A program that nobody asks keeps no more than some thousand raw values of an operation."""
    for _ in range(5000):
        host.render()
    metrics = tc.process_runtime().services.metrics
    (pending,) = (len(cell.pending) for cell in metrics._families[DURATION].cells.values())
    assert pending < 2048
    assert metrics.histogram(DURATION).count == 5000


def test_the_link_keeps_the_signature(host):
    """Wrong arguments are refused as without it, and the traceback of a failure shows the operation."""
    with pytest.raises(TypeError, match="render"):
        host.render(1, 2, 3)
    with pytest.raises(ValueError, match="here") as caught:
        host.render(ValueError("here"))
    assert caught.traceback[-1].name == "render"
