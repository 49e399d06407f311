"""Django's signals: those that are sent for events, and declared events that are emitted for signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.dispatch import Signal

from traitconf.adapters.bridged import Emitting, crossing, emitted
from traitconf.runtime.event import Event
from traitconf.runtime.verbs import off, on


def send(pattern: str, signal: Signal) -> Callable[[], object]:
    """Send a signal for every event of a name: the sender is the host's class, the arguments `event` and `instance`.

    Receivers are isolated from each other, as by `Signal.send_robust`.

    Args:
        pattern: names of events, wildcards allowed.
        signal: what is sent.

    Returns:
        a function that ends it.

    Raises:
        LookupError: when a known trait has no such event.
    """

    def forward(event: Event) -> None:
        with crossing(signal) as may_pass:
            if may_pass:
                signal.send_robust(sender=event.model, event=event, instance=event.host)

    on(pattern)(forward)
    return lambda: off(forward)


def receive(signal: Signal, event: Emitting, sender: Any = None) -> Callable[[], object]:
    """Emit a declared event of a trait for every signal, for example `post_save`.

    The host is the argument `instance`, or the sender where there is none; the payload are the other arguments.

    Args:
        signal: what is sent.
        event: the trait's class and the name of its event.
        sender: the only sender that counts.

    Returns:
        a function that ends it.
    """

    def forward(signal: Signal, sender: Any, **payload: Any) -> None:
        with crossing(signal) as may_pass:
            if may_pass:
                emitted(event, payload.pop("instance", sender), payload)

    signal.connect(forward, sender=sender, weak=False)
    return lambda: signal.disconnect(forward, sender=sender)
