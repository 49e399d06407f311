"""`Inventory`: every definition of a graph, by option and by the group it stands in; tenants pass by one by one.

Tools that look for doubtful definitions walk it once. What it keeps does not grow with the number of tenants.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from traitconf.layers.definition import Definition
from traitconf.layers.graph import Node
from traitconf.layers.layer import Layer, Scope
from traitconf.resolve.check import spec_for
from traitconf.resolve.fold import Typed, forgets
from traitconf.resolve.kinship import Kinship
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.options import Option
from traitconf.schema.spec import TraitSpec
from traitconf.types import Band, Origin, Source

EVERYWHERE: Node = ("global", "")
"""Where definitions stand that no group and no tenant makes."""
Key = tuple[str, tuple[str, ...]]
FILES = (Source.FILE, Source.ENVIRONMENT_FILE, Source.LOCAL)


@attrs.frozen(eq=False)
class Entry:
    """A definition, with the trait whose option it defines.

    Attributes:
        spec: the trait.
        typed: the definition with its value.
        definition: the definition.
        option: the option that is defined.
        layer: the layer that it stands in.
        node: the group or tenant that it stands in, or `EVERYWHERE`.
    """

    spec: TraitSpec
    typed: Typed
    definition: Definition = attrs.field(init=False)
    option: Option = attrs.field(init=False)
    layer: Layer = attrs.field(init=False)
    node: Node = attrs.field(init=False)

    @definition.default
    def _definition(self) -> Definition:
        return self.typed.definition

    @option.default
    def _option(self) -> Option:
        return self.definition.option

    @layer.default
    def _layer(self) -> Layer:
        return self.definition.layer

    @node.default
    def _node(self) -> Node:
        return self.layer.scope.axis, self.layer.scope.name

    @property
    def key(self) -> Key:
        """The trait's name and the option's path."""
        return self.spec.name, self.option.path

    @property
    def address(self) -> str:
        """The option as people name it."""
        return f"{self.spec.name}.{self.option.name}"

    @property
    def scope(self) -> Scope:
        """Where it applies."""
        return self.layer.scope

    @property
    def band(self) -> Band:
        """How strongly it is meant."""
        return self.definition.band

    @property
    def source(self) -> Source:
        """Where it is written."""
        return self.layer.source

    @property
    def value(self) -> Any:
        """Its typed value."""
        return self.typed.value

    @property
    def origin(self) -> Origin:
        """The exact place; looked up when somebody asks."""
        return self.definition.origin

    @property
    def is_final(self) -> bool:
        """Whether what stands below it no longer matters, where it counts."""
        return forgets(self.option, self.definition.operation, self.value)

    @property
    def is_lasting(self) -> bool:
        """Whether it does not expire."""
        return self.definition.companions.until is None

    @property
    def is_plain(self) -> bool:
        """Whether it does nothing but give a value that replaces others."""
        return self.definition.operation == "set" and self.option.law in ("replace", "atomic")


Entries = dict[Key, list[Entry]]


class Inventory:
    """Every definition of a graph, those of decorators included.

    Args:
        resolver: over the graph.
        catalog: the known traits and models.
        traits: names of the only traits that count; without it, all do.
    """

    def __init__(self, resolver: Resolver, catalog: Catalog, traits: frozenset[str] | None = None) -> None:
        """Gather what stands in no tenant."""
        self.resolver, self.catalog = resolver, catalog
        self._traits = traits
        self._latest: tuple[Node, tuple[Node, ...]] = EVERYWHERE, ()
        self.kinship = Kinship(catalog)
        self.shared: dict[Key, dict[Node, list[Entry]]] = {}
        for layer in self._standing():
            for entry in self.entries(layer):
                self.shared.setdefault(entry.key, {}).setdefault(entry.node, []).append(entry)

    def entries(self, layer: Layer) -> Iterator[Entry]:
        """Yield what a layer defines; unknown names, wrong values and what has expired are left out.

        Args:
            layer: of the graph, or a decorator's.
        """
        for name in layer.tables:
            spec = spec_for(name, layer, self.catalog) if self._traits is None or name in self._traits else None
            if spec is not None:
                found = self.resolver.contribution(layer, spec)[0]
                yield from (Entry(spec, typed) for typed in found if self.resolver.screen.passes(typed))

    def tenants(self) -> Iterator[tuple[Node, Entries]]:
        """Yield each tenant with what it defines itself."""
        layers = (layer for layer in self.resolver.graph.all_layers() if layer.scope.axis == "tenant")
        for name, found in itertools.groupby(layers, lambda layer: layer.scope.name):
            entries: Entries = {}
            for layer in found:
                for entry in self.entries(layer):
                    entries.setdefault(entry.key, []).append(entry)
            yield ("tenant", name), entries

    def all_entries(self) -> Iterator[tuple[Entry, Sequence[Entry]]]:
        """Yield every definition with all those of the same option at the same node, tenants last."""
        shared = (entries for nodes in self.shared.values() for entries in nodes.values())
        own = (entries for _, options in self.tenants() for entries in options.values())
        for entries in itertools.chain(shared, own):
            yield from ((entry, entries) for entry in entries)

    def wider(self, node: Node, key: Key) -> Iterator[Entry]:
        """Yield what is defined for an option by everything that a node extends and by no node at all, nearest first.

        Args:
            node: a group or tenant, or `EVERYWHERE`.
            key: the option.
        """
        nodes = self.shared.get(key)
        for other in (*self.lineage(node)[1:], EVERYWHERE) if nodes and node != EVERYWHERE else ():
            yield from nodes.get(other, ()) if nodes else ()

    def lineage(self, node: Node) -> tuple[Node, ...]:
        """Return a node and what it extends, nearest first; nothing for `EVERYWHERE`."""
        if node != self._latest[0]:  # the definitions of a tenant are asked about one after the other
            self._latest = node, self.resolver.lineages.of(node)
        return self._latest[1]

    def _standing(self) -> Iterator[Layer]:
        for layer in self.resolver.graph.standing_layers():
            if layer.scope.axis != "tenant":
                yield layer
        for index in self.catalog.model_index():
            for cls in self.catalog.models(index):
                yield from self.resolver.code_layers(cls)
