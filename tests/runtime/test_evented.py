"""Operations ask their subscribers before they run, and tell them how they ended."""

from __future__ import annotations

import asyncio
import inspect
import logging

import pytest

import traitconf as tc
from traitconf.bind.chain import point_of
from traitconf.bind.context import current
from traitconf.bind.operation import Operation
from traitconf.errors import AdapterRequired
from traitconf.runtime.nesting import DEEPEST
from traitconf.runtime.pipeline import after, before, enclosed

FLAVOURS = ("plain", "waiting", "stepping", "streaming")


@pytest.fixture
def summing(tc_runtime):  # noqa: C901 -- many members, each of one line
    """A trait with an operation of every flavour, and a member that is no operation."""

    @tc.trait(name="summing")
    class Summing(tc.TraitBase):
        """Add up."""

        factor: int = tc.option(1, doc="What a sum is multiplied with.")
        asked = tc.event(doc="Somebody asked; `by`.")

        @tc.operation()
        def plain(self, host, first, *more, scale=1, **named):
            return self._sum(host, first, more, scale, named)

        @tc.operation()
        async def waiting(self, host, first, *more, scale=1, **named):
            await asyncio.sleep(0)
            return self._sum(host, first, more, scale, named)

        @tc.operation()
        def stepping(self, host, first, *more, scale=1, **named):
            yield self._sum(host, first, more, scale, named)

        @tc.operation()
        async def streaming(self, host, first, *more, scale=1, **named):
            yield self._sum(host, first, more, scale, named)

        @tc.operation()
        def one(self, host, value):
            return value * self.factor

        @tc.operation()
        @classmethod
        def of_class(self, model, value):  # noqa: N804 -- the first argument of every member is the trait
            return model.__name__, value

        @tc.operation()
        @staticmethod
        def of_none(self, value):  # noqa: PLW0211 -- as above
            return value

        @tc.operation(when_off="run")
        def always(self, host):
            return "ran"

        @tc.provides
        def no_operation(self, host):
            return "provided"

        def _sum(self, host, first, more, scale, named):
            if first == "fail":
                raise ValueError("not a number")
            if first == "refuse":
                raise tc.Veto("not this one")
            return (first + sum(more) + sum(named.values())) * scale * self.factor

    return Summing


@pytest.fixture
def cls(summing):
    """A class that has the operations."""

    @tc.use(summing)
    class Ledger:
        """Numbers."""

    return Ledger


@pytest.fixture
def host(cls):
    """One object of it."""
    return cls()


def outcome(result):
    """Return what a call of any flavour gives in the end."""

    async def collected():
        return [value async for value in result]

    async def awaited():
        return await result

    if inspect.isawaitable(result):
        return asyncio.run(awaited())
    if inspect.isasyncgen(result):
        (only,) = asyncio.run(collected())
        return only
    if inspect.isgenerator(result):
        (only,) = result
        return only
    return result


def call(host, flavour, *args, **kwargs):
    """Call one of the four flavours and return what it gives in the end."""
    return outcome(getattr(host, flavour)(*args, **kwargs))


def chain_of(host, name):
    """Return the compiled call chain of a method."""
    point = point_of(inspect.getattr_static(type(host), name))
    return current().chains[point.index]


