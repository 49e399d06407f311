"""blinker: signals that are sent for events, and declared events that are emitted for signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from blinker import ANY, Namespace, Signal

from traitconf.adapters.bridged import Emitting, crossing, emitted
from traitconf.runtime.event import Event
from traitconf.runtime.verbs import off, on


def send(pattern: str, signal: Signal | Namespace) -> Callable[[], object]:
    """Send a signal for every event of a name: the sender is the host, the one argument is `event`.

    Args:
        pattern: names of events, wildcards allowed.
        signal: one signal for all of them, or a namespace that has one of each event's name.

    Returns:
        a function that ends it.

    Raises:
        LookupError: when a known trait has no such event.

    >>> from blinker import Signal
    >>> recorded = Signal()
    >>> end = send("auditable.recorded", recorded)
    >>> end()
    """

    def forward(event: Event) -> None:
        found = signal if isinstance(signal, Signal) else signal.signal(event.name)
        if found.receivers:
            with crossing(found) as may_pass:
                if may_pass:
                    found.send(event.host, event=event)

    on(pattern)(forward)
    return lambda: off(forward)


def receive(signal: Signal, event: Emitting, sender: Any = ANY) -> Callable[[], object]:
    """Emit a declared event of a trait for every signal: the host is the sender, the payload are the arguments.

    Args:
        signal: what is sent.
        event: the trait's class and the name of its event.
        sender: the only sender that counts.

    Returns:
        a function that ends it.
    """

    def forward(sender: Any, **payload: Any) -> None:
        with crossing(signal) as may_pass:
            if may_pass:
                emitted(event, sender, payload)

    signal.connect(forward, sender=sender, weak=False)
    return lambda: signal.disconnect(forward, sender)
