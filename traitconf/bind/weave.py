"""Puts a plan into a class and takes it out again; the only code that changes classes."""

from __future__ import annotations

import abc
import functools
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any, cast

from traitconf.bind.binding import ATTRIBUTE, BoundClass, bindings_of, bound_class
from traitconf.bind.chain import function_of
from traitconf.bind.context import current
from traitconf.bind.generate import dispatcher, inherited_link
from traitconf.bind.hosts import raw_member
from traitconf.bind.joinpoint import JoinPoint, Receiver, joinpoints
from traitconf.bind.plan import Given, Plan, plan
from traitconf.bind.shape import signature_of
from traitconf.schema.members import flavour_of
from traitconf.types import MISSING

SUBCLASS_HOOK = "__init_subclass__"


def weave(cls: type, made: Plan) -> None:
    """Put a plan into a class; what is there already only changes its hooks.

    Args:
        cls: the class.
        made: a plan without problems.
    """
    bound = bound_class(cls) or _carry(cls)
    public = {given.member() for name, given in made.given.items() if name == given.name}
    hidden = {name: given for name, given in made.hidden.items() if given.member() not in public}
    wanted = [*made.given, *(name for name in made.hooks if name not in made.given), *hidden]
    for name in [name for name in bound.points if name not in wanted]:
        _remove(cls, bound, name)
    for name in wanted:
        given = made.given.get(name) or hidden.get(name)
        hooks = tuple(made.hooks.get(name, ()))
        if name in bound.points:
            bound.points[name].hooks = hooks
            joinpoints.reset(bound.points[name].index)
        elif given is not None:
            _install_given(cls, bound, name, given, hooks)
        else:
            _install_around(cls, bound, name, hooks)
    if made.given or made.hooks:
        _chain_subclass_hook(cls, bound)
    if isinstance(cls, abc.ABCMeta):
        abc.update_abstractmethods(cast(Any, cls))


def unweave(cls: type) -> None:
    """Take everything out of a class, so that its namespace is as before.

    Args:
        cls: a bound class.
    """
    bound = bound_class(cls)
    if bound is None:
        return
    for name in list(bound.points):
        _remove(cls, bound, name)
    if SUBCLASS_HOOK in bound.originals:
        _restore(cls, bound, SUBCLASS_HOOK)
    type.__delattr__(cls, ATTRIBUTE)
    if isinstance(cls, abc.ABCMeta):
        abc.update_abstractmethods(cast(Any, cls))


def cover(cls: type) -> None:
    """Cover what a subclass of a bound class overrides, and do the same for its own subclasses.

    Args:
        cls: a class with bound bases.
    """
    bound = bound_class(cls)
    own = tuple(bound.bindings.values()) if bound else ()
    inherited = tuple(binding for binding in bindings_of(cls) if binding not in own)
    made = plan(cls, own, inherited)
    if bound is not None or made.hooks:
        weave(cls, made)
    reset_hierarchy(cls)
    for sub in subclasses_of(cls):
        cover(sub)


def subclasses_of(cls: type) -> list[type]:
    """Return the direct subclasses of a class, also where its metaclass hides them."""
    return list(type.__subclasses__(cls))


def reset_hierarchy(cls: type) -> None:
    """Compile the chains of a class's bases anew: the set of types that they serve has changed."""
    for base in cls.__mro__:
        bound = bound_class(base)
        for point in bound.points.values() if bound else ():
            joinpoints.reset(point.index)


def _carry(cls: type) -> BoundClass:
    bound = BoundClass(cls)
    bound.renew = renew
    type.__setattr__(cls, ATTRIBUTE, bound)
    return bound


def renew(old: BoundClass, owner: type) -> None:
    """Bind a class that attrs or dataclass made anew from the namespace of a bound one.

    Args:
        old: what the former class carries.
        owner: the new class.
    """
    for name, original in old.originals.items():
        if owner.__dict__.get(name) is not old.installed.get(name):
            continue
        if original is MISSING:
            type.__delattr__(owner, name)
        else:
            _retarget(original, old.cls, owner)
            type.__setattr__(owner, name, original)
    for member in owner.__dict__.values():
        _retarget(member, old.cls, owner)
    bound = BoundClass(owner, old.bindings)
    bound.renew = renew
    type.__setattr__(owner, ATTRIBUTE, bound)
    bound.note_layers(owner)
    cover(owner)


def _retarget(member: Any, old: type | None, owner: type) -> None:
    """Point the `__class__` cell of a function to the new class, so that zero-argument super() works.

    The cell is shared by all functions of a class body; attrs mends it in the same way.
    """
    function = function_of(member)
    function = inspect.unwrap(function) if callable(function) else function
    if not isinstance(function, FunctionType) or "__class__" not in function.__code__.co_freevars:
        return
    cell = (function.__closure__ or ())[function.__code__.co_freevars.index("__class__")]
    if cell.cell_contents is old:
        cell.cell_contents = owner


