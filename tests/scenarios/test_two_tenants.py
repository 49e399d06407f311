"""A thousand calls of two tenants, interleaved: values, keys, tags, events, log lines and metrics stay apart."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import traitconf as tc
from traitconf.runtime.caches import Caches

CALLS = 1000
TENANTS = ("acme", "globex")
FILES = {
    "traits.toml": '[shown.metrics]\ntenant_tag = "all"\n[shown.log]\nlevel = "info"\n',
    "tenants/acme.toml": '[shown]\nink = "acme"\n',
    "tenants/globex.toml": '[shown]\nink = "globex"\n',
}


@pytest.fixture
def page(tc_config):
    """A page that both tenants use, with a cached operation in two flavours."""
    tc_config(FILES, complete=False)

    @tc.trait(name="shown")
    class Shown(tc.TraitBase):
        """Show."""

        ink: str = tc.option("none", doc="What it is written with.")

        @tc.operation(cache=True, key=(), tags=("pages",))
        def show(self, host, number):
            self.logger.info("shown by %s", self.ink)
            return self.ink, number

        @tc.operation(cache=True, key=(), tags=("pages",))
        async def later(self, host, number):
            await asyncio.sleep(0)
            self.logger.info("shown by %s", self.ink)
            return self.ink, number

    @tc.use(Shown)
    class Page:
        pass

    return Page()


def in_threads(page):
    """Call in eight threads, the tenant changing from call to call."""
    barrier = threading.Barrier(8)

    def work(first):
        barrier.wait()
        found = []
        for number in range(first, CALLS, 8):
            tenant = TENANTS[number // 8 % 2]
            with tc.tenant(tenant):
                found.append((tenant, number % 50, page.show(number % 50)))
        return found

    with ThreadPoolExecutor(8) as pool:
        return [one for found in pool.map(work, range(8)) for one in found]


def in_tasks(page):
    """Call in a thousand tasks at once."""

    async def work(number):
        tenant = TENANTS[number % 2]
        with tc.tenant(tenant):
            return tenant, number // 2 % 50, await page.later(number // 2 % 50)

    async def every():
        return await asyncio.gather(*map(work, range(CALLS)))

    return asyncio.run(every())


@pytest.mark.parametrize(("way", "name"), [(in_threads, "show"), (in_tasks, "later")])
def test_nothing_is_of_the_wrong_tenant(page, caplog, way, name):
    """Each call gets its own value, and whatever is kept, told, logged and counted of it says its own tenant."""
    told = []
    tc.on(f"shown.{name}.before")(lambda event: told.append((event.tenant, event.payload["number"])))
    tc.on(f"shown.{name}.after")(lambda event: told.append((event.tenant, event.result[0])))
    with caplog.at_level(logging.INFO, "traitconf"):
        found = way(page)
    assert len(found) == CALLS
    assert all(result == (tenant, number) for tenant, number, result in found)
    assert sorted({(tenant, number) for tenant, number, _ in found}) == [
        (tenant, number) for tenant in TENANTS for number in range(50)
    ]
    before = [one for one in told if isinstance(one[1], int)]
    assert sorted(before) == sorted((tenant, number) for tenant, number, _ in found)
    assert all(tenant == ink for tenant, ink in told if isinstance(ink, str))
    lines = [(record.tc_tenant, record.getMessage()) for record in caplog.records if "shown by" in record.getMessage()]
    assert len(lines) == 100
    assert all(text == f"shown by {tenant}" for tenant, text in lines)
    services = tc.process_runtime().services
    for tenant in TENANTS:
        mine = sum(1 for one, *_ in found if one == tenant)
        assert services.metrics.counter("traitconf.operation.calls", operation=name, tenant=tenant) == mine
    (store,) = services.shared(Caches).stores()
    kept = dict(store._entries.items())
    assert len(kept) == 100
    stamps = {tenant: {one.stamps for one in kept.values() if one.value[0] == tenant} for tenant in TENANTS}
    assert all(f":{entry.value[0]}:" in key for key, entry in kept.items())
    assert not set(*stamps["acme"]) & set(*stamps["globex"])


def test_a_tag_is_of_the_tenant_that_invalidates_it(page):
    """What one tenant takes away is still there for the other."""
    in_threads(page)
    counts = tc.process_runtime().services.shared(Caches)
    before = counts.counts()["shown.show"]["miss"]
    with tc.tenant("acme"):
        tc.invalidate("pages")
    in_threads(page)
    assert counts.counts()["shown.show"]["miss"] == before + 50
