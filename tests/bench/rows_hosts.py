"""What a call costs where the host is more than a plain object: one that has a tenant, an override, a coroutine."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import traitconf as tc
import workers
from corpus import OFF, ON, Awaited, Named
from hosts import new_module
from rounds import Contender, measure
from row import Row
from rows_calls import wrapped, wrapt_passing
from samples import Samples
from table import Table

_SOURCE = """
class Owned:
    def __init__(self, tenant):
        self.tenant = tenant

    def touch(self, amount):
        return amount

class Host:
    def touch(self, amount):
        return amount

class Special(Host):
    def touch(self, amount):
        return super().touch(amount)

class Later:
    async def touch(self, amount):
        return amount

async def ten(host):
    await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1)
    await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1); await host.touch(1)
"""


def awaiting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate an async function with the bare pattern of the standard library."""

    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        return await function(*args, **kwargs)

    return wrapper


def run(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Run a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise RuntimeError("it waits for something")


def deal() -> Mapping[str, Contender]:
    """Make the contenders."""
    return {
        "plain": _touch(_owned(OFF)),
        "tenant_of": _touch(_owned(OFF, "tenant"), OFF),
        "tenant_of, asked": _touch(_owned(OFF, lambda self: self.tenant), OFF),
        "tenant_of, on": _touch(_owned(ON, "tenant"), ON),
        "tenant_of, elsewhere": _touch(_owned(ON, "tenant")),
        "plain override": _touch(_special()),
        "override, off": _touch(_special(bound=True), OFF),
        "override, on": _touch(_special(bound=True), ON),
        "functools.wraps override": _touch(_special(wrapped)),
        "wrapt override": _touch(_special(wrapt_passing)),
        "plain await": _ten(),
        "await, off": _ten(traits=(Awaited,), tenant=OFF),
        "await, on": _ten(traits=(Awaited,), tenant=ON),
        "functools.wraps await": _ten(awaiting),
        "wrapt await": _ten(wrapt_passing),
    }


def measure_hosts(rounds: int) -> Samples:
    """Measure the calls in this process."""
    return measure(deal, rounds)


def _touch(host: object, tenant: str | None = None) -> Contender:
    return Contender("host.touch(1)", {"host": host}, lambda: tc.tenant(tenant))


def _owned(tenant: str, tenant_of: Any = None) -> Any:
    cls = new_module(_SOURCE)["Owned"]
    if tenant_of is not None:
        cls.tenant_of = tenant_of
        tc.bind(cls, Named)
    return cls(tenant)


def _special(decorator: Callable[[Any], Any] | None = None, *, bound: bool = False) -> Any:
    space = new_module(_SOURCE)
    for cls in (space["Host"], space["Special"]):
        if decorator is not None:
            cls.touch = decorator(cls.touch)
    if bound:
        tc.bind(space["Host"], Named)
    return space["Special"]()


def _ten(
    decorator: Callable[[Any], Any] | None = None,
    traits: tuple[type[tc.TraitBase], ...] = (),
    tenant: str | None = None,
) -> Contender:
    space = new_module(_SOURCE)
    cls = space["Later"]
    if decorator is not None:
        cls.touch = decorator(cls.touch)
    if traits:
        tc.bind(cls, *traits)
    names = {"host": cls(), "run": run, "ten": space["ten"]}
    return Contender("run(ten(host))", names, lambda: tc.tenant(tenant))


_PLAIN = "plain call"
_OVERRIDE = "plain override that calls super()"
_AWAIT = "plain await, ten at a time"
HOSTS = Table(
    name="hosts",
    method="as calls",
    rows=(
        Row("tenant_of an attribute, trait off for this tenant", _PLAIN, "tenant_of", "plain", 5.5),
        Row("tenant_of a method, trait off for this tenant", _PLAIN, "tenant_of, asked", "plain", aside="no budget"),
        Row("tenant_of an attribute, on, one around", _PLAIN, "tenant_of, on", "plain", aside="no budget"),
        Row("tenant_of where no tenant runs, on", _PLAIN, "tenant_of, elsewhere", "plain", aside="no budget"),
        Row("override that calls super(), off", _OVERRIDE, "override, off", "plain override", aside="no budget"),
        Row("override that calls super(), on", _OVERRIDE, "override, on", "plain override", aside="no budget"),
        Row("both decorated with functools.wraps", _OVERRIDE, "functools.wraps override", "plain override"),
        Row("both decorated with wrapt", _OVERRIDE, "wrapt override", "plain override"),
        Row("async, off", _AWAIT, "await, off", "plain await", aside="no budget"),
        Row("async, on, one around", _AWAIT, "await, on", "plain await", aside="no budget"),
        Row("async wrapper with functools.wraps", _AWAIT, "functools.wraps await", "plain await"),
        Row("wrapt, which does not await", _AWAIT, "wrapt await", "plain await"),
    ),
    rounds=240,
    measure=functools.partial(workers.measure, "hosts"),
)
