"""The typed view `T.of(host)`: a trait's resolved options and its members, bound to one object or class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from traitconf.bind.attribute import function_of
from traitconf.bind.binding import bindings_of, bound_class
from traitconf.bind.context import OWNER, current
from traitconf.bind.tenancy import entered, tenant_of
from traitconf.errors import did_you_mean
from traitconf.schema.base import TraitBase, views
from traitconf.schema.spec import spec_of

if TYPE_CHECKING:
    from typing_extensions import TypeIs  # checkers bring it along; at run time nobody needs it

T = TypeVar("T", bound=TraitBase)


class View:
    """A trait as one host has it. To type checkers it is the trait itself."""

    __slots__ = ("_host", "_model", "_trait")

    def __init__(self, trait: type[TraitBase], host: object, model: type) -> None:
        """Keep what is looked at."""
        self._trait, self._host, self._model = trait, host, model

    def __getattr__(self, name: str) -> Any:
        """Return a bound member, or the resolved value of an option."""
        spec = spec_of(self._trait)
        member = spec.members.get(name)
        if member is None:
            return getattr(self._resolved(), name)
        function = _dispatcher(self._model, self._trait, name)
        if member.shape == "staticmethod":
            return function
        bound = function.__get__(self._model if member.shape == "classmethod" else self._host)
        return bound() if member.shape in ("property", "cached_property") else bound

    def __repr__(self) -> str:
        """Show the trait as it is resolved."""
        return f"{self._resolved()!r} of {self._host!r}"

    def _resolved(self) -> Any:
        with entered(None if isinstance(self._host, type) else tenant_of(self._host)):
            return current().chains[OWNER].read(self._trait, self._model)


def _dispatcher(model: type, trait: type[TraitBase], name: str) -> Any:
    """Return the dispatcher of a trait's member, also where the class's own member or an exclusion hides it."""
    member = spec_of(trait).members[name]
    for base in model.__mro__:
        bound = bound_class(base)
        if bound is None:
            continue
        for key in (name, f"{spec_of(trait).name}.{name}"):
            point = bound.points.get(key)
            if point is not None and point.provided is not None and point.provided[1] is member:
                return function_of(bound.installed[key])
    raise AttributeError(name)


def view(trait: type[TraitBase], host: object) -> View:
    """Return the view of a trait on an object or class.

    Raises:
        TypeError: when the trait is not bound to it.
    """
    model = host if isinstance(host, type) else type(host)
    if not _has(model, trait):
        bound = [binding.trait.__name__ for binding in bindings_of(model)]
        hint = did_you_mean(trait.__name__, bound) or "use tc.bind or @tc.use"
        raise TypeError(f"{trait.__name__} is not bound to {model.__name__}; {hint}")
    return View(trait, host, model)


@overload
def has_trait(host: type, trait: type[TraitBase]) -> bool: ...
@overload
def has_trait(host: object, trait: type[T]) -> TypeIs[T]: ...
def has_trait(host: object, trait: type[TraitBase]) -> bool:
    """Whether a trait is bound to an object's class, or to a class.

    To type checkers, an object that has a trait is then both: it has the trait's members too. Options are read by
    `T.of(host)`; the object itself has none.

    Args:
        host: an object or a class.
        trait: the trait's class.

    >>> import traitconf as tc
    >>> tc.has_trait(object(), tc.TraitBase)
    False
    """
    return _has(host if isinstance(host, type) else type(host), trait)


def traits_of(host: object) -> tuple[type[TraitBase], ...]:
    """Return the traits that are bound to an object's class or its bases.

    Args:
        host: an object or a class.
    """
    model = host if isinstance(host, type) else type(host)
    return tuple(binding.trait for binding in bindings_of(model))


def _has(model: type, trait: type[TraitBase]) -> bool:
    return any(binding.trait is trait for binding in bindings_of(model))


views.open = view
