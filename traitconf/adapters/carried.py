"""`Carried`: the context of a request, for the parts of its answer that are made after its function has returned."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any, TypeVar

from traitconf.bind.context import current, variable

T = TypeVar("T")


class Carried:
    """The running context, taken along.

    A generator may enter a context of its own and yield inside it; so what one step leaves, the next one finds.
    """

    __slots__ = ("_slot",)

    def __init__(self) -> None:
        """Take what runs now."""
        self._slot = current()

    def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function in the context.

        Args:
            function: called with the arguments.
            *arguments: of the call.
        """
        token = variable.set(self._slot)
        try:
            return function(*arguments)
        finally:
            self._slot = current()
            variable.reset(token)

    async def run_async(self, function: Callable[[], Awaitable[T]]) -> T:
        """Await what a function returns, in the context.

        Args:
            function: called without arguments.
        """
        token = variable.set(self._slot)
        try:
            return await function()
        finally:
            self._slot = current()
            variable.reset(token)

    async def stream_async(self, chunks: AsyncIterable[T]) -> AsyncIterator[T]:
        """Yield what an asynchronous iterable yields, each made in the context.

        Args:
            chunks: of the answer.
        """
        iterator = aiter(chunks)
        try:
            while True:
                try:
                    chunk = await self.run_async(iterator.__anext__)
                except StopAsyncIteration:
                    return
                yield chunk
        finally:
            close = getattr(iterator, "aclose", None)
            if close is not None:
                await self.run_async(close)


class Stream(Iterator[T]):
    """What an iterable yields, each made in a context, and so is its `close`.

    Args:
        chunks: of the answer.
        carried: the context to run in, the running one when not given.
    """

    __slots__ = ("_carried", "_chunks", "_iterator")

    def __init__(self, chunks: Iterable[T], carried: Carried | None = None) -> None:
        """Take the context along."""
        self._carried, self._chunks = carried or Carried(), chunks
        self._iterator: Iterator[T] | None = None

    def __next__(self) -> T:
        """Return the next chunk."""
        if self._iterator is None:
            self._iterator = self._carried.run(self._chunks.__iter__)
        return self._carried.run(self._iterator.__next__)

    def close(self) -> None:
        """Close the iterable, if it can be closed."""
        close = getattr(self._chunks, "close", None)
        if close is not None:
            self._carried.run(close)
