"""`ConfigGraph`: all layers and their `extends` edges, immutable; the door to pyrsistent.

A graph made from another shares everything that did not change.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
from pyrsistent import PMap, pmap

from traitconf.layers.grammar import Extends, ModelBinding
from traitconf.layers.layer import Axis, Layer, Scope
from traitconf.layers.roster import Roster

Node = tuple[Axis, str]


@attrs.frozen(eq=False)
class Named:
    """The groups and tenants that are written anywhere.

    Attributes:
        groups: the ids of all groups.
        tenants: the ids of the tenants that are not of the roster, each with whether it defines anything.
    """

    groups: frozenset[str] = frozenset()
    tenants: PMap[str, bool] = attrs.field(factory=pmap)


@attrs.frozen(eq=False)
class ConfigGraph:
    """All layers, immutable.

    Attributes:
        layers: the layers of every scope, weakest first, but those of the roster and those above.
        edges: what each group and tenant extends, but the tenants of the roster.
        bindings: bindings that are written in configuration.
        fingerprint: hash of everything that was read.
        roster: the tables of tenants that are read into layers only when somebody asks.
        named: the groups and tenants.
        above: the layers of overrides: so few, and so soon gone again, that no map is made for them.
    """

    layers: PMap[Scope, tuple[Layer, ...]] = attrs.field(factory=pmap)
    edges: PMap[Node, Extends] = attrs.field(factory=pmap)
    bindings: tuple[ModelBinding, ...] = ()
    fingerprint: str = ""
    roster: Roster = attrs.field(factory=Roster)
    named: Named = attrs.field(factory=Named)
    above: tuple[Layer, ...] = ()

    @property
    def groups(self) -> frozenset[str]:
        """The ids of all groups that are written anywhere."""
        return self.named.groups

    @property
    def tenants(self) -> PMap[str, bool]:
        """The ids of the tenants that are not of the roster, each with whether it defines anything."""
        return self.named.tenants

    def at(self, scope: Scope) -> tuple[Layer, ...]:
        """Return the layers of a scope, weakest first."""
        known, others = self.layers.get(scope, ()), self.roster.at(scope)
        if self.above:
            others += [layer for layer in self.above if layer.scope == scope]
        return tuple(sorted((*others, *known), key=lambda layer: layer.rank)) if others else known

    def edge(self, node: Node) -> Extends | None:
        """Return what a group or tenant extends, and where that is written; nothing where it says nothing."""
        found = self.edges.get(node) if self.edges else None
        if found is None and node[0] == "tenant" and node[1] in self.roster:
            return self.roster.edge(node[1])
        return found

    def with_layer(self, layer: Layer) -> ConfigGraph:
        """Return a graph with one layer more."""
        return self.with_layers((layer,))

    def with_layers(self, layers: Iterable[Layer]) -> ConfigGraph:
        """Return a graph with more layers.

        Args:
            layers: in any order; rank decides.
        """
        found: dict[Scope, list[Layer]] = {}
        for layer in layers:
            found.setdefault(layer.scope, []).append(layer)
        kept, tenants, named = {}, self.tenants.evolver(), set()
        for scope, added in found.items():
            known = self.layers.get(scope, ()) if self.layers else ()
            kept[scope] = tuple(sorted((*known, *added), key=lambda layer: layer.rank))
            if scope.axis == "group":
                named.add(scope.name)
            elif scope.axis == "tenant":
                owns = (scope.name in self.tenants and self.tenants[scope.name]) or any(layer.tables for layer in added)
                tenants[scope.name] = owns
        groups = self.groups if self.groups.issuperset(named) else self.groups | named
        layers_now = self.layers.update(kept) if self.layers else pmap(kept)
        standing = layers_now, self.edges, self.bindings, self.fingerprint
        return ConfigGraph(*standing, self.roster, Named(groups, tenants.persistent()), self.above)

    def with_edges(self, edges: Mapping[Node, Extends]) -> ConfigGraph:
        """Return a graph with more `extends` edges; a node that has some already gets the new ones."""
        if not edges:
            return self
        groups = self.groups | {name for axis, name in edges if axis == "group"}
        tenants = self.tenants.update({name: self.tenants.get(name, False) for axis, name in edges if axis == "tenant"})
        return attrs.evolve(self, edges=self.edges.update(edges), named=Named(groups, tenants))

    def read_out(self, tenants: Iterable[str]) -> ConfigGraph:
        """Return a graph in which some tenants of the roster stand as layers and edges."""
        chosen = tuple(tenants)
        edges = {("tenant", name): edge for name in chosen if (edge := self.roster.edge(name)) is not None}
        layers = [layer for name in chosen for layer in self.roster.layers(name)]
        graph = self.with_layers(layers).with_edges(edges)  # type: ignore[arg-type]  # the axis is a literal
        return attrs.evolve(graph, roster=self.roster.without(chosen))

    def all_layers(self) -> Iterator[Layer]:
        """Yield every layer, scopes in sorted order, then those of the roster."""
        yield from self.standing_layers()
        for tenant in sorted(self.roster):
            yield from self.roster.layers(tenant)

    def standing_layers(self) -> Iterator[Layer]:
        """Yield every layer but those of the roster, scopes in sorted order."""
        return iter(self._standing)

    @functools.cached_property
    def _standing(self) -> tuple[Layer, ...]:
        everything = (*(layer for layers in self.layers.values() for layer in layers), *self.above)
        return tuple(sorted(everything, key=lambda layer: (layer.scope.axis, layer.scope.name, layer.scope.model)))

    def nodes(self, axis: Axis) -> list[str]:
        """Return the ids of the groups or tenants that are written anywhere, sorted.

        Args:
            axis: `group` or `tenant`.
        """
        return sorted(self.groups) if axis == "group" else sorted({*self.roster, *named_tenants(self)})

    def has_tenant(self, tenant: str) -> bool:
        """Whether a tenant is written anywhere."""
        return stands(self, tenant) or tenant in self.roster

    def owns(self, tenant: str) -> bool:
        """Whether something is defined for a tenant alone."""
        if tenant in self.roster and self.roster.owns(tenant):
            return True
        if any(_speaks_of(layer, tenant) and layer.tables for layer in self.above):
            return True
        return bool(self.tenants) and self.tenants.get(tenant, False)

    def model_names(self) -> list[str]:
        """Return every name of a model that has a layer or a binding, sorted."""
        listed = {name for tenant in self.roster for name in self.roster.table(tenant).get("models", ())}
        standing = {scope.model for scope in (*self.layers, *(layer.scope for layer in self.above)) if scope.model}
        return sorted(listed | standing | {bound.model for bound in self.bindings})


def stands(graph: ConfigGraph, tenant: str) -> bool:
    """Whether a tenant has layers or edges beside the roster."""
    return tenant in graph.tenants or any(_speaks_of(layer, tenant) for layer in graph.above)


def named_tenants(graph: ConfigGraph) -> list[str]:
    """Return the ids of the tenants that have layers or edges beside the roster, sorted."""
    return sorted({*graph.tenants, *(layer.scope.name for layer in graph.above if layer.scope.axis == "tenant")})


def overridden(graph: ConfigGraph, layers: Sequence[Layer]) -> ConfigGraph:
    """Return a graph with the layers of an override above all others.

    Args:
        graph: the one below.
        layers: of the override.
    """
    if any(layer.scope.axis == "group" and layer.scope.name not in graph.groups for layer in layers):
        return graph.with_layers(layers)
    standing = graph.layers, graph.edges, graph.bindings, graph.fingerprint, graph.roster, graph.named
    return ConfigGraph(*standing, (*graph.above, *layers))


def _speaks_of(layer: Layer, tenant: str) -> bool:
    return layer.scope.axis == "tenant" and layer.scope.name == tenant


def fingerprint_of(parts: Iterable[str]) -> str:
    """Return one hash of many.

    >>> fingerprint_of(["a"]) == fingerprint_of(["a"])
    True
    """
    total = hashlib.sha256()
    for part in parts:
        total.update(part.encode("utf-8", "surrogatepass"))  # names of files and variables may be no UTF-8
        total.update(b"\0")
    return total.hexdigest()
