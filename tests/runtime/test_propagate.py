from __future__ import annotations

import asyncio
import functools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import traitconf as tc


def tenant():
    return tc.current_context().tenant


async def tenant_later():
    await asyncio.sleep(0)
    return tc.current_context().tenant


def in_thread(function):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def test_a_thread_runs_in_the_context_that_was_taken_along(tc_runtime):
    """The context is that of the place where the function was propagated, not of the call."""
    with tc.context(tenant="acme", actor="ana", request_id="7"):
        carried = tc.propagate(lambda: (tenant(), str(tc.current_context().actor), tc.current_context().request_id))
    with tc.tenant("globex"):
        assert in_thread(carried) == ("acme", "ana", "7")
        assert carried() == ("acme", "ana", "7")
        assert tenant() == "globex"


def test_outside_every_context_there_is_none_to_take(tc_runtime):
    """What was propagated outside every tenant runs for none, also when a tenant calls it."""
    carried = tc.propagate(tenant)
    with tc.tenant("acme"):
        assert carried() is None


def test_a_coroutine_is_awaited_in_the_context(tc_runtime):
    """An async function keeps the context while it is awaited in the loop of another thread."""
    with tc.tenant("acme"):
        carried = tc.propagate(tenant_later)
    assert in_thread(lambda: asyncio.run(carried())) == "acme"


def test_the_context_goes_when_the_function_fails(tc_runtime):
    """A function that raises leaves the caller's context as it was."""
    with tc.tenant("acme"):
        carried = tc.propagate(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        carried()
    assert tenant() is None


def test_what_is_published_meanwhile_is_seen(tc_config):
    """A propagated function follows the configuration, one that was propagated while pinned does not."""

    @tc.trait
    class Numbered(tc.TraitBase):
        """Hold a number."""

        number: int = tc.option(0, doc="It.")

    runtime = tc_config({"traits.toml": "numbered.number = 1\n"})
    read = lambda: tc.resolve(Numbered).number  # noqa: E731 -- the function that is carried
    with tc.tenant("acme"):
        carried = tc.propagate(read)
        with tc.pinned():
            pinned = tc.propagate(read)
    (runtime.paths[0] / "traits.toml").write_text("numbered.number = 2\n")
    runtime.reload()
    assert (in_thread(carried), in_thread(pinned)) == (2, 1)


def test_several_threads_share_a_context(tc_runtime):
    """One propagated function may run in several threads at once."""
    barrier = threading.Barrier(4)

    def meet():
        barrier.wait()
        return tenant()

    with tc.tenant("acme"):
        carried = tc.propagate(meet)
    with ThreadPoolExecutor(4) as pool:
        assert [future.result() for future in [pool.submit(carried) for _ in range(4)]] == ["acme"] * 4


def test_the_function_keeps_its_name(tc_runtime):
    """A propagated function is named as it was; a callable without a name is taken, too."""
    assert tc.propagate(tenant).__name__ == "tenant"
    assert tc.propagate(functools.partial(tenant))() is None


def test_a_generator_function_is_refused(tc_runtime):
    """A generator would run partly in one context and partly in another."""

    def count():
        yield 1

    async def count_later():
        yield 1

    for function in (count, count_later):
        with pytest.raises(TypeError, match="is a generator function; propagate the function that runs through it"):
            tc.propagate(function)
