"""`EventRecorder`: keeps the events of a test, behind the fixture `tc_events`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from traitconf.runtime.event import Event
from traitconf.runtime.event_names import matches


class EventRecorder:
    """Keeps every event that it is told of; threads may wait for one.

    >>> from traitconf.runtime.event import made
    >>> recorder = EventRecorder()
    >>> recorder(made("auditable.recorded"))
    >>> recorder.names
    ['auditable.recorded']
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._events: list[Event] = []
        self._more = threading.Condition()

    def __call__(self, event: Event) -> None:
        """Keep an event."""
        with self._more:
            self._events.append(event)
            self._more.notify_all()

    def __iter__(self) -> Iterator[Event]:
        """Yield the events so far, in order."""
        return iter([*self._events])

    def __len__(self) -> int:
        """Return how many events there are so far."""
        return len(self._events)

    @property
    def names(self) -> list[str]:
        """The names of the events so far, in order."""
        return [event.name for event in self]

    def of(self, name: str) -> list[Event]:
        """Return the events so far of a name.

        Args:
            name: wildcards allowed.
        """
        return [event for event in self if matches(name, event.name)]

    def wait_for(self, name: str, timeout: float = 5.0) -> Event:
        """Return the first event of a name; where there is none yet, when it has come.

        Args:
            name: wildcards allowed.
            timeout: how many seconds to wait.

        Raises:
            AssertionError: when none comes; with the names that have come.
        """
        end = time.monotonic() + timeout
        with self._more:
            while not (found := self.of(name)):
                if not self._more.wait(end - time.monotonic()):
                    raise AssertionError(f"no event {name!r} within {timeout:g} s; there were {self.names}")
            return found[0]

    def clear(self) -> None:
        """Forget the events so far."""
        with self._more:
            self._events.clear()
