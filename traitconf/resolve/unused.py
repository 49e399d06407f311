"""What is configured and concerns nobody: groups without tenants (TC311), traits that a model does not have (TC314)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from traitconf.errors import Problem
from traitconf.layers.layer import Layer
from traitconf.resolve.inventory import FILES, Inventory
from traitconf.resolve.order import model_of
from traitconf.resolve.precedence import Precedence
from traitconf.schema.spec import TraitSpec
from traitconf.types import Origin, Severity

BoundTraits = Callable[[type], Iterable[str]]


def unused_groups(inventory: Inventory, precedence: Precedence) -> Iterator[Problem]:
    """Yield a problem for every group that no tenant extends.

    Args:
        inventory: of the graph.
        precedence: over the inventory.
    """
    used = {name for tail in precedence.tails for _, name in tail}
    graph = inventory.resolver.graph
    unused = [name for name in graph.nodes("group") if name not in used]
    places = _places(inventory) if unused else {}
    severity = Severity.WARNING if graph.nodes("tenant") else Severity.NOTE
    for name in unused:
        text = f"no tenant extends the group {name!r}"
        hint = "let a tenant or runtime.default_extends name it, or remove it"
        yield Problem("TC311", text, places.get(name), f"groups.{name}", hint=hint, severity=severity)


def _places(inventory: Inventory) -> dict[str, Origin]:
    """Return where each group is written."""
    graph = inventory.resolver.graph
    edges = {name: edge.origin() for (axis, name), edge in graph.edges.items() if axis == "group"}
    layers = [layer for layer in graph.standing_layers() if layer.scope.axis == "group"]
    return edges | {layer.scope.name: layer.origin() for layer in reversed(layers)}


class Unbound:
    """Finds traits that are configured for a model that does not have them.

    Args:
        inventory: of the graph.
        bound: returns the names of the traits that a class has.
    """

    def __init__(self, inventory: Inventory, bound: BoundTraits) -> None:
        """Look up which traits each known model, and each base of one, has or passes on."""
        self._inventory = inventory
        self._traits: dict[str, set[str]] = {}
        for index in inventory.catalog.model_index():
            for cls in inventory.catalog.models(index):
                names = set(bound(cls))
                for alias in (alias for aliases in model_of(cls).names for alias in aliases):
                    self._traits.setdefault(alias, set()).update(names)
        for binding in inventory.resolver.graph.bindings:
            if binding.model in self._traits:
                self._traits[binding.model].update(binding.traits)

    def problems(self, layer: Layer) -> Iterator[Problem]:
        """Yield a problem for every trait of a model's layer that the model does not have.

        Args:
            layer: of a file.
        """
        known = self._traits.get(layer.scope.model) if layer.source in FILES else None
        for name in layer.tables if known is not None else ():
            spec = self._inventory.catalog.find(name)
            if spec is not None and _acts(spec) and known is not None and name not in known:
                model = layer.scope.model
                text = f"the trait '{name}' is configured for {model}, which does not have it"
                hint = f'bind it: @tc.use({spec.cls.__name__}), or use = ["{name}"] in models.{model}'
                origin = layer.origin((name,))
                yield Problem("TC314", text, origin, name, layer.scope.label, hint=hint, severity=Severity.WARNING)


def _acts(spec: TraitSpec) -> bool:
    """Whether a trait does something to the class that has it; others are plain options, read without a class."""
    return bool(spec.members or spec.hooks)
