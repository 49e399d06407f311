"""`Caches`: the stores of one runtime, who computes for them, and what is counted."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from traitconf.errors import AdapterRequired
from traitconf.runtime.cache import MemoryStore
from traitconf.runtime.cache_entry import Store
from traitconf.runtime.cache_flights import Flights
from traitconf.runtime.cache_guarded import Guarded
from traitconf.runtime.cache_recipe import space_of, tag_of, tenant_tag
from traitconf.runtime.cache_tally import Tally
from traitconf.schema import forks
from traitconf.schema.settings import CacheSettings, RuntimeSettings

if TYPE_CHECKING:
    from traitconf.runtime.telemetry import Metrics

GROUP: Final = "traitconf.caches"
"""Entry points of stores: each is called with the settings."""


class Caches:
    """What is cached in one runtime; `RuntimeServices.shared` makes it."""

    def __init__(self) -> None:
        """Begin without stores: they are made when somebody needs them."""
        self.flights = Flights()
        self.tallies: dict[str, Tally] = {}
        self._stores: dict[tuple[str, CacheSettings], Store] = {}
        self._lock = threading.RLock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.RLock()

    def store(self, name: str, settings: CacheSettings, metrics: Metrics) -> Store:
        """Return a store, made on first use.

        Args:
            name: of the store, or `default`.
            settings: of the runtime.
            metrics: of the runtime; it counts when a store fails.

        Raises:
            AdapterRequired: when the product that it needs is not installed.
        """
        chosen = settings.store if name == "default" else name
        with self._lock:
            found = self._stores.get((chosen, settings))
            if found is None:
                found = self._stores[chosen, settings] = _made(chosen, settings, metrics)
                metrics.late[Caches] = self.counts
            return found

    def tally(self, name: str, metrics: Metrics) -> Tally:
        """Return what counts an operation.

        Args:
            name: of the operation.
            metrics: of the runtime.
        """
        with self._lock:
            return self.tallies.setdefault(name, Tally(name, metrics))

    def counts(self) -> dict[str, dict[str, int]]:
        """Return what became of the calls so far, by name of the operation and outcome, hits included."""
        for store in self.stores():
            if isinstance(store, MemoryStore):
                store.count_hits()
        with self._lock:
            return {name: tally.counts for name, tally in self.tallies.items()}

    def stores(self) -> list[Store]:
        """Return the stores that were made so far."""
        with self._lock:
            return list(self._stores.values())

    def close(self) -> None:
        """Let go of all connections."""
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()


def _made(name: str, settings: CacheSettings, metrics: Metrics) -> Store:
    if name == "memory":
        return MemoryStore(settings.size)
    return Guarded(shared_store(settings, name), settings.pause.total_seconds(), metrics)


def shared_store(settings: CacheSettings, name: str = "redis") -> Any:
    """Return a store that all processes share; it fails where it cannot be reached.

    Args:
        settings: of the runtime.
        name: of the store.

    Raises:
        AdapterRequired: when the product that it needs is not installed.
    """
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP, name=name):
        try:
            return entry.load()(settings)
        except ImportError as error:
            text = f"the store {name!r} needs a product that is not there: pip install 'traitconf[{name}]'"
            raise AdapterRequired(text) from error
    raise AdapterRequired(f"no store {name!r} is installed; is traitconf?")


def space(settings: RuntimeSettings, environ: Mapping[str, str] | None = None) -> str:
    """Return the application and the environment, as keys hold them.

    Args:
        settings: of the runtime.
        environ: environment variables; those of the process when not given.
    """
    variables = os.environ if environ is None else environ
    return space_of(settings.cache.namespace or settings.app, variables.get("TRAITCONF_ENV", ""))


def tags_of(settings: RuntimeSettings, tenant: str | None, tags: Iterable[str]) -> Iterator[str]:
    """Yield the keys of the stamps of tags; without any, that of everything of a tenant.

    Args:
        settings: of the runtime.
        tenant: whose entries are meant.
        tags: as people write them.
    """
    names = list(tags)
    if not names:
        yield tenant_tag(space(settings), tenant)
    for name in names:
        if not name:
            raise ValueError("a tag is a text that is not empty")
        yield tag_of(space(settings), tenant, name)
