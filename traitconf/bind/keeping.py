"""Traits that keep values about objects which no value can be kept about, for want of `__weakref__`."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any, Final

from traitconf.bind.attribute import function_of
from traitconf.bind.binding import bindings_of
from traitconf.bind.info import home_of
from traitconf.errors import Problem
from traitconf.schema.base import TraitBase
from traitconf.types import Severity

_STATE: Final = "state"
"""The method of a trait that keeps values about an object."""
_SEEN: Final = 200
"""How many functions of a trait are read."""


def problems_of(cls: type) -> Iterator[Problem]:
    """Yield a problem for each trait that may have to keep something about objects that cannot be followed.

    Args:
        cls: a class that has traits of its own or of a base.
    """
    if cls.__weakrefoffset__:
        return
    for binding in bindings_of(cls):
        if not keeps_state(binding.trait):
            continue
        name = binding.trait.__name__
        text = f"{name} keeps values about objects of {cls.__qualname__}, whose class has no __weakref__"
        related = ((binding.origin, f"{name} was bound here"),)
        yield Problem("TC643", text, home_of(cls), hint=_way_out(cls), severity=Severity.WARNING, related=related)


def keeps_state(trait: type[TraitBase]) -> bool:
    """Whether a trait keeps values about objects, as far as its code and that of its own helpers shows.

    Args:
        trait: the trait's class.
    """
    package = trait.__module__.partition(".")[0]
    pending: list[Any] = [value for base in trait.__mro__ if base not in _ROOTS for value in vars(base).values()]
    seen = set[int]()
    while pending and len(seen) < _SEEN:
        function = _function(pending.pop(0))
        if function is None or id(function) in seen or function.__module__.partition(".")[0] != package:
            continue
        seen.add(id(function))
        if any(_calls_state(code) for code in _codes(function.__code__)):
            return True
        for name in (name for code in _codes(function.__code__) for name in code.co_names):
            found = function.__globals__.get(name)
            pending += vars(found).values() if isinstance(found, type) else [found]
    return False


_ROOTS: Final = frozenset(TraitBase.__mro__)


def _function(value: Any) -> FunctionType | None:
    found = getattr(value, "function", None) or function_of(value)
    found = inspect.unwrap(found) if callable(found) else found
    return found if isinstance(found, FunctionType) else None


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _calls_state(code: CodeType) -> bool:
    """Whether code calls `.state(…)`; an object that merely has an attribute `state` is none of ours."""
    if _STATE not in code.co_names:
        return False
    steps = (step for step in dis.get_instructions(code) if step.argval == _STATE)
    return any(step.opname == "LOAD_METHOD" or "NULL|self" in step.argrepr for step in steps)


def _way_out(cls: type) -> str:
    if "__dataclass_fields__" in vars(cls):
        return f"write @dataclass(slots=True, weakref_slot=True) above {cls.__name__}"
    if "__attrs_attrs__" in vars(cls):
        return f"write weakref_slot=True in the attrs decorator of {cls.__name__}"
    if issubclass(cls, (tuple, int, str, bytes)):
        return f"objects of {cls.__name__} cannot be followed: bind the trait to a class that holds one"
    return f'add "__weakref__" to the __slots__ of {cls.__name__}'
