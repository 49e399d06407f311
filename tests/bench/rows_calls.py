"""What a call of a method costs, bound to traits or wrapped by decorators."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from typing import Any

import wrapt

import traitconf as tc
import workers
from corpus import OFF, ON, Named, Starred
from hosts import host_class, host_with
from rounds import Contender, measure
from row import Row
from samples import Samples
from table import Table

_NEWER = sys.version_info >= (3, 12)
"""There a plain call takes a fifth less, what makes an object or spreads arguments more: the peers are dearer, too."""


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function with the bare pattern of the standard library."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


@wrapt.decorator
def wrapt_passing(function: Any, instance: Any, args: Any, kwargs: Any) -> Any:
    """Decorate a function with wrapt, to do the same."""
    return function(*args, **kwargs)


def deal() -> Mapping[str, Contender]:
    """Make the contenders."""
    named, starred = host_class(Named)(), host_class(Starred)()
    with tc.tenant(ON):
        assert named.touch(1) == starred.touch(1) == 1
    return {
        "plain": _touch(host_class()()),
        "unbound": _touch(_unbound()),
        "off": _touch(named, OFF),
        "named": _touch(named, ON),
        "starred": _touch(starred, ON),
        "functools.wraps": _touch(host_with(wrapped)()),
        "wrapt": _touch(host_with(wrapt_passing)()),
        "plain gather": _gather(host_class()()),
        "starred gather": _gather(starred, ON),
        "functools.wraps gather": _gather(host_with(wrapped)()),
        "wrapt gather": _gather(host_with(wrapt_passing)()),
    }


def measure_calls(rounds: int) -> Samples:
    """Measure the calls in this process."""
    return measure(deal, rounds)


def _touch(host: object, tenant: str | None = None) -> Contender:
    return Contender("host.touch(1)", {"host": host}, lambda: tc.tenant(tenant))


def _gather(host: object, tenant: str | None = None) -> Contender:
    return Contender("host.gather(1)", {"host": host}, lambda: tc.tenant(tenant))


def _unbound() -> object:
    cls = host_class(Named)
    cls().touch(1)
    tc.unbind(cls, Named)
    return cls()


PLAIN = "plain call"
GATHER = "plain call of it"
CALLS = Table(
    name="calls",
    method="method with one argument, processor time less the empty loop",
    rows=(
        Row("unbound again", PLAIN, "unbound", "plain", 1.05),
        Row("bound, trait off for this tenant, on for another", PLAIN, "off", "plain", 3.4 if _NEWER else 2.8),
        Row("on, one around, named parameters", PLAIN, "named", "plain", 7),
        Row("on, one around, *args and **kwargs", PLAIN, "starred", "plain", 10),
        Row("functools.wraps, bare", PLAIN, "functools.wraps", "plain"),
        Row("wrapt.decorator, bare", PLAIN, "wrapt", "plain"),
        Row("method of *args: on, one around", GATHER, "starred gather", "plain gather", aside="no budget"),
        Row("method of *args: functools.wraps, bare", GATHER, "functools.wraps gather", "plain gather"),
        Row("method of *args: wrapt.decorator, bare", GATHER, "wrapt gather", "plain gather"),
    ),
    rounds=240,
    measure=functools.partial(workers.measure, "calls"),
)
