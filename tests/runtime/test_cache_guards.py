"""The guards of the cache: each scenario holds with its guard, and fails once the guard is taken away."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

import traitconf as tc
from traitconf.bind.identity import Identity
from traitconf.runtime import cache_call, cache_flights, cache_guarded, cache_link, cache_recipe, invalidate
from traitconf.runtime.cache import MemoryStore
from traitconf.runtime.cache_call import CachedCall
from traitconf.runtime.cache_entry import Kept
from traitconf.runtime.caches import Caches

PATIENCE = 20


class Page:
    """A cached method, what it computes, and what happens while it does."""

    def __init__(self):
        self.answer = "old"
        self.during = lambda: None
        self.computed = 0


@pytest.fixture
def page(tc_runtime):
    """An object with a cached operation whose result stands outside of it."""
    world = Page()

    @tc.trait(name="shown")
    class Shown(tc.TraitBase):
        """Show."""

        @tc.operation(cache=True, key=("title",), tags=("pages",))
        def show(self, host, size=1):
            world.computed += 1
            answer = world.answer
            world.during()
            return answer if answer != "tenant" else tc.current_context().tenant

        @tc.operation(cache=True)
        def known(self, host):
            return host.title

    @tc.use(Shown)
    @attrs.define
    class Shelf:
        title: str = "title"
        id: int = 1

        def save(self): ...

    world.host = Shelf()
    return world


def stamps_after_computing(monkeypatch):
    """Take the stamps of an entry when it is written."""
    made = CachedCall._made

    def late(self, found, value):
        copied, entry = made(self, found, value)
        entry.stamps = tuple(self.store._now_of(LATE))
        return copied, entry

    monkeypatch.setattr(CachedCall, "_made", late)


LATE = (cache_recipe.tenant_tag("-/-", None), cache_recipe.tag_of("-/-", None, "pages"))


def a_write_racing_an_invalidation(page):
    """What was computed before an invalidation and written after it is never served."""

    def written_meanwhile():
        page.during = lambda: None
        page.answer = "new"
        tc.invalidate("pages")

    page.during = written_meanwhile
    assert page.host.show() == "old"
    assert page.host.show() == "new"


def a_caller_behind_an_invalidation(page):
    """Who calls after an invalidation does not get what somebody computes since before it."""
    computing, go = threading.Event(), threading.Event()

    def slowly():
        page.during = lambda: None
        computing.set()
        go.wait(PATIENCE)

    page.during = slowly
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(page.host.show)
        assert computing.wait(PATIENCE)
        page.answer = "new"
        tc.invalidate("pages")
        second = pool.submit(page.host.show)
        try:
            assert second.result(2) == "new", "it waits for the first, and gets its result"
        except TimeoutError:
            raise AssertionError("it waits for the first") from None
        finally:
            go.set()
        assert first.result(PATIENCE) == "old"


def flights_without_stamps(monkeypatch):
    """Let everybody wait for whoever computes the key."""
    run = cache_flights.Flights.run
    monkeypatch.setattr(cache_flights.Flights, "run", lambda self, key, lead: run(self, key[0], lead))


def a_retired_entry_on_the_hit_path(page):
    """An invalidation reaches what the hit path holds."""
    for _ in range(3):
        assert page.host.show() == "old"
    page.answer = "new"
    tc.invalidate("pages")
    assert page.host.show() == "new"


def hits_without_state(monkeypatch):
    """Let the hit path not look at the state of the store."""
    text = cache_link._HIT.replace(" and _tc_state is _tc_store.state", "")
    monkeypatch.setattr(cache_link, "_HIT", text)


def a_call_for_its_own_result(page):
    """A computation that asks for its own result does not wait for itself."""

    def again():
        page.during = lambda: None
        page.host.show()

    page.during = again
    ended = threading.Event()
    thread = threading.Thread(target=lambda: (page.host.show(), ended.set()), daemon=True)
    thread.start()
    assert ended.wait(2)


def flights_without_owners(monkeypatch):
    """Let nobody look whose flight it is."""
    monkeypatch.setattr(cache_flights, "_leads_to", lambda flight, own: False)


def two_tenants(page):
    """What was computed for a tenant is served to no other, on the hit path or behind it."""
    page.answer = "tenant"
    for _ in range(3):
        for tenant in ("acme", "globex", None):
            with tc.tenant(tenant):
                assert page.host.show() == tenant or tenant is None


def keys_without_tenant(monkeypatch):
    """Make keys as if there were no tenants."""
    call = cache_recipe.Recipe.call
    monkeypatch.setattr(
        cache_recipe.Recipe, "call", lambda self, tenant, parts, identity: call(self, None, parts, identity)
    )


def hits_without_tenant(monkeypatch):
    """Let the hit path look without the tenant."""
    init = cache_link.Shape.__init__

    def blind(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.shared = False

    monkeypatch.setattr(cache_link.Shape, "__init__", blind)


def tags_of_two_tenants(page):
    """An invalidation for one tenant computes nothing anew for another."""
    for tenant in ("acme", "globex"):
        with tc.tenant(tenant):
            page.host.show()
    tc.invalidate("pages", tenant="acme")
    with tc.tenant("globex"):
        page.host.show()
    assert page.computed == 2


def tags_without_tenant(monkeypatch):
    """Make tags as if there were no tenants."""
    tag = cache_recipe.tag_of
    monkeypatch.setattr(cache_recipe, "tag_of", lambda space, tenant, name: tag(space, None, name))
    monkeypatch.setattr("traitconf.runtime.caches.tag_of", lambda space, tenant, name: tag(space, None, name))


def equal_arguments_of_other_types(page):
    """Arguments that Python takes for equal and that are of different types are different calls."""
    for _ in range(3):
        for size in (1, True, "1"):
            page.answer = type(size).__name__
            assert page.host.show(size) == page.answer


def hits_without_types(monkeypatch):
    """Let the hit path compare values only."""
    monkeypatch.setattr(cache_link, "_HIT", cache_link._HIT.replace("{checks}", ""))


def a_caller_that_changes_its_result(page):
    """What a caller does to its result is nobody else's business."""
    page.answer = ["one"]
    for _ in range(3):
        page.host.show().append("two")
    assert page.host.show() == ["one"]


