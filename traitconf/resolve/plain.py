"""Which layers and tenants say only plain things: known options, good values, no directive.

Their tables need no definitions to be checked: one look at each value is enough. All others go the long way, which also
finds the words for what is wrong; so do tenants that say what a lock could forbid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from traitconf.errors import Problem
from traitconf.layers.environ import fold
from traitconf.layers.grammar import LONGEST_ID
from traitconf.layers.graph import ConfigGraph, Node
from traitconf.layers.layer import Layer
from traitconf.layers.roster import Names
from traitconf.resolve.good import Path, Test, good_table, no_table, table_test
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.schema.spec import TraitSpec
from traitconf.types import Band


def sort_out(
    resolver: Resolver, catalog: Catalog, models: frozenset[str] | None
) -> tuple[ConfigGraph, tuple[Problem, ...]]:
    """Return the resolver's graph with the plain tenants packed and all others read out into layers.

    The resolver learns which of its layers are plain.

    Args:
        resolver: over a graph that was just read.
        catalog: the known traits.
        models: every name by which configuration may speak of a model; `None` while models may still be imported.

    Returns:
        the graph, and the faults of structure that reading out has found.
    """
    graph = resolver.graph
    resolver.plain = frozenset(layer for layer in graph.standing_layers() if is_plain(layer, catalog))
    if not graph.roster:
        return graph, ()
    look = _Look(resolver, catalog, models)
    others = [tenant for tenant, table in graph.roster.tables.items() if not look.is_plain(table)]
    others += look.named & graph.roster.tables.keys()
    others += [tenant for tenant in graph.roster if fold(tenant) in look.tokens] if look.tokens else ()
    problems = [problem for tenant in dict.fromkeys(others) for problem in graph.roster.problems(tenant)]
    graph = graph.read_out(dict.fromkeys(others))
    return attrs.evolve(graph, roster=graph.roster.packed(look.lineups)), tuple(problems)


class _TableTests(dict[str, Test]):
    """By name of a trait: the test of a table of its options that a tenant may have; made when it is asked for.

    Args:
        catalog: the known traits.
        guarded: by name of a trait, the paths of options that no table may hold.
    """

    def __init__(self, catalog: Catalog, guarded: Mapping[str, set[Path]]) -> None:
        super().__init__()
        self._catalog, self._guarded = catalog, guarded

    def __missing__(self, name: str) -> Test:
        spec, guarded = _trait(name, self._catalog), self._guarded.get(name)
        if spec is None:
            self[name] = no_table
        else:
            self[name] = table_test(spec.options.values(), guarded) if guarded else good_table(spec)
        return self[name]


def _trait(name: Any, catalog: Catalog) -> TraitSpec | None:
    return catalog.find(name) if type(name) is str and name not in SETTINGS_SPECS else None


def is_plain(layer: Layer, catalog: Catalog) -> bool:
    """Whether a layer holds good values and nothing else, all of options that may be set at any scope.

    Args:
        layer: the layer.
        catalog: the known traits.
    """
    for name, table in layer.tables.items():
        spec = _trait(name, catalog)
        if spec is None or not good_table(spec, anywhere=True)(table):
            return False
    return True


class _Look:
    """What one look at a tenant's table must know."""

    def __init__(self, resolver: Resolver, catalog: Catalog, models: frozenset[str] | None) -> None:
        """Learn what is locked, and which tenants have layers of other sources."""
        self._resolver = resolver
        self._catalog = catalog
        self._models = models
        self._good_models: set[str] = set()
        self._guarded = list(dict.fromkeys(_guarded(resolver, catalog)))
        self._by_guarded: dict[frozenset[tuple[str, Path]], _TableTests] = {}
        self._by_lineup: dict[Names | None, _TableTests | None] = {}
        scopes = [scope for scope in resolver.graph.layers if scope.axis == "tenant"]
        self.named = {scope.name for scope in scopes}
        self.tokens = {name[1:] for name in self.named if name.startswith("*")}

    @property
    def lineups(self) -> Iterator[Names]:
        """Every distinct `extends` that was seen."""
        return (lineup for lineup in self._by_lineup if lineup is not None)

    def is_plain(self, table: Mapping[str, Any]) -> bool:
        """Whether a tenant's table says only plain things."""
        extends = table.get("extends")
        if extends is not None and type(extends) is not list:
            return False
        try:
            tests = self._by_lineup[extends if extends is None else tuple(extends)]
        except (KeyError, TypeError):
            tests = self._tests_for(extends)
        if tests is None:
            return False
        for name, value in table.items():
            if name == "models":
                if not self._are_plain_models(value, tests):
                    return False
            elif name != "extends" and not tests[name](value):
                return False
        return True

    def _are_plain_models(self, models: Any, tests: _TableTests) -> bool:
        if type(models) is not dict:
            return False
        for model, table in models.items():
            if type(table) is not dict or not (model in self._good_models or self._is_good_model(model)):
                return False
            for name, value in table.items():
                if not tests[name](value):
                    return False
        return True

    def _is_good_model(self, model: Any) -> bool:
        """Whether a model's name needs no word, and remember it."""
        is_id = type(model) is str and 0 < len(model) <= LONGEST_ID and not model.startswith("*")
        if is_id and (self._models is None or model in self._models):
            self._good_models.add(model)
            return True
        return False

    def _tests_for(self, extends: Any) -> _TableTests | None:
        """Return the tests of tenants with that `extends`; nothing where it is faulty or brings locks together."""
        if extends is not None and not all(type(name) is str for name in extends):
            return None
        lineup = None if extends is None else tuple(extends)
        tail = self._resolver.lineages.tail(lineup)
        self._by_lineup[lineup] = None if tail is None else self._guard(tail)
        return self._by_lineup[lineup]

    def _guard(self, tail: tuple[Node, ...]) -> _TableTests | None:
        """Return tests that nothing passes which a lock of the lineage could forbid."""
        seen = [guarded for guarded in self._guarded if guarded[0][0] == "global" or guarded[0] in tail]
        places = [(trait, path) for node, trait, path in seen if node[0] == "group"]
        if len(set(places)) < len(places):
            return None
        guarded: dict[str, set[Path]] = {}
        for _, trait, path in seen:
            guarded.setdefault(trait, set()).add(path)
        key = frozenset((trait, path) for _, trait, path in seen)
        return self._by_guarded.setdefault(key, _TableTests(self._catalog, guarded))


def _guarded(resolver: Resolver, catalog: Catalog) -> Iterator[tuple[Node, str, Path]]:
    """Yield every lock and `allow` that tenants may meet: the node that holds it, the trait, the option's path."""
    for layer in resolver.graph.standing_layers():
        for name in layer.tables if layer.scope.axis != "tenant" and layer not in resolver.plain else ():
            spec = SETTINGS_SPECS.get(name) or catalog.find(name)
            for typed in resolver.contribution(layer, spec)[0] if spec else ():
                if typed.definition.band is Band.LOCK or typed.definition.operation == "allow":
                    yield (layer.scope.axis, layer.scope.name), name, typed.definition.option.path
