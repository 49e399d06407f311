from __future__ import annotations

import asyncio

import pytest

from matrix_table import fact

FAILED = ["tracing<", "tracing!KeyError", ">tracing"]


async def taken(items):
    """Return all items of an async generator."""
    return [item async for item in items]


@fact()
def test_async_result(kind, make, tracing, watching, log):
    """A coroutine is awaited within the hooks, before and after ones included."""
    one = kind.one(make(tracing("fetch"), watching))
    assert asyncio.run(one.fetch(3)) == [0, 1, 2]
    assert log == ["tracing<", "<", ">", ">tracing"]


@fact()
def test_async_exception(kind, make, tracing, log):
    """What a coroutine raises passes through the hooks."""
    with pytest.raises(KeyError, match="Hello"):
        asyncio.run(kind.one(make(tracing("fetch"))).fetch(fail=True))
    assert log == FAILED


@fact()
def test_async_cancellation(kind, make, tracing, log):
    """A cancelled coroutine ends its body first and then the hooks."""

    async def cancel(one):
        task = asyncio.create_task(one.wait(log))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel(kind.one(make(tracing("wait")))))
    assert log == ["tracing<", "waited", "tracing!CancelledError", ">tracing"]


@fact()
def test_generator_result(kind, make, tracing, watching, log):
    """A generator gives its items, takes what is sent, and has its result, within the hooks."""
    generator = kind.one(make(tracing("stream"), watching)).stream(2)
    assert log == []
    assert (next(generator), generator.send(7), next(generator)) == (0, 7, 1)
    with pytest.raises(StopIteration) as stop:
        next(generator)
    assert stop.value.value == "Hello"
    assert log == ["tracing<", "<", ">", ">tracing"]


@fact()
def test_generator_exception(kind, make, tracing, log):
    """What a generator raises passes through the hooks."""
    with pytest.raises(KeyError, match="Hello"):
        list(kind.one(make(tracing("stream"))).stream(fail=True))
    assert log == FAILED


@fact()
def test_generator_closed_early(kind, make, tracing, log):
    """A generator that is closed ends its body first and then the hooks."""
    generator = kind.one(make(tracing("stream"))).stream(3, log)
    next(generator)
    generator.close()
    assert log == ["tracing<", "streamed", "tracing!GeneratorExit", ">tracing"]


@fact()
def test_async_generator_result(kind, make, tracing, watching, log):
    """An async generator gives its items within the hooks."""
    assert asyncio.run(taken(kind.one(make(tracing("feed"), watching)).feed(3))) == [0, 1, 2]
    assert log == ["tracing<", "<", ">", ">tracing"]


@fact()
def test_async_generator_takes_what_is_sent(kind, make, watching, log):
    """What is sent into a bound async generator arrives behind hooks that run before and after it."""

    async def drive(feed):
        return [await anext(feed), await feed.asend(7), await anext(feed)] + [item async for item in feed]

    assert asyncio.run(drive(kind.one(make(watching)).feed(2))) == [0, 7, 1]
    assert log == ["<", ">"]


@fact()
def test_async_generator_exception(kind, make, tracing, log):
    """What an async generator raises passes through the hooks."""
    with pytest.raises(KeyError, match="Hello"):
        asyncio.run(taken(kind.one(make(tracing("feed"))).feed(fail=True)))
    assert log == FAILED


@fact()
def test_async_generator_closed_early(kind, make, tracing, log):
    """An async generator that is closed ends its body and the hooks before `aclose` returns."""

    async def close_early(feed):
        await anext(feed)
        await feed.aclose()
        log.append("closed")

    asyncio.run(close_early(kind.one(make(tracing("feed"))).feed(3, log)))
    assert sorted(log[1:-1]) == sorted(["fed", "tracing!GeneratorExit", ">tracing"])
    assert (log[0], log[-1]) == ("tracing<", "closed")


@fact()
def test_async_generator_cancelled(kind, make, tracing, log):
    """An async generator whose consumer is cancelled ends its body and the hooks."""

    async def consume(one, started):
        feed = one.feed(3, log)
        try:
            async for _ in feed:
                started.set()
                await asyncio.Event().wait()
        finally:
            await feed.aclose()

    async def cancel(one):
        started = asyncio.Event()
        task = asyncio.create_task(consume(one, started))
        await started.wait()
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel(kind.one(make(tracing("feed")))))
    assert "fed" in log
    assert log[-1] == ">tracing"
