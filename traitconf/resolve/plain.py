"""Which tenants say only plain things: known options, good values, no directive, nothing that a lock could forbid.

Their tables need no definitions to be checked: one look at each value is enough. Everybody else is read out into
layers and goes the long way, which also finds the words for what is wrong.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.environ import fold
from traitconf.layers.grammar import LONGEST_ID
from traitconf.layers.graph import ConfigGraph, Node
from traitconf.layers.layer import NONE
from traitconf.layers.roster import Names
from traitconf.resolve.convert import convert
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.options import Option
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.schema.spec import TraitSpec
from traitconf.types import Band

Test = Callable[[Any], bool]
Tests = dict[str, Any]
"""By name of an option: a test of its value, or the tests of a record's fields."""
_REMEMBERED: Final = 10_000
"""How many good values of one option are remembered."""


def sort_out(
    resolver: Resolver, catalog: Catalog, models: frozenset[str] | None
) -> tuple[ConfigGraph, tuple[Problem, ...]]:
    """Return the resolver's graph with the plain tenants packed and all others read out into layers.

    Args:
        resolver: over a graph that was just read.
        catalog: the known traits.
        models: every name by which configuration may speak of a model; `None` while models may still be imported.

    Returns:
        the graph, and the faults of structure that reading out has found.
    """
    graph = resolver.graph
    if not graph.roster:
        return graph, ()
    look = _Look(resolver, catalog, models)
    others = [tenant for tenant, table in graph.roster.tables.items() if not look.is_plain(table)]
    others += look.named & graph.roster.tables.keys()
    others += [tenant for tenant in graph.roster if fold(tenant) in look.tokens] if look.tokens else ()
    problems = [problem for tenant in dict.fromkeys(others) for problem in graph.roster.problems(tenant)]
    graph = graph.read_out(dict.fromkeys(others))
    return attrs.evolve(graph, roster=graph.roster.packed(look.lineups)), tuple(problems)


class _Look:
    """What one look at a tenant's table must know."""

    def __init__(self, resolver: Resolver, catalog: Catalog, models: frozenset[str] | None) -> None:
        """Learn what is locked, and which tenants have layers of other sources."""
        self._resolver = resolver
        self._catalog = catalog
        self._models = models
        self._tests: dict[str, Tests] = {}
        self._good_models: set[str] = set()
        self._guarded = list(dict.fromkeys(_guarded(resolver, catalog)))
        self._by_lineup: dict[Names | None, dict[str, Tests] | None] = {}
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
            elif name != "extends" and not _holds(value, tests.get(name) or self._trait(name, tests)):
                return False
        return True

    def _are_plain_models(self, models: Any, tests: dict[str, Tests]) -> bool:
        if type(models) is not dict:
            return False
        for model, table in models.items():
            if type(table) is not dict or not (model in self._good_models or self._is_good_model(model)):
                return False
            for name, value in table.items():
                if not _holds(value, tests.get(name) or self._trait(name, tests)):
                    return False
        return True

    def _is_good_model(self, model: Any) -> bool:
        """Whether a model's name needs no word, and remember it."""
        is_id = type(model) is str and 0 < len(model) <= LONGEST_ID and not model.startswith("*")
        if is_id and (self._models is None or model in self._models):
            self._good_models.add(model)
            return True
        return False

    def _tests_for(self, extends: Any) -> dict[str, Tests] | None:
        """Return the tests of tenants with that `extends`; nothing where it is faulty or brings locks together."""
        if extends is not None and not all(type(name) is str for name in extends):
            return None
        lineup = None if extends is None else tuple(extends)
        tail = self._resolver.lineages.tail(lineup)
        self._by_lineup[lineup] = None if tail is None else self._guard(tail)
        return self._by_lineup[lineup]

    def _guard(self, tail: tuple[Node, ...]) -> dict[str, Tests] | None:
        """Return tests that nothing passes which a lock of the lineage could forbid."""
        seen = [guarded for guarded in self._guarded if guarded[0][0] == "global" or guarded[0] in tail]
        places = [(trait, path) for node, trait, path in seen if node[0] == "group"]
        if len(set(places)) < len(places):
            return None
        tests: dict[str, Tests] = {}
        for _, trait, path in seen:
            if (inner := self._trait(trait, tests)) is not None:
                tests[trait] = _without(inner, path)
        return tests

    def _trait(self, name: str, tests: dict[str, Tests]) -> Tests | None:
        """Return the tests of a trait, and remember them."""
        if name not in self._tests:
            spec = self._catalog.find(name) if type(name) is str and name not in SETTINGS_SPECS else None
            if spec is None:
                return None
            self._tests[name] = _tests_of(spec)
        return tests.setdefault(name, self._tests[name])


