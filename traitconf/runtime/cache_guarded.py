"""`Guarded`: a store that may fail, behind a breaker: calls go on without it, and it is asked again after a while."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from traitconf.runtime.cache_entry import Call, Entry, Found, NotKept
from traitconf.schema import forks

if TYPE_CHECKING:
    from traitconf.runtime.telemetry import Metrics

log: Final = logging.getLogger("traitconf.cache")
FAILURES: Final = 3
"""After how many failures in a row the store is left alone for a while."""


class Guarded:
    """A store that answers `None` while it fails.

    Invalidations that it could not take are remembered, and written before it is read again: what this process has
    invalidated it never serves afterwards.

    Args:
        inner: the store.
        pause: how many seconds it is left alone after failures.
        metrics: of the runtime.
    """

    def __init__(self, inner: Any, pause: float, metrics: Metrics) -> None:
        """Begin in good faith."""
        self.inner = inner
        self.name: str = inner.name
        self.now = inner.now
        self.state: object = object()
        self.failures = 0
        self._until = 0.0
        self._pause = pause
        self._metrics = metrics
        self._pending: dict[str, object] = {}
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the store is left alone at the moment."""
        return self.failures >= FAILURES and time.monotonic() < self._until

    def read(self, call: Call) -> Found | None:
        """Return what is kept; `None` while the store fails."""
        with self._attempt() as attempt:
            if attempt:
                self._catch_up()
                found: Found = self.inner.read(call)
                return found
        return None

    def write(self, key: str, entry: Entry) -> None:
        """Keep an entry, or do nothing while the store fails."""
        with self._attempt() as attempt:
            if attempt:
                self.inner.write(key, entry)

    def stamp(self, tags: Iterable[str]) -> None:
        """Invalidate tags, now or as soon as the store answers again."""
        self._remember(tags)
        with self._attempt() as attempt:
            if attempt:
                self._catch_up()

    async def aread(self, call: Call) -> Found | None:
        """Do what `read` does, awaited."""
        with self._attempt() as attempt:
            if attempt:
                await self._acatch_up()
                found: Found = await self.inner.aread(call)
                return found
        return None

    async def awrite(self, key: str, entry: Entry) -> None:
        """Do what `write` does, awaited."""
        with self._attempt() as attempt:
            if attempt:
                await self.inner.awrite(key, entry)

    async def astamp(self, tags: Iterable[str]) -> None:
        """Do what `stamp` does, awaited."""
        self._remember(tags)
        with self._attempt() as attempt:
            if attempt:
                await self._acatch_up()

    def close(self) -> None:
        """Let go of connections."""
        self.inner.close()

    @contextmanager
    def _attempt(self) -> Iterator[bool]:
        """Return a block that asks the store, if it may be asked; a failure ends it, and is counted."""
        if self.is_open:
            yield False
            return
        try:
            yield True
        except NotKept:  # that is no failure of the store
            raise
        except Exception as error:  # noqa: BLE001 -- whatever the product raises: a cache must not break a call
            self._failed(error)
        else:
            self._recovered()

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self.failures += 1
            self._until = time.monotonic() + self._pause
            is_new = self.failures == FAILURES
        self._metrics.count("traitconf.cache.store_failures")
        if is_new:
            text = "%s: the store %s fails, calls go on without it; it is asked again every %g seconds: %s"
            log.warning(text, "TC763", self.name, self._pause, error)

    def _recovered(self) -> None:
        if self.failures:
            with self._lock:
                was_open, self.failures = self.failures >= FAILURES, 0
            if was_open:
                self._metrics.count("traitconf.cache.store_recoveries")
                log.warning("the store %s answers again", self.name)

    def _remember(self, tags: Iterable[str]) -> None:
        with self._lock:
            self._pending |= {tag: object() for tag in tags}

    def _catch_up(self) -> None:
        pending = dict(self._pending)
        if pending:
            self.inner.stamp(pending)
            self._written(pending)

    async def _acatch_up(self) -> None:
        pending = dict(self._pending)
        if pending:
            await self.inner.astamp(pending)
            self._written(pending)

    def _written(self, pending: dict[str, object]) -> None:
        """Forget invalidations that are written; one that came meanwhile is another one."""
        with self._lock:
            for tag, token in pending.items():
                if self._pending.get(tag) is token:
                    del self._pending[tag]
