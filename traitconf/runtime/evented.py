"""The slots of the pipeline that tell and ask subscribers: where nobody subscribes, they leave the call as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from traitconf.bind.context import current
from traitconf.bind.operation import Operation
from traitconf.runtime import evented_links
from traitconf.runtime.committed import deferred
from traitconf.runtime.delivery import Subscriptions, ask, ask_async, tell, tell_async
from traitconf.runtime.event import Event, Payload
from traitconf.runtime.events import Events
from traitconf.runtime.let_through import is_dispatched, is_sampled
from traitconf.schema.records import EventOptions


@attrs.frozen(eq=False)
class Phase:
    """One phase of an operation, and those who want to be told of it or asked.

    Attributes:
        name: of the event.
        model: class of the hosts.
        options: the trait's option `events`.
        events: of the runtime.
        subscriptions: who it concerns, in order.
    """

    name: str
    model: type
    options: EventOptions
    events: Events
    subscriptions: Subscriptions

    @property
    def is_plain(self) -> bool:
        """Whether to tell of it is to call one function."""
        return len(self.subscriptions) == 1 and self.subscriptions[0].is_plain and self.options.sample >= 1

    def event(self, host: Any, payload: Payload, result: Any = None, error: BaseException | None = None) -> Event:
        """Return the event of one call; what has no object is about its class."""
        about = self.model if host is None else host
        return Event((self.name, about, current().tenant, payload, result, error))

    def ask(self, host: Any, payload: Payload) -> Payload | None:
        """Ask before the operation; return all arguments where one is replaced."""
        return ask(self.subscriptions, self.event(host, payload), self.events.faults)

    async def ask_async(self, host: Any, payload: Payload) -> Payload | None:
        """Do what `ask` does, awaited."""
        return await ask_async(self.subscriptions, self.event(host, payload), self.events.faults)

    def tell(self, host: Any, payload: Payload, result: Any = None, error: BaseException | None = None) -> None:
        """Tell of the operation."""
        if is_sampled(self.options):
            tell(self.subscriptions, self.event(host, payload, result, error), self.events.faults)

    async def tell_async(
        self, host: Any, payload: Payload, result: Any = None, error: BaseException | None = None
    ) -> None:
        """Do what `tell` does, awaited."""
        if is_sampled(self.options):
            await tell_async(self.subscriptions, self.event(host, payload, result, error), self.events.faults)

    def tell_committed(self, host: Any, payload: Payload, result: Any) -> None:
        """Tell of the operation once it is committed; at once, where nobody knows of a transaction."""
        if is_sampled(self.options):
            event = self.event(host, payload, result)
            if not deferred(event.host, lambda: tell(self.subscriptions, event, self.events.faults)):
                tell(self.subscriptions, event, self.events.faults)

    async def tell_committed_async(self, host: Any, payload: Payload, result: Any) -> None:
        """Do what `tell_committed` does, awaited where it happens at once."""
        if is_sampled(self.options):
            event = self.event(host, payload, result)
            if not deferred(event.host, lambda: tell(self.subscriptions, event, self.events.faults)):
                await tell_async(self.subscriptions, event, self.events.faults)


def phase_of(operation: Operation, phase: str) -> Phase | None:
    """Return a phase of an operation, nothing where it concerns nobody.

    Args:
        operation: the operation.
        phase: its phase.
    """
    trait = operation.trait
    events = getattr(trait._services, "events", None)
    name = f"{operation.name}.{phase}"
    if events is None or not is_dispatched(trait.events, name):
        return None
    found = tuple(one for one in events.of(name) if one.wants_model(operation.model))
    return Phase(name, operation.model, trait.events, events, found) if found else None


def before(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Ask subscribers before the call, which may refuse it, and tell those who want to know of refusals."""
    asking, denied = phase_of(operation, "before"), phase_of(operation, "denied")
    if asking is None and denied is None:
        return call
    return evented_links.before(operation, position, call, asking, denied)


def after(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Tell subscribers how the call ended."""
    done, failed, committed = (phase_of(operation, phase) for phase in ("after", "failed", "committed"))
    if done is None and failed is None and committed is None:
        return call
    return evented_links.after(operation, position, call, (done, failed, committed))
