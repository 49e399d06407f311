"""`Resolver`: folds the layers of one graph into typed traits, and remembers what it has folded.

Values are converted once for each layer, not once for each tenant; two lookups over the same layers share one result.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from traitconf.errors import Problem
from traitconf.layers.definition import Definition, definitions_of
from traitconf.layers.environ import fold as fold_name
from traitconf.layers.graph import ConfigGraph, Node, stands
from traitconf.layers.layer import Layer, Scope
from traitconf.layers.secrets import Reference, SecretReader
from traitconf.resolve.allow import read_allowed
from traitconf.resolve.convert import Fault, convert
from traitconf.resolve.fold import Chains, Folded, Gate, Typed, fold, leaves_of, value_of
from traitconf.resolve.order import Lineages, Model, override_depth, scopes_of, tenant_scopes
from traitconf.resolve.patch import Added, Locked, Made, Path, is_patchable, patched, written
from traitconf.resolve.prerequisites import Subject, gates_of
from traitconf.resolve.resolution import Resolution
from traitconf.resolve.screen import Screen
from traitconf.schema.base import assembled
from traitconf.schema.options import Option, required
from traitconf.schema.services import Services
from traitconf.schema.spec import TraitSpec
from traitconf.types import Band, Source

K = TypeVar("K")
V = TypeVar("V")
CodeLayers = Callable[[type], Iterable[Layer]]
Contribution = tuple[Typed, ...]


PASSING: Final = 20_000
"""How many conversions of layers that come and go are kept, and how many results."""
ANSWERED: Final = 4096
"""How many answers are kept, each for a trait, a model and a tenant."""


class Resolver:
    """Resolves any trait for any model and tenant over one graph.

    Args:
        graph: the layers.
        default_extends: groups of a tenant without `extends`.
        services: handed to every resolved trait.
        code_layers: returns the layers that a class's decorators make.
        screen: the moment for which it resolves, and what reads secrets; now, and nothing, when not given.

    Attributes:
        plain: layers of which is known that they hold good values and nothing else.
    """

    def __init__(
        self,
        graph: ConfigGraph,
        default_extends: tuple[str, ...] = (),
        services: Services | None = None,
        code_layers: CodeLayers = lambda cls: (),
        screen: Screen | None = None,
    ) -> None:
        """Begin with nothing folded."""
        self.graph = graph
        self.lineages = Lineages(graph, default_extends)
        self._default_extends = default_extends
        self._services = services
        self.code_layers = code_layers
        self.guarded: tuple[Locked, Locked] | None = None
        self.plain: frozenset[Layer] = frozenset()
        self.screen = screen or Screen(datetime.datetime.now(datetime.UTC), SecretReader())
        self._marked: dict[tuple[Layer, TraitSpec], Contribution] = {}
        self._typed: dict[tuple[Layer, TraitSpec], tuple[Contribution, tuple[Problem, ...]]] = {}
        self._passing_marked: dict[tuple[Layer, TraitSpec], Contribution] = {}
        self._passing: dict[tuple[Layer, TraitSpec], tuple[Contribution, tuple[Problem, ...]]] = {}
        self._made: dict[tuple[Any, ...], Made] = {}
        self._answers: dict[tuple[Any, ...], Made] = {}
        self._common: dict[tuple[Any, ...], tuple[Layer, ...]] = {}
        self._strong: dict[tuple[Any, ...], frozenset[Path]] = {}
        self._bare: dict[TraitSpec, Chains] = {}
        self._over: tuple[Resolver, Added] | None = None

    def over(
        self, graph: ConfigGraph, default_extends: tuple[str, ...] | None = None, screen: Screen | None = None
    ) -> Resolver:
        """Return a resolver over another graph that keeps the conversions of the layers both have.

        Args:
            graph: the other graph.
            default_extends: groups of a tenant without `extends`; as here when not given.
            screen: moment and secrets; those of this one when not given.
        """
        extends = self._default_extends if default_extends is None else default_extends
        made = Resolver(graph, extends, self._services, self.code_layers, screen or self.screen)
        made._typed, made._marked, made._bare, made.plain = self._typed, self._marked, self._bare, self.plain
        same = graph.edges is self.graph.edges and graph.groups is self.graph.groups
        if same and graph.roster is self.graph.roster and extends == self._default_extends:
            made.lineages = self.lineages
        return made

    def put_over(self, below: Resolver, added: tuple[Layer, ...]) -> None:
        """Take from another resolver what the layers of an override do not touch.

        Args:
            below: over the graph without the layers.
            added: the layers; checked, and above all others.
        """
        if self.lineages is below.lineages and self.guarded is not None:
            self._over = below, Added(added, self.guarded[0])

    @property
    def now(self) -> datetime.datetime:
        """The moment for which it resolves."""
        return self.screen.now

    def next_change(self) -> datetime.datetime | None:
        """Return when the next definition expires, after which results may differ; `None` when none ever does.

        Definitions count from the moment their layer was checked or resolved.
        """
        ends = (one.definition.companions.until for *_, contribution in self.marked() for one in contribution)
        return min((end for end in ends if end is not None and end > self.now), default=None)

    def marked(self) -> Iterator[tuple[Layer, str, Contribution]]:
        """Yield the contributions that hold more than values, with their layers and the names of their traits.

        These are definitions that expire, refer to a secret, or narrow others; of the layers looked at so far.
        """
        for (layer, spec), contribution in [*self._marked.items(), *self._passing_marked.items()]:
            if layer.source is Source.DECORATOR or layer in self.graph.at(layer.scope):
                yield layer, spec.name, contribution

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
        """Resolve a trait.

        Args:
            spec: the trait.
            model: the model, or none.
            tenant: id of the tenant, or none.
            group: without a tenant: a group, for what a tenant gets that extends it and says nothing itself.
            extends: groups of the tenant, where somebody else than the configuration says which.
            alone: whether prerequisites are left out.
        """
        lineage = self.lineages.seen_by(tenant, group, extends)
        gates = gates_of(Subject(self, model, tenant, group, extends), spec) if spec.dependent and not alone else ()

        def fold_again() -> Chains:
            return self._fold(spec, self._speaking(spec, model, lineage), gates)

        trait, problems = self.answer(spec, model, lineage, gates)
        return Resolution(spec, trait, model, tenant, lineage, problems, fold_again)

    def read(
        self, spec: TraitSpec, model: Model | None, tenant: str | None, extends: tuple[str, ...] | None = None
    ) -> Made:
        """Return a trait as `resolve` does, and what is wrong with it, without the way there.

        Args:
            spec: the trait.
            model: the model, or none.
            tenant: id of the tenant, or none.
            extends: groups of the tenant, where somebody else than the configuration says which.
        """
        if spec.dependent:
            found = self.resolve(spec, model, tenant, extends=extends)
            return found.trait, found.problems
        return self.answer(spec, model, self.lineages.seen_by(tenant, None, extends))

    def answer(
        self, spec: TraitSpec, model: Model | None, lineage: tuple[Node, ...], gates: tuple[Gate, ...] = ()
    ) -> Made:
        """Return a trait as it is resolved, and what is wrong with it.

        Args:
            spec: the trait.
            model: the model, or none.
            lineage: a tenant and what it extends, nearest first.
            gates: the prerequisites that are off.
        """
        if self._over is not None and (made := self._overridden(spec, model, lineage, *self._over)) is not None:
            return made  # kept by the profile that asks, for as long as the override is in force
        closed = tuple((gate.path, gate.name) for gate in gates) if gates else ()
        asked = (spec, model and model.names, lineage, closed, *self._coded(model))
        made = self._answers.get(asked)
        if made is None:
            made = self._patched(spec, model, lineage) if is_patchable(spec) else None
            if made is None:
                layers = self._speaking(spec, model, lineage)
                made = _kept(self._made, (spec, *layers, *closed), lambda: self._make(spec, layers, gates), PASSING)
            if len(self._answers) >= ANSWERED:
                self._answers.clear()
            self._answers[asked] = made
        return made

    def _patched(self, spec: TraitSpec, model: Model | None, lineage: tuple[Node, ...]) -> Made | None:
        """Return a trait as a change of what the definitions of a tenant stand upon."""
        if self._over is not None or not lineage or lineage[0][0] != "tenant":
            return None
        layers = [layer for layer in self._own(lineage[0][1], model) if spec.name in layer.tables]
        groups = lineage[1:]
        standing, stronger = self.answer(spec, model, groups), self._stronger(spec, model, groups)
        return self._over_others(spec, standing, layers, Band.NORMAL, stronger)

    def _overridden(
        self, spec: TraitSpec, model: Model | None, lineage: tuple[Node, ...], below: Resolver, added: Added
    ) -> Made | None:
        """Return a trait as a change of what an override stands upon."""
        if not is_patchable(spec):
            return None
        layers, guarded = added.speaking(spec, model, lineage), added.locked_in(spec)
        return self._over_others(spec, below.answer(spec, model, lineage), layers, Band.FORCE, guarded)

    def _over_others(
        self, spec: TraitSpec, below: Made, layers: Sequence[Layer], band: Band, guarded: Collection[Path]
    ) -> Made | None:
        """Return a trait with what some layers say that stand above all others; nothing where all must be folded."""
        tables = [layer.tables[spec.name] for layer in layers if layer.band is band]
        made = written(spec, below, tables, guarded) if len(tables) == len(layers) else None
        return made or patched(spec, below, self._said(spec, layers), band, guarded)

    def _said(self, spec: TraitSpec, layers: Iterable[Layer]) -> list[Typed]:
        return [typed for layer in layers for typed in self.contribution(layer, spec)[0]]

    def _stronger(self, spec: TraitSpec, model: Model | None, groups: tuple[Node, ...]) -> frozenset[Path]:
        """Return the options of which the layers below every tenant define something stronger than usual."""

        def look() -> frozenset[Path]:
            below = (typed.definition for typed in self._said(spec, self._speaking(spec, model, groups)))
            return frozenset(definition.option.path for definition in below if definition.band > Band.NORMAL)

        return _kept(self._strong, (spec, model and model.names, groups, *self._coded(model)), look, ANSWERED)

    def _speaking(self, spec: TraitSpec, model: Model | None, lineage: tuple[Node, ...]) -> list[Layer]:
        return [layer for layer in self.layers(lineage, model) if spec.name in layer.tables]

    def layers(self, lineage: tuple[Node, ...], model: Model | None) -> list[Layer]:
        """Return the layers that apply, weakest first; overrides stand above all scopes.

        Args:
            lineage: a tenant and what it extends, nearest first.
            model: the model, or none.
        """
        tenant = lineage[0][1] if lineage and lineage[0][0] == "tenant" else None
        coded, groups = self._coded(model), lineage if tenant is None else lineage[1:]
        asked = (groups, model and model.names, *coded)
        common = _kept(self._common, asked, lambda: tuple(self._at(scopes_of(groups, model), coded)), ANSWERED)
        own = () if tenant is None else self._own(tenant, model)
        return sorted((*common, *own), key=override_depth)

    def _own(self, tenant: str, model: Model | None) -> Iterable[Layer]:
        """Return the layers of a tenant's own scopes, weakest first."""
        if stands(self.graph, tenant) or stands(self.graph, "*" + fold_name(tenant)):
            return self._at(tenant_scopes(tenant, model), ())
        if tenant not in self.graph.roster:
            return ()
        names = ("",), *(model.names if model else ())
        layers = self.graph.roster.layers(tenant)  # of one document, so of one rank
        return [layer for some in names for name in some for layer in layers if layer.scope.model == name]

    def _at(self, scopes: Iterable[tuple[Scope, ...]], coded: tuple[Layer, ...]) -> Iterator[Layer]:
        for aliases in scopes:
            here = [layer for scope in aliases for layer in coded if layer.scope == scope]
            here += [layer for scope in aliases for layer in self.graph.at(scope)]
            yield from sorted(here, key=lambda layer: layer.rank) if len(here) > 1 else here

    def contribution(self, layer: Layer, spec: TraitSpec) -> tuple[Contribution, tuple[Problem, ...]]:
        """Return what a layer says about a trait, converted, and every fault of it.

        Args:
            layer: the layer.
            spec: the trait.
        """
        key = (layer, spec)
        passes = layer.source is Source.OVERRIDE or layer.scope.name in self.graph.roster
        kept = self._passing if passes else self._typed
        found = kept.get(key)
        if found is None:
            problems: list[Problem] = []
            converted = [_converted(one, problems) for one in definitions_of(layer, spec, problems.append)]
            typed = tuple(one for one in converted if one is not None)
            if not all(one.definition.is_bare for one in typed):
                (self._passing_marked if passes else self._marked)[key] = typed
            found = typed, tuple(problems)
            if passes and len(kept) >= PASSING:
                kept.clear()
            kept[key] = found
        return found

    def counting(self, layer: Layer, spec: TraitSpec) -> Contribution:
        """Return what a layer says about a trait and what counts now, secrets read.

        Args:
            layer: the layer.
            spec: the trait.
        """
        typed = self.contribution(layer, spec)[0]
        return self.screen.through(typed) if self._has_marks(layer, spec) else typed

    def _has_marks(self, layer: Layer, spec: TraitSpec) -> bool:
        return (layer, spec) in self._marked or (layer, spec) in self._passing_marked

    def _coded(self, model: Model | None) -> tuple[Layer, ...]:
        if model is None or model.cls is None:
            return ()
        return tuple(layer for base in model.cls.__mro__ for layer in self.code_layers(base))

    def _fold(self, spec: TraitSpec, layers: list[Layer], gates: tuple[Gate, ...]) -> dict[tuple[str, ...], Folded]:
        by_path: dict[Path, list[Typed]] = {}
        for typed in self._said(spec, layers):
            by_path.setdefault(typed.definition.option.path, []).append(typed)
        folding = self.screen.folded if any(self._has_marks(layer, spec) for layer in layers) else fold
        bare = _kept(self._bare, spec, lambda: {path: fold(leaf, ()) for path, leaf in spec.leaves.items()}, PASSING)
        folded = {**bare, **{path: folding(spec.leaves[path], found) for path, found in by_path.items()}}
        folded |= {gate.path: folded[gate.path].behind(gate) for gate in gates}
        return folded | {old: folded[new] for old, new in spec.aliases.items()} if spec.aliases else folded

    def _make(self, spec: TraitSpec, layers: list[Layer], gates: tuple[Gate, ...]) -> Made:
        folded = self._fold(spec, layers, gates)
        values = {name: value_of(option, folded) for name, option in spec.options.items()}
        needed = [leaf for option in spec.options.values() for leaf in leaves_of(option, folded)]
        problems = [
            _missing(spec, leaf)
            for leaf in needed
            if required(folded[leaf.path].value) and leaf.path not in spec.aliases
        ]
        problems += [*_without_secret(self.screen, folded)]
        if values.get("enabled") is False:
            problems = []
        made = assembled(spec.cls, values, self._services, problems.extend) if spec.is_trait else spec.cls(**values)
        return made, tuple(problems)


