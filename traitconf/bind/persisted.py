"""The join points that a product runs: hooks around the saving, deleting and loading of an object by its session.

A class has no method there that could be dispatched, so its adapter tells when the moment has come. Nothing is
compiled: writing a row costs a thousand times as much as looking the hooks up.
"""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Callable, Collection
from typing import Any

from traitconf.bind.binding import bindings_of
from traitconf.bind.context import OWNER, current
from traitconf.schema.base import TraitBase
from traitconf.schema.compose import hook_order
from traitconf.schema.members import Hook, HookKind

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
                call = functools.partial(_LINKS[hook.kind], hook.twins["sync"], acting, host, call)
    call()
    return bool(reached)


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
