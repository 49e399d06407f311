"""The join points that a product runs: hooks around the saving, deleting and loading of an object by its session.

A class has no method there that could be dispatched, so its adapter tells when the moment has come. Nothing is
compiled: writing a row costs a thousand times as much as looking the hooks up. Where a class has such a method all the
same, hooks run around it, and the product is told that it need not run them again.
"""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import inspect
from collections.abc import AsyncIterator, Callable, Collection, Generator
from typing import Any

from traitconf.bind.binding import bindings_of
from traitconf.bind.context import OWNER, current
from traitconf.bind.models import Enclosing
from traitconf.errors import ModelError, Problem
from traitconf.schema.base import TraitBase
from traitconf.schema.compose import hook_order
from traitconf.schema.members import Flavour, Hook, HookKind

BEFORE: tuple[HookKind, ...] = ("around", "before")
"""What runs before a row is written."""
AFTER: tuple[HookKind, ...] = ("after",)
"""What runs when it has been written."""


def has_hooks(cls: type, point: str) -> bool:
    """Whether hooks of traits stand on a join point of a class, acting or not.

    Args:
        cls: any class.
        point: `save`, `delete` or `load`.
    """
    return bool(hooks_on(cls, point))


def hooks_on(cls: type, point: str) -> list[tuple[type[TraitBase], Hook]]:
    """Return the hooks on a join point of a class, outermost first, each with its trait.

    Args:
        cls: any class.
        point: `save`, `delete` or `load`.
    """
    order, _ = hook_order([binding.spec for binding in bindings_of(cls)])
    return [(spec.cls, hook) for spec in order for hook in spec.hooks if _is_meant(hook, point)]


def run(host: object, point: str, kinds: Collection[HookKind], body: Callable[[], object] = lambda: None) -> bool:
    """Run the hooks on a join point of an object that act here.

    Args:
        host: the object.
        point: `save`, `delete` or `load`.
        kinds: which kinds of hooks; an `around` encloses only what comes before the row is written.
        body: what they enclose.

    Returns:
        whether all hooks went on: one that did not call `proceed` keeps the row from being written.

    Raises:
        ModelError: when a hook wants the arguments of a method that nobody has called (TC668).
    """
    reached: list[object] = []

    def innermost() -> None:
        reached.append(host)
        body()

    profile = current().chains[OWNER]
    call: Callable[[], Any] = innermost
    for trait, hook in reversed(hooks_on(type(host), point)):
        if hook.kind in kinds and "sync" in hook.twins:
            acting = profile.acting(trait, type(host))
            if acting is not None:
                _check_arguments(hook, host, point)
                call = functools.partial(_LINKS[hook.kind], hook.twins["sync"], acting, host, call)
    call()
    return bool(reached)


def enclosed(enclosing: Enclosing, flavour: Flavour) -> Callable[..., Any]:
    """Return an interceptor that runs a method, its hooks included, within the block that its product wants.

    Args:
        enclosing: makes the block.
        flavour: of the method.
    """

    def sync(_: None, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        with enclosing(host):
            return proceed(*args, **kwargs)

    async def awaited(_: None, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        with enclosing(host):
            return await proceed(*args, **kwargs)

    def stepped(_: None, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with enclosing(host):
            return (yield from proceed(*args, **kwargs))

    async def stepped_async(_: None, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        with enclosing(host):
            async with contextlib.aclosing(proceed(*args, **kwargs)) as steps:
                async for step in steps:
                    yield step

    made: dict[Flavour, Callable[..., Any]] = {
        "sync": sync,
        "async": awaited,
        "generator": stepped,
        "async generator": stepped_async,
    }
    return made[flavour]


@functools.lru_cache(maxsize=1024)
def _wanted(function: Callable[..., Any], count: int) -> str:
    """Return the name of the first parameter that a hook cannot do without and does not get; empty when there is none.

    Args:
        function: of the hook.
        count: how many arguments it gets.
    """
    parameters = list(inspect.signature(function).parameters.values())
    positional = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    others = [*positional[count:], *(one for one in parameters if one.kind is one.KEYWORD_ONLY)]
    return next((one.name for one in others if one.default is one.empty), "")


def _check_arguments(hook: Hook, host: object, point: str) -> None:
    name = _wanted(hook.twins["sync"], 2 if hook.kind == "before" else 3)
    if name:
        what = f"{type(host).__qualname__}.{point}"
        text = f"the hook {hook.function.__qualname__} wants {name!r}, an argument of {what}(), which nobody has called"
        raise ModelError(Problem("TC668", text, hint=f"call {what}(), or let the hook do without {name!r}"))


def _is_meant(hook: Hook, point: str) -> bool:
    # A bare star means the public methods of a class, of which this is none.
    return any(target != "*" and fnmatch.fnmatchcase(point, target) for target in hook.targets)


def _before(function: Any, trait: Any, host: object, inner: Callable[[], Any]) -> Any:
    function(trait, host)
    return inner()


def _after(function: Any, trait: Any, host: object, inner: Callable[[], Any]) -> Any:
    result = inner()
    function(trait, host, result)
    return result


def _around(function: Any, trait: Any, host: object, inner: Callable[[], Any]) -> Any:
    return function(trait, host, inner)


_LINKS: dict[HookKind, Any] = {"around": _around, "before": _before, "after": _after}
