"""What a hit of a cached operation costs, beside caching decorators that are made by hand of other packages.

Every contender keeps results for five minutes, for each tenant and object apart: what a peer does not know by itself,
it is given as an argument.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import traitconf as tc
import workers
from corpus import ON
from hosts import new_module
from rounds import Contender, measure
from row import Row
from samples import Samples
from table import Table
from traitconf.schema.records import MetricOptions

_SOURCE: Final = """
class Host:
    title = "a title"

    def touch(self, amount):
        return amount

class Later:
    title = "a title"

    async def touch(self, amount):
        return amount

async def ten(host):
    await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1)
    await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1)

async def many(host):
    for _ in range(100):
        await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1)
"""
PEERS: Final = {"cachetools": "cachetools", "dogpile.cache": "dogpile.cache", "cashews": "cashews"}


@tc.trait
class Worded(tc.TraitBase):
    """Give members whose results are cached."""

    @tc.operation(cache=True, key=("title",))
    def summary(self, host: Any) -> str:
        """Return the title."""
        return str(host.title)

    @tc.operation(cache=True, key=("title",))
    def words(self, host: Any, amount: int) -> int:
        """Return the amount."""
        return amount

    @tc.operation(cache=True, key=("title",))
    async def later(self, host: Any) -> str:
        """Return the title."""
        return str(host.title)


def absent() -> dict[str, str]:
    """Return the peers that cannot be measured, each with the reason."""
    reason = "not installed: `make bench` installs the extra [bench]"
    missing = {name for name, module in PEERS.items() if importlib.util.find_spec(module.partition(".")[0]) is None}
    return dict.fromkeys(missing, reason)


def deal() -> Mapping[str, Contender]:
    """Make the contenders; each has answered once already."""
    made = {
        "plain": _touch(new_module(_SOURCE)["Host"]),
        "hit": _ours("summary()"),
        "hit, one argument": _ours("words(1)"),
        "plain await": _ten(),
        "async hit": _ours_async(),
    }
    made["function hit"] = _function()
    makers = {"cachetools": _cachetools, "dogpile.cache": _dogpile}
    made |= {name: maker() for name, maker in makers.items() if name not in absent()}
    if "cashews" not in absent():
        made |= {"plain await, in a loop": _in_a_loop(lambda function: function), "cashews": _in_a_loop(_cashews)}
    return made


def measure_cache(rounds: int) -> Samples:
    """Measure the hits in this process."""
    return Samples(measure(deal, rounds).seconds, absent())


def run(coroutine: Any) -> None:
    """Run a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise RuntimeError("it waits for something")


def _touch(cls: Any) -> Contender:
    host = cls()
    host.touch(1)
    return Contender("host.touch(1)", {"host": host}, lambda: tc.tenant(ON))


def _uncounted() -> Worded:
    """Return the trait without metrics: what they cost stands in tables of their own."""
    return Worded(metrics=MetricOptions(enabled=False))


def _ours(call: str) -> Contender:
    cls = tc.bind(new_module(_SOURCE)["Host"], _uncounted())
    host = cls()
    with tc.tenant(ON):
        for _ in range(3):
            assert (host.words(1), host.summary()) == (1, "a title")
    return Contender(f"host.{call}", {"host": host}, lambda: tc.tenant(ON))


def _function() -> Contender:
    cls = new_module(_SOURCE)["Host"]
    cls.touch = tc.cached(key=("title",))(cls.touch)
    host = cls()
    with tc.tenant(ON):
        for _ in range(3):
            assert host.touch(1) == 1
    return Contender("host.touch(1)", {"host": host}, lambda: tc.tenant(ON))


def _ten() -> Contender:
    space = new_module(_SOURCE)
    return Contender(
        "run(ten(host))", {"host": space["Later"](), "run": run, "ten": space["ten"]}, lambda: tc.tenant(ON)
    )


def _ours_async() -> Contender:
    source = _SOURCE.replace("host.touch(1)", "host.later()")
    space = new_module(source)
    host = tc.bind(space["Later"], _uncounted())()
    with tc.tenant(ON):
        for _ in range(3):
            asyncio.run(space["ten"](host))
    return Contender("run(ten(host))", {"host": host, "run": run, "ten": space["ten"]}, lambda: tc.tenant(ON))


def _cachetools() -> Contender:
    import cachetools
    from cachetools.keys import typedkey

    cls = new_module(_SOURCE)["Host"]
    kept: Any = cachetools.TTLCache(10_000, 300)
    decorate: Any = cachetools.cached(
        kept, key=lambda self, amount: typedkey(ON, self.title, amount), lock=threading.RLock()
    )
    inner = decorate(cls.touch)
    cls.touch = lambda self, amount: inner(self, amount)  # noqa: PLW0108 -- it is a callable object, no method
    return _touch(cls)


def _dogpile() -> Contender:
    from dogpile.cache import make_region

    region = make_region().configure("dogpile.cache.memory", expiration_time=300)
    cls = new_module(_SOURCE)["Host"]

    @region.cache_on_arguments()
    def touch(tenant: str, title: str, amount: int) -> int:
        return amount

    cls.touch = lambda self, amount: touch(ON, self.title, amount)
    return _touch(cls)


def _cashews(function: Callable[..., Any]) -> Callable[..., Any]:
    import cashews

    cache = cashews.Cache()
    cache.setup("mem://", check_interval=300, size=10_000)

    @cache(ttl="5m", key="{tenant}:{title}:{amount}")
    async def touch(tenant: str, title: str, amount: int) -> int:
        return amount

    async def method(self: Any, amount: int) -> Any:
        return await touch(ON, self.title, amount)

    return method


def _in_a_loop(decorator: Callable[[Any], Any]) -> Contender:
    """Return a contender that awaits five hundred calls: a peer's store waits for the loop, which costs by itself."""
    space = new_module(_SOURCE)
    space["Later"].touch = decorator(space["Later"].touch)
    host, loop = space["Later"](), asyncio.new_event_loop()
    loop.run_until_complete(space["ten"](host))
    return Contender("loop.run_until_complete(many(host))", {"host": host, "loop": loop, "many": space["many"]})


PLAIN: Final = "plain call"
AWAIT: Final = "plain await, ten at a time"
CACHE: Final = Table(
    name="cache",
    method="as calls; a key of tenant, attribute and argument, five minutes to live",
    rows=(
        Row("cached operation, hit", PLAIN, "hit", "plain", 10),
        Row("cached operation with an argument, hit", PLAIN, "hit, one argument", "plain", aside="no budget"),
        Row("tc.cached function, hit", PLAIN, "function hit", "plain", aside="no budget"),
        Row("async cached operation, hit", AWAIT, "async hit", "plain await", 4),
        Row("cachetools TTLCache with a lock", PLAIN, "cachetools", "plain"),
        Row("dogpile.cache in memory", PLAIN, "dogpile.cache", "plain"),
        Row("cashews in memory, async", "plain await in a loop", "cashews", "plain await, in a loop"),
    ),
    rounds=240,
    measure=functools.partial(workers.measure, "cache"),
)
