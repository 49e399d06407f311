"""Checks a whole graph: every definition where it stands, shadowed or not, and every rule between layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from traitconf.errors import Problem, did_you_mean, is_near
from traitconf.layers.definition import Definition
from traitconf.layers.environ import fold
from traitconf.layers.grammar import ModelBinding
from traitconf.layers.graph import ConfigGraph, named_tenants
from traitconf.layers.layer import Layer
from traitconf.resolve.locks import guarded_options, lock_problems, may_break
from traitconf.resolve.narrowing import narrowing_problems
from traitconf.resolve.order import STRANGER, model_of
from traitconf.resolve.plain import is_plain
from traitconf.resolve.prerequisites import prerequisite_problems
from traitconf.resolve.resolver import Resolver
from traitconf.resolve.secrecy import literal_problems, secret_problems
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import RUNTIME, SETTINGS_SPECS
from traitconf.schema.spec import TraitSpec
from traitconf.types import Origin, Severity


def check(resolver: Resolver, catalog: Catalog, *, complete: bool, conflicts: str = "lint") -> list[Problem]:
    """Return everything that is wrong with a graph.

    Args:
        resolver: over the graph.
        catalog: the known traits and models.
        complete: whether the application is loaded, so that an unknown name is an error instead of pending.
        conflicts: `lint` or `error`, for two files of the same rank that define the same option.

    Layers and tenants that `sort_out` found plain have been checked by it.
    """
    problems: list[Problem] = []
    models = known_models(resolver.graph, catalog) if complete else None
    for layer in resolver.graph.standing_layers():
        problems += _layer_problems(resolver, layer, catalog, models)
    for bound in resolver.graph.bindings:
        problems += _binding_problems(bound, catalog, complete=complete)
    problems += _edge_problems(resolver)
    problems += _conflicts(resolver, catalog, conflicts)
    problems += lock_problems(resolver, catalog)
    problems += narrowing_problems(resolver, catalog)
    problems += secret_problems(resolver, catalog)
    problems += prerequisite_problems(catalog.registered(), catalog, complete=complete)
    return problems


def check_override(resolver: Resolver, layers: Iterable[Layer], catalog: Catalog, below: Resolver) -> list[Problem]:
    """Return what is wrong with the layers of an override, and which locks it would break.

    Args:
        resolver: over the graph with the override.
        layers: those of the override; what stands below has been checked.
        catalog: the known traits and models.
        below: the resolver over the graph without the override.
    """
    problems: list[Problem] = []
    added = tuple(layers)
    if resolver.lineages is below.lineages and all(_is_harmless(layer, catalog, below) for layer in added):
        resolver.guarded = below.guarded
        return problems
    models = known_models(resolver.graph, catalog) if any(layer.scope.model for layer in added) else frozenset()
    for layer in added:
        problems += _layer_problems(resolver, layer, catalog, models)
    if resolver.lineages is not below.lineages:
        problems += _edge_problems(resolver)
    if may_break(resolver, added, catalog, below):
        problems += lock_problems(resolver, catalog)
    return [*problems, *narrowing_problems(resolver, catalog, added), *secret_problems(resolver, catalog, added)]


def _is_harmless(layer: Layer, catalog: Catalog, below: Resolver) -> bool:
    """Whether a layer holds nothing but good values, for all models, which nothing below locks or narrows."""
    locked, narrowed = guarded_options(below, catalog)
    if layer.scope.model or not is_plain(layer, catalog):
        return False
    guarded = locked | narrowed if narrowed else locked
    return not guarded or not any(_reaches(layer.tables, (trait, *path)) for trait, path in guarded)


def _reaches(table: Any, path: Iterable[str]) -> bool:
    for name in path:
        if type(table) is not dict or name not in table:
            return False
        table = table[name]
    return True


def spec_for(name: str, layer: Layer, catalog: Catalog) -> TraitSpec | None:
    """Return what a table's name stands for: a trait, or `runtime` at the global scope."""
    if name in SETTINGS_SPECS and layer.scope.axis == "global" and not layer.scope.model:
        return SETTINGS_SPECS[name]
    return catalog.find(name)


def known_models(graph: ConfigGraph, catalog: Catalog) -> frozenset[str]:
    """Return every name by which configuration may speak of a model; the bases of a model are models too."""
    classes = {cls for name in catalog.model_index() for cls in catalog.models(name)}
    known = {alias for cls in classes for aliases in model_of(cls).names for alias in aliases}
    bound = {bound.model for bound in graph.bindings}
    return frozenset(known | bound | {"*" + fold(name) for name in bound})


def _layer_problems(
    resolver: Resolver, layer: Layer, catalog: Catalog, models: frozenset[str] | None
) -> Iterator[Problem]:
    for name in layer.tables if layer not in resolver.plain else ():
        spec = spec_for(name, layer, catalog)
        if spec is None:
            yield _unknown_trait(name, layer, catalog, complete=models is not None)
        else:
            typed, faults = resolver.contribution(layer, spec)
            yield from faults
            yield from (problem for one in typed for problem in _misplaced(name, one.definition))
            yield from literal_problems(layer, spec, typed)
    if models is not None and layer.scope.model and layer.scope.model not in models:
        yield _unknown_model(layer, models)


