"""The verbs of binding: `use`, `bind`, `unbind`; all or nothing, in place, on the same class object."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from traitconf.bind.binding import Binding, bindings_of, bound_class
from traitconf.bind.hosts import is_immutable
from traitconf.bind.plan import plan
from traitconf.bind.weave import cover, reset_hierarchy, subclasses_of, unweave, weave
from traitconf.errors import ConfigError, Problem, raise_errors
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import catalog
from traitconf.schema.given import caller
from traitconf.schema.spec import spec_of
from traitconf.types import Origin

C = TypeVar("C", bound=type)
Trait = TraitBase | type[TraitBase]
_lock = threading.RLock()


def use(*traits: Trait, exclude: Iterable[str] = (), alias: Mapping[str, str] | None = None) -> Callable[[C], C]:
    """Bind traits to a class by a decorator, above or below `@attrs.define` or `@dataclass`.

    Args:
        *traits: trait classes, or instances that hold options given for this class.
        exclude: names of provided members that the class shall not get.
        alias: further names for provided members.

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
            bound.bindings.pop(trait, None)
        bound.note_layers(cls)
        if bound.bindings:
            cover(cls)
            return
        unweave(cls)
        if any(bindings_of(cls)):
            cover(cls)
        _cover_subclasses(cls)


def _cover_subclasses(cls: type) -> None:
    for sub in subclasses_of(cls):
        bound = bound_class(sub)
        if bound is not None and not bound.bindings and not any(bindings_of(sub)):
            unweave(sub)
            _cover_subclasses(sub)
        else:
            cover(sub)


def _bind(
    cls: type, traits: tuple[Trait, ...], exclude: Iterable[str], alias: Mapping[str, str], origin: Origin
) -> None:
    bindings = tuple(_bindings(traits, frozenset(exclude), alias, origin))
    with _lock:
        _check_target(cls, origin)
        bound = bound_class(cls)
        own = dict(bound.bindings) if bound else {}
        own.update({binding.trait: binding for binding in bindings})
        inherited = tuple(binding for binding in bindings_of(cls) if binding.trait not in own)
        made = plan(cls, tuple(own.values()), inherited)
        raise_errors(made.problems)
        try:
            weave(cls, made)
        except (TypeError, AttributeError) as error:
            if bound is None:
                unweave(cls)
            hint = "its metaclass refuses attributes; bind a subclass of it"
            raise ConfigError(
                [Problem("TC612", f"{cls.__qualname__} cannot be changed: {error}", origin, hint=hint)]
            ) from error
        bound = bound_class(cls)
        assert bound is not None
        bound.bindings = own
        bound.note_layers(cls)
        catalog.add_model(cls)
        reset_hierarchy(cls)
        for sub in subclasses_of(cls):
            cover(sub)


def _bindings(
    traits: tuple[Trait, ...], exclude: frozenset[str], alias: Mapping[str, str], origin: Origin
) -> Iterator[Binding]:
    members = {spec_of(trait).name: set(spec_of(trait).members) for trait in traits}
    known = set().union(*members.values()) if members else set()
    for trait in traits:
        spec = spec_of(trait)
        last = trait is traits[-1]
        mine = {name for name in exclude if name in spec.members or (last and name not in known)}
        names = {name: other for name, other in alias.items() if name in spec.members or (last and name not in known)}
        given = {} if isinstance(trait, type) else {name: getattr(trait, name) for name in sorted(trait._given)}
        yield Binding(spec.cls, given, origin, frozenset(mine), names)


def _check_target(cls: type, origin: Origin) -> None:
    if not isinstance(cls, type):
        raise ConfigError([Problem("TC604", f"{cls!r} is not a class", origin)])
    if is_immutable(cls):
        hint = f"bind a subclass: class My{cls.__name__.capitalize()}({cls.__name__}): ..."
        text = f"{cls.__qualname__} is a built-in type, which Python does not let anybody change"
        raise ConfigError([Problem("TC604", text, origin, hint=hint)])


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
