"""`Changes`: what a new snapshot makes different, option by option, for the profiles in use."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import attrs

from traitconf.bind.binding import bindings_of
from traitconf.layers.difference import EVERYWHERE, differences
from traitconf.layers.environ import fold
from traitconf.layers.graph import ConfigGraph, Node
from traitconf.layers.layer import Scope
from traitconf.resolve.order import Model, model_of
from traitconf.resolve.resolution import Resolution
from traitconf.runtime.held import value_at
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import RUNTIME
from traitconf.schema.spec import TraitSpec
from traitconf.types import Secret

if TYPE_CHECKING:
    from traitconf.runtime.profile import Profile
    from traitconf.runtime.snapshot import Snapshot


@attrs.frozen
class Change:
    """One option that has another value.

    Attributes:
        trait: name of the trait.
        option: dotted name of the option.
        model: name of the model, empty for none.
        tenant: one of the tenants for which it is so, or none.
        old: the value before, a `Secret` where it is secret.
        new: the value now, likewise.
    """

    trait: str
    option: str
    model: str
    tenant: str | None
    old: Any
    new: Any

    @property
    def address(self) -> str:
        """The option's address, `trait.option`."""
        return f"{self.trait}.{self.option}"


@attrs.frozen(eq=False)
class Pair:
    """A trait as it was and as it is, for one model and the tenants of one profile."""

    old: Resolution
    new: Resolution

    def changes(self) -> Iterator[Change]:
        """Yield the options whose values differ."""
        if self.old.trait is self.new.trait:
            return
        spec, model = self.old.spec, self.old.model
        for path, option in spec.leaves.items():
            before, after = value_at(self.old.trait, path), value_at(self.new.trait, path)
            if before is not after and (type(before), before) != (type(after), after):
                if option.is_secret:
                    before, after = (one if isinstance(one, Secret) else Secret(one) for one in (before, after))
                label = model.label if model is not None else ""
                yield Change(spec.name, option.name, label, self.old.tenant, before, after)


class Changes:
    """What a new snapshot makes different for the profiles in use; computed while one iterates.

    Only profiles are looked at that see a definition which is another now, and only the traits that it is about: for
    no model, and for every model that has the trait.
    """

    def __init__(self, old: Snapshot, new: Snapshot, catalog: Catalog) -> None:
        """Compare what the two snapshots were made of."""
        self.old, self.new = old, new
        self._catalog = catalog
        self._differences = differences(old.graph, new.graph)
        # Groups, and what has begun or ended by itself, are no difference of tables.
        self._is_later = old.graph is new.graph
        self._models: dict[str, list[Model | None]] = {}

    def __bool__(self) -> bool:
        """Whether anything at all is written differently; it may be shadowed everywhere."""
        if self._differences:
            return True
        if self._is_later:
            return next(iter(self), None) is not None
        return _edges(self.old) != _edges(self.new)

    def __iter__(self) -> Iterator[Change]:
        """Yield every change, those for no tenant first."""
        for pair in self.pairs():
            yield from pair.changes()

    def of(self, trait: str) -> list[Change]:
        """Return the changes of one trait.

        Args:
            trait: its name.
        """
        return [change for change in self if change.trait == trait]

    def pairs(self, wanted: Callable[[TraitSpec], bool] = lambda spec: True) -> Iterator[Pair]:
        """Yield what may have changed, as it was and as it is.

        Args:
            wanted: which traits to look at.
        """
        if "runtime" in self._differences.get(EVERYWHERE, ()) and wanted(RUNTIME):
            yield Pair(self.old.resolver.resolve(RUNTIME), self.new.resolver.resolve(RUNTIME))
        for profile in self.old.opened().values():
            for spec in filter(wanted, self._concerned(profile)):
                for model in self._models_of(spec):
                    yield self._pair(profile, spec, model)

    def _pair(self, profile: Profile, spec: TraitSpec, model: Model | None) -> Pair:
        tenant, extends = profile.tenant, profile.extends
        return Pair(
            self.old.resolver.resolve(spec, model, tenant, extends=extends),
            self.new.resolver.resolve(spec, model, tenant, extends=extends),
        )

    def _concerned(self, profile: Profile) -> list[TraitSpec]:
        """Return the traits that may have changed for a profile."""
        before, after = (_lineage(snapshot, profile) for snapshot in (self.old, self.new))
        if self._is_later or before != after:
            names = {name for node in {EVERYWHERE, *before, *after} for name in self._said.get(node, ())}
            names |= {name for graph in (self.old.graph, self.new.graph) for name in _listed(graph, profile.tenant)}
        else:
            names = {name for node in (EVERYWHERE, *before) for name in self._differences.get(node, ())}
        if names:  # a toggle may follow one that it requires
            names |= {spec.name for spec in self._catalog.registered() if spec.dependent}
        specs = (self._catalog.find(name) for name in sorted(names - {"runtime"}))
        return [spec for spec in specs if spec is not None]

    @functools.cached_property
    def _said(self) -> dict[Node, set[str]]:
        """Every trait of which a node says anything, before or now."""
        said: dict[Node, set[str]] = {}
        for graph in (self.old.graph, self.new.graph):
            for scope, layers in graph.layers.items():
                names = said.setdefault((scope.axis, scope.name), set())
                names.update(name for layer in layers for name in layer.tables)
        return said

    def _models_of(self, spec: TraitSpec) -> list[Model | None]:
        if spec.name not in self._models:
            classes = [cls for name in self._catalog.model_index() for cls in self._catalog.models(name)]
            bound = [cls for cls in classes if any(binding.spec is spec for binding in bindings_of(cls))]
            self._models[spec.name] = [None, *map(model_of, bound)]
        return self._models[spec.name]


def _lineage(snapshot: Snapshot, profile: Profile) -> tuple[Node, ...]:
    if profile.tenant is None:
        return ()
    lineages = snapshot.resolver.lineages
    if profile.extends is not None:
        found = lineages.extending(profile.tenant, profile.extends)
    else:
        found = lineages.of(("tenant", profile.tenant))
    return (*found, *_tokens(snapshot, profile.tenant))


def _tokens(snapshot: Snapshot, tenant: str) -> tuple[Node, ...]:
    """Return the node of variables that speak of every tenant whose id folds to one word."""
    token: Node = "tenant", "*" + fold(tenant)
    return (token,) if snapshot.graph.at(Scope(*token)) else ()


def _listed(graph: ConfigGraph, tenant: str | None) -> set[str]:
    """Return every trait of which the roster's table of a tenant says anything."""
    if tenant is None or tenant not in graph.roster:
        return set()
    return {name for layer in graph.roster.layers(tenant) for name in layer.tables}


def _edges(snapshot: Snapshot) -> dict[Node, tuple[str, ...]]:
    return {node: extends.names for node, extends in snapshot.graph.edges.items()}
