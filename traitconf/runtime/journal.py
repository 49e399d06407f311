"""`Journal`: a file with a line for every event, so that other processes can follow what an application does."""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import os
import reprlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from traitconf.runtime.event import Event
from traitconf.runtime.events import Events
from traitconf.runtime.subscription import Subscription
from traitconf.schema.settings import EventSettings

log: Final = logging.getLogger("traitconf.events")
LAST: Final = 1_000_000
"""Priority of the journal: it is told when everybody else is."""
FORMER: Final = ".1"
"""What is added to the name of the file that was full."""
_short: Final = reprlib.Repr()
_short.maxstring = _short.maxother = 80


class Journal:
    """The journal of one runtime, as its settings say.

    Several processes may write into one file: a line is written at once, at its end.
    """

    def __init__(self, events: Events) -> None:
        """Begin without a file."""
        self._events = events
        self._settings = EventSettings()
        self._end: Callable[[], None] = lambda: None

    def follow(self, settings: EventSettings) -> None:
        """Write where the settings say from now on, or nowhere.

        Args:
            settings: section `[runtime.events]`.
        """
        if settings == self._settings:
            return
        self._end()
        self._settings, self._end = settings, lambda: None
        if settings.journal:
            self._end = self._events.add(Subscription("**", self._write, LAST))

    def _write(self, event: Event) -> None:
        path = Path(self._settings.journal)
        line = json.dumps(self._record(event), ensure_ascii=False) + "\n"
        try:
            self._append(path, line.encode())
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._append(path, line.encode())

    def _append(self, path: Path, line: bytes) -> None:
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            is_full = os.fstat(number).st_size + len(line) > self._settings.journal_size > 0
            os.write(number, line)
        finally:
            os.close(number)
        if is_full:
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                path.replace(path.with_name(path.name + FORMER))

    def _record(self, event: Event) -> dict[str, Any]:
        payload = event.payload
        record: dict[str, Any] = {
            "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "pid": os.getpid(),
            "name": event.name,
            "tenant": event.tenant,
            "model": event.model.__name__,
            "payload": {name: _short.repr(value) for name, value in payload.items()}
            if self._settings.values
            else [*payload],
        }
        if event.error is not None:
            record["error"] = type(event.error).__name__
        return record
