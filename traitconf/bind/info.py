"""`binding_of()`: what there is to know of one trait on one class: who bound it, where, its place, what it does."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from traitconf.bind.attribute import function_of
from traitconf.bind.binding import Binding, bindings_of, bound_class
from traitconf.bind.hosts import raw_member
from traitconf.bind.joinpoint import JoinPoint
from traitconf.bind.weave import descendants_of
from traitconf.errors import did_you_mean
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import catalog, model_names
from traitconf.schema.compose import hook_order
from traitconf.schema.describe import plain, signature_text
from traitconf.schema.members import flavour_of
from traitconf.types import Origin, Source

DECORATOR: Final = "decorator"


@attrs.frozen(kw_only=True)
class BoundMember:
    """Record: one member that a class has from a trait.

    Attributes:
        name: on the class; an alias where one was given.
        member: as the trait calls it.
        shape: method, classmethod or property.
        flavour: sync, async, generator or async generator.
        signature: the parameters on the class, without the receiver; empty for a property.
        doc: what the trait says about it.
        origin: where the trait declares it.
        hidden: why it is reached by `T.of(host)` only, empty where the class shows it.
    """

    name: str
    member: str
    shape: str
    flavour: str
    signature: str
    doc: str
    origin: Origin
    hidden: str = ""


@attrs.frozen(kw_only=True)
class BoundHook:
    """Record: one hook on one method of a class.

    Attributes:
        method: of the class.
        kind: around, before or after.
        hook: as the trait calls it.
        position: its place among the hooks of that method; 1 is the outermost.
        count: how many hooks the method has.
        origin: where the trait declares it.
        body: where the method itself is written.
    """

    method: str
    kind: str
    hook: str
    position: int
    count: int
    origin: Origin
    body: Origin


@attrs.frozen(kw_only=True)
class BindingInfo:
    """Record: one trait on one class.

    Attributes:
        trait: the trait's class.
        model: the class that was asked about.
        owner: the class that it was bound to: the model itself, or a base.
        origin: who bound it: a decorator's line, a call, or a line of a configuration file.
        given: the options that were given in code, by name.
        position: its place among the traits of the model; 1 has the outermost hooks.
        count: how many traits the model has.
        members: what the model has from it.
        hooks: what it does to the model's methods.
        exclude: names of members that the model does not get.
        alias: further names of members.
    """

    trait: type[TraitBase]
    model: type
    owner: type
    origin: Origin
    given: Mapping[str, Any]
    position: int
    count: int
    members: tuple[BoundMember, ...]
    hooks: tuple[BoundHook, ...]
    exclude: frozenset[str]
    alias: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and scalars, ready for JSON."""
        found = {name: getattr(self, name) for name in ("position", "count")}
        return {
            "trait": self.trait.__traitconf_spec__.name,
            "model": qualified(self.model),
            "bound_to": qualified(self.owner),
            "inherited": self.owner is not self.model,
            "bound_by": str(self.origin),
            "source": self.origin.source.name.lower(),
            "given": _given(self),
            **found,
            "members": [attrs.asdict(one, value_serializer=_plain) for one in self.members],
            "hooks": [attrs.asdict(one, value_serializer=_plain) for one in self.hooks],
            "exclude": sorted(self.exclude),
            "alias": dict(self.alias),
        }


def binding_of(host: object, trait: type[TraitBase]) -> BindingInfo:
    """Return what there is to know of one trait on an object's class, or on a class.

    Args:
        host: an object or a class.
        trait: the trait's class.

    Raises:
        TypeError: when the trait is not bound to it.

    >>> import traitconf as tc
    >>> from traitconf.traits import SoftDeletes
    >>> @tc.use(SoftDeletes)
    ... class Note:
    ...     def delete(self): ...
    >>> found = tc.binding_of(Note, SoftDeletes)
    >>> found.owner.__name__, [hook.method for hook in found.hooks], [member.name for member in found.members]
    ('Note', ['delete'], ['restore', 'force_delete', 'trashed'])
    """
    model = host if isinstance(host, type) else type(host)
    bindings = {binding.trait: binding for binding in bindings_of(model)}
    if trait not in bindings:
        hint = did_you_mean(trait.__name__, [other.__name__ for other in bindings]) or "use tc.bind or @tc.use"
        raise TypeError(f"{trait.__name__} is not bound to {model.__name__}; {hint}")
    order, _ = hook_order(binding.spec for binding in bindings.values())
    binding = bindings[trait]
    return BindingInfo(
        trait=trait,
        model=model,
        owner=_owner(model, binding),
        origin=binding.origin,
        given=binding.given,
        position=order.index(binding.spec) + 1,
        count=len(order),
        members=tuple(_members(model, binding)),
        hooks=tuple(_hooks(model, trait)),
        exclude=binding.exclude,
        alias=binding.alias,
    )


