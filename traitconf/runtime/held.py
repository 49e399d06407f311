"""Options with `reload=False`: they keep their value over every reload, until the program is started anew."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.graph import ConfigGraph
from traitconf.layers.layer import Layer
from traitconf.resolve.fold import Folded
from traitconf.resolve.order import Model, model_of
from traitconf.resolve.resolution import Resolution
from traitconf.resolve.resolver import Resolver
from traitconf.resolve.screen import Screen
from traitconf.schema.base import assembled
from traitconf.schema.catalog import Catalog
from traitconf.schema.options import Option
from traitconf.schema.settings import RUNTIME
from traitconf.schema.spec import TraitSpec
from traitconf.types import Secret, Source

Path = tuple[str, ...]
REMEMBERED: Final = 20_000
"""How many traits with held options a snapshot keeps ready."""


@attrs.frozen
class Pending:
    """A change that waits for a restart.

    Attributes:
        address: `trait.option`.
        model: name of the model, empty for none.
        tenant: id of the tenant, or none.
        value: what the option is.
        wanted: what it would be, were the program started anew.
    """

    address: str
    model: str
    tenant: str | None
    value: Any
    wanted: Any


class Held:
    """What the configuration said about options with `reload=False` when their traits were first seen."""

    def __init__(self) -> None:
        """Begin with nothing held."""
        self._first: dict[TraitSpec, Resolver] = {}
        self._free: weakref.WeakSet[TraitSpec] = weakref.WeakSet()

    def note(self, resolver: Resolver, catalog: Catalog) -> None:
        """Hold what a published configuration says about traits that were unknown so far.

        Args:
            resolver: over its graph, nothing held.
            catalog: the known traits.
        """
        for spec in (RUNTIME, *catalog.registered()):
            if spec in self._first or spec in self._free:
                continue
            if held_options(spec):
                self._first[spec] = resolver
            else:
                self._free.add(spec)

    def over(self, resolver: Resolver) -> Resolver:
        """Return a resolver that goes by what is held, or the very same where nothing is.

        Args:
            resolver: over a new graph.
        """
        return HoldingResolver(resolver, dict(self._first)) if self._first else resolver

    def pending(self, resolver: Resolver, catalog: Catalog) -> Iterator[Pending]:
        """Yield what waits for a restart.

        Args:
            resolver: one that `over` returned.
            catalog: the known models.
        """
        models = [None, *(model_of(cls) for name in catalog.model_index() for cls in catalog.models(name))]
        for spec, first in self._first.items():
            seen: set[tuple[Any, ...]] = set()
            for tenant in (None, *_tenants(spec.name, first.graph, resolver.graph)):
                for model in models:
                    found = resolver.resolve(spec, model, tenant)
                    for path, wanted in found.pending.items():
                        value = value_at(found.trait, path)
                        if (path, repr(value), repr(wanted)) not in seen:
                            seen.add((path, repr(value), repr(wanted)))
                            label = model.label if model is not None else ""
                            values = (_veiled(spec.leaves[path], one) for one in (value, wanted))
                            yield Pending(f"{spec.name}.{'.'.join(path)}", label, tenant, *values)


class HoldingResolver(Resolver):
    """A resolver whose options with `reload=False` have the values that they had first; overrides go before."""

    def __init__(self, inner: Resolver, first: Mapping[TraitSpec, Resolver]) -> None:
        """Resolve as `inner` does, but for what is held."""
        super().__init__(inner.graph, (), None, inner.code_layers, inner.screen)
        self.inner, self._first = inner, first
        self.lineages, self.plain = inner.lineages, inner.plain
        self._held: dict[tuple[int, int], tuple[Any, ...]] = {}

    def over(
        self, graph: ConfigGraph, default_extends: tuple[str, ...] | None = None, screen: Screen | None = None
    ) -> Resolver:
        """Return a resolver over another graph that holds the same."""
        return HoldingResolver(self.inner.over(graph, default_extends, screen), self._first)

    def put_over(self, below: Resolver, added: tuple[Layer, ...]) -> None:
        """Take from another resolver what the layers of an override do not touch."""
        if isinstance(below, HoldingResolver):
            self.inner.guarded = self.guarded
            self.inner.put_over(below.inner, added)

    def contribution(self, layer: Layer, spec: TraitSpec) -> Any:
        """Return what a layer says about a trait."""
        return self.inner.contribution(layer, spec)

    def counting(self, layer: Layer, spec: TraitSpec) -> Any:
        """Return what a layer says about a trait and what counts now."""
        return self.inner.counting(layer, spec)

    def marked(self) -> Iterator[Any]:
        """Yield the contributions that hold more than values."""
        return self.inner.marked()

    def resolve(
        self,
        spec: TraitSpec,
        model: Model | None = None,
        tenant: str | None = None,
        group: str | None = None,
        extends: tuple[str, ...] | None = None,
        *,
        alone: bool = False,
    ) -> Resolution:
        """Resolve a trait; arguments as those of every resolver."""
        now = self.inner.resolve(spec, model, tenant, group, extends, alone=alone)
        first = self._first.get(spec)
        if first is None:
            return now
        then = first.resolve(spec, model, tenant, group, extends, alone=alone)
        if now.trait is then.trait or now.problems:
            return now
        key = id(now.trait), id(then.trait)
        if key not in self._held:
            if len(self._held) >= REMEMBERED:
                self._held.clear()
            self._held[key] = (*self._merged(spec, now, then), now.trait, then.trait)  # what has an id must live
        trait, pending, *_ = self._held[key]
        if not pending:
            return now
        mixed = functools.partial(_mixed, now, then)
        return attrs.evolve(now, trait=trait, pending=pending, refold=lambda: mixed(pending))

    def read(
        self, spec: TraitSpec, model: Model | None, tenant: str | None, extends: tuple[str, ...] | None = None
    ) -> tuple[Any, tuple[Problem, ...]]:
        """Return a trait as `resolve` does, and what is wrong with it; arguments as those of every resolver."""
        found = self.resolve(spec, model, tenant, extends=extends)
        return found.trait, found.problems

    def _merged(self, spec: TraitSpec, now: Resolution, then: Resolution) -> tuple[Any, dict[Path, Any]]:
        """Return the trait with the held values, and what is pending."""
        chains = now.refold()
        pending = {}
        for option in held_options(spec):
            wanted, value = value_at(now.trait, option.path), value_at(then.trait, option.path)
            if wanted != value and not _is_overridden(chains[option.path]):
                pending[option.path] = wanted
        if not pending:
            return now.trait, pending
        values = {
            name: _with_held(option, getattr(now.trait, name), then.trait, pending)
            for name, option in spec.options.items()
        }
        services = getattr(now.trait, "_services", None)
        return (assembled(spec.cls, values, services) if spec.is_trait else spec.cls(**values)), pending


def held_options(spec: TraitSpec) -> list[Option]:
    """Return the folded options of a trait that keep their values until a restart."""
    return [leaf for leaf in spec.leaves.values() if not (leaf.meta.reload and spec.options[leaf.path[0]].meta.reload)]


def value_at(trait: Any, path: Path) -> Any:
    """Return the value of a folded option; `None` inside a record that is none."""
    for name in path:
        trait = getattr(trait, name, None)
    return trait


def _veiled(option: Option, value: Any) -> Any:
    return Secret(value) if option.is_secret and value is not None and not isinstance(value, Secret) else value


def _with_held(option: Option, value: Any, then: Any, pending: Mapping[Path, Any]) -> Any:
    """Return a value with what is held put in, a record rebuilt where one of its fields is."""
    if option.path in pending:
        return value_at(then, option.path)
    if not any(path[: len(option.path)] == option.path for path in pending) or value is None:
        return value
    fields = {name: _with_held(field, getattr(value, name), then, pending) for name, field in option.fields.items()}
    return option.kind.annotation(**fields)


def _mixed(now: Resolution, then: Resolution, pending: Mapping[Path, Any]) -> Mapping[Path, Folded]:
    held = then.refold()
    return {path: held[path] if path in pending else folded for path, folded in now.refold().items()}


def _is_overridden(folded: Folded) -> bool:
    return any(step.counts and step.definition.layer.source is Source.OVERRIDE for step in folded.steps)


def _tenants(trait: str, *graphs: ConfigGraph) -> list[str]:
    """Return the tenants of which graphs say something about a trait."""
    layers = (layer for graph in graphs for layer in graph.all_layers() if trait in layer.tables)
    return sorted({layer.scope.name for layer in layers if layer.scope.axis == "tenant"})
