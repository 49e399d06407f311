"""`Asking`: puts a question to foreign code, sync or async, and waits only so long for the answer."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final

from traitconf.schema import forks

if TYPE_CHECKING:
    import asyncio

AT_ONCE: Final = 16
"""How many questions may be open, those included whose asker gave up: a source that hangs must not fill the process
with threads."""


ABANDONED: Final = 60.0
"""Seconds after which an open question counts no more."""


class TooManyError(RuntimeError):
    """So many questions are open already that no other is put."""


class Asking:
    """Puts questions from daemon threads; coroutines run on one event loop, so that async clients stay on theirs."""

    def __init__(self) -> None:
        """Begin without threads."""
        self._open: dict[str, tuple[Future[Any], float]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Forget threads and loop: they are in the parent."""
        self._open, self._loop, self._lock = {}, None, threading.Lock()

    def ask(self, subject: str, question: Callable[[str], Any], timeout: float) -> Any:
        """Return the answer about a subject; who asks while the same question is open waits for the same answer.

        Args:
            subject: what it is about.
            question: called with the subject, in another thread; it may return an awaitable.
            timeout: seconds.

        Raises:
            TimeoutError: when there is no answer in time.
            TooManyError: when too many questions are open.
            Exception: whatever the question raises.
        """
        with self._lock:
            now = time.monotonic()
            for other in [other for other, (_, begun) in self._open.items() if now - begun > ABANDONED]:
                del self._open[other]
            future = self._open[subject][0] if subject in self._open else None
            if future is None:
                if len(self._open) >= AT_ONCE:
                    raise TooManyError(f"{AT_ONCE} questions are open")
                future = Future()
                self._open[subject] = future, now
                work = threading.Thread(
                    target=self._work, args=(subject, question, future), name="traitconf-asking", daemon=True
                )
                work.start()
        return future.result(timeout)

    def close(self) -> None:
        """End the event loop."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)

    def _work(self, subject: str, question: Callable[[str], Any], future: Future[Any]) -> None:
        try:
            answer = question(subject)
            if inspect.isawaitable(answer):
                import asyncio

                answer = asyncio.run_coroutine_threadsafe(_awaited(answer), self._running_loop()).result()
        except BaseException as error:  # noqa: BLE001 -- it belongs to whoever asked, whom it must not end
            self._done(subject, future)
            future.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))
        else:
            self._done(subject, future)
            future.set_result(answer)

    def _done(self, subject: str, future: Future[Any]) -> None:
        with self._lock:
            if self._open.get(subject, (None, 0))[0] is future:
                del self._open[subject]

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        import asyncio

        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_run, args=(self._loop,), name="traitconf-loop", daemon=True).start()
            return self._loop


async def _awaited(answer: Any) -> Any:
    return await answer


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()
