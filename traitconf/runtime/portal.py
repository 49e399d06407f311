"""Where coroutines run that nobody awaits: on the caller's loop later, or on one background loop while he waits."""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from traitconf.schema import forks

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future

NAME: Final = "traitconf-events"
GRACE: Final = 0.5
"""Seconds in which the background loop must answer, after somebody waited in vain, to be trusted again."""


class Portal:
    """One background event loop, begun when it is first needed."""

    def __init__(self) -> None:
        """Begin without a loop."""
        self._loop: AbstractEventLoop | None = None
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Forget the parent's loop and lock; its thread is not here."""
        self._loop, self._lock = None, threading.Lock()

    def wait(self, awaitable: Awaitable[Any], timeout: float) -> Any:
        """Run an awaitable in the caller's context on the background loop, and return its result.

        Args:
            awaitable: from a subscriber.
            timeout: how many seconds to wait; it is cancelled then.

        Raises:
            TimeoutError: when it takes longer, or is waited for on the background loop itself.
        """
        import asyncio

        loop = self._running()
        work = _coroutine(awaitable)
        if running_loop() is loop:
            work.close()
            raise TimeoutError("a coroutine on the background loop cannot wait for another one there")
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            if future.done() and not future.cancelled():
                raise  # the subscriber's own
            future.cancel()
            self._leave_if_stuck(loop)
            raise TimeoutError(f"it took longer than {timeout:g} s") from None

    def _running(self) -> AbstractEventLoop:
        import asyncio

        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, daemon=True, name=NAME).start()
            return self._loop

    def _leave_if_stuck(self, loop: AbstractEventLoop) -> None:
        """Use another loop from now on, when somebody blocks this one."""
        answered = threading.Event()
        loop.call_soon_threadsafe(answered.set)
        if not answered.wait(GRACE):
            with self._lock:
                if self._loop is loop:
                    self._loop = None


portal: Final = Portal()


def running_loop() -> AbstractEventLoop | None:
    """Return the event loop that runs in this thread; asyncio is not imported for the question."""
    import sys

    asyncio = sys.modules.get("asyncio")
    found: AbstractEventLoop | None = asyncio._get_running_loop() if asyncio else None  # noqa: SLF001 -- the documented fast twin of get_running_loop
    return found


_waiting: Final[set[Future[Any]]] = set()
"""Tasks that nobody else holds; a loop itself holds them weakly."""


def schedule(
    awaitable: Awaitable[Any], loop: AbstractEventLoop, timeout: float, failed: Callable[[BaseException], object]
) -> None:
    """Run an awaitable on the loop that runs here, when it is its turn, in a copy of this context.

    Args:
        awaitable: from a subscriber.
        loop: runs in this thread.
        timeout: after how many seconds it is cancelled.
        failed: told of what it raises.
    """
    import asyncio

    async def run() -> None:
        try:
            async with asyncio.timeout(timeout):
                await awaitable
        except Exception as error:  # noqa: BLE001 -- an observer must not break what it observes
            failed(error)

    task = loop.create_task(run())
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)


def abandon(awaitable: Any) -> None:
    """Close a coroutine that will not be awaited, without a warning."""
    with contextlib.suppress(Exception):
        awaitable.close()


async def _await(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def _coroutine(awaitable: Awaitable[Any]) -> Any:
    return awaitable if inspect.iscoroutine(awaitable) else _await(awaitable)
