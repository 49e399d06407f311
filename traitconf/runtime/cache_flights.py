"""`Flights`: of many calls that need the same result at the same time, one computes it and the others wait."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import weakref
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final

from traitconf.schema import forks


class Flight:
    """One computation that is going on.

    Attributes:
        done: set when it has ended.
        outcome: what came of it.
        error: what it raised.
        awaited: the flights that its own computation waits for.
        task: what computes it, in an event loop.
    """

    __slots__ = ("awaited", "done", "error", "outcome", "task")

    def __init__(self) -> None:
        """Begin."""
        self.done = threading.Event()
        self.outcome: Any = None
        self.error: BaseException | None = None
        self.awaited: set[Flight] = set()
        self.task: asyncio.Task[Any] | None = None


_own: Final[contextvars.ContextVar[tuple[Flight, ...]]] = contextvars.ContextVar("traitconf_flights", default=())
"""The flights that the running code computes for."""
Table = dict[Hashable, Flight]


class Flights:
    """The computations of one runtime that are going on, by key.

    A call that would wait for itself, directly or through others, computes instead.
    """

    def __init__(self) -> None:
        """Begin with nothing in the air."""
        self._sync: Table = {}
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Table] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Begin anew: who computed was a thread of the parent."""
        self._lock = threading.Lock()
        self._sync.clear()
        self._loops.clear()

    def run(self, key: Hashable, lead: Callable[[], Any]) -> tuple[Any, bool]:
        """Compute, or wait for who computes.

        Args:
            key: of the result.
            lead: computes it.

        Returns:
            what came of it, and whether this very call has computed it.

        Raises:
            Exception: what computing it raised, for everybody who waited.
        """
        while True:
            flight, is_mine = self._board(self._sync, key)
            if flight is None:
                return lead(), True
            if is_mine:
                return self._fly(key, flight, lead), True
            try:
                flight.done.wait()
            finally:
                self._leave(flight)
            if flight.error is None:
                return flight.outcome, False
            if isinstance(flight.error, Exception):
                raise flight.error

    def detach(self, key: Hashable, lead: Callable[[], Any]) -> None:
        """Compute in a thread of its own, unless somebody computes it already; nobody waits.

        Args:
            key: of the result.
            lead: computes it, and raises nothing.
        """
        with self._lock:
            if key in self._sync:
                return
            flight = self._sync[key] = Flight()
        context = contextvars.copy_context()
        thread = threading.Thread(
            target=context.run, args=(self._fly, key, flight, lead), name="traitconf-refresh", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # no thread can be had, for example while the interpreter ends
            with self._lock:
                self._sync.pop(key, None)
            flight.done.set()

    async def arun(self, key: Hashable, lead: Callable[[], Awaitable[Any]]) -> tuple[Any, bool]:
        """Do what `run` does, awaited: who is cancelled cancels nobody else.

        Args:
            key: of the result.
            lead: computes it.
        """
        table = self._table()
        flight, is_mine = self._board(table, key)
        if flight is None:
            return await lead(), True
        if is_mine:
            flight.task = self._start(table, key, flight, lead)
        assert flight.task is not None
        try:
            return await asyncio.shield(flight.task), is_mine
        finally:
            self._leave(flight)

    def adetach(self, key: Hashable, lead: Callable[[], Awaitable[Any]]) -> None:
        """Do what `detach` does, in a task of the running loop."""
        table = self._table()
        with self._lock:
            if key in table:
                return
            flight = table[key] = Flight()
        flight.task = self._start(table, key, flight, lead)

    def _table(self) -> Table:
        with self._lock:
            return self._loops.setdefault(asyncio.get_running_loop(), {})

    def _board(self, table: Table, key: Hashable) -> tuple[Flight | None, bool]:
        """Return the flight of a key, and whether it is new; none where waiting for it would never end."""
        own = _own.get()
        with self._lock:
            flight = table.get(key)
            if flight is None:
                flight = table[key] = Flight()
                for mine in own:
                    mine.awaited.add(flight)
                return flight, True
            if _leads_to(flight, own):
                return None, False
            for mine in own:
                mine.awaited.add(flight)
            return flight, False

    def _leave(self, flight: Flight) -> None:
        with self._lock:
            for mine in _own.get():
                mine.awaited.discard(flight)

    def _fly(self, key: Hashable, flight: Flight, lead: Callable[[], Any]) -> Any:
        token = _own.set((*_own.get(), flight))
        try:
            flight.outcome = lead()
        except BaseException as error:
            flight.error = error
            raise
        finally:
            _own.reset(token)
            with self._lock:
                if self._sync.get(key) is flight:
                    del self._sync[key]
            flight.done.set()
            self._leave(flight)
        return flight.outcome

    def _start(
        self, table: Table, key: Hashable, flight: Flight, lead: Callable[[], Awaitable[Any]]
    ) -> asyncio.Task[Any]:
        async def fly() -> Any:
            _own.set((*_own.get(), flight))
            return await lead()

        def landed(task: asyncio.Task[Any]) -> None:
            with self._lock:
                if table.get(key) is flight:
                    del table[key]
            if not task.cancelled():
                task.exception()  # whoever waited was told; else nobody need be

        task = asyncio.get_running_loop().create_task(fly())
        task.add_done_callback(landed)
        return task


def _leads_to(flight: Flight, own: tuple[Flight, ...]) -> bool:
    """Whether a flight waits, directly or through others, for one of the running code's own."""
    seen: set[Flight] = set()
    pending = [flight]
    while pending:
        one = pending.pop()
        if one in own:
            return True
        if one not in seen:
            seen.add(one)
            pending += one.awaited
    return False
