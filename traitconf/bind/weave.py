"""Puts a plan into a class and takes it out again; the only code that changes classes."""

from __future__ import annotations

import abc
import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from types import FunctionType, MemberDescriptorType
from typing import Any, Final, cast

import attrs

from traitconf.bind.adoption import GovernedAttribute
from traitconf.bind.attribute import function_of, is_method, rewrapped, wrappable
from traitconf.bind.binding import ATTRIBUTE, Binding, BoundClass, bindings_of, bound_class
from traitconf.bind.context import current
from traitconf.bind.generate import dispatcher, inherited_link
from traitconf.bind.hosts import raw_member
from traitconf.bind.joinpoint import JoinPoint, Receiver, joinpoints
from traitconf.bind.plan import Given, Plan, plan
from traitconf.bind.shape import signature_of
from traitconf.bind.tenancy import tenant_code
from traitconf.errors import raise_errors
from traitconf.schema.catalog import catalog
from traitconf.schema.members import flavour_of
from traitconf.types import MISSING

SUBCLASS_HOOK = "__init_subclass__"
_SHAPES: Final[dict[str, Callable[[Any], Any]]] = {
    "method": lambda function: function,
    "classmethod": classmethod,
    "staticmethod": staticmethod,
    "property": property,
    "cached_property": property,  # the value is kept beside the object, not in it
}


def weave(cls: type, made: Plan) -> None:
    """Put a plan into a class; what is there already only changes its hooks.

    Args:
        cls: the class.
        made: a plan without problems.
    """
    bound = bound_class(cls)
    if bound is None:
        bound = _carry(cls)
        _retarget_all(cls, None)
    public = {given.member() for name, given in made.given.items() if name == given.name}
    hidden = {name: given for name, given in made.hidden.items() if given.member() not in public}
    wanted = [*made.given, *(name for name in made.hooks if name not in made.given), *hidden]
    for name, point in list(bound.points.items()):
        if name not in wanted or not _is_given_by(point, made.given.get(name) or hidden.get(name)):
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
    _adopt(cls, bound, made)
    if made.given or made.hooks or made.attributes:
        _chain_subclass_hook(cls, bound)
    _update_abstract_methods(cls)


def _update_abstract_methods(cls: type) -> None:
    """Say anew which methods of a class are abstract; where they are the same, their set stays the same object."""
    if not isinstance(cls, abc.ABCMeta):
        return
    before = cls.__dict__.get("__abstractmethods__")
    abc.update_abstractmethods(cast(Any, cls))
    if cls.__dict__.get("__abstractmethods__") == before is not None:
        type.__setattr__(cls, "__abstractmethods__", before)


def _adopt(cls: type, bound: BoundClass, made: Plan) -> None:
    """Put what an adopted class gets into its place, and take out what it got and is not to have any more."""
    for name, point in bound.points.items():
        if point.adopted is not made.adopted.get(name):
            point.adopted = made.adopted.get(name)
            joinpoints.reset(point.index)
    former = {name: value for name, value in bound.installed.items() if isinstance(value, GovernedAttribute)}
    for name in former.keys() - made.attributes.keys():
        _restore(cls, bound, name)
    for name, attribute in made.attributes.items():
        if bound.installed.get(name) is not attribute:
            _set(cls, bound, name, attribute)


def _is_given_by(point: JoinPoint, given: Given | None) -> bool:
    """Whether a join point stands for that member, or for a method of the class when there is none."""
    if given is None or point.provided is None:
        return given is None and point.provided is None
    return point.provided[1] is given.member()


@contextlib.contextmanager
def undone_on_failure(*classes: type) -> Iterator[None]:
    """Return a block that leaves classes as they were when it fails, whatever their metaclasses say.

    Args:
        *classes: every class that the block changes.
    """
    kept = [(cls, dict(vars(cls)), bound_class(cls)) for cls in classes]
    states = [(bound, bound.state()) for _, _, bound in kept if bound is not None]
    try:
        yield
    except BaseException:
        changed = [dict(vars(cls)) for cls, _, _ in kept]  # see `_set`: it must live on while classes change
        for cls, namespace, _ in kept:
            for name in [name for name in vars(cls) if name not in namespace]:
                type.__delattr__(cls, name)
            for name in [name for name, value in namespace.items() if vars(cls).get(name, MISSING) is not value]:
                type.__setattr__(cls, name, namespace[name])
        for bound, state in states:
            bound.set_state(state)
            for point in bound.points.values():
                joinpoints.reset(point.index)
        del changed
        raise


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
    _adopt(cls, bound, Plan(cls))
    if SUBCLASS_HOOK in bound.originals:
        _restore(cls, bound, SUBCLASS_HOOK)
    type.__delattr__(cls, ATTRIBUTE)
    _update_abstract_methods(cls)


