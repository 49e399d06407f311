"""`Runtime`: the composition root. It assembles graph, snapshot and services, and has few verbs."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import attrs

from traitconf.bind.binding import code_layers
from traitconf.errors import ConfigError, Problem, raise_errors
from traitconf.layers.read import Reading, read_config
from traitconf.layers.secrets import SecretReader
from traitconf.resolve.check import check, known_models, unique
from traitconf.resolve.explain import Explanation
from traitconf.resolve.plain import sort_out
from traitconf.resolve.resolver import Resolver
from traitconf.resolve.screen import Screen
from traitconf.runtime.ambiguity import ambiguous_models
from traitconf.runtime.bindings import ConfiguredBindings
from traitconf.runtime.changes import Changes
from traitconf.runtime.clock import Clock, SystemClock
from traitconf.runtime.collecting import not_collecting
from traitconf.runtime.context import Entered, LiveContexts
from traitconf.runtime.directory import Directory, TenantDirectory
from traitconf.runtime.event_names import CHANGED, FAILED
from traitconf.runtime.events import Events
from traitconf.runtime.external import with_loaders
from traitconf.runtime.held import Held, Pending
from traitconf.runtime.published import Published
from traitconf.runtime.ready import Ready
from traitconf.runtime.rehearsal import rehearse
from traitconf.runtime.reloader import Reloader
from traitconf.runtime.required import required_problems
from traitconf.runtime.services import RuntimeServices
from traitconf.runtime.snapshot import Snapshot, settings_of
from traitconf.runtime.watch import Watch
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import Catalog, catalog
from traitconf.schema.settings import SETTINGS_SPECS, RuntimeSettings
from traitconf.types import Severity

T = TypeVar("T", bound=TraitBase)
log: Final = logging.getLogger("traitconf.config")


@attrs.frozen(eq=False)
class Runtime:
    """Configuration that is read, checked, published, and read again.

    Args:
        paths: directories or files, weakest first; none for a runtime without files.
        environ: environment variables; those of the process when not given.
        catalog: the known traits and models.
        complete: whether the application is loaded, so that unknown names are errors.
        clock: tells the time; tests bring one that they move.
        directory: where the groups of tenants are kept that no file names.

    >>> runtime = Runtime(environ={}).start()
    >>> runtime.snapshot.generation
    1
    """

    paths: tuple[Path, ...] = ()
    environ: Mapping[str, str] | None = attrs.field(default=None, repr=False)  # may hold secrets
    catalog: Catalog = catalog
    complete: bool = False
    clock: Clock = attrs.field(factory=SystemClock)
    directory: TenantDirectory | None = None
    services: RuntimeServices = attrs.field(init=False)
    _contexts: LiveContexts = attrs.field(factory=LiveContexts, init=False)
    ready: Ready = attrs.field(init=False)
    _bindings: ConfiguredBindings = attrs.field(init=False)
    _held: Held = attrs.field(factory=Held, init=False)
    _published: Published = attrs.field(
        init=False, default=attrs.Factory(lambda self: Published(self.clock), takes_self=True)
    )
    _reloader: Reloader = attrs.field(init=False)

    @services.default
    def _services(self) -> RuntimeServices:
        return RuntimeServices(Events(self.catalog))

    @_bindings.default
    def _configured_bindings(self) -> ConfiguredBindings:
        return ConfiguredBindings(self.catalog)

    @ready.default
    def _gate(self) -> Ready:
        contexts = self._contexts
        return Ready(lambda: contexts.latest, self.catalog)

    @_reloader.default
    def _idle_reloader(self) -> Reloader:
        return Reloader(Watch(self.paths, self._environ), self._attempt)

    def __attrs_post_init__(self) -> None:
        """Connect the contexts with what they may need of a runtime; nothing keeps the runtime alive."""
        due, moved = weakref.WeakMethod(self._pass_time), weakref.WeakMethod(self._tenant_moved)
        self._contexts.due = lambda: _call(due)
        if self.directory is not None:
            self._contexts.directory = Directory(self.directory, self.clock, self.services.metrics)
            self._contexts.directory.on_change = lambda tenant: _call(moved, tenant)

    @property
    def snapshot(self) -> Snapshot:
        """The published snapshot.

        Raises:
            RuntimeError: before `start`.
        """
        if self._published.snapshot is None:
            raise RuntimeError("the runtime is not started")
        return self._published.snapshot

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What the last reading found that is no error."""
        return self._published.problems

    @property
    def pending(self) -> tuple[Pending, ...]:
        """What waits for a restart: options with `reload=False` that are configured differently by now."""
        return tuple(self._held.pending(self.snapshot.resolver, self.catalog))

    def start(self, *, as_root: bool = False) -> Self:
        """Read, check and publish for the first time.

        Args:
            as_root: whether code without a context of its own follows this runtime.

        Raises:
            ConfigError: with every fault; nothing is published then.
        """
        self._published.is_root = as_root
        self.reload()
        return self

    def reload(self) -> Snapshot:
        """Read and check again; publish when there is no error.

        Returns:
            the new snapshot.

        Raises:
            ConfigError: with every fault; the old snapshot keeps serving.
        """
        return self._reload(lambda: True)

    def _reload(self, claim: Callable[[], bool]) -> Snapshot:
        """Reload, unless nobody claims it any more when it is our turn to publish."""
        try:
            with self._published.lock, not_collecting(), self.services.metrics.timed("traitconf.config.load.duration"):
                if not claim():
                    return self.snapshot
                reading = self._read()
                changes = self._publish(*self._assembled(reading, complete=self.complete))
                snapshot = self.snapshot
                self._reloader.follow(snapshot.settings.watch, reading.contents)
        except ConfigError as error:
            self._say_failed(error.problems)
            raise
        self._say_changed(changes)
        return snapshot

    def reload_on(self, signal: int) -> None:
        """Reload in the background whenever a signal comes, for example `signal.SIGHUP`.

        What cannot be published changes nothing; it is logged, counted and said by `traitconf.config.failed`.

        Args:
            signal: its number; a handler that was there before is called as well.

        Raises:
            ValueError: outside of the main thread.
        """
        self._reloader.on_signal(signal)

    def stop(self) -> None:
        """Undo the bindings of the configuration, and no longer publish to code without a context of its own."""
        with self._published.lock:
            self._bindings.close()
            self._published.is_root = False
            self._published.rest()
        self._reloader.stop()
        self.services.metrics.outlet.close()
        if self._contexts.directory is not None:
            self._contexts.directory.close()

    @not_collecting()
    def check(self) -> list[Problem]:
        """Return everything that is wrong, pending names included, now that the application is loaded."""
        resolver, problems = self._assembled(self._read(), complete=True)
        return [*ambiguous_models(resolver.graph, self.catalog, Severity.ERROR), *problems]

    def forget(self, tenant: str) -> None:
        """Forget everything that was found out about a tenant, for example because it is removed.

        Args:
            tenant: id of the tenant.
        """
        if self._contexts.directory is not None:
            self._contexts.directory.forget(tenant)
        self.snapshot.forget(tenant)

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

    @property
    def _environ(self) -> Mapping[str, str]:
        return os.environ if self.environ is None else self.environ

    def _read(self) -> Reading:
        reading = read_config(self.paths, self._environ, self.catalog, SETTINGS_SPECS)
        return with_loaders(reading, self._environ, self.catalog)

    def _screen(self, settings: RuntimeSettings) -> Screen:
        """Return what knows the moment and reads every secret anew."""
        base = next((path if path.is_dir() else path.parent for path in self.paths), None)
        return Screen(self.clock.now(), SecretReader(self._environ, settings.secret_roots, base))

    def _assembled(self, reading: Reading, *, complete: bool) -> tuple[Resolver, list[Problem]]:
        """Check what was read, and return what resolves over it."""
        first = Resolver(reading.graph, (), self.services, code_layers)
        settings = settings_of(first)
        resolver = first.over(reading.graph, settings.default_extends, self._screen(settings))
        models = known_models(reading.graph, self.catalog) if complete else None
        graph, faults = sort_out(resolver, self.catalog, models)
        resolver = resolver.over(graph)
        found = [*reading.problems, *faults]
        found += check(resolver, self.catalog, complete=complete, conflicts=settings.conflicts)
        if self.paths:  # a runtime without files is not configured yet, so nothing can be missing
            refused = {problem.address for problem in found}
            found += [one for one in required_problems(resolver, self.catalog) if one.address not in refused]
        return resolver, unique(found)

    def _publish(self, resolver: Resolver, problems: list[Problem]) -> Changes | None:
        """Publish what a resolver makes, whole or not at all.

        Returns:
            what is different now; nothing where nothing was published before.
        """
        published, graph = self._published, resolver.graph
        with published.transaction():
            raise_errors([*problems, *self._bindings.problems(graph)])
            former, holding = published.snapshot, self._held.over(resolver)
            generation = former.generation + 1 if former is not None else 1
            snapshot = Snapshot(graph, holding, settings_of(holding), generation, self._contexts)
            changes = Changes(former, snapshot, self.catalog) if former is not None else None
            raise_errors(rehearse(changes) if changes is not None else ())
            self._bindings.apply(graph.bindings)
            warned = ambiguous_models(graph, self.catalog, Severity.WARNING)
            published.snapshot, published.resolver, published.problems = snapshot, resolver, (*problems, *warned)
            self._contexts.publish(snapshot, with_root=published.is_root)
            self._held.note(resolver, self.catalog)
            if self._contexts.directory is not None:
                self._contexts.directory.follow(snapshot.settings.directory, graph.groups)
            due = weakref.WeakMethod(self._pass_time)
            self._contexts.moment = snapshot.next_change
            published.expect(self._contexts.moment, lambda: _call(due, wait=True))
            self.ready.tell()
            return changes

    def _attempt(self, claim: Callable[[], bool]) -> None:
        """Reload in the background: whatever happens, nobody is there to be told by an exception."""
        try:
            self._reload(claim)
        except ConfigError:
            pass  # it was said
        except Exception:
            log.exception("the configuration could not be read again; the old one keeps serving")
            self._say_failed(())

    def _pass_time(self, *, wait: bool = False) -> None:
        """Publish the next snapshot when its moment has come; a call does not wait for somebody who publishes."""
        published = self._published
        if not published.is_overdue or not published.lock.acquire(blocking=wait):
            return
        try:
            if published.is_busy or published.resolver is None or not published.is_overdue:
                return
            screen = attrs.evolve(published.resolver.screen, now=self.clock.now())
            resolver = published.resolver.over(published.resolver.graph, screen=screen)
            missing = list(required_problems(resolver, self.catalog)) if self.paths else []
            changes = self._publish(resolver, unique([*published.problems, *missing]))
        except ConfigError as error:
            published.rest()  # tried once: only a new configuration helps
            self._say_failed(error.problems)
            return
        finally:
            published.lock.release()
        self._say_changed(changes)

    def _tenant_moved(self, tenant: str) -> None:
        """Look a tenant up anew, of which the directory says something else, or nothing any more."""
        latest, directory = self._contexts.latest, self._contexts.directory
        if latest is None or directory is None:
            return
        latest.forget(tenant)
        if any(context.tenant == tenant for context in self._contexts):
            directory.groups(tenant)
            self._contexts.refresh(tenant)

    def _say_changed(self, changes: Changes | None) -> None:
        self.services.published(self.snapshot, is_root=self._published.is_root)
        if changes:
            self.services.events.emit(CHANGED, self, None, {"changes": changes, "generation": changes.new.generation})

    def _say_failed(self, problems: tuple[Problem, ...]) -> None:
        former = self._published.snapshot
        if former is None:
            return
        self.services.metrics.count("traitconf.config.failures")
        for problem in problems:
            log.warning("not published: %s", problem.render(), extra={"tc_code": problem.code})
        payload = {"problems": problems, "generation": former.generation}
        self.services.events.emit(FAILED, self, None, payload)


def _call(method: weakref.WeakMethod[Any], *arguments: Any, **named: Any) -> None:
    """Call a method of an object that still lives."""
    found = method()
    if found is not None:
        found(*arguments, **named)
