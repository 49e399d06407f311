"""The verbs of binding: `use`, `bind`, `unbind`; all or nothing, in place, on the same class object."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar, overload

from traitconf.bind.binding import Binding, bindings_of, bound_class
from traitconf.bind.hosts import is_immutable
from traitconf.bind.joinpoint import joinpoints
from traitconf.bind.lost import planned, restore
from traitconf.bind.models import follow
from traitconf.bind.plan import Plan, plan
from traitconf.bind.weave import (
    cover,
    descendants_of,
    inherited_by,
    reset_hierarchy,
    subclasses_of,
    undone_on_failure,
    weave,
)
from traitconf.errors import ConfigError, Problem, raise_errors
from traitconf.schema import forks
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import catalog
from traitconf.schema.given import caller
from traitconf.schema.spec import TraitSpec, spec_of
from traitconf.types import Origin

C = TypeVar("C", bound=type)
Trait = TraitBase | type[TraitBase]
_lock = threading.RLock()


@forks.in_child
def _forked() -> None:
    global _lock  # noqa: PLW0603 -- the one lock of this module
    _lock = threading.RLock()


def use(*traits: Trait, exclude: Iterable[str] = (), alias: Mapping[str, str] | None = None) -> Callable[[C], C]:
    """Bind traits to a class by a decorator, above or below `@attrs.define` or `@dataclass`.

    Args:
        *traits: trait classes, or instances that hold options given for this class.
        exclude: names of provided members that the class shall not get, `"member"` or `"trait.member"`.
        alias: further names for provided members, likewise.

    Returns:
        a decorator that returns the very same class.

    Raises:
        ConfigError: when the class cannot be bound (TC6xx); it is then unchanged.

    >>> import traitconf as tc
    >>> @tc.trait
    ... class Shouting(tc.TraitBase):
    ...     "Shout."
    ...     @tc.provides
    ...     def shout(self, host):
    ...         return "HEY"
    >>> @tc.use(Shouting)
    ... class Person: ...
    >>> Person().shout()
    'HEY'
    """
    origin = caller()

    def decorate(cls: C) -> C:
        _bind(cls, traits, exclude, alias or {}, origin)
        return cls

    return decorate


@overload
def bind(
    target: C,
    *traits: Trait,
    exclude: Iterable[str] = ...,
    alias: Mapping[str, str] | None = ...,
    origin: Origin | None = ...,
) -> C: ...
@overload
def bind(
    target: str,
    *traits: Trait,
    exclude: Iterable[str] = ...,
    alias: Mapping[str, str] | None = ...,
    origin: Origin | None = ...,
) -> type: ...
def bind(
    target: type | str,
    *traits: Trait,
    exclude: Iterable[str] = (),
    alias: Mapping[str, str] | None = None,
    origin: Origin | None = None,
) -> type:
    """Bind traits to a class, in place.

    Args:
        target: a class, or `"module:QualName"`, which is imported.
        *traits: as in `use`.
        exclude: as in `use`.
        alias: as in `use`.
        origin: who binds; the calling line when it is not given.

    Returns:
        the class.

    Raises:
        ConfigError: when the class cannot be bound (TC6xx); it is then unchanged.
    """
    origin = origin or caller()
    cls = locate(target, origin) if isinstance(target, str) else target
    _bind(cls, traits, exclude, alias or {}, origin)
    return cls


def unbind(cls: type, *traits: type[TraitBase]) -> None:
    """Take traits off a class; without traits, all of its own.

    Args:
        cls: a bound class.
        *traits: trait classes; one that is not bound is passed over.
    """
    with _lock:
        bound = bound_class(cls)
        if bound is None:
            return
        for trait in traits or tuple(bound.bindings):
            gone = bound.bindings.pop(trait, None)
            if gone is not None and gone.adoption is not None:
                _unfollow(cls, trait)
        had_layers = bool(bound.layers)
        bound.note_layers(cls)
        cover(cls)
        if had_layers:
            joinpoints.forget()
        follow(cls, *descendants_of(cls))


def _unfollow(cls: type, trait: type[TraitBase]) -> None:
    """Take an adopted class's trait off the subclasses that got it only for attributes of their own."""
    for sub in descendants_of(cls):
        bound = bound_class(sub)
        binding = bound.bindings.get(trait) if bound is not None else None
        if binding is not None and binding.adoption is not None and binding.adoption.follows is cls:
            unbind(sub, trait)


def rebind(cls: type) -> None:
    """Put traits back around what somebody has assigned to a bound class, or to a subclass of one.

    Args:
        cls: the class; its subclasses are seen to as well.

    Raises:
        ConfigError: when what stands there now cannot be wrapped (TC6xx); nothing is changed then.

    >>> import traitconf as tc
    >>> from traitconf.traits import SoftDeletes
    >>> @tc.use(SoftDeletes)
    ... class Note:
    ...     def delete(self): ...
    >>> Note.delete = lambda self: "really deleted"
    >>> tc.rebind(Note)
    >>> note = Note()
    >>> note.delete(), note.trashed
    (None, True)
    """
    with _lock:
        family = (cls, *descendants_of(cls))
        with undone_on_failure(*family):
            for one in family:
                restore(one)
            raise_errors(problem for one in family for problem in planned(one).problems)
            cover(cls)