def _holds(table: Any, tests: Tests | None) -> bool:
    """Whether every value of a table passes its test."""
    if tests is None or type(table) is not dict:
        return False
    try:
        for name, value in table.items():
            test = tests[name]
            if not (_holds(value, test) if type(test) is dict else test(value)):
                return False
    except KeyError:
        return False
    return True


def _without(tests: Tests, path: tuple[str, ...]) -> Tests:
    """Return tests that an option does not pass, whatever its value."""
    head, *rest = path
    inner = tests.get(head)
    if rest and type(inner) is dict:
        return tests | {head: _without(inner, tuple(rest))}
    return {name: test for name, test in tests.items() if name != head}


def _guarded(resolver: Resolver, catalog: Catalog) -> Iterator[tuple[Node, str, tuple[str, ...]]]:
    """Yield every lock and `allow` that tenants may meet: the node that holds it, the trait, the option's path."""
    for layer in resolver.graph.standing_layers():
        for name in layer.tables if layer.scope.axis != "tenant" else ():
            spec = SETTINGS_SPECS.get(name) or catalog.find(name)
            for typed in resolver.contribution(layer, spec)[0] if spec else ():
                if typed.definition.band is Band.LOCK or typed.definition.operation == "allow":
                    yield (layer.scope.axis, layer.scope.name), name, typed.definition.option.path


def _tests_of(spec: TraitSpec) -> Tests:
    found = ((name, _test(option)) for name, option in spec.options.items())
    return {name: test for name, test in found if test is not None}


def _test(option: Option) -> Test | Tests | None:
    """Return what tells a good value of an option; nothing where the long way must be gone."""
    meta = option.meta
    if option.is_secret or meta.deprecated or (meta.scope and "tenant" not in meta.scope):
        return None
    if option.fields:
        inner = ((name, _test(field)) for name, field in option.fields.items())
        return {name: test for name, test in inner if test is not None}
    if option.kind.form in ("record", "mapping"):
        return None
    ruled = meta.validator is not None or meta.one_of or meta.pattern or option.kind.choices
    if option.kind.annotation is bool and not ruled:
        return _is_bool
    if option.kind.annotation is int and not ruled:
        return _between(meta.ge, meta.le)
    return _converts(option)


def _is_bool(value: Any) -> bool:
    return value is True or value is False


def _between(least: int | None, most: int | None) -> Test:
    low, high = float("-inf") if least is None else least, float("inf") if most is None else most

    def is_between(value: Any) -> bool:
        return type(value) is int and low <= value <= high

    return is_between


def _converts(option: Option) -> Test:
    """Return a test that converts a value when it sees it for the first time."""
    good: set[bytes] = set()
    texts: set[str] = set()

    def converts(value: Any) -> bool:
        if type(value) is str:
            if value in texts:
                return True
            if value == NONE or convert(option, "set", value)[1]:
                return False
            if len(texts) < _REMEMBERED:
                texts.add(value)
            return True
        try:
            key = marshal.dumps(value)
        except ValueError:
            return False
        if key in good:
            return True
        if value is None or type(value) is dict or convert(option, "set", value)[1]:
            return False
        if len(good) < _REMEMBERED:
            good.add(key)
        return True

    return converts