class TestNobodySubscribes:
    @pytest.fixture(autouse=True)
    def _uncounted(self, host, tc_override):
        """Nothing else encloses the operation."""
        tc_override({"summing.metrics.enabled": False})

    def test_nothing_is_put_around(self, host, summing):
        """Both slots return the very body, until somebody subscribes."""
        point = point_of(inspect.getattr_static(type(host), "one"))
        _, member = point.provided
        operation = Operation(point, member, tc.resolve(summing, type(host)), type(host))

        def body(host, value):
            return value

        assert before(operation, 3, body) is after(operation, 6, body) is enclosed(operation, body) is body
        tc.on("summing.one.*")(print)
        assert before(operation, 3, body) is not body
        assert after(operation, 6, body) is not body

    def test_the_chain_is_the_body(self, host):
        """Without a subscriber the call chain is the link to the trait's function itself, and nothing encloses it."""
        host.one(1)
        assert (
            chain_of(host, "one").__traitconf_provided__[0]
            is tc.process_runtime()
            .resolve(type(host).one.__traitconf_point__.provided[0], type(host))
            .__class__.__dict__["one"]
            .function
        )

    def test_a_subscriber_elsewhere_costs_nothing(self, host):
        """A subscription to another operation leaves the very chain in place."""
        host.one(1)
        before = chain_of(host, "one")
        tc.on("summing.plain.after")(print)
        assert chain_of(host, "one") is before

    def test_the_chain_is_the_body_again(self, host):
        """When the last subscription has ended, so has its link."""
        heard = []
        tc.on("summing.one.*")(heard.append)
        host.one(1)
        assert not hasattr(chain_of(host, "one"), "__traitconf_provided__")
        tc.off(heard.append)
        host.one(1)
        assert hasattr(chain_of(host, "one"), "__traitconf_provided__")
        assert len(heard) == 3


