"""The running Context: tenant, actor, request id and the table of call chains, as one object in one ContextVar."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from traitconf.bind.context import OWNER, Chains, Slot, current, root, variable
from traitconf.schema import forks
from traitconf.types import CURRENT, Actor, Current

if TYPE_CHECKING:
    from contextvars import Token

    from traitconf.runtime.directory import Directory
    from traitconf.runtime.snapshot import Snapshot

Muted = frozenset[type[Any]]
AUDIBLE: Final[Muted] = frozenset()
"""Nothing is muted."""


class Context(Slot):
    """What the running code sees.

    Attributes:
        tenant: id of the tenant, or none.
        actor: who acts, or none.
        request_id: of the request that is served, or empty.
        pinned: whether it keeps its snapshot when a new one is published.
        muted: traits whose hooks and events are off, subclasses included.
    """

    __slots__ = ("actor", "muted", "pinned", "request_id")

    def __init__(
        self,
        chains: Chains,
        tenant: str | None = None,
        actor: Actor | None = None,
        request_id: str = "",
        *,
        pinned: bool = False,
        muted: Muted = AUDIBLE,
    ) -> None:
        """Hold what is given."""
        super().__init__(chains, tenant)
        self.actor, self.request_id, self.pinned = actor, request_id, pinned
        self.muted = muted

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that the running code sees."""
        snapshot: Snapshot = self.chains[OWNER].snapshot
        return snapshot

    def mutes(self, trait: type) -> bool:
        """Whether hooks and events of a trait are off here."""
        return bool(self.muted) and issubclass(trait, tuple(self.muted))


def running() -> Context:
    """Return the running context; code that never entered one runs in an empty one.

    >>> running().tenant is None
    True
    """
    slot = current()
    return slot if isinstance(slot, Context) else Context(slot.chains)


class LiveContexts:
    """The contexts of one runtime that are alive, so that publishing reaches them.

    Attributes:
        latest: the snapshot that was published last.
        directory: where tenants' groups are kept that no file names, if anywhere.
        moment: when something that the latest snapshot holds begins or ends, if there is such a moment to come.
        due: called when somebody enters a context while there is one; it publishes the next snapshot in time.
    """

    def __init__(self) -> None:
        """Begin without contexts."""
        self._contexts: weakref.WeakSet[Context] = weakref.WeakSet()
        self._lock = threading.RLock()
        self.latest: Snapshot | None = None
        self.directory: Directory | None = None
        self.moment: datetime | None = None
        self.due: Callable[[], None] = lambda: None
        forks.follow(self, lock="_lock", order=2)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.RLock()

    def add(self, context: Context) -> None:
        """Follow a context, and bring it up to date when something was published meanwhile."""
        with self._lock:
            self._contexts.add(context)
            if self.latest is not None and not context.pinned and context.snapshot is not self.latest:
                context.chains = self.latest.table(context.tenant, context.muted)

    def in_time(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot that holds now, where the moment of another one's next change has come.

        Args:
            snapshot: the one that somebody is about to run under.
        """
        if snapshot is not self.latest:
            return snapshot
        self.due()
        return self.latest

    def refresh(self, tenant: str) -> None:
        """Give the living unpinned contexts of one tenant the table that it has now."""
        with self._lock:
            for context in list(self._contexts):
                if context.tenant == tenant and not context.pinned and self.latest is not None:
                    context.chains = self.latest.table(tenant, context.muted)

    def publish(self, snapshot: Snapshot, *, with_root: bool) -> None:
        """Give every living unpinned context the table of a new snapshot.

        Args:
            snapshot: the new one.
            with_root: whether code without a context of its own follows too.
        """
        with self._lock:
            self.latest = snapshot
            for context in list(self._contexts):
                if not context.pinned:
                    context.chains = snapshot.table(context.tenant, context.muted)
            if with_root:
                root.chains = snapshot.table(None)

    def __iter__(self) -> Iterator[Context]:
        """Iterate over the living contexts."""
        return iter(list(self._contexts))


class Entered:
    """A `with` block that runs in a derived context.

    Args:
        tenant: id of the tenant, none, or the running one.
        actor: who acts, none, or the running one.
        request_id: or the running one.
        snapshot: a snapshot other than the running one.
        hold: whether to keep that snapshot when a new one is published.
        mute: traits whose hooks and events are off, beside those that are off already.
    """

    __slots__ = ("_changes", "_hold", "_mute", "_snapshot", "_token")

    def __init__(
        self,
        tenant: str | Current | None = CURRENT,
        actor: Actor | Current | None = CURRENT,
        request_id: str | Current = CURRENT,
        snapshot: Snapshot | None = None,
        *,
        hold: bool = True,
        mute: Muted = AUDIBLE,
    ) -> None:
        """Remember what differs; nothing is derived before the block is entered."""
        self._mute = mute
        self._changes = (tenant, actor, request_id)
        self._snapshot = snapshot
        self._hold = hold and snapshot is not None
        self._token: Token[Slot] | None = None

    def __enter__(self) -> Context:
        """Derive a context from the running one and make it the running one."""
        if self._token is not None:
            raise RuntimeError("this block is entered already; make a new one")
        parent = running()
        tenant, actor, request_id = self._changes
        tenant = parent.tenant if tenant is CURRENT else tenant
        snapshot = self._snapshot or parent.snapshot
        pinned = self._hold or (parent.pinned and self._snapshot is None)
        if snapshot.contexts.moment is not None and not pinned:
            snapshot = snapshot.contexts.in_time(snapshot)
        snapshot.admit(tenant)
        muted = parent.muted | self._mute
        context = Context(
            snapshot.table(tenant, muted),
            tenant,
            parent.actor if actor is CURRENT else actor,
            parent.request_id if request_id is CURRENT else request_id,
            pinned=pinned,
            muted=muted,
        )
        snapshot.contexts.add(context)
        self._token = variable.set(context)
        return context

    def __exit__(self, *exc: object) -> None:
        """Make the former context the running one."""
        assert self._token is not None
        variable.reset(self._token)
        self._token = None


def leave_all() -> Token[Slot]:
    """Run without a context of one's own, as a new thread does; the token undoes it."""
    return variable.set(root)
