"""`Profile`: the results that tenants with equal overlays share, and the table of their call chains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from traitconf.bind.chain import Interceptor, compile_chain
from traitconf.bind.context import Chains
from traitconf.bind.joinpoint import JoinPoint, joinpoints
from traitconf.errors import TenantRequired
from traitconf.resolve.order import Model, model_of
from traitconf.resolve.resolution import Resolution
from traitconf.runtime.pipeline import interceptors
from traitconf.schema.base import TraitBase
from traitconf.schema.members import Flavour, Member
from traitconf.schema.spec import spec_of

KNOWN_IDS: Final = 100_000
"""How many tenant ids a snapshot remembers."""

if TYPE_CHECKING:
    from traitconf.runtime.snapshot import Snapshot


class Profile:
    """What is resolved for one group of tenants in one snapshot, filled as it is asked for.

    Attributes:
        snapshot: the snapshot it belongs to.
        tenant: one of the tenants, standing for all; `None` for running without a tenant.
        resolved: resolved traits by model and trait, made on the first look.
    """

    def __init__(self, snapshot: Snapshot, tenant: str | None) -> None:
        """Begin with nothing resolved."""
        self.snapshot = snapshot
        self.tenant = tenant
        self.resolved = ByModel(self)
        self.tenants = snapshot.by_tenant
        self.chains: Chains = []

    def table(self) -> Chains:
        """Return the table of call chains, made when the first context asks for it."""
        if not self.chains:
            self.chains = joinpoints.table(self)
        return self.chains

    def resolution(self, trait: type[TraitBase], model: type | str | None) -> Resolution:
        """Return a trait's resolution, with its chain.

        Args:
            trait: the trait's class.
            model: class or name of the model, or none.
        """
        return self.snapshot.resolver.resolve(spec_of(trait), model_key(model), self.tenant)

    def trait(self, trait: type[TraitBase], model: type | str | None) -> Any:
        """Return the trait as it is resolved for a model."""
        return self.resolved[model][trait]

    def acting(self, trait: type[TraitBase], model: type) -> Any:
        """Return the resolved trait, or `None` when its hooks do not act.

        Raises:
            TenantRequired: when the trait needs a tenant and there is none.
        """
        resolved = self.resolved[model][trait]
        if not resolved.enabled or resolved.shadow:
            return None
        self._require_tenant(trait)
        return resolved

    def interceptors(self, member: Member[Any, Any], trait: Any, flavour: Flavour) -> Sequence[Interceptor]:
        """Return what runs around a provided member, outermost first."""
        if trait.enabled:
            self._require_tenant(type(trait))
        return interceptors(member, trait, flavour)

    def compile(self, point: JoinPoint) -> Callable[..., Any]:
        """Return the call chain of a join point."""
        return compile_chain(point, self)

    def _require_tenant(self, trait: type[TraitBase]) -> None:
        if self.tenant is None and spec_of(trait).tenant == "required":
            raise TenantRequired(f"{trait.__name__} needs a tenant; run inside `with tc.tenant(…)`")


def model_key(model: type | str | None) -> Model | None:
    """Return the model of a class or name, or nothing."""
    return None if model is None else model_of(model)


class ByTenant(dict[str | None, "ByModel"]):
    """Resolved traits by tenant, model and trait.

    However many ids strangers make up, memory stays bounded: past `KNOWN_IDS` the oldest is looked up anew.
    """

    def __init__(self, open_profile: Callable[[str | None], Profile]) -> None:
        """Begin empty; `open_profile` finds or makes the profile of a tenant."""
        super().__init__()
        self._open = open_profile

    def __missing__(self, tenant: str | None) -> ByModel:
        """Find the tenant's profile and remember it."""
        found = self._open(tenant).resolved
        if len(self) >= KNOWN_IDS:
            self.pop(next(iter(self)), None)
        self[tenant] = found
        return found


class ByModel(dict[Any, "_ByTrait"]):
    """Resolved traits by model."""

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self.profile = profile

    def __missing__(self, model: type | str | None) -> _ByTrait:
        made = self[model] = _ByTrait(self.profile, model)
        return made


class _ByTrait(dict[type[TraitBase], Any]):
    """Resolved traits of one model."""

    def __init__(self, profile: Profile, model: type | str | None) -> None:
        super().__init__()
        self.profile, self.model = profile, model

    def __missing__(self, trait: type[TraitBase]) -> Any:
        made = self[trait] = self.profile.resolution(trait, self.model).trait
        return made
