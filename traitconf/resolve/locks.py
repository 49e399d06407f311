"""Locks: which definitions would change what a wider or earlier definition has locked."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import attrs

from traitconf.errors import Problem
from traitconf.layers.graph import Node, named_tenants
from traitconf.layers.layer import Layer, Scope
from traitconf.resolve.fold import Typed, alone
from traitconf.resolve.kinship import Kinship
from traitconf.resolve.order import STRANGER, extends, override_depth
from traitconf.resolve.patch import Locked
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.types import Band, Severity

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

    @property
    def address(self) -> str:
        return f"{self.trait}.{self.typed.definition.option.name}"

    def seen_from(self, lineage: Lineage) -> bool:
        """Whether the definition is one of those that a lineage sees."""
        return self.scope.axis == "global" or self.node in lineage

    def position(self, lineage: Lineage, model: int) -> tuple[int, ...]:
        """Return the sort key among the definitions that one lineage sees, with the rank of the model."""
        depth = -1 if self.scope.axis == "global" else len(lineage) - lineage.index(self.node)
        rank = model if self.scope.model else -1
        return override_depth(self.layer), depth, rank, *self.layer.rank, self.typed.definition.step


def lock_problems(resolver: Resolver, catalog: Catalog) -> Iterator[Problem]:
    """Yield TC210 for every definition that contradicts a lock, and a lint where it is only partly locked.

    Args:
        resolver: over the graph.
        catalog: the known traits and models.
    """
    if not any(place.is_lock for place in _places(resolver, catalog, plain=False)):
        return
    by_option: dict[tuple[str, tuple[str, ...]], list[_Place]] = {}
    for place in _places(resolver, catalog):
        by_option.setdefault((place.trait, place.typed.definition.option.path), []).append(place)
    check = _Check(resolver, Kinship(catalog), tails(resolver))
    for places in by_option.values():
        locks = [place for place in places if place.is_lock]
        for lock, other in itertools.product(locks, places):
            if other is not lock:
                yield from check.against(lock, other)
        for lock, other in itertools.combinations(locks, 2):
            yield from check.siblings(lock, other)


def may_break(resolver: Resolver, added: Iterable[Layer], catalog: Catalog, below: Resolver) -> bool:
    """Whether layers speak of an option that is locked, or lock one: a quick look before the whole check.

    Args:
        resolver: over the graph with the layers.
        added: the layers.
        catalog: the known traits.
        below: the resolver over the graph without them; it remembers what is locked there.
    """
    locked, _ = guarded_options(below, catalog)
    touched, locks = set(), False
    for layer in added:
        for name in layer.tables:
            spec = SETTINGS_SPECS.get(name) or catalog.find(name)
            for typed in resolver.counting(layer, spec) if spec else ():
                touched.add((name, typed.definition.option.path))
                locks = locks or typed.definition.band is Band.LOCK
    resolver.guarded = None if locks else below.guarded
    return locks or not touched.isdisjoint(locked)


def guarded_options(resolver: Resolver, catalog: Catalog) -> tuple[Locked, Locked]:
    """Return the options that are locked somewhere, and those that are narrowed; the resolver remembers them.

    Args:
        resolver: over a graph that was checked.
        catalog: the known traits and models.
    """
    if resolver.guarded is None:
        locks = (place for place in _places(resolver, catalog, plain=False) if place.is_lock)
        locked = frozenset((place.trait, place.typed.definition.option.path) for place in locks)
        definitions = ((trait, one.definition) for _, trait, marked in resolver.marked() for one in marked)
        narrowed = frozenset((trait, one.option.path) for trait, one in definitions if one.operation == "allow")
        resolver.guarded = locked, narrowed
    return resolver.guarded


def _places(resolver: Resolver, catalog: Catalog, *, plain: bool = True) -> Iterator[_Place]:
    """Yield every definition; without those of plain layers where locks are looked for."""
    layers = [layer for layer in resolver.graph.standing_layers() if plain or layer not in resolver.plain]
    for name in catalog.model_index():
        for cls in catalog.models(name):
            layers += resolver.code_layers(cls)
    for layer in layers:
        for name in layer.tables:
            spec = SETTINGS_SPECS.get(name) or catalog.find(name)
            for typed in resolver.counting(layer, spec) if spec else ():
                yield _Place(name, typed)


def tails(resolver: Resolver) -> tuple[Lineage, ...]:
    """Return every distinct chain of groups that some node sees, in the same order each time."""
    groups = [resolver.lineages.of(("group", name)) for name in resolver.graph.nodes("group")]
    tenants = [resolver.lineages.of(("tenant", name))[1:] for name in named_tenants(resolver.graph)]
    listed = [resolver.lineages.tail(lineup) or () for lineup in resolver.graph.roster.lineups]
    return tuple(sorted({(), *groups, *tenants, *listed}))


@attrs.frozen
class _Check:
    """Compares a lock with another definition of the same option."""

    resolver: Resolver
    kinship: Kinship
    tails: tuple[Lineage, ...]

    def against(self, lock: _Place, other: _Place) -> Iterator[Problem]:
        """Yield at most one problem for a definition that sorts after a lock and says something else."""
        nearer = self.kinship.nearer(lock.scope.model, other.scope.model)
        if nearer is None or _same_value(lock, other) or (other.is_lock and self._apart(lock, other)):
            return
        for lineage in self._lineages(lock, other):
            seen = lock.seen_from(lineage) and other.seen_from(lineage)
            if seen and other.position(lineage, nearer) > lock.position(lineage, 0):
                yield _broken(lock, other, partly=_is_wider(lock, other, nearer))
                return

    def siblings(self, lock: _Place, other: _Place) -> Iterator[Problem]:
        """Yield a problem at every `extends` that brings two different locks together."""
        nearer = self.kinship.nearer(lock.scope.model, other.scope.model)
        if nearer is None or _same_value(lock, other) or not self._apart(lock, other):
            return
        for node in (*sorted(self.resolver.graph.edges), STRANGER):
            if self._sees_both(node, lock, other) and not any(
                self._sees_both(parent, lock, other) for parent in self.resolver.lineages.parents(node)
            ):
                yield self._between(node, lock, other)

    def _lineages(self, lock: _Place, other: _Place) -> tuple[Lineage, ...]:
        """Return the lineages in which the definition may sort after the lock; after a tenant's, only an override."""
        tenant = next((place.node for place in (other, lock) if place.scope.axis == "tenant"), None)
        return self.tails if tenant is None else (self.resolver.lineages.of(tenant),)

    def _apart(self, lock: _Place, other: _Place) -> bool:
        """Whether the two stand in groups of which neither extends the other."""
        of = self.resolver.lineages.of
        return (
            lock.scope.axis == other.scope.axis == "group"
            and lock.node not in of(other.node)
            and other.node not in of(lock.node)
        )

    def _sees_both(self, node: Node, lock: _Place, other: _Place) -> bool:
        lineage = self.resolver.lineages.of(node)
        return lock.seen_from(lineage) and other.seen_from(lineage)

    def _between(self, node: Node, lock: _Place, other: _Place) -> Problem:
        edge = self.resolver.graph.edges.get(node)
        origin = edge.origin() if edge is not None else other.typed.definition.origin
        related = (
            (lock.typed.definition.origin, f"locked here, {lock.scope.label}"),
            (other.typed.definition.origin, f"and here, {other.scope.label}"),
        )
        text = f"{extends(node)} groups that lock '{lock.address}' to different values"
        scope = f"{node[0]} {node[1]}".rstrip()
        return Problem("TC210", text, origin, lock.address, scope, hint="name only one of them", related=related)


def _same_value(lock: _Place, other: _Place) -> bool:
    return bool(alone(other.typed) == alone(lock.typed))


def _is_wider(lock: _Place, other: _Place, nearer: int) -> bool:
    """Whether the definition also covers models that the lock does not."""
    return bool(lock.scope.model) and (not other.scope.model or nearer < 0)


def _broken(lock: _Place, other: _Place, *, partly: bool) -> Problem:
    origin, scope = other.typed.definition.origin, other.scope.label
    related = ((lock.typed.definition.origin, f"locked here, {lock.scope.label}"),)
    if partly:
        text = f"'{other.address}' is locked for {lock.scope.label}; this definition has no effect there"
        return Problem("TC302", text, origin, other.address, scope, severity=Severity.WARNING, related=related)
    text = f"'{other.address}' is locked by {lock.scope.label} and cannot be changed by {scope}"
    return Problem("TC210", text, origin, other.address, scope, hint="remove this definition", related=related)