def results_without_copies(monkeypatch):
    """Keep and hand out the result itself."""
    monkeypatch.setattr(cache_call, "kept", lambda value: Kept(value, is_shared=True))


def two_that_come_one_after_the_other(page):
    """Who finds nothing, and becomes the one who computes after another one has just done so, computes nothing."""
    seen, go = threading.Event(), threading.Event()
    run = cache_flights.Flights.run

    def waiting(self, key, lead):
        if threading.current_thread() is late:
            seen.set()
            go.wait(PATIENCE)
        return run(self, key, lead)

    cache_flights.Flights.run = waiting
    try:
        late = threading.Thread(target=page.host.show, daemon=True)
        late.start()
        assert seen.wait(PATIENCE)
        page.host.show()
        go.set()
        late.join(PATIENCE)
    finally:
        cache_flights.Flights.run = run
    assert page.computed == 1


def computing_without_a_second_look(monkeypatch):
    """Compute without looking whether somebody has just done so."""
    monkeypatch.setattr(CachedCall, "_just_kept", lambda self, entry: None)
    fresh = CachedCall._is_fresh
    lead = CachedCall._lead

    def blind(self, call, compute, *, again=False):
        monkeypatch.setattr(CachedCall, "_is_fresh", lambda self, entry: False)
        try:
            return lead(self, call, compute, again=again)
        finally:
            monkeypatch.setattr(CachedCall, "_is_fresh", fresh)

    monkeypatch.setattr(CachedCall, "_lead", blind)


def an_edit_of_a_known_object(page):
    """An object that is known by its primary key and was edited is not answered by what is stored under it."""
    assert page.host.known() == "title"
    page.host.title = "edited"
    assert page.host.known() == "edited"


def identity_without_values(monkeypatch):
    """Look at the primary key only."""
    monkeypatch.setattr(Identity, "values", lambda self, host: ())


def a_saved_object(page):
    """Saving an object retires what is cached about it, whoever looks."""
    with tc.tenant("acme"):
        page.host.known()
    store = tc.process_runtime().services.shared(Caches).stores()[0]
    before = store.state
    page.host.save()
    assert store.state is not before


