"""`Adoption`: what a trait governs of a class that was written without it: class attributes and methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import attrs

from traitconf.bind.context import OWNER, RESOLVED, current
from traitconf.bind.generate import side_link
from traitconf.bind.operation import Operation
from traitconf.schema.base import TraitBase
from traitconf.types import Secret

if TYPE_CHECKING:
    from traitconf.bind.chain import Profile
    from traitconf.bind.joinpoint import JoinPoint
    from traitconf.schema.members import Flavour


class GovernedAttribute:
    """Stands in the place of a class attribute and reads its option, resolved for the class that is asked.

    It is no data descriptor: what a subclass or an instance says itself goes before, as ever.

    Attributes:
        name: of the class attribute.
        option: name of the option.
        original: what stood here.
        trait: the trait.
    """

    def __init__(self, trait: type[TraitBase], name: str, option: str, original: Any, frozen: Any) -> None:
        """Remember what stood here, also as the option holds it."""
        self.trait, self.name, self.option, self.original = trait, name, option, original
        self._frozen = frozen
        self._thaw = _THAWED.get(type(original))

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Return the value for the class and the running context's tenant."""
        model = type(instance) if owner is None else owner
        chains = current().chains
        try:
            trait = chains[RESOLVED][model][self.trait]
        except KeyError:
            trait = chains[OWNER].read(self.trait, model)
        if trait.shadow or not trait.enabled:
            if trait.shadow:
                self._compare(trait, model)
            return self.original
        value = getattr(trait, self.option)
        if self._thaw is None:
            return value
        # Where nothing else is configured, it is the very object, which code may have come to share.
        return self.original if value == self._frozen else self._thaw(value)

    def __repr__(self) -> str:
        """Say what stands here, for those who look into the class."""
        return f"<{self.trait.__traitconf_spec__.name}.{self.option}, {self.original!r} by itself>"

    def _compare(self, trait: Any, model: type) -> None:
        """Note what the trait would have answered."""
        if trait._services is None:
            return
        value = getattr(trait, self.option) if trait.enabled else self._frozen
        acts, now, then = value != self._frozen, self._frozen, value
        if type(trait).__traitconf_spec__.options[self.option].is_secret:
            now, then = Secret(now), Secret(then)
        trait._services.watch(trait, model.__name__, self.name, acts=acts, now=now, then=then)


_THAWED: Mapping[type, Callable[[Any], Any]] = {
    list: list,
    set: set,
    dict: dict,
}
"""How an attribute that was of a mutable type is handed out: the readers may rely on its methods."""


@attrs.frozen(eq=False)
class AdoptedMethod:
    """A method that its class has of itself, and that a trait can switch off.

    Attributes:
        trait: the trait.
        member: says what a call does while the trait is off.
    """

    trait: type[TraitBase]
    member: Any  # a Member; checkers would take it for a descriptor of this class

    def body(self, point: JoinPoint, profile: Profile, model: type) -> Callable[..., Any]:
        """Return what the hooks around the method enclose.

        While the trait is on, that is the method itself; while it is off, what the class would have without it, or
        else what the member says.

        Args:
            point: the method's join point.
            profile: answers for a group of tenants.
            model: type of the receivers.
        """
        trait, call = profile.trait(self.trait, model), point.body
        assert call is not None
        if trait.shadow:
            return watched(point, 0, trait, model, call, acts=not trait.enabled)
        if not trait.enabled and _has_next(point, model):
            return _next(point)
        return profile.enclosed(Operation(point, self.member, trait, model), call)


def _has_next(point: JoinPoint, model: type) -> bool:
    """Whether a class would have a method of that name without the owner of a join point."""
    if point.owner not in model.__mro__:
        return False
    after = model.__mro__[model.__mro__.index(point.owner) + 1 :]
    return any(point.name in base.__dict__ for base in after)


def _next(point: JoinPoint) -> Callable[..., Any]:
    """Return what a class has under the name of a join point behind its owner."""
    owner, name = point.owner, point.name
    if point.receiver == "none":
        return cast(Callable[..., Any], getattr(super(owner, owner), name))
    return lambda host, /, *args, **kwargs: getattr(super(owner, host), name)(*args, **kwargs)


def watched(
    point: JoinPoint, position: int, trait: Any, model: type, inner: Callable[..., Any], *, acts: bool
) -> Callable[..., Any]:
    """Return a link that counts the calls in which a trait would have done something, and does nothing itself.

    Args:
        point: the method's join point.
        position: of what would have acted.
        trait: a resolved one, in shadow.
        model: type of the receivers.
        inner: what is called.
        acts: whether the trait would have done something.
    """
    name, member = model.__name__, point.name

    def note(trait: Any, _host: Any, /, *_args: Any, **_kwargs: Any) -> None:
        if trait._services is not None:
            trait._services.watch(trait, name, member, acts=acts)

    flavour: Flavour = point.flavour
    return side_link("before", point.signature, flavour, (point.index, -100 - position), note, trait, inner)


@attrs.frozen(eq=False)
class Adoption:
    """What a trait governs of one class.

    Attributes:
        cls: the class.
        attributes: what stands in the place of its class attributes, by their names.
        methods: its methods, by name.
        asked: what `adopt` was told, to know the same question again.
        welcome: is told of every new subclass.
        follows: the adopted class, where this is one that has an attribute of its own.
    """

    cls: type
    attributes: Mapping[str, GovernedAttribute]
    methods: Mapping[str, AdoptedMethod]
    asked: tuple[Any, ...]
    welcome: Callable[[type], object]
    follows: type | None = None

    @property
    def names(self) -> frozenset[str]:
        """Everything that it governs."""
        return frozenset((*self.attributes, *self.methods))