@pytest.mark.parametrize("flavour", FLAVOURS)
class TestEveryFlavour:
    def test_before_and_after(self, host, flavour):
        """Subscribers get host, arguments by name and the result, whatever flavour the operation has."""
        heard = []
        tc.on(f"summing.{flavour}.*")(heard.append)
        assert call(host, flavour, 1, 2, 3, scale=2, extra=4) == 20
        before, after, committed = heard
        assert (before.phase, after.phase, committed.phase) == ("before", "after", "committed")
        assert committed.result == after.result
        assert before.payload == {"first": 1, "more": (2, 3), "scale": 2, "named": {"extra": 4}}
        assert after.payload == before.payload
        assert before.host is after.host is host
        assert after.result == (20 if flavour in ("plain", "waiting") else None)

    def test_a_veto_stops_the_call(self, host, flavour):
        """A Veto that is raised or returned is raised to the caller, nothing runs, and `denied` is told."""
        heard = []
        tc.on(f"summing.{flavour}.after")(heard.append)
        tc.on(f"summing.{flavour}.denied")(heard.append)
        tc.on(f"summing.{flavour}.before")(lambda event: tc.Veto("closed") if event.payload["first"] == 1 else None)
        with pytest.raises(tc.Veto, match="closed") as refused:
            call(host, flavour, 1)
        (denied,) = heard
        assert (denied.phase, denied.error) == ("denied", refused.value)
        assert denied.payload["first"] == 1
        assert call(host, flavour, 2) == 2

    def test_arguments_are_replaced_by_name(self, host, flavour):
        """A mapping replaces arguments; the next subscriber sees them replaced, and so do the body and `after`."""
        seen = []
        tc.on(f"summing.{flavour}.before")(lambda event: {"first": 10, "more": (1,)})
        tc.on(f"summing.{flavour}.before", priority=1)(lambda event: seen.append(event.payload["first"]))
        tc.on(f"summing.{flavour}.before", priority=2)(lambda event: {"scale": 2, "named": {"x": 1}})
        tc.on(f"summing.{flavour}.after")(lambda event: seen.append(event.payload))
        assert call(host, flavour, 1) == 24
        assert seen == [10, {"first": 10, "more": (1,), "scale": 2, "named": {"x": 1}}]

    def test_one_subscriber_replaces_as_well(self, host, flavour):
        """The short way for one subscriber does the same as the long one."""
        tc.on(f"summing.{flavour}.before")(lambda event: {"first": event.payload["first"] + 1})
        assert call(host, flavour, 1) == 2

    def test_a_failure_is_told(self, host, flavour):
        """What the body raises is told in the phase failed and raised to the caller; `after` is not told."""
        heard = []
        tc.on(f"summing.{flavour}.**")(heard.append)
        with pytest.raises(ValueError, match="not a number") as raised:
            call(host, flavour, "fail")
        assert [event.phase for event in heard] == ["before", "failed"]
        assert heard[1].error is raised.value

    def test_a_veto_of_the_body_is_a_refusal(self, host, flavour):
        """A Veto that the operation raises itself is told as denied, not as failed."""
        heard = []
        tc.on(f"summing.{flavour}.failed")(heard.append)
        tc.on(f"summing.{flavour}.denied")(heard.append)
        with pytest.raises(tc.Veto):
            call(host, flavour, "refuse")
        assert [event.phase for event in heard] == ["denied"]

    @pytest.mark.parametrize("subscribers", [1, 2])
    def test_errors_of_subscribers_stay_theirs(self, host, flavour, subscribers, caplog):
        """What subscribers raise in any phase is counted and logged, and the call goes on."""

        def broken(event):
            raise RuntimeError("broken subscriber")

        for _ in range(subscribers):
            tc.on(f"summing.{flavour}.**")(broken)
        with caplog.at_level(logging.ERROR, "traitconf.events"):
            assert call(host, flavour, 1) == 1
        assert tc.process_runtime().services.metrics.counter("traitconf.events.errors") == 3 * subscribers
        assert {record.tc_event for record in caplog.records} <= {
            f"summing.{flavour}.{phase}" for phase in ("before", "after", "committed")
        }
        assert all("broken" in record.getMessage() for record in caplog.records)

    @pytest.mark.parametrize("answer", [5, "text", ["first"], {"frist": 1}, {1: 2}])
    def test_an_answer_that_means_nothing(self, host, flavour, answer, caplog):
        """Anything but nothing, a Veto or known arguments is a fault of the subscriber, and changes nothing."""
        tc.on(f"summing.{flavour}.before")(lambda event: answer)
        with caplog.at_level(logging.ERROR, "traitconf.events"):
            assert call(host, flavour, 1) == 1
        assert "answer" in caplog.text or "no argument" in caplog.text

    def test_async_subscribers_of_every_flavour(self, host, flavour):
        """A coroutine function is awaited in an async operation, waited for in another, and may refuse in both."""
        heard = []

        async def note(event):
            await asyncio.sleep(0)
            heard.append((event.phase, tc.current_context().tenant))
            return {"first": 3} if event.phase == "before" else None

        tc.on(f"summing.{flavour}.*")(note)
        with tc.tenant("acme"):
            assert call(host, flavour, 1) == 3
        assert heard == [("before", "acme"), ("after", "acme"), ("committed", "acme")]

    def test_an_async_veto(self, host, flavour):
        """A coroutine function refuses as any other does."""

        async def refuse(event):
            raise tc.Veto("no")

        tc.on(f"summing.{flavour}.before")(refuse)
        with pytest.raises(tc.Veto, match="no"):
            call(host, flavour, 1)

    def test_two_chains_do_not_share_answers(self, host, flavour):
        """Arguments that are replaced in one call are as they were in the next."""
        answers = [{"first": 9}, None]
        tc.on(f"summing.{flavour}.before")(lambda event: answers.pop(0))
        assert [call(host, flavour, 1), call(host, flavour, 1)] == [9, 1]


