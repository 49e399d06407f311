"""`Binding`: one trait on one class, with who bound it and where; and the record that a bound class carries."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from traitconf.bind.adoption import Adoption
from traitconf.bind.joinpoint import JoinPoint
from traitconf.layers.layer import CodeDocument, Layer, Scope
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import model_names
from traitconf.schema.spec import TraitSpec, spec_of
from traitconf.types import Origin, Source

ATTRIBUTE: Final = "__traitconf__"


@attrs.frozen(eq=False)
class Binding:
    """One trait on one class.

    Attributes:
        trait: the trait's class.
        given: the options that were given in code, by name.
        origin: who bound it: a decorator's line, a call, or a line of a configuration file.
        exclude: names of provided members that the class does not get.
        alias: further names of provided members.
        adoption: what the trait governs of the class itself, where the class was adopted.
    """

    trait: type[TraitBase]
    given: Mapping[str, Any]
    origin: Origin
    exclude: frozenset[str] = frozenset()
    alias: Mapping[str, str] = attrs.field(factory=dict)
    adoption: Adoption | None = None

    @property
    def spec(self) -> TraitSpec:
        """The trait's spec."""
        return spec_of(self.trait)

    def layer(self, cls: type) -> Layer | None:
        """Return the given options as a layer at the scope of a model, if there are any."""
        if not self.given:
            return None
        scope = Scope(model=model_names(cls)[1])
        return Layer(scope, Source.DECORATOR, 0, {self.spec.name: dict(self.given)}, CodeDocument(self.origin))


class BoundClass:
    """What a bound class carries under `__traitconf__`; it survives attrs or dataclass making the class anew.

    Attributes:
        bindings: the class's own bindings by trait.
        points: its join points by name.
        originals: what stood under each name before, `MISSING` where nothing did.
        layers: the layers of arguments given in code.
    """

    def __init__(self, cls: type, bindings: Mapping[type[TraitBase], Binding] | None = None) -> None:
        """Begin without join points."""
        self._cls = weakref.ref(cls)
        self.bindings: dict[type[TraitBase], Binding] = dict(bindings or {})
        self.points: dict[str, JoinPoint] = {}
        self.originals: dict[str, Any] = {}
        self.installed: dict[str, Any] = {}
        self.layers: tuple[Layer, ...] = ()
        self.renew: Callable[[BoundClass, type], None] | None = None

    @property
    def cls(self) -> type | None:
        """The class, while it lives."""
        return self._cls()

    def __set_name__(self, owner: type, name: str) -> None:
        """Move to a class that was made anew from this one's namespace."""
        if owner is not self.cls and self.renew is not None:
            self.renew(self, owner)

    def note_layers(self, cls: type) -> None:
        """Make the layers of the bindings anew."""
        layers = (binding.layer(cls) for binding in tuple(self.bindings.values()))
        self.layers = tuple(layer for layer in layers if layer is not None)

    def state(self) -> dict[str, Any]:
        """Return what there is now, for `set_state`."""
        tables = {name: dict(value) if isinstance(value, dict) else value for name, value in vars(self).items()}
        return tables | {"hooks": [(point, point.hooks) for point in self.points.values()]}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Be again what one was.

        Args:
            state: what `state` returned.
        """
        for point, hooks in state["hooks"]:
            point.hooks = hooks
        vars(self).update({name: value for name, value in state.items() if name != "hooks"})


def bound_class(cls: type) -> BoundClass | None:
    """Return what a class itself carries, if it is bound."""
    found = cls.__dict__.get(ATTRIBUTE)
    return found if isinstance(found, BoundClass) else None


def bindings_of(cls: type) -> Iterator[Binding]:
    """Yield the bindings of a class and its bases, nearest first, each trait once."""
    seen = set()
    for base in cls.__mro__:
        bound = bound_class(base)
        for trait, binding in tuple(bound.bindings.items()) if bound else ():  # another thread may bind meanwhile
            if trait not in seen:
                seen.add(trait)
                yield binding


def code_layers(cls: type) -> tuple[Layer, ...]:
    """Return the layers that a class's own decorators and bind calls make."""
    bound = bound_class(cls)
    return bound.layers if bound else ()
