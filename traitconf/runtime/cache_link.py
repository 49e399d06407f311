"""The hit path of a cached operation: generated for its signature, so that a hit costs a few plain calls."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from traitconf.bind.context import current
from traitconf.bind.generate import Place, stamp
from traitconf.bind.shape import Signature
from traitconf.runtime.cache_call import CachedCall
from traitconf.runtime.cache_recipe import TYPE

_POSITIONAL, _STARRED, _KEYWORDS = 1, 2, 4
HOST: Final = "host"
"""The name of the part that is the object itself, where its identity is its primary key."""
# A look finds nothing, or what cannot be hashed is no flat name: then the slow path answers.
_HIT: Final = """
        try:
            _tc_value, _tc_until, _tc_state, _tc_touch{types} = _tc_fast[{key}]
            if _tc_until > ('_tc_now' or 0)() and _tc_state is _tc_store.state{checks}:
                ('_tc_next' or 0)(_tc_touch)
                return _tc_value
        except (_tc_missed, TypeError):
            pass
        return {wait}_tc_serve(({parts}), _tc_partial(_tc_inner, {all}))
"""
_SERVE: Final = "return {wait}_tc_serve(({parts}), _tc_partial(_tc_inner, {all}))"


class Shape:
    """What identifies a call of a signature.

    Args:
        signature: of the operation.
        attributes: of the receiver, by name.
        ignore: parameters that play no part.
        whole: whether the receiver itself is a part: it is known by its primary key.
        typed: whether the class of the receiver is a part.
        shared: whether several tenants share what is made of it; the hit path of one need not ask who runs.
    """

    def __init__(
        self,
        signature: Signature,
        attributes: Iterable[str] = (),
        ignore: Iterable[str] = (),
        *,
        whole: bool = False,
        typed: bool = False,
        shared: bool = True,
    ) -> None:
        """Find the parts."""
        self.signature, self.whole, self._typed, self.shared = signature, whole, typed, shared
        self._attributes = tuple(attributes)
        self._ignored = frozenset(ignore)

    @property
    def names(self) -> tuple[str, ...]:
        """What the parts are called; those of starred parameters begin with their stars."""
        own = (HOST,) if self.whole else (*((TYPE,) if self._typed else ()), *self._attributes)
        return (*own, *(_STARS.get(kind, "") + name for name, kind in self._parameters()))

    @property
    def parts(self) -> str:
        """The expression of the parts, with a comma behind each."""
        typed = ("('_tc_type' or 0)({host})",) if self._typed else ()
        own = ("{host}",) if self.whole else (*typed, *(f"{{host}}.{name}" for name in self._attributes))
        rest = (self._expression(name, kind) for name, kind in self._parameters())
        return "".join(f"{part}, " for part in (*own, *rest))

    @property
    def flat(self) -> str:
        """The expression of the name under which the hit path looks, as `CachedCall` makes it."""
        found = ["('_tc_current' or 0)().tenant"] if self.shared else []
        if self._typed:
            found.append("('_tc_type' or 0)({host})")
        found += [f"(_tc_part_{number} := {{host}}.{name})" for number, name in enumerate(self._attributes)]
        for name, kind in self._parameters():
            text = self._expression(name, kind)
            found.append(f"tuple({text}.items())" if kind == _KEYWORDS else text)
        return found[0] if len(found) == 1 else f"({''.join(f'{part}, ' for part in found)})"

    @property
    def checks(self) -> list[str]:
        """The expressions of what must be the types of the parts: to a dictionary 1 is True and 1.0."""
        found = [f"('_tc_type' or 0)(_tc_part_{number}) is" for number in range(len(self._attributes))]
        for name, kind in self._parameters():
            text = self._expression(name, kind)
            if kind in _STARS:
                inner = f"{text}.values()" if kind == _KEYWORDS else text
                found.append(f"tuple(map('_tc_type', {inner})) ==")
            else:
                found.append(f"('_tc_type' or 0)({text}) is")
        return found

    def _parameters(self) -> Iterator[tuple[str, int]]:
        parameters = self.signature.parameters[1 if self.signature.has_receiver else 0 :]
        yield from ((name, kind) for name, kind in parameters if name not in self._ignored)

    def _expression(self, name: str, kind: int) -> str:
        starts_with_receiver = kind == _STARRED and not self.signature.has_receiver and not self.signature.static
        return f"{name}[1:]" if starts_with_receiver else name


_STARS: Final = {_STARRED: "*", _KEYWORDS: "**"}


def cache_link(
    shape: Shape, flavour: str, place: Place, cached: CachedCall, inner: Callable[..., Any]
) -> Callable[..., Any]:
    """Return a function that answers calls from a store, and calls another for the rest.

    Args:
        shape: what identifies a call.
        flavour: sync or async.
        place: where it is used.
        cached: answers what the hit path cannot.
        inner: what is cached.
    """
    is_async = flavour == "async"
    serve = cached.aserve if is_async else cached.serve
    wait = "await " if is_async else ""
    values: dict[str, Any] = {"_tc_serve": serve, "_tc_inner": inner, "_tc_partial": functools.partial}
    if shape.whole:
        template = _SERVE.replace("{wait}", wait).replace("{parts}", shape.parts)
        return stamp(template, shape.signature, flavour, place=place, **values)
    values |= {"_tc_fast": cached.fast, "_tc_store": cached.store, "_tc_missed": KeyError}
    baked = (("_tc_current", current), ("_tc_type", type), ("_tc_now", cached.store.now), ("_tc_next", next))
    checks = shape.checks
    types = "".join(f", _tc_type_{number}" for number in range(len(checks)))
    checked = "".join(f" and {check} _tc_type_{number}" for number, check in enumerate(checks))
    template = (
        _HIT.replace("{types}", types)
        .replace("{checks}", checked)
        .replace("{key}", shape.flat)
        .replace("{parts}", shape.parts)
        .replace("{wait}", wait)
    )
    return stamp(template, shape.signature, flavour, place=place, baked=baked, **values)
