"""Checks a whole graph: every definition where it stands, shadowed or not, and every rule between layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from traitconf.errors import Problem, did_you_mean, is_near
from traitconf.layers.environ import fold
from traitconf.layers.grammar import ModelBinding
from traitconf.layers.layer import Layer
from traitconf.resolve.locks import lock_problems
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.options import Option
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.schema.spec import TraitSpec
from traitconf.types import Severity


def check(resolver: Resolver, catalog: Catalog, *, complete: bool, conflicts: str = "lint") -> list[Problem]:
    """Return everything that is wrong with a graph.

    Args:
        resolver: over the graph.
        catalog: the known traits and models.
        complete: whether the application is loaded, so that an unknown name is an error instead of pending.
        conflicts: `lint` or `error`, for two files of the same rank that define the same option.
    """
    problems: list[Problem] = []
    for layer in resolver.graph.all_layers():
        problems += _layer_problems(resolver, layer, catalog, complete=complete)
    for bound in resolver.graph.bindings:
        problems += _binding_problems(bound, catalog, complete=complete)
    problems += _edge_problems(resolver)
    problems += _conflicts(resolver, catalog, conflicts)
    problems += lock_problems(resolver, catalog)
    return problems


def check_override(resolver: Resolver, layers: Iterable[Layer], catalog: Catalog) -> list[Problem]:
    """Return what is wrong with the layers of an override, and which locks it would break.

    Args:
        resolver: over the graph with the override.
        layers: those of the override; what stands below has been checked.
        catalog: the known traits and models.
    """
    problems: list[Problem] = []
    for layer in layers:
        problems += _layer_problems(resolver, layer, catalog, complete=True)
    return [*problems, *lock_problems(resolver, catalog)]


def spec_for(name: str, layer: Layer, catalog: Catalog) -> TraitSpec | None:
    """Return what a table's name stands for: a trait, or `runtime` at the global scope."""
    if name in SETTINGS_SPECS and layer.scope.axis == "global" and not layer.scope.model:
        return SETTINGS_SPECS[name]
    return catalog.find(name)


def _layer_problems(resolver: Resolver, layer: Layer, catalog: Catalog, *, complete: bool) -> Iterator[Problem]:
    for name in layer.tables:
        spec = spec_for(name, layer, catalog)
        if spec is None:
            yield _unknown_trait(name, layer, catalog, complete=complete)
        else:
            yield from resolver.contribution(layer, spec)[1]
    if layer.scope.model and complete:
        yield from _unknown_model(layer, catalog)


def _unknown_trait(name: str, layer: Layer, catalog: Catalog, *, complete: bool) -> Problem:
    origin, scope = layer.origin((name,)), layer.scope.label
    hint = did_you_mean(name, catalog.names())
    if complete or is_near(name, catalog.names()):
        hint = hint or f"known are {', '.join(catalog.names())}"
        return Problem("TC102", f"unknown trait {name!r}", origin, name, scope, hint=hint)
    text = f"the trait {name!r} is not known yet; it is checked when its application is loaded"
    return Problem(
        "TC102", text, origin, name, scope, hint="name the application with --app", severity=Severity.WARNING
    )


def _unknown_model(layer: Layer, catalog: Catalog) -> Iterator[Problem]:
    name = layer.scope.model
    known = {alias for model in catalog.model_index() for alias in (model, model.rpartition(":")[2].rpartition(".")[2])}
    if name in known or name in {"*" + fold(alias) for alias in known} or name in _bound_models(layer, catalog):
        return
    hint = did_you_mean(name, known) or f"known are {', '.join(sorted(known)) or 'none'}"
    yield Problem(
        "TC131", f"unknown model {name.removeprefix('*')!r}", layer.origin(), scope=layer.scope.label, hint=hint
    )


def _bound_models(layer: Layer, catalog: Catalog) -> set[str]:
    return {layer.scope.model} if catalog.models(layer.scope.model) else set()


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
    for axis in ("group", "tenant"):
        for name in resolver.graph.nodes(axis):
            resolver.lineages.of((axis, name))
    return resolver.lineages.problems


def _conflicts(resolver: Resolver, catalog: Catalog, policy: str) -> Iterator[Problem]:
    """Yield options that two files of the same rank define at one scope."""
    for layers in resolver.graph.layers.values():
        seen: dict[tuple[object, ...], tuple[Layer, Option]] = {}
        for layer in layers if len(layers) > 1 else ():
            for typed in _definitions(resolver, layer, catalog):
                key = (layer.source, typed[0], typed[1].path, typed[2])
                if key in seen and seen[key][0].document is not layer.document:
                    yield _conflict(typed[0], typed[1], seen[key][0], layer, policy)
                seen[key] = layer, typed[1]


def _definitions(resolver: Resolver, layer: Layer, catalog: Catalog) -> Iterator[tuple[str, Option, object]]:
    for name in layer.tables:
        spec = spec_for(name, layer, catalog)
        for typed in resolver.contribution(layer, spec)[0] if spec else ():
            if typed.definition.operation == "set" and typed.definition.option.law == "replace":
                yield name, typed.definition.option, typed.definition.band


def _conflict(trait: str, option: Option, first: Layer, second: Layer, policy: str) -> Problem:
    place = (trait, *option.path)
    severity = Severity.ERROR if policy == "error" else Severity.WARNING
    text = f"'{trait}.{option.name}' is defined twice at the same rank; the later file wins"
    related = ((first.origin(place), "the other definition"),)
    address = ".".join(place)
    return Problem(
        "TC301",
        text,
        second.origin(place),
        address,
        second.scope.label,
        hint="keep one",
        severity=severity,
        related=related,
    )


def unique(problems: list[Problem]) -> list[Problem]:
    """Return the problems without repetitions, in order."""
    seen: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.code, problem.message, str(problem.origin)), problem)
    return list(seen.values())
