"""Of many calls for one result one computes it; nobody waits for himself, and nobody's cancellation harms another."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from traitconf.runtime.cache_flights import Flights

PATIENCE = 20


def in_thread(function):
    """Run a function in a thread that may hang, and return its result; fail when it does."""
    done = []
    thread = threading.Thread(target=lambda: done.append(function()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert done, "it waits for ever"
    return done[0]


@pytest.fixture
def flights():
    return Flights()


def test_threads_share_one_computation(flights):
    """Forty threads that ask at the same time get one result, computed by one of them."""
    count, entered, go = [], threading.Barrier(40), threading.Event()

    def lead():
        count.append(1)
        go.wait(PATIENCE)
        return "result"

    def ask():
        entered.wait()
        return flights.run("key", lead)

    with ThreadPoolExecutor(40) as pool:
        asked = [pool.submit(ask) for _ in range(40)]
        while not flights._sync:
            pass
        go.set()
        found = [one.result() for one in asked]
    assert {result for result, _ in found} == {"result"}
    assert sum(is_mine for _, is_mine in found) == len(count)
    assert flights._sync == {}


def test_what_is_raised_reaches_everybody_who_waits(flights):
    """Those who waited are told of the failure; nobody computes the same failure once more."""
    count, waiting, go = [], threading.Event(), threading.Event()

    def lead():
        count.append(1)
        waiting.set()
        go.wait(PATIENCE)
        raise LookupError("nothing there")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flights.run, "key", lead)
        waiting.wait(PATIENCE)
        second = pool.submit(flights.run, "key", lead)
        while not flights._sync["key"].done.is_set() and second.running() is False:
            pass
        go.set()
        errors = [one.exception() for one in (first, second)]
    assert {str(error) for error in errors} == {"nothing there"}
    assert 1 <= len(count) <= 2  # the second may have come after the end of the first


def test_an_interrupted_leader_is_replaced(flights):
    """Where the one who computes is interrupted, another one computes."""
    started, go = threading.Event(), threading.Event()

    def interrupted():
        started.set()
        go.wait(PATIENCE)
        raise KeyboardInterrupt

    def lead_away():
        with pytest.raises(KeyboardInterrupt):
            flights.run("key", interrupted)
        return True

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lead_away)
        started.wait(PATIENCE)
        second = pool.submit(flights.run, "key", lambda: "mine")
        go.set()
        assert first.result(PATIENCE)
        assert second.result(PATIENCE) == ("mine", True)


def test_a_call_for_its_own_result_computes(flights):
    """Recursion on the same key runs through instead of waiting for itself."""

    def outer():
        return ("outer", flights.run("key", lambda: "inner")[0])

    assert in_thread(lambda: flights.run("key", outer)) == (("outer", "inner"), True)


def test_two_that_need_each_other_do_not_wait_for_ever(flights):
    """Where one computation waits for another one that needs it, somebody computes."""
    both = threading.Barrier(2)

    def lead(mine, other):
        def compute():
            both.wait(PATIENCE)
            return mine + flights.run(other, other.upper)[0]

        return compute

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(flights.run, "a", lead("a", "b"))
        two = pool.submit(flights.run, "b", lead("b", "a"))
        results = {one.result(PATIENCE)[0], two.result(PATIENCE)[0]}
    assert results in ({"abA", "bA"}, {"aB", "baB"}, {"aB", "bA"})


def test_tasks_share_one_computation(flights):
    """Forty tasks that ask at the same time get one result, computed once."""
    count = []

    async def lead():
        count.append(1)
        await asyncio.sleep(0)
        return "result"

    async def main():
        return await asyncio.gather(*(flights.arun("key", lead) for _ in range(40)))

    found = asyncio.run(main())
    assert [result for result, _ in found] == ["result"] * 40
    assert sum(is_mine for _, is_mine in found) == len(count) == 1


def test_who_is_cancelled_cancels_nobody_else(flights):
    """The first caller is cancelled, the computation goes on, and the second one gets the result."""

    async def main():
        go = asyncio.Event()

        async def lead():
            await go.wait()
            return "result"

        first = asyncio.ensure_future(flights.arun("key", lead))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(flights.arun("key", lead))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        go.set()
        return await asyncio.gather(first, second, return_exceptions=True)

    first, second = asyncio.run(main())
    assert isinstance(first, asyncio.CancelledError)
    assert second == ("result", False)


def test_a_task_that_asks_for_its_own_result_computes(flights):
    """Recursion runs through in tasks too, also where it asks in a task of its own."""

    async def main():
        async def inner():
            return "inner"

        async def outer():
            ((found, _),) = await asyncio.gather(flights.arun("key", inner))
            return ("outer", found)

        return await asyncio.wait_for(flights.arun("key", outer), PATIENCE)

    assert asyncio.run(main()) == (("outer", "inner"), True)


def test_loops_do_not_wait_for_each_other(flights):
    """A loop that ended in the middle leaves nothing behind that another one would wait for."""

    async def never():
        await asyncio.Event().wait()

    async def left():
        task = asyncio.ensure_future(flights.arun("key", never))
        await asyncio.sleep(0)
        assert not task.done()

    async def lead():
        return 1

    asyncio.run(left())
    assert asyncio.run(asyncio.wait_for(flights.arun("key", lead), PATIENCE)) == (1, True)


def test_a_detached_computation_is_done_once(flights):
    """What nobody waits for runs in a thread of its own, unless it is running already."""
    count, go, ended = [], threading.Event(), threading.Event()

    def lead():
        count.append(1)
        go.wait(PATIENCE)
        ended.set()

    flights.detach("key", lead)
    flights.detach("key", lead)
    go.set()
    assert ended.wait(PATIENCE)
    assert count == [1]


def test_a_forked_child_begins_anew(flights):
    """A child waits for no thread of its parent."""
    flights._sync["key"] = object()
    flights.forked()
    assert in_thread(lambda: flights.run("key", lambda: 1)) == (1, True)
