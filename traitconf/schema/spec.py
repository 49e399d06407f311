"""`TraitSpec`: everything that is known of a trait once its class is defined. `spec_of` is the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs

from traitconf.schema.computed import is_computed
from traitconf.schema.deprecated import aliases_of
from traitconf.schema.members import Hook, Member
from traitconf.schema.options import Option
from traitconf.schema.requires import is_toggle
from traitconf.schema.signals import Signal
from traitconf.types import Origin

if TYPE_CHECKING:
    from traitconf.schema.base import TraitBase


@attrs.frozen(eq=False, kw_only=True)
class TraitSpec:
    """Record: a defined trait.

    Attributes:
        name: snake_case name, as in configuration files.
        cls: the class.
        doc: its docstring.
        origin: where the class is defined.
        version: of the trait's definition.
        requires: traits that must be bound as well.
        before: names of traits whose hooks run inside this trait's hooks.
        after: names of traits whose hooks run outside this trait's hooks.
        incompatible: names of traits that cannot be bound beside it.
        tenant: whether it may run without a tenant.
        guard: whether it is a guard, which nobody can switch off for a tenant.
        deprecated: what to use instead, empty when it is not deprecated.
        writes: the options that name fields of the host which the trait writes.
        state: whether it keeps values beside the objects; `without_field`: where they have no such field.
        options: its options by name, those of TraitBase first.
        members: what it gives to hosts, by name.
        hooks: what it puts around methods of hosts, in order of declaration.
        signals: declared events, counters and histograms, by name.
        leaves: every folded option by its path.
        has_secret: whether the values of one of its options are shown nowhere.
        aliases: for the path of every folded option that is deprecated, the path of the one that took its place.
        dependent: the toggles that have prerequisites.
        has_computed: whether one of its options has a computed default.
    """

    name: str
    cls: type[TraitBase]
    doc: str
    origin: Origin
    version: int = 1
    requires: tuple[type[TraitBase], ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    incompatible: tuple[str, ...] = ()
    tenant: Literal["optional", "required"] = "optional"
    guard: bool = False
    deprecated: str = ""
    writes: tuple[str, ...] = ()
    state: Literal["never", "without_field", "always"] = "never"
    options: Mapping[str, Option]
    members: Mapping[str, Member[Any, Any]]
    hooks: tuple[Hook, ...]
    signals: Mapping[str, Signal[Any]]
    leaves: Mapping[tuple[str, ...], Option] = attrs.field(init=False)
    has_secret: bool = attrs.field(init=False)
    aliases: Mapping[tuple[str, ...], tuple[str, ...]] = attrs.field(init=False)
    dependent: tuple[Option, ...] = attrs.field(init=False)
    has_computed: bool = attrs.field(init=False)

    @property
    def is_trait(self) -> bool:
        """Whether it is a trait, and not another record that is configured like one."""
        return hasattr(self.cls, "__traitconf_spec__")

    @has_secret.default
    def _has_secret(self) -> bool:
        return any(option.is_secret for option in self.options.values())

    @leaves.default
    def _leaves(self) -> Mapping[tuple[str, ...], Option]:
        return {leaf.path: leaf for option in self.options.values() for leaf in option.leaves()}

    @aliases.default
    def _aliases(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        return aliases_of(self.options)

    @dependent.default
    def _dependent(self) -> tuple[Option, ...]:
        return tuple(leaf for leaf in self.leaves.values() if leaf.meta.requires and is_toggle(leaf))

    @has_computed.default
    def _has_computed(self) -> bool:
        return any(is_computed(option.default) for option in self.options.values())


def spec_of(trait: type[TraitBase] | TraitBase) -> TraitSpec:
    """Return the spec of a trait class or of an instance of one.

    Raises:
        TypeError: when the class was not declared with `@tc.trait`.
    """
    cls = trait if isinstance(trait, type) else type(trait)
    spec = cls.__dict__.get("__traitconf_spec__")
    if not isinstance(spec, TraitSpec):
        raise TypeError(f"{cls.__name__} is not a trait: declare it with @tc.trait")
    return spec
