"""Which rows of a model queries may see here: the scopes of its traits, asked in the running context."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Final

from traitconf.bind.binding import bindings_of
from traitconf.bind.context import OWNER, current
from traitconf.errors import ModelError, Problem, did_you_mean
from traitconf.schema.base import TraitBase
from traitconf.schema.conditions import Condition, scopes_of
from traitconf.schema.spec import spec_of

_unscoped: Final[ContextVar[frozenset[type[TraitBase]]]] = ContextVar("traitconf.unscoped", default=frozenset())


@contextlib.contextmanager
def unscoped(*traits: type[TraitBase]) -> Iterator[None]:
    """Return a `with` block in which queries see what traits otherwise hide; each trait is named, guards included.

    Args:
        *traits: trait classes; subclasses are meant as well.

    Raises:
        TypeError: without traits, or for something that is no trait.

    >>> import traitconf as tc
    >>> from traitconf.traits import SoftDeletes
    >>> with tc.unscoped(SoftDeletes):
    ...     pass  # queries of this block see what was deleted
    """
    if not traits:
        raise TypeError("unscoped() needs the traits whose filters are lifted")
    for trait in traits:
        spec_of(trait)
    token = _unscoped.set(_unscoped.get() | set(traits))
    try:
        yield
    finally:
        _unscoped.reset(token)


def has_scopes(model: type) -> bool:
    """Whether traits of a model say which of its rows may be seen.

    Args:
        model: any class.
    """
    return any(True for binding in bindings_of(model) for _ in scopes_of(binding.trait))


def conditions_of(model: type, fields: tuple[str, ...], *, guards_only: bool = False) -> tuple[Condition, ...]:
    """Return what must hold for a row of a model to be seen in the running context.

    Args:
        model: a bound class.
        fields: names of its fields.
        guards_only: whether only guards are asked, whom nobody evades by holding an object already.

    Raises:
        TenantRequired: when a trait needs a tenant and there is none.
        ModelError: when a scope names a field that the model does not have (TC667).
    """
    lifted = tuple(_unscoped.get())
    found: list[Condition] = []
    for binding in bindings_of(model):
        if (guards_only and not binding.spec.guard) or (lifted and issubclass(binding.trait, lifted)):
            continue
        for scope in scopes_of(binding.trait):
            profile = current().chains[OWNER]
            profile.require_tenant(binding.trait)
            found += _listed(scope(profile.read(binding.trait, model), model))
    for condition in found:
        if condition.field not in fields:
            raise ModelError(_unknown_field(model, condition.field, fields))
    return tuple(found)


def _listed(said: Any) -> tuple[Condition, ...]:
    if said is None:
        return ()
    return (said,) if isinstance(said, Condition) else tuple(said)


def _unknown_field(model: type, name: str, fields: tuple[str, ...]) -> Problem:
    hint = did_you_mean(name, fields) or f"add a column {name!r} to {model.__qualname__}, or let the trait name another"
    return Problem(
        "TC667", f"queries of {model.__qualname__} are filtered by {name!r}, which it does not have", hint=hint
    )