def _bind(
    cls: type, traits: tuple[Trait, ...], exclude: Iterable[str], alias: Mapping[str, str], origin: Origin
) -> None:
    keys = frozenset([exclude] if isinstance(exclude, str) else exclude)
    install(cls, {binding.trait: binding for binding in _bindings(traits, keys, alias, origin)}, origin)


def install(cls: type, bindings: dict[type[TraitBase], Binding], origin: Origin) -> None:
    """Bind to a class what is made out already, all or nothing.

    Args:
        cls: the class.
        bindings: by trait; those of traits that it has already take their place.
        origin: who binds.

    Raises:
        ConfigError: when the class cannot be bound (TC6xx); it is then unchanged.
    """
    with _lock:
        check_target(cls, origin, bindings)
        if not bindings:
            return
        bound = bound_class(cls)
        own = (bound.bindings if bound else {}) | bindings
        inherited = tuple(binding for binding in bindings_of(cls) if binding.trait not in own)
        made = plan(cls, tuple(own.values()), inherited)
        raise_errors(made.problems or _problems_below(cls, own))
        try:
            with undone_on_failure(cls, *descendants_of(cls)):
                _apply(made, own)
        except Exception as error:  # whatever a foreign metaclass raises
            hint = "its metaclass refuses attributes; bind a subclass of it"
            text = f"{cls.__qualname__} cannot be changed: {error}"
            problem = Problem("TC612", text, origin, hint=hint, related=_defined(bindings))
            raise ConfigError([problem]) from error
        catalog.add_model(cls)
        follow(cls, *descendants_of(cls))


def _apply(made: Plan, own: dict[type[TraitBase], Binding]) -> None:
    cls = made.cls
    weave(cls, made)
    bound = bound_class(cls)
    assert bound is not None
    had_layers = bool(bound.layers)
    bound.bindings = own
    bound.note_layers(cls)
    reset_hierarchy(cls)
    for sub in subclasses_of(cls):
        cover(sub)
    if had_layers or bound.layers:
        joinpoints.forget()


def _problems_below(cls: type, own: dict[type[TraitBase], Binding]) -> list[Problem]:
    """Return what would newly be wrong with the subclasses of a class."""
    found: list[Problem] = []
    for sub in descendants_of(cls):
        bound = bound_class(sub)
        mine = tuple(bound.bindings.values()) if bound else ()
        now = inherited_by(sub)
        then = {binding.trait: binding for binding in now} | own
        inherited = [binding for trait, binding in then.items() if trait not in (bound.bindings if bound else ())]
        former = plan(sub, mine, now).problems
        found += [problem for problem in plan(sub, mine, inherited).problems if problem not in former]
    return found


def _bindings(
    traits: tuple[Trait, ...], exclude: frozenset[str], alias: Mapping[str, str], origin: Origin
) -> Iterator[Binding]:
    specs = [spec_of(trait) for trait in traits]
    # The last trait answers for a name that none of them has; the plan reports it.
    stray = {key for key in (*exclude, *alias) if not any(_member(key, spec) for spec in specs)}
    for trait, spec in zip(traits, specs, strict=True):
        hidden = {_member(key, spec) for key in exclude} - {""} | (stray if spec is specs[-1] else set())
        names = {_member(key, spec): other for key, other in alias.items() if _member(key, spec)}
        given = {} if isinstance(trait, type) else {name: getattr(trait, name) for name in sorted(trait._given)}
        yield Binding(spec.cls, given, origin, frozenset(hidden), names)


def _member(key: str, spec: TraitSpec) -> str:
    """Return the name of a trait's member that a key means, `member` or `trait.member`; empty when it has none."""
    trait, _, name = key.rpartition(".")
    return name if trait in ("", spec.name) and name in spec.members else ""


def _defined(traits: Iterable[type[TraitBase]]) -> tuple[tuple[Origin, str], ...]:
    return tuple((spec_of(trait).origin, f"{trait.__name__} is defined here") for trait in traits)


def check_target(cls: object, origin: Origin, traits: Iterable[type[TraitBase]] = ()) -> None:
    """Check that something is a class that can be changed.

    Args:
        cls: what is to be bound.
        origin: who binds.
        traits: what is to be bound to it.

    Raises:
        ConfigError: when it is not (TC604).
    """
    related = _defined(traits)
    if not isinstance(cls, type):
        text, hint = f"{cls!r} is not a class", "bind its class: traits belong to classes"
        raise ConfigError([Problem("TC604", text, origin, hint=hint, related=related)])
    if is_immutable(cls):
        hint = f"bind a subclass: class My{cls.__name__.capitalize()}({cls.__name__}): ..."
        text = f"{cls.__qualname__} is a built-in type, which Python does not let anybody change"
        raise ConfigError([Problem("TC604", text, origin, hint=hint, related=related)])


def locate(target: str, origin: Origin) -> type:
    """Import the class that `"module:QualName"` names.

    Raises:
        ConfigError: when there is no such module or class (TC613).
    """
    module, _, qualname = target.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for name in qualname.split("."):
            found = getattr(found, name)
    except (ImportError, AttributeError, ValueError) as error:
        hint = 'write "module:ClassName"'
        raise ConfigError([Problem("TC613", f"{target!r} cannot be imported: {error}", origin, hint=hint)]) from error
    if not isinstance(found, type):
        raise ConfigError([Problem("TC613", f"{target!r} is not a class", origin)])
    return found
