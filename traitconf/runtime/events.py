"""`Events`: who subscribes to which events of one runtime, and the delivery of those that are declared."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from traitconf.bind.adoption import AdoptedMethod
from traitconf.bind.joinpoint import JoinPoint, joinpoints
from traitconf.errors import AdapterRequired, Problem, listed
from traitconf.runtime.delivery import tell, tell_async
from traitconf.runtime.event import PHASES, Event
from traitconf.runtime.event_faults import EventFaults
from traitconf.runtime.event_names import check_name, matches, phases_of
from traitconf.runtime.subscription import Subscriber, Subscription, tenants_of
from traitconf.schema import forks
from traitconf.schema.catalog import Catalog
from traitconf.schema.governs import Governing
from traitconf.schema.spec import spec_of
from traitconf.types import Severity

log: Final = logging.getLogger("traitconf.events")
NAMES: Final = 10_000
"""For how many names the subscribers are remembered."""
Found = tuple[Subscription, ...]


class Events:
    """The subscribers of one runtime.

    Attributes:
        faults: counts and logs what goes wrong with them.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Begin without subscribers; names are looked up in `catalog`."""
        self.faults = EventFaults()
        self._catalog = catalog
        self._subscriptions: Found = ()
        self._pending: Found = ()
        self._by_name: dict[str, Found] = {}
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    @property
    def subscriptions(self) -> Found:
        """All of them, in the order in which subscribers are called."""
        return self._subscriptions

    def subscribe(
        self,
        name: str,
        subscriber: Subscriber,
        priority: int = 0,
        *,
        tenant: str | Iterable[str] | None = None,
        model: type | str | None = None,
        timeout: float | None = None,
        queue: bool = False,
    ) -> Callable[[], None]:
        """Call `subscriber` with every event of that name.

        Args:
            name: of the events; `*` stands for one part of a name or some of it, `**` for any parts.
            subscriber: called with the Event; what it raises is logged, never passed on, but for a Veto before an
                operation.
            priority: lower ones are called first; equal ones in order of subscription.
            tenant: id of the only tenant under which it is called, or several.
            model: the only class, or its name, whose objects it is told of.
            timeout: how many seconds a call waits for it; a function without one is waited for, a coroutine 5 s.
            queue: whether it runs as a job.

        Returns:
            a function that ends the subscription.

        Raises:
            LookupError: when a known trait has no such event.
            AdapterRequired: for `queue`, while nothing runs jobs.
        """
        if queue:
            raise AdapterRequired(f"the subscriber of {name} is to run as a job, which is not available")
        return self.add(Subscription(name, subscriber, priority, tenants_of(tenant), model, timeout))

    def add(self, subscription: Subscription) -> Callable[[], None]:
        """Add a subscription, which may be that of other runtimes as well.

        Args:
            subscription: what to add.

        Raises:
            LookupError: as in `subscribe`.
        """
        is_known = check_name(subscription.pattern, self._catalog)
        with self._lock:
            self._become((*self._subscriptions, subscription))
            if not is_known:
                self._pending = (*self._pending, subscription)
        _renew(subscription.pattern)
        return lambda: self.remove(subscription)

    def remove(self, subscription: Subscription) -> None:
        """End a subscription; one that has ended already stays so."""
        with self._lock:
            if subscription not in self._subscriptions:
                return
            self._become(other for other in self._subscriptions if other is not subscription)
            self._pending = tuple(other for other in self._pending if other is not subscription)
        _renew(subscription.pattern)

    def of(self, name: str) -> Found:
        """Return those who subscribe to a name, in the order in which they are called.

        Args:
            name: of an event.
        """
        cache = self._by_name  # read first: it must not be newer than what is looked through
        found = cache.get(name)
        if found is None:
            found = tuple(one for one in self._subscriptions if matches(one.pattern, name))
            if len(cache) >= NAMES:
                cache.clear()
            cache[name] = found
            if self._pending:
                self._settle(name.partition(".")[0])
        return found

    def emit(self, name: str, host: object, tenant: str | None, payload: Mapping[str, Any]) -> None:
        """Deliver an event to those who want to be told of the host's class.

        Args:
            name: of the event.
            host: what it is about.
            tenant: id of the tenant under which it happened, or none.
            payload: what there is to say.
        """
        found = self.of(name)
        if found:
            self.deliver(found, Event((name, host, tenant, payload, None, None)))

    def deliver(self, found: Found, event: Event) -> None:
        """Tell those of some subscribers who want to be told of the class of an event's host.

        Args:
            found: the subscribers of the event's name.
            event: what happened.
        """
        if concerned := _about(found, event):
            tell(concerned, event, self.faults)

    async def aemit(self, name: str, host: object, tenant: str | None, payload: Mapping[str, Any]) -> None:
        """Do what `emit` does, awaiting the subscribers that are coroutine functions."""
        found = self.of(name)
        if found:
            event = Event((name, host, tenant, payload, None, None))
            if found := _about(found, event):
                await tell_async(found, event, self.faults)

    def problem(self, subscription: Subscription, severity: Severity = Severity.ERROR) -> Problem | None:
        """Return why a subscription means no event, now that the application is loaded; nothing where it means one.

        Args:
            subscription: of this runtime, or one to be.
            severity: of the problem.
        """
        try:
            if check_name(subscription.pattern, self._catalog):
                return None
            trait = subscription.pattern.partition(".")[0]
            text, hint = f"no trait {trait!r} is known", f"known are {listed(self._catalog.names())}"
        except LookupError as error:
            text, _, hint = error.args[0].partition("; ")
        text = f"{subscription.label} subscribes to {subscription.pattern!r}: {text}"
        return Problem("TC730", text, severity=severity, hint=hint)

    def _become(self, subscriptions: Iterable[Subscription]) -> None:
        self._subscriptions = tuple(sorted(subscriptions, key=lambda one: (one.priority, one.sequence)))
        self._by_name = {}

    def _settle(self, trait: str) -> None:
        """Say which pending subscriptions mean nothing, now that somebody knows the trait."""
        if self._catalog.find(trait) is None:
            return
        with self._lock:
            mine = [one for one in self._pending if one.pattern.partition(".")[0] == trait]
            self._pending = tuple(one for one in self._pending if one not in mine)
        for subscription in mine:
            problem = self.problem(subscription, Severity.WARNING)
            if problem is not None:
                log.warning("%s", problem.render())


def _about(found: Found, event: Event) -> Found:
    """Return those of the subscriptions that want to be told of the class of an event's host."""
    for one in found:
        if one.model is not None:
            return tuple(one for one in found if one.wants_model(event.model))
    return found


def _renew(pattern: str) -> None:
    """Have the call chains compiled anew that a subscription concerns."""
    joinpoints.renew(lambda point: _concerns(pattern, point))


def _concerns(pattern: str, point: JoinPoint) -> bool:
    return any(matches(pattern, name) for name in _names(point))


def _names(point: JoinPoint) -> Iterator[str]:
    """Yield the names of the events that calls of a join point may have."""
    trait, member = point.provided or (None, None)
    if isinstance(point.adopted, AdoptedMethod):
        trait, member = point.adopted.trait, point.adopted.member
    if trait is not None and member is not None and member.operation:
        yield from (f"{spec_of(trait).name}.{member.name}.{phase}" for phase in phases_of(member))
    for trait, hook in point.hooks:
        if isinstance(hook, Governing):
            yield from (f"{spec_of(trait).name}.{point.name}.{phase}" for phase in PHASES)