def points_of(model: type) -> dict[str, JoinPoint]:
    """Return the join points that calls of a model's methods meet first, by name.

    Args:
        model: any class.
    """
    found: dict[str, JoinPoint] = {}
    for base in model.__mro__:
        bound = bound_class(base)
        for name, point in bound.points.items() if bound else ():
            found.setdefault(name, point)
    return found


def place_of(function: Callable[..., Any] | None) -> Origin:
    """Return where a function is written.

    Args:
        function: any callable; what is not written in Python has no file.
    """
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    if code is None:
        return Origin(Source.DECORATOR, name=DECORATOR)
    return Origin(Source.DECORATOR, code.co_filename, code.co_firstlineno)


def home_of(cls: type) -> Origin:
    """Return where a class is defined.

    Args:
        cls: any class; of one that is not written in Python only the module is known.
    """
    try:
        _, line = inspect.findsource(cls)
        return Origin(Source.DECORATOR, inspect.getsourcefile(cls) or "", line + 1)
    except (OSError, TypeError, IndexError):
        return Origin(Source.DECORATOR, name=cls.__module__)


def models() -> list[type]:
    """Return the classes that have traits of their own or of a base, by their qualified names."""
    bound = [cls for index in catalog.model_index() for cls in catalog.models(index)]
    found = dict.fromkeys(cls for one in bound for cls in (one, *descendants_of(one)))
    return sorted((cls for cls in found if any(True for _ in bindings_of(cls))), key=qualified)


def qualified(cls: type) -> str:
    """Return the qualified name of a class, as configuration files write it.

    >>> qualified(dict)
    'builtins:dict'
    """
    return model_names(cls)[1]


def _owner(model: type, binding: Binding) -> type:
    carried = ((base, bound_class(base)) for base in model.__mro__)
    return next(base for base, bound in carried if bound is not None and binding in bound.bindings.values())


def _members(model: type, binding: Binding) -> Iterator[BoundMember]:
    for name, point in points_of(model).items():
        if point.provided is None or point.provided[0] is not binding.trait:
            continue
        member = point.provided[1]
        yield BoundMember(
            name=name.rpartition(".")[2],
            member=member.name,
            shape=member.shape,
            flavour=flavour_of(member.function),
            signature=signature_text(member),
            doc=inspect.getdoc(member.function) or "",
            origin=place_of(member.function),
            hidden=_hidden(model, binding, member.name) if "." in name else "",
        )


def _hidden(model: type, binding: Binding, name: str) -> str:
    if name in binding.exclude:
        alias = binding.alias.get(name)
        return f"excluded, here it is {alias!r}" if alias else "excluded"
    own = function_of(raw_member(model, name))
    return f"the class has its own: {place_of(own)}"


def _hooks(model: type, trait: type[TraitBase]) -> Iterator[BoundHook]:
    for name, point in points_of(model).items():
        for position, (owner, hook) in enumerate(point.hooks, start=1):
            if owner is trait:
                body = point.provided[1].function if point.provided else function_of(raw_member(model, name))
                yield BoundHook(
                    method=name,
                    kind=hook.kind,
                    hook=hook.name,
                    position=position,
                    count=len(point.hooks),
                    origin=place_of(hook.function),
                    body=place_of(body),
                )


def _given(info: BindingInfo) -> dict[str, Any]:
    secret = {option.path[0] for option in info.trait.__traitconf_spec__.leaves.values() if option.is_secret}
    return {name: "•••" if name in secret else plain(value) for name, value in info.given.items()}


def _plain(_owner: Any, _field: Any, value: Any) -> Any:
    return str(value) if isinstance(value, Origin) else plain(value)
