"""`TenantDirectory`: where the groups of tenants are kept that no file names; asked with a timeout, and remembered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import attrs

from traitconf.runtime.asking import Asking, TooManyError
from traitconf.runtime.clock import Cancel, Clock
from traitconf.runtime.limited import Limited
from traitconf.runtime.recent import Recent
from traitconf.runtime.telemetry import Metrics
from traitconf.schema import forks
from traitconf.schema.settings import DirectoryOptions

Groups = tuple[str, ...]
log: Final = logging.getLogger("traitconf.directory")


class TenantDirectory(Protocol):
    """What an application implements: the groups of a tenant, for example from its database.

    >>> class Plans:
    ...     def groups(self, id):
    ...         return ("enterprise",) if id == "acme" else None
    """

    def groups(self, id: str, /) -> Groups | Awaitable[Groups | None] | None:  # noqa: A002 -- the word for a tenant's name
        """Return the groups that a tenant extends, nearest first; `None` for a tenant that the directory does not know.

        Args:
            id: of the tenant.
        """


@attrs.frozen
class _Answer:
    """What was said about a tenant, and when: `None` for a tenant that the directory does not know."""

    groups: Groups | None
    since: datetime


class Directory:
    """A tenant directory with its memory. It never raises: who cannot be asked is taken at his last word.

    Attributes:
        source: what is asked.
        options: how; replaced when the configuration is.
        known_groups: the groups that the configuration has.
        on_change: called with a tenant of which something else is known than before, or nothing any more.
    """

    def __init__(self, source: TenantDirectory, clock: Clock, metrics: Metrics) -> None:
        """Begin without answers."""
        self.source = source
        self.options = DirectoryOptions()
        self.known_groups: frozenset[str] = frozenset()
        self.on_change: Callable[[str], None] = lambda tenant: None
        self._clock, self._metrics = clock, metrics
        self._asking = Asking()
        self._log = Limited(log)
        self._answers: Recent[str, _Answer] = Recent(self.options.size)
        self._reported: set[str] = set()
        self._alarm: Cancel | None = None
        self._lock = threading.RLock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.RLock()

    def resumed(self) -> None:
        """Set the alarm anew."""
        self._expire()

    def groups(self, tenant: str) -> Groups | None:
        """Return the groups of a tenant, asked when the last answer is too old.

        Args:
            tenant: id of the tenant.

        Returns:
            `None` where nothing is known of the tenant.
        """
        answer = self._answers.get(tenant)
        if answer is None or not self._is_fresh(answer):
            answer = self._asked(tenant)
        return answer.groups if answer is not None else None

    def known(self, tenant: str) -> Groups | None:
        """Return what was said last about a tenant, however long ago, without asking."""
        answer = self._answers.get(tenant) or self._recalled(tenant)
        return answer.groups if answer is not None else None

    def follow(self, options: DirectoryOptions, groups: frozenset[str]) -> None:
        """Go by a new configuration.

        Args:
            options: how to ask.
            groups: the groups that it has.
        """
        with self._lock:
            self.known_groups = groups
            if options.size != self.options.size:
                answers = self._answers.everything()
                self._answers = Recent(options.size)
                for tenant, answer in answers.items():
                    self._answers.keep(tenant, answer)
            self.options = options

    def forget(self, tenant: str) -> None:
        """Forget what was said about a tenant."""
        with self._lock:
            self._answers.drop(tenant)

    def close(self) -> None:
        """End alarm and event loop."""
        with self._lock:
            if self._alarm is not None:
                self._alarm()
        self._asking.close()

    def _is_fresh(self, answer: _Answer) -> bool:
        # Asked a little early, an answer is never too old. One from the future was given before the clock was set back.
        return timedelta(0) <= self._clock.now() - answer.since < self.options.ttl * 0.8

    def _recalled(self, tenant: str) -> _Answer | None:
        with self._lock:
            return self._answers.recall(tenant)

    def _asked(self, tenant: str) -> _Answer | None:
        former = self._answers.get(tenant) or self._recalled(tenant)
        if former is not None and self._is_fresh(former):
            return former
        try:
            said = self._asking.ask(tenant, self.source.groups, self.options.timeout.total_seconds())
            groups = None if said is None else _checked(said)
        except Exception as error:  # noqa: BLE001 -- foreign code; whatever it raises, the caller gets an answer
            self._cannot_tell(tenant, error)
            groups = former.groups if former is not None else None
            since = self._clock.now() - self.options.ttl * 0.7  # it is asked again soon
        else:
            self._report_unknown(tenant, groups or ())
            since = self._clock.now()
        answer = _Answer(groups, since)
        with self._lock:
            self._answers.drop(tenant)
            self._answers.keep(tenant, answer)
            if self._alarm is None:
                self._alarm = self._clock.call_at(since + self.options.ttl * 0.9, self._expire)
        if former is not None and former.groups != groups:
            self.on_change(tenant)
        return answer

    def _cannot_tell(self, tenant: str, error: Exception) -> None:
        kind = "timeout" if isinstance(error, TimeoutError) else "busy" if isinstance(error, TooManyError) else "error"
        self._metrics.count("traitconf.directory.failures")
        self._log.warning(kind, "the tenant directory cannot tell the groups of %r (%s): %r", tenant, kind, error)

    def _report_unknown(self, tenant: str, groups: Groups) -> None:
        for name in groups:
            if name not in self.known_groups and name not in self._reported:
                self._reported.add(name)
                self._metrics.count("traitconf.directory.unknown_groups")
                log.warning("the tenant directory names the group %r for %r, which no file defines", name, tenant)

    def _expire(self) -> None:
        """Have what is nearly too old forgotten where it is used, so that the next use asks."""
        with self._lock:
            answers = self._answers.everything()
            young = [answer.since for answer in answers.values() if self._is_fresh(answer)]
            old = [tenant for tenant, answer in answers.items() if not self._is_fresh(answer)]
            moment = min(young, default=None)
            self._alarm = self._clock.call_at(moment + self.options.ttl * 0.9, self._expire) if moment else None
        for tenant in old:
            self.on_change(tenant)


def _checked(said: Any) -> Groups:
    """Return what a directory said, or raise for something that is no list of names."""
    if isinstance(said, str) or not all(isinstance(name, str) for name in said):
        raise TypeError(f"groups() must return a tuple of names, got {said!r}")
    return tuple(said)
