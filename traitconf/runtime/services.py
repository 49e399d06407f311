"""What a runtime does for the traits that it resolved; see `schema.services` for the protocol."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs

from traitconf.bind.context import current
from traitconf.runtime.context import Context, running
from traitconf.runtime.declared import measure
from traitconf.runtime.event import Event
from traitconf.runtime.events import Events
from traitconf.runtime.let_through import lets_through
from traitconf.runtime.shadow import ShadowTotals
from traitconf.runtime.state import StateTable
from traitconf.runtime.telemetry import Metrics
from traitconf.schema import forks
from traitconf.schema.spec import spec_of

if TYPE_CHECKING:
    from traitconf.runtime.journal import Journal
    from traitconf.runtime.snapshot import Snapshot

S = TypeVar("S")


@attrs.frozen(eq=False)
class RuntimeServices:
    """Events, metrics, shadow totals, shared objects and host state of one runtime."""

    events: Events
    metrics: Metrics = attrs.field(factory=Metrics)
    states: StateTable = attrs.field(factory=StateTable)
    shadows: ShadowTotals = attrs.field(factory=ShadowTotals)
    _journal: list[Journal] = attrs.field(factory=list, init=False)
    _shared: dict[Callable[[], Any], Any] = attrs.field(factory=dict)
    _lock: threading.RLock = attrs.field(factory=threading.RLock)

    def __attrs_post_init__(self) -> None:
        """Ask to be told of forks, and let faults of subscribers be counted."""
        forks.follow(self)
        self.events.faults.count = self.metrics.count

    def forked(self) -> None:
        """Make the lock anew, and let the shared objects do the same that have a method `forked`."""
        object.__setattr__(self, "_lock", threading.RLock())
        for shared in self._shared.values():
            getattr(shared, "forked", lambda: None)()

    def published(self, snapshot: Snapshot, *, is_root: bool) -> None:
        """Do from now on what the framework's own settings of a snapshot say.

        Args:
            snapshot: the one that is published.
            is_root: whether it is that of the program.
        """
        options = snapshot.settings.events
        if options.journal or self._journal:
            from traitconf.runtime.journal import Journal

            self._journal[:] = self._journal or [Journal(self.events)]
            self._journal[0].follow(options)
        self.metrics.outlet.published(snapshot, is_root=is_root)

    def emit(self, trait: Any, event: str, host: object, payload: dict[str, Any]) -> None:
        """Tell the subscribers of a trait's event, unless the running context mutes it or its options hold it back."""
        name = f"{type(trait).__traitconf_spec__.name}.{event}"
        found = self.events.of(name)
        if found and self._lets_through(trait, name):
            self.events.deliver(found, Event((name, host, current().tenant, payload, None, None)))

    async def aemit(self, trait: Any, event: str, host: object, payload: dict[str, Any]) -> None:
        """Do what `emit` does, awaiting the subscribers that are coroutine functions."""
        name = f"{type(trait).__traitconf_spec__.name}.{event}"
        if self.events.of(name) and self._lets_through(trait, name):
            await self.events.aemit(name, host, current().tenant, payload)

    def _lets_through(self, trait: Any, name: str) -> bool:
        here = current()  # a context of its own is made only for those who ask
        is_muted = isinstance(here, Context) and here.mutes(type(trait))
        return not is_muted and lets_through(trait.events, name)

    def count(self, trait: Any, counter: str, amount: int) -> None:
        """Add to a trait's counter."""
        measure(self.metrics, trait, counter, amount, running().tenant)

    def record(self, trait: Any, histogram: str, value: float) -> None:
        """Record one value of a trait's histogram."""
        measure(self.metrics, trait, histogram, value, running().tenant)

    def watch(self, trait: Any, model: str, member: str, *, acts: bool, now: Any = "", then: Any = "") -> None:
        """Note what a trait in shadow would have done with a member of a model."""
        self.shadows.note((spec_of(trait).name, model, member, running().tenant), acts=acts, now=now, then=then)

    def about(self) -> dict[str, Any]:
        """Return for whom the running code runs, for the log."""
        here = running()
        found = {"tenant": here.tenant, "actor": here.actor and here.actor.id, "request_id": here.request_id}
        return {name: value for name, value in found.items() if value}

    def shared(self, factory: Callable[[], S]) -> S:
        """Return the runtime's one object made by `factory`."""
        with self._lock:
            if factory not in self._shared:
                self._shared[factory] = factory()
            return cast("S", self._shared[factory])

    def state(self, trait: Any, host: object) -> dict[str, Any]:
        """Return a trait's own values about a host object."""
        return self.states.of(spec_of(trait).name, host)