def _install_given(cls: type, bound: BoundClass, name: str, given: Given, hooks: Any) -> None:
    member = given.member()
    public = "." not in name
    shown = name if public else member.name
    receiver: Receiver = "class" if member.shape == "classmethod" else "instance"
    point = JoinPoint(
        owner=cls,
        name=name,
        body=None,
        signature=signature_of(member.function, shown, skip=1, receiver="cls" if receiver == "class" else "self"),
        flavour=flavour_of(member.function),
        receiver=receiver,
        provided=(given.binding.trait, member),
        hooks=hooks,
    )
    function = _dispatcher(point, member.function, f"{cls.__qualname__}.{shown}", wraps=False)
    function.__module__ = cls.__module__
    bound.points[name] = point
    if not public:
        bound.installed[name] = function
        return
    shapes: dict[str, Callable[[Any], Any]] = {"method": lambda f: f, "classmethod": classmethod, "property": property}
    _set(cls, bound, name, shapes[member.shape](function))


def _install_around(cls: type, bound: BoundClass, name: str, hooks: Any) -> None:
    raw = raw_member(cls, name)
    original = getattr(raw, "__func__", raw)
    static = isinstance(raw, staticmethod)
    receiver: Receiver = "none" if static else "class" if isinstance(raw, classmethod) else "instance"
    signature = signature_of(original, original.__name__ if original.__name__.isidentifier() else name)
    body = original if name in cls.__dict__ else inherited_link(_named(signature, name), cls, static=static)
    point = JoinPoint(cls, name, body, signature, flavour_of(original), receiver, None, hooks)
    function = _dispatcher(point, original, getattr(original, "__qualname__", name), wraps=True)
    bound.points[name] = point
    _set(cls, bound, name, type(raw)(function) if isinstance(raw, (classmethod, staticmethod)) else function)


def _named(signature: Any, name: str) -> Any:
    import attrs

    return attrs.evolve(signature, name=name)


def _dispatcher(point: JoinPoint, like: Any, qualname: str, *, wraps: bool) -> FunctionType:
    """Return the function for the class, dressed as the one that it stands for."""
    joinpoints.add(point)
    made = dispatcher(point.signature, point.flavour, current, point.index)
    function = FunctionType(made.__code__, like.__globals__, made.__name__, like.__defaults__, made.__closure__)
    function.__kwdefaults__ = like.__kwdefaults__
    functools.update_wrapper(function, like)
    function.__qualname__ = qualname
    if not wraps:
        del function.__wrapped__  # type: ignore[attr-defined]  # update_wrapper sets it
        leading = list(inspect.signature(like).parameters)[:2]
        function.__annotations__ = {name: hint for name, hint in like.__annotations__.items() if name not in leading}
    function.__traitconf_point__ = point  # type: ignore[attr-defined]  # how a dispatcher is known
    return function


def _set(cls: type, bound: BoundClass, name: str, value: Any) -> None:
    bound.originals.setdefault(name, cls.__dict__.get(name, MISSING))
    setattr(cls, name, value)
    bound.installed[name] = cls.__dict__[name]


def _remove(cls: type, bound: BoundClass, name: str) -> None:
    """Take one name out; where a foreign wrapper stands above the dispatcher, it becomes a passage."""
    point = bound.points.pop(name)
    if name not in bound.originals:
        bound.installed.pop(name, None)
    elif cls.__dict__.get(name) is bound.installed[name]:
        _restore(cls, bound, name)
    else:
        point.hooks = ()
        joinpoints.reset(point.index)


def _restore(cls: type, bound: BoundClass, name: str) -> None:
    original = bound.originals.pop(name)
    if cls.__dict__.get(name) is not bound.installed.pop(name):
        return
    if original is MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, original)


def _chain_subclass_hook(cls: type, bound: BoundClass) -> None:
    """Chain `__init_subclass__`, so that overrides in later subclasses are covered."""
    if SUBCLASS_HOOK in bound.originals:
        return
    original = cls.__dict__.get(SUBCLASS_HOOK)

    def __init_subclass__(sub: type, /, **kwargs: Any) -> None:  # noqa: N807 -- the name that Python calls
        if original is not None:
            original.__get__(None, sub)(**kwargs)
        else:
            super(cast(Any, cls), sub).__init_subclass__(**kwargs)
        cover(sub)

    _set(cls, bound, SUBCLASS_HOOK, classmethod(__init_subclass__))
