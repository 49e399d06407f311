"""Compiles the call chain of a join point for one profile: the original body itself where nothing applies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

import attrs

from traitconf.bind.adoption import watched
from traitconf.bind.attribute import function_of
from traitconf.bind.context import current
from traitconf.bind.generate import around_link, by_type_link, provided_link, side_link, tenanted_link
from traitconf.bind.joinpoint import JoinPoint
from traitconf.bind.models import points_of
from traitconf.bind.operation import Operation
from traitconf.bind.persisted import enclosed
from traitconf.bind.tenancy import tenant_code
from traitconf.schema.base import TraitBase
from traitconf.schema.governs import Governing
from traitconf.schema.members import Flavour, Hook, Member


class Profile(Protocol):
    """What a table's owner must answer."""

    def trait(self, trait: type[TraitBase], model: type) -> Any:
        """Return the trait as it is resolved for a model."""

    def acting(self, trait: type[TraitBase], model: type) -> Any:
        """Return the resolved trait, or `None` when its hooks do not act."""

    def watching(self, trait: type[TraitBase], model: type) -> Any:
        """Return the resolved trait when it is in shadow, where what its hooks would do is counted."""

    def enclosed(self, operation: Operation, body: Callable[..., Any]) -> Callable[..., Any]:
        """Return the body of a provided member within its pipeline, or the body itself where nothing applies."""


def compile_chain(point: JoinPoint, profile: Profile) -> Callable[..., Any]:
    """Return what a call of a join point runs.

    Args:
        point: the join point.
        profile: answers for a group of tenants.
    """
    if point.receiver == "none" or not type.__subclasses__(point.owner):
        return chain_for(point, profile, point.owner)
    by_type = TypeChains(point, profile)
    return by_type_link(point.signature, point.index, by_type, of_class=point.receiver == "class")


class TypeChains(dict[type, Callable[..., Any]]):
    """The chains of a join point by the type of the receiver, compiled when a type is first seen.

    Every class of the hierarchy is a model of its own; and a dispatcher serves only types for which it is the
    outermost, so that an override that calls `super()` is covered once.
    """

    def __init__(self, point: JoinPoint, profile: Profile) -> None:
        """Begin empty."""
        super().__init__()
        self.point = point
        self.profile = profile

    def __missing__(self, model: type) -> Callable[..., Any]:
        """Compile the chain of a type."""
        serves = _outermost(model, self.point.name) is self.point.owner
        chain = chain_for(self.point, self.profile, model) if serves else _base(self.point, self.profile, model)
        tenant = tenant_code(model) if self.point.receiver == "instance" else None
        if serves and tenant is not None and tenant != tenant_code(self.point.owner):
            chain = tenanted_link(self.point.signature, self.point.flavour, current, self.point.index, tenant, chain)
        self[model] = chain
        return chain


def point_of(member: Any) -> JoinPoint | None:
    """Return the join point that a class attribute dispatches to, if it does."""
    point = getattr(function_of(member), "__traitconf_point__", None)
    return point if isinstance(point, JoinPoint) else None


def _outermost(model: type, name: str) -> type | None:
    for cls in model.__mro__:
        if name in cls.__dict__ and point_of(cls.__dict__[name]) is not None:
            return cls
    return None


def chain_for(point: JoinPoint, profile: Profile, model: type) -> Callable[..., Any]:
    """Return the chain of a join point for receivers of one type."""
    call = _base(point, profile, model)
    acts = False
    for position, (trait, hook) in reversed([*enumerate(point.hooks)]):
        acting = profile.acting(trait, model)
        if acting is not None and isinstance(hook, Governing):
            call = _governed(Operation(point, hook, acting, model), profile, call)
        elif acting is not None:
            call = _link(point, position, hook, acting, call)
            acts = True
        elif (shadow := profile.watching(trait, model)) is not None:
            call = watched(point, position + 1, shadow, model, call, acts=shadow.enabled)
    enclosing = points_of(model).get(point.name) if acts and point.receiver == "instance" else None
    if enclosing is not None:
        place = point.index, len(point.hooks)
        return around_link(point.signature, place, enclosed(enclosing, point.flavour), None, cast(Any, call))
    return call


def _base(point: JoinPoint, profile: Profile, model: type) -> Callable[..., Any]:
    """Return what the hooks enclose: the body, or the provided member within its interceptors."""
    if point.adopted is not None:
        return point.adopted.body(point, profile, model)
    if point.provided is None:
        assert point.body is not None
        return point.body
    cls, member = point.provided
    trait = profile.trait(cls, model)
    function = cached(member) if member.shape == "cached_property" else member.function
    call: Any = provided_link(point.signature, point.index, function, trait)
    call = profile.enclosed(Operation(point, member, trait, model), call)
    if trait.shadow:
        return watched(point, 0, trait, model, call, acts=trait.enabled)
    return cast(Callable[..., Any], call)


def cached(member: Member[Any, Any]) -> Callable[[Any, Any], Any]:
    """Return the function of a member whose value is kept beside the host, as long as the trait is the same.

    Args:
        member: a cached property that a trait gives.
    """
    key = f"cached {member.name}"

    def read(trait: Any, host: Any) -> Any:
        state = trait.state(host)
        kept = state.get(key)
        if kept is None or (kept[0] is not trait and kept[0] != trait):
            kept = state[key] = (trait, member.function(trait, host))
        return kept[1]

    return read


def _governed(operation: Operation, profile: Profile, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method within the pipeline of the trait that governs it; the method itself where none does."""
    point = operation.point
    body = point.provided[1].function if point.provided is not None else point.body
    method = operation.member.method(operation.trait, point.name, body)
    return call if method is None else profile.enclosed(attrs.evolve(operation, member=method), call)


def _link(point: JoinPoint, position: int, hook: Hook, trait: Any, inner: Any) -> Callable[..., Any]:
    place = point.index, position
    if hook.kind == "around":
        return around_link(point.signature, place, hook.twins[point.flavour], trait, inner)
    function = hook.twins.get(point.flavour) or hook.function
    return side_link(hook.kind, point.signature, point.flavour, place, function, trait, inner)


def suits(hook: Hook, flavour: Flavour) -> bool:
    """Whether a hook can run on a method of that flavour."""
    if hook.kind == "around":
        return flavour in hook.twins
    if "sync" in hook.twins:
        return True
    return "async" in hook.twins and flavour in ("async", "async generator")