def cover(cls: type) -> None:
    """Do to a class what its bindings and those of its bases say, and the same to its subclasses.

    A subclass gets what covers its overrides; a class that nothing is bound to any more is as before.

    Args:
        cls: a class whose bindings or bases have changed.
    """
    bound = bound_class(cls)
    made = plan(cls, tuple(bound.bindings.values()) if bound else (), inherited_by(cls))
    if made.hooks or (bound is not None and bound.bindings):
        weave(cls, made)
    else:
        unweave(cls)
    reset_hierarchy(cls)
    for sub in subclasses_of(cls):
        cover(sub)


def inherited_by(cls: type) -> tuple[Binding, ...]:
    """Return the bindings of a class's bases that it does not replace by its own.

    Args:
        cls: any class.
    """
    bound = bound_class(cls)
    own = bound.bindings if bound else {}
    return tuple(binding for binding in bindings_of(cls) if binding.trait not in own)


def subclasses_of(cls: type) -> list[type]:
    """Return the direct subclasses of a class, also where its metaclass hides them."""
    return list(type.__subclasses__(cls))


def descendants_of(cls: type) -> list[type]:
    """Return all subclasses of a class, direct or not, each once.

    Args:
        cls: any class.
    """
    found = dict.fromkeys(subclasses_of(cls))
    for sub in list(found):
        found |= dict.fromkeys(descendants_of(sub))
    return list(found)


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
    if old.cls is not None:
        type.__setattr__(owner, "__qualname__", old.cls.__qualname__)  # dataclass sets it only after the class is made
        catalog.replace_model(old.cls, owner)
    for name, original in old.originals.items():
        if owner.__dict__.get(name) is not old.installed.get(name):
            _make_passage(old.points.get(name))  # somebody wrapped it, and the new class wraps that
        elif original is MISSING:
            type.__delattr__(owner, name)
        else:
            type.__setattr__(owner, name, original)
    _retarget_all(owner, old.cls)
    bound = BoundClass(owner, old.bindings)
    bound.renew = renew
    type.__setattr__(owner, ATTRIBUTE, bound)
    bound.note_layers(owner)
    raise_errors(plan(owner, tuple(bound.bindings.values()), inherited_by(owner)).problems)
    cover(owner)


def _retarget_all(owner: type, old: type | None) -> None:
    """Point the `__class__` cells of a class's functions to it, so that zero-argument super() works.

    Args:
        owner: the class.
        old: the class that it was made anew from, if that is known.
    """
    for member in owner.__dict__.values():
        function = function_of(member)
        function = inspect.unwrap(function) if callable(function) else function
        if not isinstance(function, FunctionType) or "__class__" not in function.__code__.co_freevars:
            continue
        # All functions of a class body share the cell; attrs mends it in the same way.
        cell = (function.__closure__ or ())[function.__code__.co_freevars.index("__class__")]
        if cell.cell_contents is not owner and (cell.cell_contents is old or _is_renewed(cell.cell_contents, owner)):
            cell.cell_contents = owner


def _is_renewed(old: Any, owner: type) -> bool:
    """Whether `dataclass(slots=True)` made a class from another one: before CPython 3.14 it mends no cell."""
    fields = owner.__dict__.get("__dataclass_fields__")
    return fields is not None and getattr(old, "__dict__", {}).get("__dataclass_fields__") is fields


