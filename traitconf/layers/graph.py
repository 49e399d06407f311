"""`ConfigGraph`: all layers and their `extends` edges, immutable; the door to pyrsistent.

A graph made from another shares everything that did not change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import attrs
from pyrsistent import PMap, pmap

from traitconf.layers.grammar import Extends, ModelBinding
from traitconf.layers.layer import Axis, Layer, Scope

Node = tuple[Axis, str]


@attrs.frozen(eq=False)
class ConfigGraph:
    """All layers, immutable.

    Attributes:
        layers: the layers of every scope, weakest first.
        edges: what each group and tenant extends.
        bindings: bindings that are written in configuration.
        fingerprint: hash of everything that was read.
    """

    layers: PMap[Scope, tuple[Layer, ...]] = attrs.field(factory=pmap)
    edges: PMap[Node, Extends] = attrs.field(factory=pmap)
    bindings: tuple[ModelBinding, ...] = ()
    fingerprint: str = ""

    def at(self, scope: Scope) -> tuple[Layer, ...]:
        """Return the layers of a scope, weakest first."""
        return self.layers.get(scope, ())

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
        evolver = self.layers.evolver()
        for scope, added in found.items():
            evolver[scope] = tuple(sorted((*self.at(scope), *added), key=lambda layer: layer.rank))
        return attrs.evolve(self, layers=evolver.persistent())

    def with_edges(self, edges: Mapping[Node, Extends]) -> ConfigGraph:
        """Return a graph with more `extends` edges; a node that has some already gets the new ones."""
        return attrs.evolve(self, edges=self.edges.update(edges))

    def all_layers(self) -> Iterator[Layer]:
        """Yield every layer, scopes in sorted order."""
        for scope in sorted(self.layers, key=lambda scope: (scope.axis, scope.name, scope.model)):
            yield from self.layers[scope]

    def nodes(self, axis: Axis) -> list[str]:
        """Return the ids of the groups or tenants that are written anywhere, sorted.

        Args:
            axis: `group` or `tenant`.
        """
        scoped = {scope.name for scope in self.layers if scope.axis == axis}
        return sorted(scoped | {name for kind, name in self.edges if kind == axis})

    def model_names(self) -> list[str]:
        """Return every name of a model that has a layer or a binding, sorted."""
        return sorted({scope.model for scope in self.layers if scope.model} | {bound.model for bound in self.bindings})


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