def _misplaced(trait: str, definition: Definition) -> Iterator[Problem]:
    """Yield a problem for an option that may not be set at this scope."""
    allowed, scope = definition.option.meta.scope, definition.layer.scope
    here = "model" if scope.axis == "global" and scope.model else scope.axis
    if allowed and here not in allowed and definition.operation != "allow":
        address = f"{trait}.{definition.option.name}"
        text = f"'{address}' cannot be set at {here} scope, only at {' or '.join(allowed)} scope"
        yield Problem("TC211", text, definition.origin, address, scope.label, hint="remove this definition")


def _unknown_trait(name: str, layer: Layer, catalog: Catalog, *, complete: bool) -> Problem:
    origin, scope = _name_only(layer.origin((name,))), layer.scope.label
    hint = did_you_mean(name, catalog.names())
    if complete or is_near(name, catalog.names()):
        hint = hint or f"known are {', '.join(catalog.names())}"
        return Problem("TC102", f"unknown trait {name!r}", origin, name, scope, hint=hint)
    text = f"the trait {name!r} is not known yet; it is checked when its application is loaded"
    return Problem(
        "TC102", text, origin, name, scope, hint="name the application with --app", severity=Severity.WARNING
    )


def _name_only(origin: Origin) -> Origin:
    """Return a place without what stands behind the name in its line: of an unknown trait, it may be a secret."""
    behind = origin.excerpt[max(origin.end_column - 1, 0) :]
    if not behind or _HARMLESS.fullmatch(behind):
        return origin
    return attrs.evolve(origin, excerpt=origin.excerpt[: origin.end_column - 1] + " …")


_HARMLESS: Final = re.compile(r"""[\w."' -]*\]{0,2}\s*(#.*)?|["']?\s*[=:]?\s*\{?\s*""")


def _unknown_model(layer: Layer, models: frozenset[str]) -> Problem:
    name = layer.scope.model.removeprefix("*")
    known = sorted(model for model in models if not model.startswith("*"))
    words = [fold(model) for model in known] if layer.scope.model.startswith("*") else known
    hint = did_you_mean(name, words) or f"known are {', '.join(known) or 'none'}"
    return Problem("TC131", f"unknown model {name!r}", layer.origin(), scope=layer.scope.label, hint=hint)


def _binding_problems(bound: ModelBinding, catalog: Catalog, *, complete: bool) -> Iterator[Problem]:
    for index, name in enumerate(bound.traits):
        if catalog.find(name) is not None:
            continue
        hint = did_you_mean(name, catalog.names()) or f"known are {', '.join(catalog.names())}"
        pending = not complete and not is_near(name, catalog.names())
        severity = Severity.WARNING if pending else Severity.ERROR
        text = f"unknown trait {name!r}" if not pending else f"the trait {name!r} is not known yet"
        yield Problem(
            "TC102", text, bound.origin("use", index), f"models.{bound.model}.use", hint=hint, severity=severity
        )


def _edge_problems(resolver: Resolver) -> list[Problem]:
    for name in sorted(resolver.graph.groups):
        resolver.lineages.of(("group", name))
    for name in named_tenants(resolver.graph):
        resolver.lineages.of(("tenant", name))
    resolver.lineages.of(STRANGER)
    steps = resolver.resolve(RUNTIME).chain(("default_extends",)).steps
    setting = steps[-1].definition.origin if steps else None
    return [attrs.evolve(problem, origin=problem.origin or setting) for problem in resolver.lineages.problems]


def _conflicts(resolver: Resolver, catalog: Catalog, policy: str) -> Iterator[Problem]:
    """Yield options that two files of the same rank define at one scope."""
    for layers in resolver.graph.layers.values():
        seen: dict[tuple[object, ...], tuple[Layer, Definition]] = {}
        for layer in layers if len(layers) > 1 else ():
            for trait, definition in _definitions(resolver, layer, catalog):
                key = (layer.source, trait, definition.option.path, definition.band)
                if key in seen and seen[key][0].document is not layer.document:
                    yield _conflict(trait, seen[key][1], definition, policy)
                seen[key] = layer, definition


def _definitions(resolver: Resolver, layer: Layer, catalog: Catalog) -> Iterator[tuple[str, Definition]]:
    for name in layer.tables:
        spec = spec_for(name, layer, catalog)
        for typed in resolver.counting(layer, spec) if spec else ():
            if typed.definition.operation == "set" and typed.definition.option.law == "replace":
                yield name, typed.definition


def _conflict(trait: str, first: Definition, second: Definition, policy: str) -> Problem:
    severity = Severity.ERROR if policy == "error" else Severity.WARNING
    address = f"{trait}.{second.option.name}"
    return Problem(
        "TC301",
        f"'{address}' is defined twice at the same rank; the later file wins",
        second.origin,
        address,
        second.layer.scope.label,
        hint="keep one",
        severity=severity,
        related=((first.origin, "the other definition"),),
    )


def unique(problems: list[Problem]) -> list[Problem]:
    """Return the problems without repetitions, in order."""
    seen: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.code, problem.message, str(problem.origin)), problem)
    return list(seen.values())
