"""Secrets that cannot be had, and secrets that stand in clear where others can read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import attrs

from traitconf.errors import Problem
from traitconf.layers.definition import Definition
from traitconf.layers.files import FileDocument
from traitconf.layers.layer import NONE, Layer
from traitconf.layers.secrets import Reference
from traitconf.resolve.at_scope import resolve_at
from traitconf.resolve.fold import Typed
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.spec import TraitSpec
from traitconf.types import Severity, Source


def secret_problems(resolver: Resolver, catalog: Catalog, added: Collection[Layer] | None = None) -> Iterator[Problem]:
    """Yield every secret that cannot be had: an error where it is needed, else a warning.

    It is not needed where something stronger shadows the reference, and where its trait is off. A reference that
    nobody understands is always an error.

    Args:
        resolver: over the graph; its layers have been checked.
        catalog: the known traits and models.
        added: the only layers to look at; all when not given.
    """
    for layer, trait, contribution in resolver.marked():
        for typed in contribution if added is None or layer in added else ():
            definition = typed.definition
            if definition.companions.expired(resolver.now):
                continue
            problem = resolver.screen.problem(definition)
            if problem is not None:
                needed = problem.code == "TC403" or _is_needed(resolver, catalog, trait, definition)
                yield problem if needed else attrs.evolve(problem, severity=Severity.WARNING)


def _is_needed(resolver: Resolver, catalog: Catalog, trait: str, definition: Definition) -> bool:
    resolution = resolve_at(resolver, catalog, trait, definition.layer.scope)
    if resolution is None or not getattr(resolution.trait, "enabled", True):
        return False
    steps = resolution.chain(definition.option.path).steps
    return any(step.counts and step.definition is definition for step in steps)


def literal_problems(layer: Layer, spec: TraitSpec, contribution: Iterable[Typed]) -> Iterator[Problem]:
    """Yield TC401, a lint, for every secret that stands in clear in a file which others are given to read.

    Args:
        layer: the layer; files named `.secrets.*` and `*.local.*` are nobody else's.
        spec: the trait.
        contribution: what the layer says about it.
    """
    if layer.source not in (Source.FILE, Source.ENVIRONMENT_FILE) or not _is_file(layer):
        return
    for definition in (typed.definition for typed in contribution if typed.definition.option.is_secret):
        is_value = definition.operation not in ("unset", "remove", "allow") and type(definition.raw) is not Reference
        if is_value and definition.raw not in (None, "", NONE):
            address = f"{spec.name}.{definition.option.name}"
            yield Problem(
                "TC401",
                f"the secret '{address}' stands in clear",
                definition.origin,
                address,
                layer.scope.label,
                hint='write secret = "env:NAME" or "file:PATH", or move it to .secrets.toml',
                severity=Severity.WARNING,
            )


def _is_file(layer: Layer) -> bool:
    return isinstance(getattr(layer.document, "inner", layer.document), FileDocument)
