"""What a runtime does for the traits that it resolved; see `schema.services` for the protocol."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

import attrs

from traitconf.runtime.context import running
from traitconf.runtime.declared import measure
from traitconf.runtime.events import Events
from traitconf.runtime.shadow import ShadowTotals
from traitconf.runtime.state import StateTable
from traitconf.runtime.telemetry import Metrics
from traitconf.schema import forks
from traitconf.schema.spec import spec_of

S = TypeVar("S")


@attrs.frozen(eq=False)
class RuntimeServices:
    """Events, metrics, shadow totals, shared objects and host state of one runtime."""

    events: Events
    metrics: Metrics = attrs.field(factory=Metrics)
    states: StateTable = attrs.field(factory=StateTable)
    shadows: ShadowTotals = attrs.field(factory=ShadowTotals)
    _shared: dict[Callable[[], Any], Any] = attrs.field(factory=dict)
    _lock: threading.RLock = attrs.field(factory=threading.RLock)

    def __attrs_post_init__(self) -> None:
        """Ask to be told of forks."""
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew, and let the shared objects do the same that have a method `forked`."""
        object.__setattr__(self, "_lock", threading.RLock())
        for shared in self._shared.values():
            getattr(shared, "forked", lambda: None)()

    def emit(self, trait: Any, event: str, host: object, payload: dict[str, Any]) -> None:
        """Tell the subscribers of a trait's event, unless the running context mutes it."""
        here = running()
        if not here.mutes(type(trait)):
            self.events.emit(f"{spec_of(trait).name}.{event}", host, here.tenant, payload)

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
