"""Short names of models that have become ambiguous: two living classes of that name, and a file that uses it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from typing import Any

from traitconf.bind.binding import bindings_of
from traitconf.errors import Problem
from traitconf.layers.graph import ConfigGraph
from traitconf.schema.catalog import Catalog, model_names
from traitconf.types import Severity


def ambiguous_models(graph: ConfigGraph, catalog: Catalog, severity: Severity) -> Iterator[Problem]:
    """Yield TC130 for every short name under which a configuration sets a trait that several classes of it have.

    Args:
        graph: the layers.
        catalog: the known models.
        severity: how bad it is by now: a warning while the application runs, an error where it is checked.
    """
    names = [index.rpartition(":")[2].rpartition(".")[2] for index in catalog.model_index()]
    several = {name for name in names if len(catalog.models(name)) > 1}
    for name in graph.model_names() if several else ():
        if name not in several:
            continue
        layers = [layer for layer in graph.all_layers() if layer.scope.model == name]
        traits = {trait for layer in layers for trait in layer.tables}
        qualified = _qualified(name, catalog, traits)
        if len(qualified) > 1 and any(_is_local(cls) for cls in catalog.models(name)):
            gc.collect()  # a class that a function defined may be gone but for its own circle of references
            qualified = _qualified(name, catalog, traits)
        if len(qualified) > 1:
            text = f"the model name {name!r} is ambiguous: it stands for {' and for '.join(qualified)}"
            hint = f'write the one that is meant: [models."{qualified[0]}"]'
            origin, scope = layers[0].origin(), layers[0].scope.label
            yield Problem("TC130", text, origin, f"models.{name}", scope, hint=hint, severity=severity)


def _qualified(name: str, catalog: Catalog, traits: set[str]) -> list[str]:
    """Return the qualified names of the living classes with a short name that have one of the traits."""
    return sorted(
        {
            model_names(cls)[1]
            for cls in catalog.models(name)
            if (_is_local(cls) or _stands(cls)) and any(binding.spec.name in traits for binding in bindings_of(cls))
        }
    )


def _is_local(cls: type) -> bool:
    return "<locals>" in cls.__qualname__


def _stands(cls: type) -> bool:
    """Whether a class can still be had where it says that it stands: a module may be gone, or made anew."""
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls
