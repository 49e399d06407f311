"""`Ready`: the gate at start-up. It opens when a configuration is published and all its names are known."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from traitconf.resolve.check import known_models
from traitconf.runtime.bindings import is_imported
from traitconf.schema import forks
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import SETTINGS_SPECS

if TYPE_CHECKING:
    from traitconf.runtime.snapshot import Snapshot

GLANCE: Final = 0.05
"""Seconds between two looks while somebody waits: traits register themselves without telling."""


class Ready:
    """Whether a runtime has published a configuration, and whether every name in it is known by now.

    It is true or false, and can be waited for. A trait or model is pending until the module that defines it is
    imported.
    """

    def __init__(self, published: Callable[[], Snapshot | None], catalog: Catalog) -> None:
        """Look at what `published` returns."""
        self._published, self._catalog = published, catalog
        self._changed = threading.Condition()
        self._seen: tuple[Snapshot, set[str], set[str]] | None = None
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._changed = threading.Condition()

    def __bool__(self) -> bool:
        """Whether there is nothing to wait for."""
        return self._published() is not None and not self.pending

    @property
    def pending(self) -> tuple[str, ...]:
        """The names that are not known yet, as addresses; empty too before anything is published."""
        snapshot = self._published()
        return tuple(sorted(self._unknown(snapshot))) if snapshot is not None else ()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is nothing to wait for.

        Args:
            timeout: seconds; for ever when not given.

        Returns:
            whether it came to that.
        """
        end = time.monotonic() + timeout if timeout is not None else None
        with self._changed:
            while not self:
                left = GLANCE if end is None else min(GLANCE, end - time.monotonic())
                if left <= 0:
                    return bool(self)
                self._changed.wait(left)
        return True

    def tell(self) -> None:
        """Wake up who waits."""
        with self._changed:
            self._changed.notify_all()

    def _unknown(self, snapshot: Snapshot) -> Iterator[str]:
        traits, models = self._names(snapshot)
        bound = {binding.model: binding for binding in snapshot.graph.bindings}
        yield from (f"traits.{name}" for name in traits if self._catalog.find(name) is None)
        known = known_models(snapshot.graph, self._catalog) - bound.keys()
        for name in sorted({*models, *bound}):
            is_known = is_imported(bound[name].target.partition(":")[0]) if name in bound else name in known
            if not is_known:
                yield f"models.{name}"

    def _names(self, snapshot: Snapshot) -> tuple[set[str], set[str]]:
        """Return the names of traits and models that a snapshot's files speak of, found out once."""
        if self._seen is None or self._seen[0] is not snapshot:
            graph = snapshot.graph  # of the roster every trait is known
            traits = {name for layer in graph.standing_layers() for name in layer.tables} - SETTINGS_SPECS.keys()
            traits |= {name for binding in graph.bindings for name in binding.traits}
            self._seen = snapshot, traits, {name for name in graph.model_names() if not name.startswith("*")}
        return self._seen[1:]
