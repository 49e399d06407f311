"""Prerequisites at resolution: which toggles are false because what they require is off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import attrs

from traitconf.errors import ConfigError, Problem, did_you_mean
from traitconf.resolve.fold import Gate
from traitconf.schema.catalog import Catalog, catalog
from traitconf.schema.options import Option
from traitconf.schema.requires import is_toggle, own_prerequisite
from traitconf.schema.spec import TraitSpec
from traitconf.types import Origin

if TYPE_CHECKING:
    from traitconf.resolve.order import Model
    from traitconf.resolve.resolver import Resolver

Path = tuple[str, ...]
Toggle = tuple[TraitSpec, Path]
_ENABLED: Path = ("enabled",)


@attrs.frozen(eq=False)
class Subject:
    """For whom it is resolved; the arguments of `Resolver.resolve`."""

    resolver: Resolver
    model: Model | None
    tenant: str | None
    group: str | None
    extends: tuple[str, ...] | None = None

    def missing(self, toggle: Toggle, above: tuple[Toggle, ...] = ()) -> tuple[str, Toggle | None] | None:
        """Return the first prerequisite of a toggle that is off, by its name and itself; nothing when all are on.

        Args:
            toggle: the toggle.
            above: what is being looked at; a prerequisite that leads back counts as on, and `check` reports it.
        """
        spec, path = toggle
        for name in spec.leaves[path].meta.requires:
            other = _toggle(spec, name)
            if other is None:
                return name, None
            if other not in above and not self.is_on(other, (*above, toggle)):
                return f"{other[0].name}.{'.'.join(other[1])}", other
        return None

    def is_on(self, toggle: Toggle, above: tuple[Toggle, ...]) -> bool:
        """Whether a toggle is on, and all that it requires, and its trait, if that is another one.

        Args:
            toggle: the toggle.
            above: as in `missing`.
        """
        spec, path = toggle
        value: Any = self.resolver.resolve(spec, self.model, self.tenant, self.group, self.extends, alone=True).trait
        for name in path:
            value = getattr(value, name, False)
        gate = (spec, _ENABLED)
        if value is not True or self.missing(toggle, above) is not None:
            return False
        is_own = above[-1][0] is spec or toggle == gate or gate in above or not spec.is_trait
        return is_own or self.is_on(gate, (*above, toggle))

    def place(self, toggle: Toggle | None, of: Option) -> Origin:
        """Return the place that decided that a prerequisite is off.

        Args:
            toggle: the prerequisite, nothing where nobody knows it.
            of: the option that requires it.
        """
        seen: list[Toggle] = []
        while toggle is not None and toggle not in seen:
            seen.append(toggle)
            below = self.missing(toggle)
            if below is None:
                break
            toggle = below[1]
        if toggle is None:
            return (seen[-1][0].leaves[seen[-1][1]] if seen else of).meta.origin
        spec, path = toggle
        resolution = self.resolver.resolve(spec, self.model, self.tenant, self.group, self.extends, alone=True)
        folded = resolution.chain(path)
        if folded.value is True and path != _ENABLED and spec.is_trait:
            folded = resolution.chain(_ENABLED)
        decider = folded.decider
        return decider.definition.origin if decider is not None else folded.option.meta.origin


def gates_of(subject: Subject, spec: TraitSpec) -> tuple[Gate, ...]:
    """Return the prerequisites that are off, for every toggle of a trait that they make false.

    Args:
        subject: for whom it is resolved.
        spec: the trait.
    """
    return tuple(_gates(subject, spec))


def _gates(subject: Subject, spec: TraitSpec) -> Iterator[Gate]:
    for option in spec.dependent:
        if (found := subject.missing((spec, option.path))) is not None:
            name, toggle = found
            yield Gate(option.path, name, lambda toggle=toggle, option=option: subject.place(toggle, option))  # type: ignore[misc]  # mypy cannot infer defaults of a lambda


def prerequisite_problems(specs: Iterable[TraitSpec], known: Catalog, *, complete: bool) -> Iterator[Problem]:
    """Yield what is wrong with prerequisites that other traits should have.

    Args:
        specs: the traits to look at.
        known: the known traits.
        complete: whether the application is loaded, so that an unknown trait stays unknown.
    """
    for spec in specs:
        for option in spec.leaves.values():
            for name in option.meta.requires:
                if own_prerequisite(name, spec.leaves) is None and (found := _fault(spec, option, name, known)):
                    text, hint, is_pending = found
                    if complete or not is_pending:
                        address = f"{spec.name}.{option.name}"
                        yield Problem("TC503", f"'{address}' {text}", option.meta.origin, address, hint=hint)


def _fault(spec: TraitSpec, option: Option, name: str, known: Catalog) -> tuple[str, str, bool] | None:
    trait, _, rest = name.partition(".")
    other = known.find(trait)
    if other is None:
        return f"requires {name!r}, of an unknown trait", did_you_mean(trait, known.names()), True
    leaf = other.leaves.get(tuple(rest.split(".")))
    if leaf is None or not is_toggle(leaf):
        toggles = [one.name for one in other.leaves.values() if is_toggle(one)]
        return f"requires {name!r}, which is no toggle", did_you_mean(rest, toggles), False
    if _leads_to((spec, option.path), (other, leaf.path), ()):
        return f"requires {name!r}, which requires it in turn", "drop one of them", False
    return None


def _leads_to(goal: Toggle, toggle: Toggle, above: tuple[Toggle, ...]) -> bool:
    if toggle == goal:
        return True
    if toggle in above:
        return False
    nearer = (_toggle(toggle[0], name) for name in toggle[0].leaves[toggle[1]].meta.requires)
    return any(_leads_to(goal, one, (*above, toggle)) for one in nearer if one is not None)


def _toggle(spec: TraitSpec, name: str) -> Toggle | None:
    """Return the toggle that a prerequisite of a trait names; nothing where nobody knows it."""
    if (own := own_prerequisite(name, spec.leaves)) is not None:
        return spec, own.path
    trait, _, rest = name.partition(".")
    try:
        other = catalog.find(trait)
    except ConfigError:
        other = None
    leaf = other.leaves.get(tuple(rest.split("."))) if other is not None else None
    return (other, leaf.path) if other is not None and leaf is not None and is_toggle(leaf) else None