class TestShapes:
    def test_a_classmethod(self, cls):
        """The host of an operation of the class is the class."""
        heard = []
        tc.on("summing.of_class.after")(heard.append)
        assert cls.of_class(2) == ("Ledger", 2)
        assert (heard[0].host, heard[0].model, heard[0].result) == (cls, cls, ("Ledger", 2))

    def test_a_staticmethod(self, cls):
        """An operation without receiver is about its class."""
        heard = []
        tc.on("summing.of_none.**")(heard.append)
        assert cls.of_none(2) == 2
        assert [event.host for event in heard] == [cls, cls, cls]
        assert heard[0].payload == {"value": 2}

    def test_members_that_are_no_operations(self, host):
        """A member that is only provided has no events to subscribe to."""
        with pytest.raises(LookupError, match="no_operation"):
            tc.on("summing.no_operation.after")(print)

    def test_interrupts_pass(self, host):
        """An interrupt of a subscriber reaches the caller, and the next call is told as ever."""
        heard = []

        def interrupt(event):
            heard.append(event.phase)
            if len(heard) == 1:
                raise KeyboardInterrupt

        tc.on("summing.one.after")(interrupt)
        with pytest.raises(KeyboardInterrupt):
            host.one(1)
        host.one(1)
        assert heard == ["after", "after"]

    def test_the_signature_stays(self, host):
        """A link with subscribers takes and refuses the same arguments as without."""
        tc.on("summing.one.**")(lambda event: None)
        assert host.one(value=3) == 3
        with pytest.raises(TypeError, match="value"):
            host.one()


class TestWhoIsTold:
    def test_order(self, host):
        """Lower priorities come first, equal ones in the order of subscription, exact names and wildcards alike."""
        heard = []
        for name, pattern, priority in (
            ("d", "summing.one.after", 0),
            ("b", "**", -1),
            ("e", "summing.*.after", 0),
            ("a", "summing.one.after", -2),
            ("c", "summing.**", -1),
        ):
            tc.on(pattern, priority=priority)(
                lambda event, name=name: heard.append(name) if event.phase == "after" else None
            )
        host.one(1)
        assert heard == ["a", "b", "c", "d", "e"]

    def test_tenants(self, host):
        """A subscriber for tenants is told under these only, though their chains are shared with others."""
        one, two = [], []
        tc.on("summing.one.after", tenant="acme")(one.append)
        tc.on("summing.one.after", tenant=("acme", "zen"))(two.append)
        for tenant in ("acme", "zen", "other", None):
            with tc.tenant(tenant):
                host.one(1)
        assert [event.tenant for event in one] == ["acme"]
        assert [event.tenant for event in two] == ["acme", "zen"]

    def test_models(self, summing, host):
        """A subscriber for a model is told of its objects and those of subclasses only."""

        @tc.use(summing)
        class Other:
            """Another model."""

        class Special(type(host)):
            """A subclass of the first."""

        by_class, by_name = [], []
        tc.on("summing.one.after", model=type(host))(by_class.append)
        tc.on("summing.one.before", model="Ledger")(by_name.append)
        for model in (type(host), Other, Special):
            model().one(1)
        assert [event.model.__name__ for event in by_class] == ["Ledger", "Special"]
        assert [event.model.__name__ for event in by_name] == ["Ledger", "Special"]

    def test_models_of_declared_events(self, summing, host):
        """The filters hold for declared events as well."""
        heard = []
        tc.on("summing.asked", model="Ledger", tenant="acme")(heard.append)
        resolved = tc.resolve(summing)
        for tenant in ("acme", "zen"):
            with tc.tenant(tenant):
                resolved.asked.emit(host, by=tenant)
                resolved.asked.emit(object(), by=tenant)
        assert [event.payload for event in heard] == [{"by": "acme"}]

    def test_a_subscription_of_one_runtime(self, host):
        """A runtime's own subscribers are not told of what happens under another."""
        heard = []
        other = tc.Runtime(environ={}).start()
        other.services.events.subscribe("summing.one.after", heard.append)
        host.one(1)
        assert heard == []
        with other.context("acme"):
            host.one(1)
        assert [event.tenant for event in heard] == ["acme"]

    def test_a_subscriber_cannot_change_what_others_see(self, host):
        """A subscriber that changes the payload changes its own copy."""
        seen = []
        tc.on("summing.one.*")(lambda event: event.payload.update(value=99))
        tc.on("summing.one.*")(lambda event: seen.append(event.payload["value"]))
        assert host.one(1) == 1
        assert seen == [1, 1, 1]


