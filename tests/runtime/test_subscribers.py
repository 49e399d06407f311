"""Subscribers that misbehave, and subscribers under several tenants at once."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import traitconf as tc
from traitconf.runtime import committed
from traitconf.runtime.event_faults import EventFaults
from traitconf.runtime.portal import portal

CALLS = 1000
TENANTS = ("acme", "zen")


@pytest.fixture
def stamping(tc_runtime):
    """A trait whose operations answer and announce what they were asked, with the tenant."""

    @tc.trait(name="stamping")
    class Stamping(tc.TraitBase):
        """Stamp letters."""

        ink: str = tc.option("black", doc="Colour.")
        stamped = tc.event(doc="A letter was stamped; `letter`.")

        @tc.operation()
        def stamp(self, host, letter):
            self.stamped.emit(host, letter=letter)
            return f"{letter} {self.ink}"

        @tc.operation()
        async def post(self, host, letter):
            await asyncio.sleep(0)
            await self.stamped.aemit(host, letter=letter)
            return f"{letter} {self.ink}"

    return Stamping


@pytest.fixture
def desk(stamping, tc_config):
    """One object, used by two tenants that use different ink."""

    @tc.use(stamping)
    class Desk:
        """Where letters are stamped."""

    tc_config({f"tenants/{tenant}.toml": f'[stamping]\nink = "{tenant}"\n' for tenant in TENANTS})
    return Desk()


class Witness:
    """Notes, for every event, whose it says it is and whose context it came in."""

    def __init__(self):
        self.seen = []

    def __call__(self, event):
        """Note an event."""
        self.seen.append((event.name, event.payload["letter"], event.tenant, tc.current_context().tenant, event.result))

    def check(self, calls):
        """Assert that every event of every call came once, all of it of one tenant."""
        assert len(self.seen) == len({(name, letter) for name, letter, *_ in self.seen}) == calls
        for _, letter, tenant, running, result in self.seen:
            owner = letter.partition("-")[0]
            assert (tenant, running) == (owner, owner)
            assert result in (None, f"{letter} {owner}")


def letters():
    """Return a thousand letters, of two tenants in turn."""
    return [f"{TENANTS[number % 2]}-{number}" for number in range(CALLS)]


@pytest.mark.parametrize("subscribers", [1, 2])
class TestTenantsApart:
    def test_in_threads(self, desk, subscribers):
        """A thousand calls of two tenants in threads: no subscriber sees tenant, argument or result of the other."""
        witnesses = [Witness() for _ in range(subscribers)]
        for witness in witnesses:
            for name in ("stamping.stamp.after", "stamping.stamped"):
                tc.on(name)(witness)
        only = []
        tc.on("stamping.stamp.after", tenant="acme")(lambda event: only.append(event.tenant))

        def work(letter):
            with tc.tenant(letter.partition("-")[0]):
                return desk.stamp(letter)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, letters())) == [f"{one} {one.partition('-')[0]}" for one in letters()]
        for witness in witnesses:
            witness.check(2 * CALLS)
        assert only == ["acme"] * (CALLS // 2)

    def test_in_tasks(self, desk, subscribers):
        """The same in tasks that take turns at every step, with subscribers that are awaited."""
        witnesses = [Witness() for _ in range(subscribers)]

        async def waiting(event):
            await asyncio.sleep(0)
            for witness in witnesses:
                witness(event)

        tc.on("stamping.post.after")(waiting)
        tc.on("stamping.stamped")(waiting)

        async def work(letter):
            with tc.tenant(letter.partition("-")[0]):
                return await desk.post(letter)

        async def everything():
            return await asyncio.gather(*map(work, letters()))

        assert asyncio.run(everything()) == [f"{one} {one.partition('-')[0]}" for one in letters()]
        for witness in witnesses:
            witness.check(2 * CALLS)

    def test_the_log_names_the_right_tenant(self, desk, subscribers, caplog, monkeypatch):
        """What is logged of a subscriber that fails names the tenant of its call."""
        monkeypatch.setattr("traitconf.runtime.event_faults.QUIET", 0.0)

        def fail(event):
            raise ValueError(event.payload["letter"])

        for _ in range(subscribers):
            tc.on("stamping.stamp.after")(fail)

        def work(letter):
            with tc.tenant(letter.partition("-")[0]):
                desk.stamp(letter)

        with caplog.at_level(logging.ERROR, "traitconf.events"), ThreadPoolExecutor(4) as pool:
            list(pool.map(work, letters()[:100]))
        assert len(caplog.records) == 100 * subscribers
        for record in caplog.records:
            assert str(record.exc_info[1]).startswith(f"{record.tc_tenant}-")


class TestHanging:
    def test_a_function_with_a_timeout(self, desk, caplog):
        """A function that hangs holds a call up no longer than its timeout, and is left alone until it comes back."""
        release, entered = threading.Event(), []

        @tc.on("stamping.stamp.after", timeout=0.05)
        def hang(event):
            entered.append(tc.current_context().tenant)
            release.wait(30)

        with caplog.at_level(logging.ERROR, "traitconf.events"), tc.tenant("acme"):
            assert [desk.stamp("a"), desk.stamp("b")] == ["a acme", "b acme"]
            assert entered == ["acme"]
            release.set()
            while any(thread.name.startswith("traitconf-event ") for thread in threading.enumerate()):
                time.sleep(0.001)
            desk.stamp("c")
        assert len(entered) == 2
        assert tc.process_runtime().services.metrics.counter("traitconf.events.errors") == 2
        assert "longer than" in caplog.records[0].exc_text

    def test_what_it_answers_counts(self, desk):
        """A function with a timeout may refuse and replace, when it is in time."""
        tc.on("stamping.stamp.before", timeout=30)(lambda event: {"letter": "x"})
        assert desk.stamp("a") == "x black"

        @tc.on("stamping.stamp.before", timeout=30)
        def refuse(event):
            raise tc.Veto("no")

        with pytest.raises(tc.Veto):
            desk.stamp("a")

    def test_a_coroutine_in_an_async_operation(self, desk, caplog):
        """A coroutine that hangs is cancelled after its timeout, and the operation returns."""
        ended = []

        @tc.on("stamping.post.after", timeout=0.02)
        async def hang(event):
            try:
                await asyncio.sleep(30)
            finally:
                ended.append("cancelled")

        with caplog.at_level(logging.ERROR, "traitconf.events"):
            assert asyncio.run(desk.post("a")) == "a black"
        assert ended == ["cancelled"]
        assert "longer than 0.02 s" in caplog.text

    def test_a_coroutine_in_another_operation(self, desk, caplog):
        """The same on the background loop, where nothing is awaited; others are served there afterwards."""

        @tc.on("stamping.stamp.after", timeout=0.02)
        async def hang(event):
            await asyncio.sleep(30)

        heard = []

        @tc.on("stamping.stamp.after", priority=1)
        async def note(event):
            heard.append(event.name)

        with caplog.at_level(logging.ERROR, "traitconf.events"):
            assert desk.stamp("a") == "a black"
        assert heard == ["stamping.stamp.after"]
        assert "longer than 0.02 s" in caplog.text

    def test_a_coroutine_that_blocks(self, desk, caplog, monkeypatch):
        """A coroutine that blocks the background loop loses it: the next ones get another loop."""
        monkeypatch.setattr("traitconf.runtime.portal.GRACE", 0.05)
        release, heard = threading.Event(), []

        @tc.on("stamping.stamp.after", timeout=0.02)
        async def block(event):
            release.wait(30)

        with caplog.at_level(logging.ERROR, "traitconf.events"):
            desk.stamp("a")
        tc.off(block)

        @tc.on("stamping.stamp.after")
        async def note(event):
            heard.append(event.name)

        desk.stamp("b")
        release.set()
        assert heard == ["stamping.stamp.after"]

    def test_an_async_cancellation_passes(self, desk):
        """Cancelling a task cancels it, also within a subscriber."""

        @tc.on("stamping.post.after")
        async def slow(event):
            await asyncio.sleep(30)

        async def cancelled():
            task = asyncio.create_task(desk.post("a"))
            for _ in range(5):
                await asyncio.sleep(0)
            task.cancel()
            await task

        with pytest.raises(asyncio.CancelledError):
            asyncio.run(cancelled())


class TestWithinALoop:
    def test_an_observer_is_left_to_the_loop(self, desk):
        """In a loop, an async subscriber of an operation that is not awaited runs there, when the loop gets to it."""
        heard = []

        @tc.on("stamping.stamp.after")
        async def note(event):
            heard.append((event.payload["letter"], asyncio.get_running_loop(), tc.current_context().tenant))

        async def work():
            with tc.tenant("acme"):
                desk.stamp("a")
            assert heard == []
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return asyncio.get_running_loop()

        loop = asyncio.run(work())
        assert heard == [("a", loop, "acme")]

    def test_its_error_is_logged(self, desk, caplog):
        """What it raises there is counted and logged as ever."""

        @tc.on("stamping.stamp.after")
        async def fail(event):
            raise ValueError("later")

        async def work():
            desk.stamp("a")
            await asyncio.sleep(0.01)

        with caplog.at_level(logging.ERROR, "traitconf.events"):
            asyncio.run(work())
        assert "later" in caplog.text

    def test_one_that_is_asked_is_waited_for(self, desk):
        """An async subscriber before an operation that is not awaited answers from the background loop."""

        @tc.on("stamping.stamp.before")
        async def refuse(event):
            await asyncio.sleep(0)
            raise tc.Veto("no")

        async def work():
            desk.stamp("a")

        with pytest.raises(tc.Veto):
            asyncio.run(work())

    def test_the_background_loop_does_not_wait_for_itself(self):
        """A coroutine on the background loop that would wait for another one there gets an error, and no deadlock."""

        async def inner():
            """Do nothing."""

        async def outer():
            portal.wait(inner(), 30)

        with pytest.raises(TimeoutError, match="cannot wait for another"):
            portal.wait(outer(), 30)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_has_its_own_background_loop(desk):
    """After a fork async subscribers are served in the child, on a loop of its own."""
    heard = []

    @tc.on("stamping.stamp.after", timeout=10)
    async def note(event):
        await asyncio.sleep(0)
        heard.append(event.payload["letter"])

    desk.stamp("parent")
    child = os.fork()
    if child == 0:
        desk.stamp("child")
        os._exit(0 if heard == ["parent", "child"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert heard == ["parent"]


class TestLogIsLimited:
    def test_one_line_a_minute(self, desk, caplog, monkeypatch):
        """The same fault of one subscriber is logged once a minute, with how often it came again; all are counted."""
        moments = iter([0.0, 1.0, 2.0, 61.0])
        monkeypatch.setattr("traitconf.runtime.event_faults.monotonic", lambda: next(moments))
        tc.on("stamping.stamp.after")(lambda event: 1 / 0)
        with caplog.at_level(logging.ERROR, "traitconf.events"):
            for _ in range(4):
                desk.stamp("a")
        first, second = caplog.records
        assert "again" not in first.getMessage()
        assert "2 times more" in second.getMessage()
        assert tc.process_runtime().services.metrics.counter("traitconf.events.errors") == 4

    def test_faults_are_forgotten(self, monkeypatch):
        """Made-up kinds of faults cannot fill the memory."""
        monkeypatch.setattr("traitconf.runtime.event_faults.KINDS", 10)
        faults = EventFaults()
        for number in range(100):
            faults.too_deep([f"a.{number}"])
        assert len(faults._silent) <= 11


class TestCommitted:
    @pytest.fixture
    def transaction(self):
        """A product that keeps what is to happen after its commit; taken away again."""
        waiting = []

        def committing(host, action):
            if type(host).__name__ != "Desk":
                return False
            waiting.append(action)
            return True

        forget = committed.provide(committing)
        yield waiting
        forget()

    def test_at_once(self, desk):
        """Where nobody knows of a transaction, `committed` comes right after `after`."""
        heard = []
        for phase in ("committed", "after"):
            tc.on(f"stamping.stamp.{phase}")(lambda event: heard.append(event.phase))
        desk.stamp("a")
        assert heard == ["after", "committed"]

    @pytest.mark.parametrize("flavour", ["stamp", "post"])
    def test_after_the_commit(self, desk, transaction, flavour):
        """Within a transaction it waits for the commit, and tells what was so when the operation ran."""
        heard = []
        tc.on(f"stamping.{flavour}.committed")(heard.append)
        with tc.tenant("acme"):
            made = getattr(desk, flavour)("a")
            made = asyncio.run(made) if flavour == "post" else made
        assert heard == []
        for action in transaction:
            action()
        assert [(event.tenant, event.result, event.payload) for event in heard] == [("acme", made, {"letter": "a"})]

    def test_never_after_a_rollback(self, desk, transaction):
        """What was rolled back is not told."""
        heard = []
        tc.on("stamping.stamp.committed")(heard.append)
        desk.stamp("a")
        transaction.clear()
        assert heard == []

    def test_an_adapter_that_fails(self, desk, caplog):
        """An adapter that cannot say anything is passed over, and said."""

        def broken(host, action):
            raise RuntimeError("no session")

        forget = committed.provide(broken)
        heard = []
        tc.on("stamping.stamp.committed")(heard.append)
        with caplog.at_level(logging.ERROR, "traitconf.events"):
            desk.stamp("a")
        forget()
        forget()
        assert len(heard) == 1
        assert "no session" in caplog.text

    def test_an_error_after_the_commit(self, desk, transaction, caplog):
        """A subscriber that fails after the commit breaks nothing."""
        tc.on("stamping.stamp.committed")(lambda event: 1 / 0)
        desk.stamp("a")
        with caplog.at_level(logging.ERROR, "traitconf.events"):
            transaction[0]()
        assert "ZeroDivisionError" in caplog.text


def test_subscribing_starts_no_runtime(python):
    """A module that subscribes reads and starts nothing; the subscription counts once somebody configures."""
    said = python(
        "import traitconf as tc\n"
        "from traitconf.runtime import verbs\n"
        "from traitconf.traits import Auditable\n"
        "tc.on('auditable.recorded')(lambda event: print(event.name))\n"
        "print(len(verbs._process))\n"
        "@tc.use(Auditable)\n"
        "class Page:\n"
        "    def save(self): self.title = 'Hello'\n"
        "Page().save()\n"
    )
    assert said.split() == ["0", "auditable.recorded"]


class TestPendingNames:
    def test_a_slip_is_said_when_the_trait_is_known(self, tc_runtime, caplog):
        """A pending name that turns out to be none is logged with a suggestion when its trait first announces."""
        tc.on("greeter.greeted.aftr")(print)

        @tc.trait(name="greeter")
        class Greeter(tc.TraitBase):
            """Greet."""

            @tc.operation()
            def greeted(self, host):
                return "hello"

        @tc.use(Greeter)
        class Host:
            """Somebody."""

        with caplog.at_level(logging.WARNING, "traitconf.events"):
            Host().greeted()
            Host().greeted()
        (record,) = caplog.records
        assert "TC730" in record.getMessage()
        assert "did you mean 'greeted.after'?" in record.getMessage()

    def test_configuring_refuses_it(self, tc_runtime, tc_config):
        """The next configuration refuses a subscription to what is known to be no event."""
        tc.on("greeter.greeted")(print)

        @tc.trait(name="greeter")
        class Greeter(tc.TraitBase):
            """Greet."""

            welcomed = tc.event(doc="Somebody was welcomed.")

        with pytest.raises(LookupError, match="the trait greeter declares no event 'greeted'"):
            tc_config({})

    @pytest.mark.parametrize(
        ("pattern", "message"),
        [
            ("", "no name"),
            (".", "no name"),
            ("a..b", "no name"),
            ("***", "no name"),
            ("a b", "no name"),
            ("stamping.stmp.*", "declares no event"),
            ("stamping.stamp.aftr", "did you mean 'stamp.after'"),
            ("stamping.stamp.queued", "declares no event"),
            ("traitconf.config.*.x", "the framework has no event"),
        ],
    )
    def test_what_can_mean_nothing_is_refused(self, stamping, pattern, message):
        """A name or pattern that can mean no event of what is known is refused at once."""
        with pytest.raises(LookupError, match=message):
            tc.on(pattern)(print)
        assert tc.process_runtime().services.events.subscriptions == ()
