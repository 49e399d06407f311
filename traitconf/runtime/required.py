"""What is wrong with whole traits, for the models that are bound and the traits that are configured.

Required options that nothing defines, and computed defaults that fail with what is configured.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from traitconf.bind.binding import bindings_of
from traitconf.errors import Problem
from traitconf.resolve.order import Model, model_of
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.computed import is_computed
from traitconf.schema.options import required
from traitconf.schema.settings import RUNTIME, SETTINGS_SPECS
from traitconf.schema.spec import TraitSpec


def required_problems(resolver: Resolver, catalog: Catalog) -> Iterator[Problem]:
    """Yield TC501 for every required option that nothing defines where its trait is enabled; what fails to be computed.

    And TC740 and TC741 for sinks of metrics that are not there.

    Args:
        resolver: over the graph.
        catalog: the known traits and models.
    """
    telemetry = resolver.resolve(RUNTIME).trait.telemetry
    if telemetry.sinks or telemetry.traces:
        from traitconf.runtime.sinks import sink_problems

        yield from sink_problems(resolver)
    for spec, model in _used(resolver, catalog):
        missing = [] if spec.tenant == "required" else _missing(resolver, spec, model, None)
        yield from missing
        for tenant in () if missing else _differing(resolver, spec):
            yield from _missing(resolver, spec, model, tenant)


def _differing(resolver: Resolver, spec: TraitSpec) -> Iterator[str]:
    """Yield the tenants that say something of a trait, and of those that do not, one for each chain of groups."""
    graph = resolver.graph
    standing = graph.standing_layers()
    speaking = {layer.scope.name for layer in standing if layer.scope.axis == "tenant" and spec.name in layer.tables}
    seen = set()
    for tenant in graph.nodes("tenant"):
        if tenant in graph.roster:
            table = graph.roster.table(tenant)
            speaks = spec.name in table or any(spec.name in inner for inner in table.get("models", {}).values())
        else:
            table, speaks = {}, False
        if speaks or tenant in speaking or spec.dependent:
            yield tenant
            continue
        extends = table.get("extends")
        chain = extends if extends is None else tuple(extends)
        key = ("listed", chain) if tenant in graph.roster else resolver.lineages.of(("tenant", tenant))[1:]
        if key not in seen:
            seen.add(key)
            yield tenant


def _used(resolver: Resolver, catalog: Catalog) -> Iterator[tuple[TraitSpec, Model | None]]:
    """Yield the traits with required options or computed defaults.

    Each comes with the models that have it, and with none where a file names it.
    """
    for index in catalog.model_index():
        for cls in catalog.models(index):
            for binding in bindings_of(cls):
                if _demands(binding.spec):
                    yield binding.spec, model_of(cls)
    for name in sorted({name for layer in resolver.layers((), None) for name in layer.tables} - SETTINGS_SPECS.keys()):
        spec = catalog.find(name)
        if spec is not None and _demands(spec):
            yield spec, None


def _demands(spec: TraitSpec) -> bool:
    return any(required(leaf.default) or is_computed(leaf.default) for leaf in spec.leaves.values())


def _missing(resolver: Resolver, spec: TraitSpec, model: Model | None, tenant: str | None) -> list[Problem]:
    where = [f"tenant {tenant}"] if tenant is not None else []
    where += [f"model {model.label}"] if model is not None else []
    problems = resolver.resolve(spec, model, tenant).problems
    scope = ", ".join(where) or "global"
    return [attrs.evolve(problem, message=f"{problem.message} ({scope})", scope=scope) for problem in problems]
