"""Which definitions set what a less specific `allow` does not leave to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import attrs

from traitconf.errors import Problem
from traitconf.layers.graph import Node
from traitconf.layers.layer import Layer, Scope
from traitconf.resolve.allow import Allowed, allowed_text
from traitconf.resolve.at_scope import resolve_at
from traitconf.resolve.explain import shown
from traitconf.resolve.fold import Typed, alone
from traitconf.resolve.kinship import Kinship
from traitconf.resolve.locks import tails
from traitconf.resolve.order import STRANGER, override_depth
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.computed import is_computed
from traitconf.schema.describe import plain
from traitconf.schema.options import Option
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.types import MISSING, Origin, Severity

Lineage = tuple[Node, ...]


@attrs.frozen(eq=False)
class _Place:
    """A definition with the name of its trait; its position is relative to a lineage."""

    trait: str
    typed: Typed

    @property
    def scope(self) -> Scope:
        return self.typed.definition.layer.scope

    @property
    def option(self) -> Option:
        return self.typed.definition.option

    @property
    def origin(self) -> Origin:
        return self.typed.definition.origin

    @property
    def address(self) -> str:
        return f"{self.trait}.{self.option.name}"

    def seen_from(self, lineage: Lineage) -> bool:
        return self.scope.axis == "global" or (self.scope.axis, self.scope.name) in lineage

    def position(self, lineage: Lineage, model: int) -> tuple[int, ...]:
        """Return the sort key among the definitions that one lineage sees, with the rank of the model."""
        layer = self.typed.definition.layer
        node = (self.scope.axis, self.scope.name)
        depth = -1 if self.scope.axis == "global" else len(lineage) - lineage.index(node)
        return override_depth(layer), depth, model if self.scope.model else -1, *layer.rank


def narrowing_problems(
    resolver: Resolver, catalog: Catalog, added: Collection[Layer] | None = None
) -> Iterator[Problem]:
    """Yield TC220 for what is outside, TC221 for what leaves nothing, and a lint for what is inherited and outside.

    Args:
        resolver: over the graph; its layers have been checked.
        catalog: the known traits and models.
        added: the only layers whose definitions are looked at; all when not given, and where one of them narrows.
    """
    found = [
        (layer, _Place(trait, typed))
        for layer, trait, marked in resolver.marked()
        for typed in resolver.screen.narrowing(marked)
    ]
    narrowing = added is None or any(layer in added for layer, _ in found)
    yield from _problems(resolver, catalog, [place for _, place in found], None if narrowing else added)


def _problems(
    resolver: Resolver, catalog: Catalog, found: list[_Place], added: Collection[Layer] | None
) -> Iterator[Problem]:
    if not found:
        return
    check = _Check(resolver, catalog, Kinship(catalog), (resolver.lineages.of(STRANGER)[1:], *tails(resolver)))
    told: set[int] = set()
    layers = _layers(resolver, catalog) if added is None else added
    for other in _definitions(resolver, catalog, layers, {place.trait for place in found}):
        for allow in found:
            if allow.trait == other.trait and allow.option.path == other.option.path and check.breaks(other, allow):
                told.add(id(other.typed.definition))
                yield _outside(other, allow)
    for allow in found if added is None else ():
        yield from check.inherited(allow, told)
        yield from check.emptied(allow, [other for other in found if other is not allow])


def _layers(resolver: Resolver, catalog: Catalog) -> Iterator[Layer]:
    yield from resolver.graph.standing_layers()  # tenants of the roster say nothing that somebody narrows
    for name in catalog.model_index():
        for cls in catalog.models(name):
            yield from resolver.code_layers(cls)


def _definitions(resolver: Resolver, catalog: Catalog, layers: Iterable[Layer], traits: set[str]) -> Iterator[_Place]:
    for layer in layers:
        for trait in sorted(traits & set(layer.tables)):
            spec = SETTINGS_SPECS.get(trait) or catalog.find(trait)
            for typed in resolver.counting(layer, spec) if spec else ():
                yield _Place(trait, typed)


@attrs.frozen
class _Check:
    """Compares an `allow` with other definitions of the same option."""

    resolver: Resolver
    catalog: Catalog
    kinship: Kinship
    tails: tuple[Lineage, ...]

    def breaks(self, other: _Place, allow: _Place) -> bool:
        """Whether a definition is more specific than an `allow` and outside of it."""
        nearer = self.kinship.nearer(allow.scope.model, other.scope.model)
        if nearer is None or not _is_outside(other, allow.typed.value):
            return False
        return any(
            other.position(lineage, nearer) > allow.position(lineage, 0) for lineage in self._shared(allow, other)
        )

    def inherited(self, allow: _Place, told: set[int]) -> Iterator[Problem]:
        """Yield a problem where what holds at the place of an `allow` itself is outside of it."""
        scope = allow.scope
        resolution = resolve_at(self.resolver, self.catalog, allow.trait, scope)
        if resolution is None:
            return
        folded = resolution.chain(allow.option.path)
        value = getattr(resolution.trait, allow.option.name) if is_computed(folded.value) else folded.value
        decider = folded.decider
        if value is MISSING or not allow.typed.value.refuses(allow.option, value):
            return
        if decider is None:
            hint = "define a value that is allowed, or widen this"
            related = ((allow.option.meta.origin, "the default"),)
            text = f"'{allow.address}' has the default {_shown(allow.option, value)}, which is not allowed here"
            yield Problem("TC220", text, allow.origin, allow.address, scope.label, hint=hint, related=related)
        elif id(decider.definition) not in told:
            text = f"'{allow.address}' is {_shown(allow.option, value)} here, which more specific scopes may not set"
            related = ((decider.definition.origin, f"set here, {decider.definition.layer.scope.label}"),)
            yield Problem(
                "TC322", text, allow.origin, allow.address, scope.label, severity=Severity.WARNING, related=related
            )

    def emptied(self, allow: _Place, others: list[_Place]) -> Iterator[Problem]:
        """Yield at most one problem where an `allow` leaves nothing of what less specific ones leave."""
        same = [one for one in others if (one.trait, one.option.path) == (allow.trait, allow.option.path)]
        for lineage in self._lineages(allow, allow) if same else ():
            if not allow.seen_from(lineage):
                continue
            for model in dict.fromkeys((allow.scope.model, *(one.scope.model for one in same))):
                above = [one for one in same if self._stands_above(one, allow, lineage, model)]
                left = Allowed()
                for one in above:
                    left = one.typed.value.within(left)
                if above and not left.is_empty and allow.typed.value.within(left).is_empty:
                    text = f"nothing is allowed for '{allow.address}': this leaves nothing of {allowed_text(left)}"
                    related = tuple((one.origin, f"allowed here, {one.scope.label}") for one in above)
                    yield Problem(
                        "TC221", text, allow.origin, allow.address, allow.scope.label, hint="widen it", related=related
                    )
                    return

    def _stands_above(self, one: _Place, allow: _Place, lineage: Lineage, model: str) -> bool:
        """Whether one `allow` is less specific than another for a model that both cover."""
        nearer = self.kinship.nearer(one.scope.model, allow.scope.model)
        covers = all(self.kinship.nearer(place.scope.model, model) is not None for place in (one, allow))
        if nearer is None or not covers or not one.seen_from(lineage):
            return False
        return one.position(lineage, 0) < allow.position(lineage, nearer)

    def _shared(self, allow: _Place, other: _Place) -> Iterator[Lineage]:
        """Yield the lineages that see both."""
        for lineage in self._lineages(allow, other):
            if allow.seen_from(lineage) and other.seen_from(lineage):
                yield lineage

    def _lineages(self, allow: _Place, other: _Place) -> tuple[Lineage, ...]:
        tenants = [place.scope.name for place in (other, allow) if place.scope.axis == "tenant"]
        return (self.resolver.lineages.of(("tenant", tenants[0])),) if tenants else self.tails


def _is_outside(place: _Place, allowed: Allowed) -> bool:
    operation, option = place.typed.definition.operation, place.option
    if operation == "remove":
        return False
    value = alone(place.typed) if operation == "unset" else place.typed.value
    if value is MISSING or is_computed(value):
        return False
    return allowed.refuses(option, value)


def _outside(other: _Place, allow: _Place) -> Problem:
    allowed = allowed_text(allow.typed.value)
    shown = "its default" if other.typed.definition.operation == "unset" else _shown(other.option, other.typed.value)
    text = f"'{other.address}' must be {allowed} for {other.scope.label}, got {shown}"
    related = ((allow.origin, f"allowed here, {allow.scope.label}"),)
    return Problem(
        "TC220",
        text,
        other.origin,
        other.address,
        other.scope.label,
        expected=allowed,
        hint="stay inside, or remove it",
        related=related,
    )


def _shown(option: Option, value: object) -> str:
    return "•••" if option.is_secret else shown(plain(value))
