"""`Snapshot`: everything that can be resolved from one graph. It is replaced whole, never changed."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import attrs

from traitconf.errors import ConfigError, Problem, did_you_mean
from traitconf.layers.address import Address
from traitconf.layers.environ import fold
from traitconf.layers.grammar import LONGEST_ID
from traitconf.layers.graph import ConfigGraph
from traitconf.resolve.explain import Explanation, explain
from traitconf.resolve.resolver import Resolver
from traitconf.runtime.context import LiveContexts
from traitconf.runtime.profile import ByTenant, Profile, model_key
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import RUNTIME, SETTINGS_SPECS, RuntimeSettings
from traitconf.types import Origin, Source

_ANYBODY = ""
"""Stands for every tenant that the configuration does not name: no id is empty."""


@attrs.frozen(eq=False)
class Snapshot:
    """Everything that can be resolved from one graph.

    Attributes:
        graph: the layers.
        resolver: resolves over them.
        settings: the framework's own settings.
        generation: 1 for the first snapshot of a runtime, then counting.
        contexts: the living contexts of the runtime.
        by_tenant: resolved traits by tenant, model and trait.
    """

    graph: ConfigGraph
    resolver: Resolver
    settings: RuntimeSettings
    generation: int
    contexts: LiveContexts
    by_tenant: ByTenant = attrs.field(init=False)
    _shared: dict[Any, Profile] = attrs.field(factory=dict)
    _lock: threading.RLock = attrs.field(factory=threading.RLock)
    _tenants: frozenset[str] = attrs.field(init=False)
    _owning: frozenset[str] = attrs.field(init=False)

    @by_tenant.default
    def _new_by_tenant(self) -> ByTenant:
        return ByTenant(self._open)

    @_tenants.default
    def _known_tenants(self) -> frozenset[str]:
        return frozenset(self.graph.nodes("tenant"))

    @_owning.default
    def _tenants_with_layers(self) -> frozenset[str]:
        return frozenset(scope.name for scope in self.graph.layers if scope.axis == "tenant")

    @property
    def content_hash(self) -> str:
        """Hash of everything that was read."""
        return self.graph.fingerprint

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants that the configuration names."""
        return self._tenants

    def profile(self, tenant: str | None) -> Profile:
        """Return the profile of a tenant; tenants without definitions of their own share one.

        Args:
            tenant: id of the tenant, or none.
        """
        return self.by_tenant[tenant].profile

    def admit(self, tenant: str | None) -> None:
        """Check a tenant's id, and what the settings say about unknown ones.

        Raises:
            ConfigError: when unknown tenants are refused (TC701).
            ValueError: when it is no id at all.
        """
        if tenant is None or tenant in self._tenants:
            return
        if not 0 < len(tenant) <= LONGEST_ID:
            raise ValueError(f"a tenant id is a string of 1 to {LONGEST_ID} characters, got {tenant!r}")
        if self.settings.unknown_tenants == "allow":
            return
        hint = did_you_mean(tenant, self._tenants)
        if self.settings.unknown_tenants == "error":
            raise ConfigError(
                [Problem("TC701", f"unknown tenant {tenant!r}", Origin(Source.OVERRIDE, name="tenant()"), hint=hint)]
            )
        warnings.warn(f"TC701: unknown tenant {tenant!r} {hint}".rstrip(), stacklevel=4)

    def explain(
        self, address: str, catalog: Catalog, model: type | str | None = None, tenant: str | None = None
    ) -> list[Explanation]:
        """Explain an option, or every option below an address.

        Args:
            address: as in files.
            catalog: the known traits and models.
            model: class or name of the model; the address may name it instead.
            tenant: id of the tenant; the address may name it instead.

        Raises:
            LookupError: when the address names no known trait or option.
        """
        at = Address.parse(address)
        spec = SETTINGS_SPECS.get(at.trait) or catalog.find(at.trait)
        if spec is None:
            raise LookupError(at.unknown_trait(catalog.names()))
        named = model or at.model
        chosen = catalog.only_model(named) if isinstance(named, str) else named
        resolution = self.resolver.resolve(spec, model_key(chosen), tenant if tenant is not None else at.tenant)
        try:
            return explain(resolution, at.option)
        except KeyError:
            raise LookupError(at.unknown_option(spec)) from None

    def _open(self, tenant: str | None) -> Profile:
        with self._lock:
            key = self._overlay(tenant)
            if key not in self._shared:
                self._shared[key] = Profile(self, tenant)
            return self._shared[key]

    def _overlay(self, tenant: str | None) -> Any:
        """Return what tenants must have in common to share a profile."""
        if tenant is None:
            return None
        if tenant in self._owning or "*" + fold(tenant) in self._owning:
            return tenant
        like = tenant if tenant in self._tenants else _ANYBODY
        return self.resolver.lineages.of(("tenant", like))[1:]


def settings_of(resolver: Resolver) -> RuntimeSettings:
    """Return the framework's own settings, as the layers of a resolver say."""
    settings: RuntimeSettings = resolver.resolve(RUNTIME).trait
    return settings
