"""Locks: which definitions would change what a wider or earlier definition has locked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from traitconf.errors import Problem
from traitconf.layers.graph import Node
from traitconf.layers.layer import Layer, Scope
from traitconf.resolve.fold import Typed
from traitconf.resolve.order import model_of
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.types import Band, Severity, Source

Lineage = tuple[Node, ...]


@attrs.frozen(eq=False)
class _Place:
    """A definition with the name of its trait; its position is relative to a lineage."""

    trait: str
    typed: Typed

    @property
    def layer(self) -> Layer:
        return self.typed.definition.layer

    @property
    def scope(self) -> Scope:
        return self.layer.scope

    @property
    def node(self) -> Node:
        return self.scope.axis, self.scope.name

    @property
    def is_lock(self) -> bool:
        return self.typed.definition.band is Band.LOCK

    def position(self, lineage: Lineage) -> tuple[object, ...]:
        """Return the sort key among the definitions that one lineage sees."""
        override = self.layer.source is Source.OVERRIDE
        depth = -1 if self.scope.axis == "global" else len(lineage) - lineage.index(self.node)
        return override, depth, bool(self.scope.model), self.layer.rank, self.typed.definition.step


def lock_problems(resolver: Resolver, catalog: Catalog) -> Iterator[Problem]:
    """Yield TC210 for every definition that contradicts a lock, and a lint where it is only partly locked.

    Args:
        resolver: over the graph.
        catalog: the known traits and models.
    """
    by_option: dict[tuple[str, tuple[str, ...]], list[_Place]] = {}
    for place in _places(resolver, catalog):
        by_option.setdefault((place.trait, place.typed.definition.option.path), []).append(place)
    tails = _tails(resolver)
    for places in by_option.values():
        for lock in (place for place in places if place.is_lock):
            for other in places:
                if other is not lock:
                    yield from _against(resolver, catalog, lock, other, tails)


def _places(resolver: Resolver, catalog: Catalog) -> Iterator[_Place]:
    layers = [*resolver.graph.all_layers()]
    for name in catalog.model_index():
        for cls in catalog.models(name):
            layers += resolver.code_layers(cls)
    for layer in layers:
        for name in layer.tables:
            spec = SETTINGS_SPECS.get(name) or catalog.find(name)
            for typed in resolver.contribution(layer, spec)[0] if spec else ():
                yield _Place(name, typed)


def _tails(resolver: Resolver) -> dict[Lineage, Node]:
    """Return every distinct chain of groups that some node sees, with one node that sees it."""
    tails: dict[Lineage, Node] = {}
    for name in resolver.graph.nodes("group"):
        tails.setdefault(resolver.lineages.of(("group", name)), ("group", name))
    for name in resolver.graph.nodes("tenant"):
        tails.setdefault(resolver.lineages.of(("tenant", name))[1:], ("tenant", name))
    tails.setdefault((), ("global", ""))
    return tails


def _against(
    resolver: Resolver, catalog: Catalog, lock: _Place, other: _Place, tails: dict[Lineage, Node]
) -> Iterator[Problem]:
    """Yield at most one problem for a definition that sorts after a lock and says something else."""
    if _same_value(lock, other) or not _covers(catalog, lock, other):
        return
    seen = {resolver.lineages.of(other.node): other.node} if other.scope.axis == "tenant" else tails
    for lineage, viewer in seen.items():
        if _sees(lineage, lock) and _sees(lineage, other) and other.position(lineage) > lock.position(lineage):
            yield _problem(resolver, lock, other, viewer)
            return


def _same_value(lock: _Place, other: _Place) -> bool:
    return other.typed.definition.operation == "set" and other.typed.value == lock.typed.value


def _sees(lineage: Lineage, place: _Place) -> bool:
    return place.scope.axis == "global" or place.node in lineage


def _covers(catalog: Catalog, lock: _Place, other: _Place) -> bool:
    """Whether some model that the definition covers is locked."""
    if not lock.scope.model or not other.scope.model:
        return True
    names = {other.scope.model, *_aliases(catalog, other.scope.model)}
    return lock.scope.model in names


def _aliases(catalog: Catalog, model: str) -> Iterable[str]:
    for cls in catalog.models(model):
        for aliases in model_of(cls).names:
            yield from aliases


def _problem(resolver: Resolver, lock: _Place, other: _Place, viewer: Node) -> Problem:
    definition = other.typed.definition
    address = f"{other.trait}.{definition.option.name}"
    related = ((lock.typed.definition.origin, f"locked here, {lock.scope.label}"),)
    if lock.scope.model and not other.scope.model:
        text = f"'{address}' is locked for {lock.scope.label}; this definition has no effect there"
        return Problem(
            "TC302", text, definition.origin, address, other.scope.label, severity=Severity.WARNING, related=related
        )
    if other.is_lock and _siblings(resolver, lock, other):
        edge = resolver.graph.edges.get(viewer)
        text = f"'{address}' is locked to different values by groups that {viewer[0]} {viewer[1]!r} extends"
        both = (*related, (definition.origin, f"and here, {other.scope.label}"))
        origin = edge.origin() if edge is not None else definition.origin
        return Problem(
            "TC210", text, origin, address, f"{viewer[0]} {viewer[1]}", hint="extend only one of them", related=both
        )
    text = f"'{address}' is locked by {lock.scope.label} and cannot be changed by {other.scope.label}"
    return Problem(
        "TC210", text, definition.origin, address, other.scope.label, hint="remove this definition", related=related
    )


def _siblings(resolver: Resolver, lock: _Place, other: _Place) -> bool:
    return (
        lock.scope.axis == other.scope.axis == "group"
        and lock.node not in resolver.lineages.of(other.node)
        and other.node not in resolver.lineages.of(lock.node)
    )
