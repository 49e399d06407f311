"""The order of scopes: groups by C3 linearisation, models by their MRO, the tenant axis above the model axis."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs

from traitconf.errors import Problem, did_you_mean, listed
from traitconf.layers.environ import fold
from traitconf.layers.graph import ConfigGraph, Node
from traitconf.layers.layer import Axis, Layer, Scope
from traitconf.schema.catalog import model_names
from traitconf.types import Source

STRANGER: Final[Node] = ("tenant", "")
"""Stands for every tenant without `extends` of its own: no id is empty."""
MOST_GENERATIONS: Final = 100
"""How many groups may extend one another in a row."""
_FRAMEWORK: Final = ("builtins", "abc", "typing", "enum")


@attrs.frozen
class Model:
    """A model as resolution sees it: the names of the class and of its bases.

    Attributes:
        label: what people call it.
        names: for every class of the MRO, bases first, the names under which configuration may speak of it.
        cls: the class, `None` where only a name is known.
    """

    label: str
    names: tuple[tuple[str, ...], ...]
    cls: type | None = attrs.field(default=None, eq=False)


def model_of(model: type | str) -> Model:
    """Return the model of a class, or of a name whose class is not known.

    >>> model_of("Article").names
    (('Article', '*ARTICLE'),)
    """
    if isinstance(model, str):
        return _named(model)
    # A class itself always counts: code that was run without a module's name defines its classes in "builtins".
    bases = [base for base in reversed(model.__mro__) if base is model or base.__module__ not in _FRAMEWORK]
    return Model(model.__name__, tuple(_aliases(base) for base in bases), model)


@functools.lru_cache(maxsize=1024)
def _named(model: str) -> Model:
    names = dict.fromkeys((model.rpartition(":")[2].rpartition(".")[2], model))
    return Model(model, ((*names, *("*" + fold(name) for name in names)),))


def _aliases(cls: type) -> tuple[str, ...]:
    names = model_names(cls)
    return (*names, *("*" + fold(name) for name in names))


class Lineages:
    """The linearisation of every group and tenant of one graph, computed when asked for and kept.

    C3: Barrett et al., "A Monotonic Superclass Linearization for Dylan", OOPSLA 1996; as Python orders its bases.
    """

    def __init__(self, graph: ConfigGraph, default_extends: tuple[str, ...] = ()) -> None:
        """Take the edges of `graph`."""
        self._graph = graph
        self._default = default_extends
        self._known: dict[Node, tuple[Node, ...]] = {}
        self._tails: dict[tuple[str, ...], tuple[Node, ...] | None] = {}
        self._groups = graph.groups
        self.problems: list[Problem] = []

    def of(self, node: Node) -> tuple[Node, ...]:
        """Return a node and everything it extends, nearest first.

        Args:
            node: a group or tenant. A faulty edge is left out; `problems` names it.
        """
        if node[0] == "tenant" and not (self._graph.edges and node in self._graph.edges):
            listed = self._graph.roster.edge(node[1]) if node[1] in self._graph.roster else None
            tail = self.tail(listed.names if listed is not None else None)
            return node, *(tail if tail is not None else ())
        return self._linearise(node, ())

    def seen_by(
        self, tenant: str | None, group: str | None = None, extends: Iterable[str] | None = None
    ) -> tuple[Node, ...]:
        """Return everything that a tenant sees, or else what is seen through a group, nearest first.

        Args:
            tenant: id of the tenant, or none.
            group: without a tenant: a group, or none.
            extends: groups of the tenant, where somebody else than the configuration says which.
        """
        if tenant is not None:
            return self.of(("tenant", tenant)) if extends is None else self.extending(tenant, extends)
        return self.of(("group", group)) if group is not None else ()

    def tail(self, lineup: tuple[str, ...] | None) -> tuple[Node, ...] | None:
        """Return every group that a tenant sees with a certain `extends`, nearest first.

        Args:
            lineup: names of groups; `None` for a tenant that says nothing.

        Returns:
            nothing where a name is unknown, or the order contradicts that of the groups.
        """
        if lineup is None:
            return self._linearise(STRANGER, ())[1:]
        if lineup not in self._tails:
            self._tails[lineup] = self._tail(lineup)
        return self._tails[lineup]

    def _tail(self, lineup: tuple[str, ...]) -> tuple[Node, ...] | None:
        if not self._groups.issuperset(lineup):
            return None
        parents: list[Node] = [("group", name) for name in lineup]
        return _merge([*(self._linearise(parent, ()) for parent in parents), tuple(parents)])

    def extending(self, tenant: str, names: Iterable[str]) -> tuple[Node, ...]:
        """Return a tenant and everything it extends, where somebody else than the configuration says what.

        Args:
            tenant: id of the tenant.
            names: groups, nearest first; unknown ones are left out, and a contradictory order is taken as it is.
        """
        parents: tuple[Node, ...] = tuple(("group", name) for name in dict.fromkeys(names) if name in self._groups)
        tails = [self._linearise(parent, ()) for parent in parents]
        merged = _merge([*tails, parents])
        if merged is None:
            merged = tuple(dict.fromkeys(name for tail in tails for name in tail))
        return ("tenant", tenant), *merged

    def parents(self, node: Node) -> tuple[Node, ...]:
        """Return what a node extends directly, existing groups only, nearest first."""
        return tuple(("group", name) for name in self._names(node) if name in self._groups)

    def _names(self, node: Node) -> tuple[str, ...]:
        edge = self._graph.edges.get(node)
        return edge.names if edge is not None else (self._default if node[0] == "tenant" else ())

    def _linearise(self, node: Node, above: tuple[Node, ...]) -> tuple[Node, ...]:
        if node in self._known:
            return self._known[node]
        self._report_unknown(node)
        parents = []
        for parent in self.parents(node):
            if parent in (*above, node):
                self._report_cycle((*above, node), parent)
            elif len(above) >= MOST_GENERATIONS and parent not in self._known:
                self._report_depth(node)
            else:
                parents.append(parent)
        tails = [self._linearise(parent, (*above, node)) for parent in parents]
        merged = _merge([*tails, tuple(parents)])
        if merged is None:
            self._report_inconsistent(node, parents)
            merged = tuple(dict.fromkeys(name for tail in tails for name in tail))
        self._known[node] = (node, *merged)
        return self._known[node]

    def _report_unknown(self, node: Node) -> None:
        edge = self._graph.edges.get(node)
        for index, name in enumerate(self._names(node)):
            if name not in self._groups:
                hint = did_you_mean(name, self._groups) or f"known groups are {listed(self._groups)}"
                origin = edge.origin(index) if edge is not None else None
                text = f"{extends(node)} the unknown group {name!r}"
                self.problems.append(Problem("TC110", text, origin, _address(node), hint=hint))

    def _report_cycle(self, path: Sequence[Node], again: Node) -> None:
        cycle = [*path[path.index(again) :], again]
        text = "groups extend each other in a circle: " + " → ".join(name for _, name in cycle)
        edges = [self._graph.edges[node] for node in cycle[:-1]]
        related = tuple((edge.origin(), f"{cycle[i][1]} extends {cycle[i + 1][1]}") for i, edge in enumerate(edges))
        origin, address = edges[-1].origin(), _address(cycle[-2])
        self.problems.append(Problem("TC111", text, origin, address, hint="drop one of them", related=related[:-1]))

    def _report_depth(self, node: Node) -> None:
        text = f"{extends(node)} the last of more than {MOST_GENERATIONS} groups in a row"
        self.problems.append(Problem("TC115", text, self._graph.edges[node].origin(), _address(node)))

    def _report_inconsistent(self, node: Node, parents: Iterable[Node]) -> None:
        orders = "; ".join(
            f"{name}: {' < '.join(other for _, other in self.of((axis, name)))}" for axis, name in parents
        )
        text = f"{extends(node)} groups in an order that contradicts theirs ({orders})"
        edge = self._graph.edges.get(node)
        origin = edge.origin() if edge is not None else None
        self.problems.append(Problem("TC112", text, origin, _address(node), hint="list the more specific group first"))


def extends(node: Node) -> str:
    """Return subject and verb of a sentence about what a node extends.

    >>> extends(("tenant", "acme")), extends(STRANGER)
    ("tenant 'acme' extends", 'runtime.default_extends names')
    """
    return "runtime.default_extends names" if node == STRANGER else f"{node[0]} {node[1]!r} extends"


def _address(node: Node) -> str:
    return "runtime.default_extends" if node == STRANGER else f"{node[0]}s.{node[1]}.extends"


def _merge(sequences: list[tuple[Node, ...]]) -> tuple[Node, ...] | None:
    """Merge linearisations by C3, or return `None` when they contradict each other."""
    merged: list[Node] = []
    left = [sequence for sequence in sequences if sequence]
    while left:
        heads = [sequence[0] for sequence in left]
        head = next((head for head in heads if not any(head in sequence[1:] for sequence in left)), None)
        if head is None:
            return None
        merged.append(head)
        left = [rest for rest in ([name for name in sequence if name != head] for sequence in left) if rest]  # type: ignore[misc]
    return tuple(merged)


def scopes_of(lineage: Sequence[Node], model: Model | None) -> Iterator[tuple[Scope, ...]]:
    """Yield the scopes that apply, weakest first, each under all the names that configuration may give it.

    Args:
        lineage: a tenant and what it extends, nearest first; empty for no tenant.
        model: the model, or none.
    """
    yield (Scope(),)
    for names in model.names if model else ():
        yield tuple(Scope(model=name) for name in names)
    for axis, name in reversed(lineage):
        yield from _node_scopes(axis, (name, "*" + fold(name)) if axis == "tenant" else (name,), model)


def tenant_scopes(tenant: str, model: Model | None) -> Iterator[tuple[Scope, ...]]:
    """Yield the scopes of a tenant alone, weakest first.

    Args:
        tenant: its id.
        model: the model, or none.
    """
    return _node_scopes("tenant", (tenant, "*" + fold(tenant)), model)


def _node_scopes(axis: Axis, ids: tuple[str, ...], model: Model | None) -> Iterator[tuple[Scope, ...]]:
    yield tuple(Scope(axis, alias) for alias in ids)
    for names in model.names if model else ():
        yield tuple(Scope(axis, alias, of) for alias in ids for of in names)


def applies(scope: Scope, lineage: Sequence[Node], model: Model | None) -> bool:
    """Whether a scope is one of those of a lineage and a model.

    Args:
        scope: one that names its node and model as they are written.
        lineage: a tenant and what it extends, nearest first; empty for no tenant.
        model: the model, or none.
    """
    if scope.axis != "global" and (scope.axis, scope.name) not in lineage:
        return False
    return not scope.model or (model is not None and any(scope.model in names for names in model.names))


def override_depth(layer: Layer) -> int:
    """Return how deep inside overrides a layer stands: an inner one is above all scopes of an outer one.

    Args:
        layer: any layer; outside of overrides the depth is -1.
    """
    return layer.sequence if layer.source is Source.OVERRIDE else -1
