"""The context of a request, taken along to what happens after its function has returned."""

from __future__ import annotations

import asyncio

import pytest

import traitconf as tc
from traitconf.adapters.carried import Carried, Stream


def here():
    """Return the running tenant."""
    return tc.current_context().tenant


async def chunks(seen):
    """Yield tenants, an own one among them, and tell of the end."""
    try:
        yield here()
        with tc.tenant("inner"):
            yield here()
            await asyncio.sleep(0)
            yield here()
        yield here()
    finally:
        seen.append(here())


def carried():
    """Return a context that was left already."""
    with tc.tenant("outer"):
        return Carried()


def test_an_asynchronous_stream_keeps_its_contexts(tc_runtime):
    """Each step finds what the step before has left, and nothing of it is seen between the steps."""
    seen = []

    async def read():
        found = []
        async for chunk in carried().stream_async(chunks(seen)):
            found.append((chunk, here()))
            await asyncio.sleep(0)
        return found

    assert asyncio.run(read()) == [(name, None) for name in ("outer", "inner", "inner", "outer")]
    assert seen == ["outer"]


def test_an_asynchronous_stream_that_is_given_up_is_closed(tc_runtime):
    """Closing it closes what it was made of, in its context, at once."""
    seen = []

    async def read():
        stream = carried().stream_async(chunks(seen))
        assert await anext(stream) == "outer"
        await stream.aclose()
        return list(seen)

    assert asyncio.run(read()) == ["outer"]


def test_what_fails_leaves_nothing_behind(tc_runtime):
    """An error goes on to the caller, whose own context is as it was."""

    async def fail():
        raise LookupError("mine")

    with tc.tenant("around") as around:
        with pytest.raises(ZeroDivisionError):
            carried().run(lambda: 1 // 0)
        with pytest.raises(LookupError, match="mine"):
            asyncio.run(carried().run_async(fail))
        assert tc.current_context() is around


def test_streams_beside_each_other_do_not_mix(tc_runtime):
    """Streams of different tenants that are read in turn each keep their own."""

    def tenants():
        while True:
            yield here()

    streams = []
    for name in ("a", "b", "c"):
        with tc.tenant(name):
            streams.append(Stream(tenants()))
    assert [next(stream) for _ in range(3) for stream in streams] == ["a", "b", "c"] * 3
    for stream in streams:
        stream.close()
    with pytest.raises(StopIteration):
        next(streams[0])