class TestOptions:
    def test_switched_off(self, host, tc_override):
        """`events.enabled` says whether anything is dispatched; then the chain is the body."""
        heard = []
        tc.on("summing.**")(heard.append)
        tc_override({"summing.events.enabled": False, "summing.metrics.enabled": False})
        host.one(1)
        assert heard == []
        assert hasattr(chain_of(host, "one"), "__traitconf_provided__")

    def test_for_one_tenant(self, host, tc_config):
        """A tenant's own options count for its calls."""
        heard = []
        tc.on("summing.one.after")(heard.append)
        tc_config({"tenants/acme.toml": "[summing.events]\nenabled = false\n"})
        for tenant in ("acme", "zen"):
            with tc.tenant(tenant):
                host.one(1)
        assert [event.tenant for event in heard] == ["zen"]

    def test_only(self, summing, host, tc_override):
        """`events.only` names what is dispatched, with or without the trait, wildcards allowed."""
        heard = []
        tc.on("summing.**")(heard.append)
        tc_override({"summing.events.only": ["summing.one.after", "plain.*", "asked"]})
        host.one(1)
        host.plain(1)
        host.always()
        tc.resolve(summing).asked.emit(host)
        assert [event.name for event in heard] == [
            "summing.one.after",
            "summing.plain.before",
            "summing.plain.after",
            "summing.plain.committed",
            "summing.asked",
        ]

    def test_sample(self, summing, host, tc_override):
        """`events.sample` is the share of what observers are told; those before are always asked."""
        heard = []
        tc.on("summing.**")(heard.append)
        tc_override({"summing.events.sample": 0.0})
        for _ in range(50):
            host.one(1)
            tc.resolve(summing).asked.emit(host)
        assert {event.phase for event in heard} == {"before"}
        assert len(heard) == 50

    def test_half(self, host, tc_override):
        """Half of the calls are about half of the calls."""
        heard = []
        tc.on("summing.one.after")(heard.append)
        tc_override({"summing.events.sample": 0.5})
        for _ in range(1000):
            host.one(1)
        assert 350 < len(heard) < 650

    def test_muted(self, summing, host):
        """A context that mutes the trait has no events of it; members work on."""
        heard = []
        tc.on("summing.**")(heard.append)
        with tc.muted(summing):
            assert host.one(1) == 1
            tc.resolve(summing).asked.emit(host)
        assert heard == []
        host.one(1)
        assert len(heard) == 3

    @pytest.mark.parametrize("values", [{"summing.enabled": False}, {"summing.shadow": True}])
    def test_a_trait_that_does_not_act(self, host, tc_override, values):
        """A trait that is off or in shadow announces nothing, not even what runs all the same."""
        heard = []
        tc.on("summing.**")(heard.append)
        tc_override(values)
        assert host.always() == "ran"
        with pytest.raises(tc.TraitDisabled):
            host.one(1)
        assert heard == []


class TestRecursion:
    def test_a_subscriber_that_causes_its_own_event(self, host, caplog):
        """Events within their own subscriber end at a limit; the calls themselves succeed."""
        calls = []

        def again(event):
            calls.append(1)
            host.one(1)

        tc.on("summing.one.after")(again)
        with caplog.at_level(logging.ERROR, "traitconf.events"):
            assert host.one(1) == 1
        assert DEEPEST <= len(calls) <= DEEPEST + 2
        assert "summing.one.after > summing.one.after" in caplog.text
        assert tc.process_runtime().services.metrics.counter("traitconf.events.too_deep") == 1
        calls.clear()
        assert host.one(1) == 1
        assert len(calls) >= DEEPEST

    def test_two_causes_do_not_double(self, host):
        """Subscribers that cause two events each do not double them at every level."""
        calls = []

        def twice(event):
            calls.append(1)
            host.one(1)
            host.one(1)

        tc.on("summing.one.after")(twice)
        tc.on("summing.one.after")(twice)
        host.one(1)
        assert len(calls) <= 4 * DEEPEST

    def test_a_chain_of_events(self, host, summing):
        """An event that leads to another one, and that to a third, is delivered whole."""
        heard = []
        tc.on("summing.one.after")(lambda event: tc.resolve(summing).asked.emit(host, by=event.name))
        tc.on("summing.asked")(lambda event: host.always())
        tc.on("summing.always.after")(heard.append)
        host.one(1)
        assert [event.name for event in heard] == ["summing.always.after"]

    def test_awaited(self, host):
        """The limit holds for awaited operations."""
        calls = []

        async def again(event):
            calls.append(1)
            await host.waiting(1)

        tc.on("summing.waiting.after")(again)
        assert asyncio.run(host.waiting(1)) == 1
        assert len(calls) == DEEPEST


