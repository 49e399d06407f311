"""What two graphs say differently: which traits, at which node; raw tables are compared, nothing is resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from traitconf.layers.graph import ConfigGraph, Node
from traitconf.layers.layer import Layer, Scope

EVERYWHERE: Final[Node] = ("global", "")
"""The node of definitions that hold for everybody, those for one model included."""
Differences = Mapping[Node, frozenset[str]]


def differences(old: ConfigGraph, new: ConfigGraph) -> Differences:
    """Return which traits are defined differently, by the node at which they are.

    Args:
        old: a graph.
        new: another.
    """
    found: dict[Node, frozenset[str]] = {}
    for scope in {*old.layers, *new.layers}:
        before, after = old.layers.get(scope, ()), new.layers.get(scope, ())
        traits = _traits(before, after) if before is not after else frozenset()
        if traits:
            node = _node(scope)
            found[node] = found.get(node, frozenset()) | traits
    for tenant, traits in _listed(old, new):
        node = ("tenant", tenant)
        found[node] = found.get(node, frozenset()) | traits
    return found


def _listed(old: ConfigGraph, new: ConfigGraph) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the tenants of the rosters whose tables differ, each with the traits that either speaks of."""
    before, after = old.roster.tables, new.roster.tables
    for tenant in () if before is after else {*before, *after}:
        if before.get(tenant) != after.get(tenant):
            tables = [graph.roster.table(tenant) for graph in (old, new) if tenant in graph.roster]
            models = [model for table in tables for model in table.get("models", {}).values()]
            names = {name for table in (*tables, *models) for name in table}
            yield tenant, frozenset(names - {"extends", "models"})


def _node(scope: Scope) -> Node:
    return scope.axis, scope.name


def _traits(before: tuple[Layer, ...], after: tuple[Layer, ...]) -> frozenset[str]:
    names = {name for layer in (*before, *after) for name in layer.tables}
    return frozenset(name for name in names if _said(before, name) != _said(after, name))


def _said(layers: tuple[Layer, ...], trait: str) -> list[Any]:
    """Return what layers say of a trait, as far as it decides the value."""
    return [(layer.source, layer.band, _typed(layer.tables[trait])) for layer in layers if trait in layer.tables]


def _typed(value: Any) -> Any:
    """Tell values apart that Python takes for equal: 1, 1.0 and true."""
    if isinstance(value, Mapping):
        return {name: _typed(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_typed(inner) for inner in value]
    return type(value), value