def _install_given(cls: type, bound: BoundClass, name: str, given: Given, hooks: Any) -> None:
    member = given.member()
    public = "." not in name
    shown = name if public else member.name
    static = member.shape == "staticmethod"
    receiver: Receiver = "none" if static else "class" if member.shape == "classmethod" else "instance"
    named = "" if static else "cls" if receiver == "class" else "self"
    point = JoinPoint(
        owner=cls,
        name=name,
        body=None,
        signature=signature_of(member.function, shown, skip=1, receiver=named, static=static),
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
    _set(cls, bound, name, _SHAPES[member.shape](function))


def _install_around(cls: type, bound: BoundClass, name: str, hooks: Any) -> None:
    raw = raw_member(cls, name)
    original = wrappable(cls, name, raw)
    assert original is not None, "the plan has seen to that"
    static = isinstance(raw, staticmethod)
    receiver: Receiver = "none" if static else "class" if isinstance(raw, classmethod) else "instance"
    shown = original.__name__ if original.__name__.isidentifier() else name
    signature = signature_of(original, shown, static=static)
    is_own = name in cls.__dict__
    is_slot = isinstance(raw, MemberDescriptorType)  # super() finds nothing in an empty slot
    reads = not is_method(raw)
    body = original if is_own or is_slot else inherited_link(attrs.evolve(signature, name=name), cls, reads=reads)
    point = JoinPoint(cls, name, body, signature, flavour_of(original), receiver, None, hooks)
    function = _dispatcher(point, original, original.__qualname__, wraps=True)
    if not is_own:  # it stands here now: pickle looks a function up where it says that it is
        function.__module__, function.__qualname__ = cls.__module__, f"{cls.__qualname__}.{name}"
    bound.points[name] = point
    _set(cls, bound, name, rewrapped(raw, function, cls, name))


def _dispatcher(point: JoinPoint, like: Any, qualname: str, *, wraps: bool) -> FunctionType:
    """Return the function for the class, dressed as the one that it stands for."""
    joinpoints.add(point)
    tenant = tenant_code(point.owner) if point.receiver == "instance" else None
    function = dispatcher(point.signature, point.flavour, current, point.index, like.__globals__, tenant)
    # CPython 3.13 calls a function slowly for ever once its defaults are set, even to none.
    if like.__defaults__ is not None:
        function.__defaults__ = like.__defaults__
    if like.__kwdefaults__ is not None:
        function.__kwdefaults__ = like.__kwdefaults__
    functools.update_wrapper(function, like)
    function.__qualname__ = qualname
    if not wraps:
        del function.__wrapped__  # type: ignore[attr-defined]  # update_wrapper sets it
        leading = list(inspect.signature(like).parameters)[: 1 if point.receiver == "none" else 2]
        function.__annotations__ = {name: hint for name, hint in like.__annotations__.items() if name not in leading}
    function.__traitconf_point__ = point  # type: ignore[attr-defined]  # how a dispatcher is known
    return function


def _set(cls: type, bound: BoundClass, name: str, value: Any) -> None:
    # CPython lets go of the former value before it tells its caches of methods, which do not own what they hold. What
    # goes then may let another thread run, and that thread may call it: so it must live until the class has changed.
    former = cls.__dict__.get(name, MISSING)
    bound.originals.setdefault(name, former)
    setattr(cls, name, value)
    if cls.__dict__.get(name) is not value:
        raise TypeError(f"its metaclass did not let {name!r} be set")
    bound.installed[name] = value


def _remove(cls: type, bound: BoundClass, name: str) -> None:
    """Take one name out; where a foreign wrapper stands above the dispatcher, it becomes a passage."""
    _make_passage(bound.points.pop(name))
    if name not in bound.originals:
        bound.installed.pop(name, None)
    elif cls.__dict__.get(name) is bound.installed[name]:
        _restore(cls, bound, name)


def forget(bound: BoundClass, name: str) -> None:
    """Take nothing out, but no longer know of what was put under a name that somebody has assigned to.

    Args:
        bound: what the class carries.
        name: of the attribute.
    """
    _make_passage(bound.points.pop(name, None))
    bound.originals.pop(name, None)
    bound.installed.pop(name, None)


def _make_passage(point: JoinPoint | None) -> None:
    """Let a dispatcher that may still be called run what it stands for, and nothing else."""
    if point is not None:
        point.hooks = ()
        joinpoints.reset(point.index)


def _restore(cls: type, bound: BoundClass, name: str) -> None:
    original, former = bound.originals.pop(name), bound.installed.pop(name)  # see `_set`: both live on until the end
    if cls.__dict__.get(name) is not former:
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
        raise_errors(plan(sub, (), inherited_by(sub)).problems)
        cover(sub)
        for binding in bindings_of(sub):
            if binding.adoption is not None:
                binding.adoption.welcome(sub)

    _set(cls, bound, SUBCLASS_HOOK, classmethod(__init_subclass__))