class TestBadSubscribers:
    def test_one_that_ends_its_own_subscription(self, host):
        """A subscriber may end itself or others while it is called; it is not called again."""
        heard = []

        def once(event):
            heard.append(event.name)
            tc.off(once)

        tc.on("summing.one.after")(once)
        host.one(1)
        host.one(1)
        assert heard == ["summing.one.after"]

    def test_one_that_subscribes(self, host):
        """A subscriber that subscribes another one changes the next call, not the running one."""
        heard = []

        def first(event):
            tc.on("summing.one.after")(heard.append)

        tc.on("summing.one.after")(first)
        host.one(1)
        assert heard == []
        host.one(1)
        assert len(heard) == 1

    def test_one_that_publishes_a_configuration(self, summing, host, tc_config):
        """A subscriber that has the configuration read again, or another one published, holds no call up."""
        runtime = tc_config({"traits.toml": "[summing]\nfactor = 2\n"})

        def publish(event):
            (runtime.paths[0] / "traits.toml").write_text("[summing]\nfactor = 3\n")
            runtime.reload()

        tc.on("summing.one.before")(publish)
        tc.on("summing.one.after")(lambda event: tc.process_runtime().reload())
        assert [host.one(1), host.one(1)] == [2, 3]

    def test_one_that_unbinds_the_class(self, summing, host):
        """A subscriber that takes the trait away ends the operation after the running call."""
        heard = []

        def take_away(event):
            heard.append(event.result)
            tc.unbind(type(host), summing)

        tc.on("summing.one.after")(take_away)
        assert host.one(1) == 1
        assert heard == [1]
        assert not hasattr(host, "one")

    def test_one_that_configures_anew(self, host, tc_config):
        """A subscriber that replaces the process-wide runtime is told under the new one, too."""
        heard = []

        def configure(event):
            heard.append(event.name)
            if len(heard) == 1:
                tc_config({})

        tc.on("summing.one.after")(configure)
        host.one(1)
        host.one(1)
        assert len(heard) == 2

    @pytest.mark.parametrize("subscriber", [5, None, "text"])
    def test_what_cannot_be_called(self, subscriber):
        """What cannot be called is refused at once."""
        with pytest.raises(TypeError, match="cannot be called"):
            tc.on("summing.one.after")(subscriber)

    def test_generator_functions(self):
        """Nor can a function whose body would never run."""

        def steps(event):
            yield event

        async def async_steps(event):
            yield event

        for subscriber in (steps, async_steps):
            with pytest.raises(TypeError, match="generator function"):
                tc.on("summing.one.after")(subscriber)

    @pytest.mark.parametrize("wrong", [{"priority": "high"}, {"timeout": 0}, {"timeout": -1}])
    def test_arguments_that_mean_nothing(self, wrong):
        """A priority that is no number, or a timeout without time, is refused at once."""
        with pytest.raises((TypeError, ValueError), match=r"a (priority|timeout) is a number"):
            tc.on("summing.one.after", **wrong)(print)

    def test_jobs_are_not_there(self):
        """A subscriber that is to run as a job is refused at once, until jobs are there."""
        with pytest.raises(AdapterRequired, match="job"):
            tc.on("summing.one.after", queue=True)