def _converted(definition: Definition, problems: list[Problem]) -> Typed | None:
    if type(definition.raw) is Reference:
        return Typed(definition, definition.raw)
    if definition.operation == "allow":
        value, faults = read_allowed(definition.option, definition.raw)
    else:
        value, faults = convert(definition.option, definition.operation, definition.raw)
    problems += [_problem(definition, fault) for fault in faults]
    return None if faults else Typed(definition, value)


def _without_secret(screen: Screen, folded: Chains) -> Iterator[Problem]:
    """Yield why the secrets that count cannot be had."""
    for one in folded.values():
        for step in one.steps:
            if step.counts and (problem := screen.problem(step.definition)) is not None:
                yield problem


def _kept(known: dict[K, V], key: K, make: Callable[[], V], most: int) -> V:
    """Return what is known under a key, made when it is not; when there is too much, all is forgotten first."""
    found = known.get(key)
    if found is None:
        found = make()
        if len(known) >= most:
            known.clear()
        known[key] = found
    return found


def _missing(spec: TraitSpec, option: Option) -> Problem:
    text = f"'{spec.name}.{option.name}' is required and nothing defines it"
    return Problem(
        "TC501", text, option.meta.origin, f"{spec.name}.{option.name}", expected=option.label, hint="define it"
    )


def _problem(definition: Definition, fault: Fault) -> Problem:
    place = (*definition.place, *fault.path)
    address = ".".join(str(part) for part in place)
    origin = definition.origin_at(fault.path)
    text = f"'{address}' {fault.message}" if fault.rule else f"'{address}': {fault.message}"
    scope = definition.layer.scope.label
    return Problem(
        "TC104" if fault.rule else "TC103", text, origin, address, scope, definition.option.label, hint=fault.hint
    )