def saving_without_retiring(monkeypatch):
    """Let nobody retire anything when an object is saved."""
    monkeypatch.setattr(invalidate, "_retiring", lambda trait, host, **kwargs: [])


class Failing(MemoryStore):
    """A store that can be taken away; what it is told meanwhile is lost."""

    is_down = False

    def read(self, call):
        self._ask()
        return super().read(call)

    def write(self, key, entry):
        self._ask()
        super().write(key, entry)

    def stamp(self, tags):
        self._ask()
        super().stamp(tags)

    def _ask(self):
        if self.is_down:
            raise ConnectionError("the store is away")


def an_invalidation_of_a_store_that_is_away(page):
    """What was invalidated while the store was away is not served when it is back."""
    settings = tc.process_runtime().snapshot.settings.cache
    services = tc.process_runtime().services
    inner = Failing(100)
    services.shared(Caches)._stores["memory", settings] = cache_guarded.Guarded(inner, 0.0, services.metrics)
    assert page.host.show() == "old"
    inner.is_down = True
    page.answer = "new"
    tc.invalidate("pages")
    assert page.host.show() == "new"
    inner.is_down = False
    assert page.host.show() == "new"


def invalidations_that_are_forgotten(monkeypatch):
    """Remember nothing that a store could not be told."""
    monkeypatch.setattr(cache_guarded.Guarded, "_catch_up", lambda self: None)


GUARDS = {
    "stamp before compute": (a_write_racing_an_invalidation, stamps_after_computing),
    "stamps in the single flight": (a_caller_behind_an_invalidation, flights_without_stamps),
    "state of the store on the hit path": (a_retired_entry_on_the_hit_path, hits_without_state),
    "owner of the single flight": (a_call_for_its_own_result, flights_without_owners),
    "second look of the single flight": (two_that_come_one_after_the_other, computing_without_a_second_look),
    "tenant in the key": (two_tenants, keys_without_tenant),
    "tenant on the hit path": (two_tenants, hits_without_tenant),
    "tenant in the tag": (tags_of_two_tenants, tags_without_tenant),
    "types on the hit path": (equal_arguments_of_other_types, hits_without_types),
    "copies of what can be changed": (a_caller_that_changes_its_result, results_without_copies),
    "fields of an object known by its key": (an_edit_of_a_known_object, identity_without_values),
    "retiring of what is saved": (a_saved_object, saving_without_retiring),
    "invalidations that are caught up on": (an_invalidation_of_a_store_that_is_away, invalidations_that_are_forgotten),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_the_guard_holds(page, guard):
    """With its guard in place the scenario holds."""
    scenario, _ = GUARDS[guard]
    scenario(page)


@pytest.mark.parametrize("guard", GUARDS)
def test_the_guard_is_needed(page, guard, monkeypatch):
    """Without its guard the same scenario fails, so the test above would notice."""
    scenario, remove = GUARDS[guard]
    remove(monkeypatch)
    with pytest.raises(AssertionError):
        scenario(page)


def test_two_tenants_interleaved_in_threads_and_tasks(page):
    """A thousand calls under two tenants, in threads and tasks beside each other: each gets its own result."""
    page.answer = "tenant"
    wrong = []

    def call(tenant):
        with tc.tenant(tenant):
            wrong.extend(tenant for number in range(50) if page.host.show(number % 5) != tenant)

    async def task(tenant):
        with tc.tenant(tenant):
            for number in range(50):
                await asyncio.sleep(0)
                if page.host.show(number % 5) != tenant:
                    wrong.append(tenant)

    async def main():
        await asyncio.gather(*(task(tenant) for tenant in ("acme", "globex") * 5))

    with ThreadPoolExecutor(10) as pool:
        jobs = [pool.submit(call, tenant) for tenant in ("acme", "globex") * 5]
        asyncio.run(main())
        for job in jobs:
            job.result(PATIENCE)
    assert wrong == []
    (store,) = tc.process_runtime().services.shared(Caches).stores()
    by_key = {key: entry.value for key, entry in store.entries().items()}
    assert len(by_key) == 10
    assert all(key.split(":")[2] == value for key, value in by_key.items())
