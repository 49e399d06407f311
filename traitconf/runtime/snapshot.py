"""`Snapshot`: everything that can be resolved from one graph. It is replaced whole, never changed."""

from __future__ import annotations

import datetime
import itertools
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any, Final

import attrs

from traitconf.bind.context import Chains
from traitconf.bind.joinpoint import joinpoints
from traitconf.errors import ConfigError, Problem, did_you_mean
from traitconf.layers.address import Address
from traitconf.layers.environ import fold
from traitconf.layers.grammar import LONGEST_ID
from traitconf.layers.graph import ConfigGraph
from traitconf.resolve.explain import Explanation, explain
from traitconf.resolve.resolver import Resolver
from traitconf.runtime.context import AUDIBLE, LiveContexts, Muted
from traitconf.runtime.profile import Profile, model_key
from traitconf.runtime.recent import Recent
from traitconf.schema import forks
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import RUNTIME, SETTINGS_SPECS, RuntimeSettings
from traitconf.types import Origin, Source

KNOWN_IDS: Final = 100_000
"""How many tenant ids, and resolved traits of given tenants, a snapshot remembers, however many strangers make up."""
ByTenant = dict[Any, dict[type[TraitBase], dict[str | None, Any]]]


@attrs.frozen(eq=False)
class Snapshot:
    """Everything that can be resolved from one graph.

    Attributes:
        graph: the layers.
        resolver: resolves over them.
        settings: the framework's own settings.
        generation: 1 for the first snapshot of a runtime, then counting.
        contexts: the living contexts of the runtime.
        by_tenant: what was read for a given tenant so far, by model, trait and tenant: in this order one look touches
            the least memory that differs from tenant to tenant.
    """

    graph: ConfigGraph
    resolver: Resolver
    settings: RuntimeSettings
    generation: int
    contexts: LiveContexts
    by_tenant: ByTenant = attrs.field(factory=dict, init=False)
    _looks: Iterator[int] = attrs.field(factory=itertools.count, init=False)
    _profiles: Recent[str | None, Profile] = attrs.field(factory=lambda: Recent(KNOWN_IDS), init=False)
    _shared: dict[Any, Profile] = attrs.field(factory=dict)
    _lock: threading.RLock = attrs.field(factory=threading.RLock)

    def __attrs_post_init__(self) -> None:
        """Ask to be told of forks."""
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        object.__setattr__(self, "_lock", threading.RLock())

    @property
    def content_hash(self) -> str:
        """Hash of everything that was read."""
        return self.graph.fingerprint

    @property
    def next_change(self) -> datetime.datetime | None:
        """When the next definition expires, an aware moment; `None` when none will."""
        return self.resolver.next_change()

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants that the configuration names."""
        return frozenset(self.graph.nodes("tenant"))

    def profile(self, tenant: str | None) -> Profile:
        """Return the profile of a tenant; tenants without definitions of their own share one.

        Args:
            tenant: id of the tenant, or none.
        """
        return self._profiles.get(tenant) or self._open(tenant, self._groups(tenant, ask=True))

    def table(self, tenant: str | None, muted: Muted = AUDIBLE) -> Chains:
        """Return the table of call chains of a tenant, without asking a directory: what it said last counts.

        Args:
            tenant: id of the tenant, or none.
            muted: traits whose hooks do not act.
        """
        profile = self._profiles.get(tenant) or self._open(tenant, self._groups(tenant, ask=False))
        return profile.muting(muted).table()

    def opened(self) -> dict[str | None, Profile]:
        """Return the profiles that are in use, by one tenant of each."""
        with self._lock:
            return {profile.tenant: profile for profile in (self.profile(None), *self._profiles.everything().values())}

    def forget(self, tenant: str) -> None:
        """Forget everything that was found out about a tenant.

        Args:
            tenant: id of the tenant.
        """
        with self._lock, joinpoints.lock:
            profile = self._profiles.drop(tenant)
            if profile is not None and profile.tenant == tenant:
                for key in [key for key, shared in self._shared.items() if shared is profile]:
                    del self._shared[key]
            for traits in self.by_tenant.values():
                for tenants in traits.values():
                    tenants.pop(tenant, None)
        if self.settings.cache.store != "memory" or "traitconf.runtime.invalidate" in sys.modules:  # else none is kept
            from traitconf.runtime.invalidate import purge

            purge(self, tenant)

    def read(self, trait: type[TraitBase], model: type | str | None, tenant: str | None) -> Any:
        """Return a trait as it is resolved for a model and a tenant, and keep it for the next look.

        Args:
            trait: the trait's class.
            model: class or name of the model, or none.
            tenant: id of the tenant, or none.
        """
        profile = self.profile(tenant)
        with joinpoints.lock:  # as in `Profile.read`
            found = profile.read(trait, model)
            if next(self._looks) % KNOWN_IDS == KNOWN_IDS - 1:
                self.by_tenant.clear()
            if self._profiles.get(tenant) is profile:  # else it was forgotten meanwhile
                self.by_tenant.setdefault(model, {}).setdefault(trait, {})[tenant] = found
        return found

    def admit(self, tenant: str | None) -> None:
        """Check a tenant's id, and what the settings say about unknown ones.

        Raises:
            ConfigError: when unknown tenants are refused (TC701).
            ValueError: when it is no id at all.
        """
        if tenant is None:
            return
        extends = self._groups(tenant, ask=True) if len(tenant) <= LONGEST_ID else None
        if extends is not None or self.graph.has_tenant(tenant):
            return
        if not 0 < len(tenant) <= LONGEST_ID:
            raise ValueError(f"a tenant id is a string of 1 to {LONGEST_ID} characters, got {tenant!r}")
        if self.settings.unknown_tenants == "allow":
            return
        hint = did_you_mean(tenant, (name for name in self.tenants if not name.startswith("*")))
        if self.settings.unknown_tenants == "error":
            raise ConfigError(
                [Problem("TC701", f"unknown tenant {tenant!r}", Origin(Source.OVERRIDE, name="tenant()"), hint=hint)]
            )
        warnings.warn(f"TC701: unknown tenant {tenant!r} {hint}".rstrip(), stacklevel=3)

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
        who = tenant if tenant is not None else at.tenant
        resolution = self.resolver.resolve(spec, model_key(chosen), who, at.group, self._groups(who, ask=True))
        try:
            return explain(resolution, at.option)
        except KeyError:
            raise LookupError(at.unknown_option(spec)) from None

    def _groups(self, tenant: str | None, *, ask: bool) -> tuple[str, ...] | None:
        """Return the groups that a directory names for a tenant; nothing where the configuration says them."""
        directory = self.contexts.directory
        if directory is None or not tenant or self.graph.edge(("tenant", tenant)) is not None:
            return None
        return directory.groups(tenant) if ask else directory.known(tenant)

    def _open(self, tenant: str | None, extends: tuple[str, ...] | None) -> Profile:
        with self._lock:
            found = self._profiles.get(tenant) or self._profiles.recall(tenant)
            if found is not None:
                return found
            key = self._overlay(tenant, extends)
            if key not in self._shared:
                self._shared[key] = Profile(self, tenant, extends)
            profile = self._shared[key]
            self._profiles.keep(tenant, profile)
            return profile

    def _overlay(self, tenant: str | None, extends: tuple[str, ...] | None) -> Any:
        """Return what tenants must have in common to share a profile."""
        if tenant is None:
            return None
        if self.graph.owns(tenant):
            return tenant, extends
        lineages = self.resolver.lineages
        lineage = lineages.of(("tenant", tenant)) if extends is None else lineages.extending(tenant, extends)
        groups, token = lineage[1:], "*" + fold(tenant)
        return (token, groups) if self.graph.owns(token) else groups


def settings_of(resolver: Resolver) -> RuntimeSettings:
    """Return the framework's own settings, as the layers of a resolver say."""
    settings: RuntimeSettings = resolver.resolve(RUNTIME).trait
    return settings
