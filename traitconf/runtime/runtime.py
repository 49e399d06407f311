"""`Runtime`: the composition root. It assembles graph, snapshot and services, and has few verbs."""

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

import attrs

from traitconf.bind.binding import code_layers
from traitconf.errors import Problem, raise_errors
from traitconf.layers.read import Reading, read_config
from traitconf.layers.secrets import SecretReader
from traitconf.resolve.check import check, known_models, unique
from traitconf.resolve.explain import Explanation
from traitconf.resolve.plain import sort_out
from traitconf.resolve.resolver import Resolver
from traitconf.resolve.screen import Screen
from traitconf.runtime.bindings import ConfiguredBindings
from traitconf.runtime.collecting import not_collecting
from traitconf.runtime.context import Entered, LiveContexts
from traitconf.runtime.events import Events
from traitconf.runtime.required import required_problems
from traitconf.runtime.services import RuntimeServices
from traitconf.runtime.snapshot import Snapshot, settings_of
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import Catalog, catalog
from traitconf.schema.settings import SETTINGS_SPECS, RuntimeSettings

T = TypeVar("T", bound=TraitBase)


@attrs.define(eq=False)
class _Cell:
    """The one thing of a runtime that changes."""

    snapshot: Snapshot | None = None
    problems: tuple[Problem, ...] = ()
    is_root: bool = False


@attrs.frozen(eq=False)
class Runtime:
    """Configuration that is read, checked, published, and read again.

    Args:
        paths: directories or files, weakest first; none for a runtime without files.
        environ: environment variables; those of the process when not given.
        catalog: the known traits and models.
        complete: whether the application is loaded, so that unknown names are errors.

    >>> runtime = Runtime(environ={}).start()
    >>> runtime.snapshot.generation
    1
    """

    paths: tuple[Path, ...] = ()
    environ: Mapping[str, str] | None = attrs.field(default=None, repr=False)  # may hold secrets
    catalog: Catalog = catalog
    complete: bool = False
    services: RuntimeServices = attrs.field(init=False)
    _contexts: LiveContexts = attrs.field(factory=LiveContexts, init=False)
    _bindings: ConfiguredBindings = attrs.field(init=False)
    _cell: _Cell = attrs.field(factory=_Cell, init=False)
    _lock: Any = attrs.field(factory=threading.RLock, init=False)

    @services.default
    def _services(self) -> RuntimeServices:
        return RuntimeServices(Events(self.catalog))

    @_bindings.default
    def _configured_bindings(self) -> ConfiguredBindings:
        return ConfiguredBindings(self.catalog)

    @property
    def snapshot(self) -> Snapshot:
        """The published snapshot.

        Raises:
            RuntimeError: before `start`.
        """
        if self._cell.snapshot is None:
            raise RuntimeError("the runtime is not started")
        return self._cell.snapshot

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What the last reading found that is no error."""
        return self._cell.problems

    def start(self, *, as_root: bool = False) -> Self:
        """Read, check and publish for the first time.

        Args:
            as_root: whether code without a context of its own follows this runtime.

        Raises:
            ConfigError: with every fault; nothing is published then.
        """
        self._cell.is_root = as_root
        self.reload()
        return self

    def reload(self) -> Snapshot:
        """Read and check again; publish when there is no error.

        Returns:
            the new snapshot.

        Raises:
            ConfigError: with every fault; the old snapshot keeps serving.
        """
        with self._lock:
            snapshot, problems = self._candidate()
            raise_errors([*problems, *self._bindings.problems(snapshot.graph.bindings)])
            self._bindings.apply(snapshot.graph.bindings)
            self._cell.snapshot, self._cell.problems = snapshot, tuple(problems)
            self._contexts.publish(snapshot, with_root=self._cell.is_root)
            return snapshot

    def stop(self) -> None:
        """Undo the bindings of the configuration, and no longer publish to code without a context of its own."""
        with self._lock:
            self._bindings.close()
            self._cell.is_root = False

    def check(self) -> list[Problem]:
        """Return everything that is wrong, pending names included, now that the application is loaded."""
        return self._assembled(complete=True)[1]

    def resolve(self, trait: type[T], model: type | str | None = None, tenant: str | None = None) -> T:
        """Return a trait as it is resolved for a model and a tenant.

        Args:
            trait: the trait's class.
            model: class or name of the model, or none.
            tenant: id of the tenant, or none.
        """
        resolved: T = self.snapshot.profile(tenant).read(trait, model)
        return resolved

    def explain(self, address: str, model: type | str | None = None, tenant: str | None = None) -> list[Explanation]:
        """Explain an option, or every option below an address.

        Args:
            address: as in files, for example `auditable.retention_days`, or a full one with tenant and model.
            model: class or name of the model; the address may name it instead.
            tenant: id of the tenant; the address may name it instead.

        Raises:
            LookupError: when the address names no known trait or option.
        """
        return self.snapshot.explain(address, self.catalog, model, tenant)

    def context(self, tenant: str | None = None) -> Entered:
        """Return a `with` block that runs under this runtime, whatever the process-wide one is.

        Args:
            tenant: id of the tenant, or none.
        """
        return Entered(tenant, snapshot=self.snapshot, hold=False)

    def _read(self) -> Reading:
        environ = os.environ if self.environ is None else self.environ
        return read_config(self.paths, environ, self.catalog, SETTINGS_SPECS)

    def _screen(self, now: datetime.datetime, settings: RuntimeSettings) -> Screen:
        """Return what reads every secret anew."""
        environ = os.environ if self.environ is None else self.environ
        base = next((path if path.is_dir() else path.parent for path in self.paths), None)
        return Screen(now, SecretReader(environ, settings.secret_roots, base))

    def _candidate(self) -> tuple[Snapshot, list[Problem]]:
        resolver, problems = self._assembled(complete=self.complete)
        generation = self._cell.snapshot.generation + 1 if self._cell.snapshot else 1
        return Snapshot(resolver.graph, resolver, settings_of(resolver), generation, self._contexts), problems

    @not_collecting()
    def _assembled(self, *, complete: bool) -> tuple[Resolver, list[Problem]]:
        """Read and check everything."""
        reading = self._read()
        first = Resolver(reading.graph, (), self.services, code_layers)
        settings = settings_of(first)
        resolver = first.over(reading.graph, settings.default_extends, self._screen(first.now, settings))
        models = known_models(reading.graph, self.catalog) if complete else None
        graph, faults = sort_out(resolver, self.catalog, models)
        resolver = resolver.over(graph)
        found = [*reading.problems, *faults]
        found += check(resolver, self.catalog, complete=complete, conflicts=settings.conflicts)
        if self.paths:  # a runtime without files is not configured yet, so nothing can be missing
            refused = {problem.address for problem in found}
            found += [one for one in required_problems(resolver, self.catalog) if one.address not in refused]
        return resolver, unique(found)
