"""`Profile`: the results that tenants with equal overlays share, and the table of their call chains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from traitconf.bind.chain import compile_chain
from traitconf.bind.context import Chains
from traitconf.bind.joinpoint import JoinPoint, joinpoints
from traitconf.bind.operation import Operation
from traitconf.errors import TenantRequired, raise_errors
from traitconf.resolve.order import Model, model_of
from traitconf.resolve.resolution import Resolution
from traitconf.runtime.context import AUDIBLE, Muted
from traitconf.runtime.pipeline import enclosed
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import catalog
from traitconf.schema.spec import spec_of

Resolved = dict[Any, dict[type[TraitBase], Any]]
"""Resolved traits by model and trait."""
_COMPUTED: Final = ("TC103", "TC104", "TC125")
"""What may be wrong with a computed default."""

MUTINGS: Final = 64
"""How many different sets of muted traits a profile remembers."""
_NOTHING: Final[Mapping[type[TraitBase], Any]] = {}

if TYPE_CHECKING:
    from traitconf.runtime.snapshot import Snapshot


class Profile:
    """What is resolved for one group of tenants in one snapshot, filled as it is asked for.

    Attributes:
        snapshot: the snapshot it belongs to.
        tenant: one of the tenants, standing for all; `None` for running without a tenant.
        extends: groups that a directory names for the tenants; `None` where the configuration says it.
        muted: traits whose hooks do not act in this profile's chains.
        resolved: what was read so far. These are plain dictionaries, which the interpreter reads in half the time of
            a subclass with `__missing__`.
    """

    def __init__(self, snapshot: Snapshot, tenant: str | None, extends: tuple[str, ...] | None = None) -> None:
        """Begin with nothing resolved."""
        self.snapshot = snapshot
        self.tenant = tenant
        self.extends = extends
        self.muted: Muted = AUDIBLE
        self._muting: dict[Muted, Profile] = {}
        self.resolved: Resolved = {}
        self.tenants = snapshot.by_tenant
        self.chains: Chains = []
        joinpoints.follow(self)

    @property
    def is_of_one(self) -> bool:
        """Whether exactly one tenant, or running without any, has this profile."""
        return self.tenant is None or self.snapshot.graph.owns(self.tenant)

    def table(self) -> Chains:
        """Return the table of call chains, made when the first context asks for it."""
        return self.chains or joinpoints.table(self)

    def muting(self, traits: Muted) -> Profile:
        """Return the profile of the same tenants in which hooks of some traits do not act.

        Args:
            traits: trait classes; subclasses are meant as well.
        """
        if not traits:
            return self
        quiet = self._muting.get(traits)
        if quiet is None:
            quiet = Profile(self.snapshot, self.tenant, self.extends)
            quiet.muted, quiet.resolved = traits, self.resolved
            if len(self._muting) >= MUTINGS:
                self._muting.clear()
            self._muting[traits] = quiet
        return quiet

    def resolution(self, trait: type[TraitBase], model: type | str | None) -> Resolution:
        """Return a trait's resolution, with its chain.

        Args:
            trait: the trait's class.
            model: class or name of the model, or none.
        """
        return self.snapshot.resolver.resolve(spec_of(trait), model_key(model), self.tenant, extends=self.extends)

    def trait(self, trait: type[TraitBase], model: type | str | None) -> Any:
        """Return the trait as it is resolved for a model, without keeping it by the class: a class is free to go.

        Raises:
            ConfigError: when a computed default fails, which an override may bring about.
        """
        resolver = self.snapshot.resolver
        resolved, problems = resolver.read(spec_of(trait), model_key(model), self.tenant, self.extends)
        if problems:
            raise_errors(problem for problem in problems if problem.code in _COMPUTED)
        return resolved

    def read(self, trait: type[TraitBase], model: type | str | None) -> Any:
        """Return the trait as it is resolved for a model, and keep it for the next look.

        Args:
            trait: the trait's class.
            model: class or name of the model, or none.
        """
        found = self.resolved.get(model, _NOTHING).get(trait)
        if found is None:
            with joinpoints.lock:  # what is resolved before the code gives other options must not be kept after it
                found = self.trait(trait, model)
                self.resolved.setdefault(model, {})[trait] = found
        return found

    def acting(self, trait: type[TraitBase], model: type) -> Any:
        """Return the resolved trait, or `None` when its hooks do not act.

        Raises:
            TenantRequired: when the trait needs a tenant and there is none.
        """
        if self._mutes(trait):
            return None
        resolved = self.trait(trait, model)
        if not resolved.enabled or resolved.shadow:
            return None
        self.require_tenant(trait)
        return resolved

    def watching(self, trait: type[TraitBase], model: type) -> Any:
        """Return the resolved trait when it is in shadow, where what its hooks would do is counted."""
        resolved = self.trait(trait, model)
        return resolved if resolved.shadow and not self._mutes(trait) else None

    def enclosed(self, operation: Operation, body: Callable[..., Any]) -> Callable[..., Any]:
        """Return the body of a provided member within its pipeline, or the body itself where nothing applies."""
        if operation.trait.enabled:
            self.require_tenant(type(operation.trait))
        is_muted, settings = self._mutes(type(operation.trait)), self.snapshot.settings
        return enclosed(attrs.evolve(operation, muted=is_muted, settings=settings, profile=self), body)

    def compile(self, point: JoinPoint) -> Callable[..., Any]:
        """Return the call chain of a join point."""
        return compile_chain(point, self)

    def _mutes(self, trait: type[TraitBase]) -> bool:
        return bool(self.muted) and issubclass(trait, tuple(self.muted))

    def require_tenant(self, trait: type[TraitBase]) -> None:
        """Refuse to go on without a tenant where a trait needs one.

        Raises:
            TenantRequired: when there is none.
        """
        if self.tenant is None and spec_of(trait).tenant == "required":
            raise TenantRequired(f"{trait.__name__} needs a tenant; run inside `with tc.tenant(…)`")


def model_key(model: type | str | None) -> Model | None:
    """Return the model of a class or name, or nothing; a name stands for the class that is known by it."""
    found = catalog.only_model(model) if isinstance(model, str) else model
    return None if found is None else model_of(found)
