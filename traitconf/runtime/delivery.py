"""Delivers one event to its subscribers, in order: observers are told, those before an operation are asked."""

from __future__ import annotations

from collections.abc import Sequence

from traitconf.errors import Veto
from traitconf.runtime.answer import checked
from traitconf.runtime.event import Event, Payload
from traitconf.runtime.event_faults import EventFaults
from traitconf.runtime.nesting import enter, leave
from traitconf.runtime.subscription import Subscription

Subscriptions = Sequence[Subscription]


def tell(subscriptions: Subscriptions, event: Event, faults: EventFaults) -> None:
    """Tell observers of an event; what they raise is counted and logged.

    Args:
        subscriptions: theirs, in order.
        event: what happened.
        faults: counts and logs.
    """
    if len(subscriptions) == 1 and subscriptions[0].is_plain and not subscriptions[0].is_busy:
        _tell_one(subscriptions[0], event, faults)
        return
    stack = enter(event.name, faults.too_deep)
    if stack is None:
        return
    try:
        for subscription in subscriptions:
            if subscription.wants_tenant(event.tenant):
                try:
                    subscription.tell(event, faults.note)
                except Exception as error:  # noqa: BLE001 -- an observer must not break the call that it observes
                    faults.note(subscription, event, error)
    finally:
        leave(stack)


def _tell_one(one: Subscription, event: Event, faults: EventFaults) -> None:
    """Tell the one observer; if that leads to the same event again, it is busy, and how deep that goes is counted."""
    one.is_busy = True
    try:
        answer = one.subscriber(event)
        if answer is not None:
            one.settle(answer, event, faults.note)
    except Exception as error:  # noqa: BLE001 -- as in `tell`
        faults.note(one, event, error)
    finally:
        one.is_busy = False


async def tell_async(subscriptions: Subscriptions, event: Event, faults: EventFaults) -> None:
    """Do what `tell` does, awaiting coroutines one after the other.

    Args:
        subscriptions: as in `tell`.
        event: as in `tell`.
        faults: as in `tell`.
    """
    stack = enter(event.name, faults.too_deep)
    if stack is None:
        return
    try:
        for subscription in subscriptions:
            if subscription.wants_tenant(event.tenant):
                try:
                    await subscription.ask_async(event)
                except Exception as error:  # noqa: BLE001 -- as in `tell`
                    faults.note(subscription, event, error)
    finally:
        leave(stack)


def ask(subscriptions: Subscriptions, event: Event, faults: EventFaults) -> Payload | None:
    """Ask those who want to know before an operation runs.

    Args:
        subscriptions: theirs, in order; each sees the arguments as the one before it left them.
        event: what is about to happen.
        faults: counts and logs what else they raise or answer.

    Returns:
        all arguments by name, where somebody has replaced one; else nothing.

    Raises:
        Veto: when somebody refuses; those behind it are not asked.
    """
    given: Payload | None = None
    stack = enter(event.name, faults.too_deep)
    if stack is None:
        return given
    try:
        for subscription in subscriptions:
            if subscription.wants_tenant(event.tenant):
                try:
                    answer = checked(subscription.ask(event), event.payload)
                except Veto:
                    raise
                except Exception as error:  # noqa: BLE001 -- a fault of a subscriber is none of the call
                    faults.note(subscription, event, error)
                else:
                    if answer is not None:
                        given = answer
                        event = event.with_payload(answer)
    finally:
        leave(stack)
    return given


async def ask_async(subscriptions: Subscriptions, event: Event, faults: EventFaults) -> Payload | None:
    """Do what `ask` does, awaiting coroutines one after the other.

    Args:
        subscriptions: as in `ask`.
        event: as in `ask`.
        faults: as in `ask`.

    Raises:
        Veto: as in `ask`.
    """
    given: Payload | None = None
    stack = enter(event.name, faults.too_deep)
    if stack is None:
        return given
    try:
        for subscription in subscriptions:
            if subscription.wants_tenant(event.tenant):
                try:
                    answer = checked(await subscription.ask_async(event), event.payload)
                except Veto:
                    raise
                except Exception as error:  # noqa: BLE001 -- as in `ask`
                    faults.note(subscription, event, error)
                else:
                    if answer is not None:
                        given = answer
                        event = event.with_payload(answer)
    finally:
        leave(stack)
    return given
