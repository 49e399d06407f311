"""What somebody has taken off a bound class by assigning to it: dispatchers that no call reaches any more."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any, Final

import attrs

from traitconf.bind.attribute import function_of
from traitconf.bind.binding import bindings_of, bound_class
from traitconf.bind.info import place_of
from traitconf.bind.plan import Plan, plan
from traitconf.bind.weave import SUBCLASS_HOOK, forget, inherited_by
from traitconf.errors import Problem
from traitconf.schema.base import TraitBase
from traitconf.types import MISSING

_SEEN: Final = 200
"""How many objects are looked at in search of a dispatcher behind what stands in its place."""
Traits = tuple[type[TraitBase], ...]


@attrs.frozen
class Loss:
    """A name of a class under which no call reaches what binding put there.

    Attributes:
        name: of the attribute.
        traits: whose members or hooks do not run.
        now: what stands there, `MISSING` where nothing does.
        was_there: whether binding had put something there; else somebody set an override later.
    """

    name: str
    traits: Traits
    now: Any
    was_there: bool


def losses(cls: type) -> list[Loss]:
    """Return what calls of a class do not reach any more.

    Args:
        cls: a class that has traits of its own or of a base.
    """
    bound = bound_class(cls)
    made = planned(cls)
    installed = bound.installed if bound else {}
    found = []
    for name, traits in _expected(made):
        now, before = cls.__dict__.get(name, MISSING), installed.get(name, MISSING)
        if before is MISSING:
            is_lost = name != SUBCLASS_HOOK and _is_ours(cls, name)
        else:
            is_lost = now is not before and not reaches(now, function_of(before))
        if is_lost:
            found.append(Loss(name, traits, now, before is not MISSING))
    return found


def _is_ours(cls: type, name: str) -> bool:
    """Whether a name that nothing was put under is this class's affair, not that of a base which has traits too."""
    holder = next((base for base in cls.__mro__ if name in base.__dict__), cls)
    return holder is cls or next(bindings_of(holder), None) is None


def problems_of(cls: type) -> Iterator[Problem]:
    """Yield a problem for each name under which calls pass by what was bound.

    Args:
        cls: a class that has traits of its own or of a base.
    """
    bound_at = {binding.trait: binding.origin for binding in bindings_of(cls)}
    for loss in losses(cls):
        names = " and ".join(trait.__name__ for trait in loss.traits)
        what = f"{cls.__qualname__}.{loss.name}"
        text = f"{what} was {_deed(loss)}, so that calls pass by {names}"
        if loss.name == SUBCLASS_HOOK:
            text = f"{what} was replaced, so that {names} will not see what later subclasses override"
        place = place_of(function_of(loss.now))
        origin = place if place.file else bound_at[loss.traits[0]]
        related = tuple((bound_at[trait], f"{trait.__name__} was bound here") for trait in loss.traits)
        hint = f"assign it before binding, or call tc.rebind({cls.__name__}) behind the assignment"
        yield Problem("TC641", text, origin, hint=hint, related=related)


def restore(cls: type) -> list[str]:
    """Let go of what is lost of a class, so that weaving it anew puts it back around what stands there now.

    Args:
        cls: a class that has traits of its own or of a base.

    Returns:
        the names.
    """
    bound = bound_class(cls)
    names = [loss.name for loss in losses(cls)]
    if bound is not None:
        for name in names:
            forget(bound, name)
    return names


def reaches(start: Any, target: Any) -> bool:
    """Whether something that may be called has a function behind it: as a wrapper, in a closure or by a global name.

    Args:
        start: what stands in a class.
        target: the function.

    >>> def inner(): ...
    >>> def outer(): return inner()
    >>> reaches(outer, inner), reaches(outer, print)
    (True, False)
    """
    pending, seen = [start], set[int]()
    while pending and len(seen) < _SEEN:
        one = pending.pop(0)
        if one is target:
            return True
        if id(one) not in seen:
            seen.add(id(one))
            pending += _behind(one)
    return False


def _behind(one: Any) -> Iterator[Any]:
    """Yield what a callable may call."""
    if one is MISSING or isinstance(one, (type, ModuleType)):
        return
    yield function_of(one)
    kept = vars(one).values() if hasattr(one, "__dict__") and not isinstance(one, FunctionType) else ()
    yield from (value for value in kept if callable(value) or isinstance(value, (classmethod, staticmethod, property)))
    if isinstance(one, (functools.partial, functools.partialmethod)):
        yield one.func
    if wrapped := getattr(one, "__wrapped__", None):
        yield wrapped
    if isinstance(one, FunctionType):
        for cell in one.__closure__ or ():
            try:
                yield cell.cell_contents
            except ValueError:  # a cell that nothing was put into yet
                continue
        yield from one.__defaults__ or ()
        yield from (one.__kwdefaults__ or {}).values()
        yield from (one.__globals__[name] for name in one.__code__.co_names if name in one.__globals__)


def planned(cls: type) -> Plan:
    """Return what binding would do to a class now.

    Args:
        cls: a class that has traits of its own or of a base.
    """
    bound = bound_class(cls)
    return plan(cls, tuple(bound.bindings.values()) if bound else (), inherited_by(cls))


def _expected(made: Plan) -> Iterator[tuple[str, Traits]]:
    names = dict.fromkeys([*made.given, *made.hooks])
    every: dict[type[TraitBase], None] = {}
    for name in names:
        traits = dict.fromkeys(trait for trait, _ in made.hooks.get(name, ()))
        if name in made.given:
            traits[made.given[name].binding.trait] = None
        every |= traits
        yield name, tuple(traits)
    if names:
        yield SUBCLASS_HOOK, tuple(every)


def _deed(loss: Loss) -> str:
    if not loss.was_there:
        return "set after the class was made"
    return "deleted" if loss.now is MISSING else "replaced after binding"
