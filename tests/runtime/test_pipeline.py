from __future__ import annotations

import asyncio
import inspect

import pytest

import traitconf as tc
from traitconf.bind.chain import point_of
from traitconf.bind.operation import Operation
from traitconf.runtime.pipeline import ORDER, SLOTS, enclosed

OFF = {"switched.enabled": False}
SHADOW = {"switched.shadow": True}


@pytest.fixture
def host(tc_runtime):  # noqa: C901 -- many members, each of one line
    """An object with members of every flavour and shape, for each way of being off."""

    @tc.trait(name="switched")
    class Switched(tc.TraitBase):
        """Members that may be switched off."""

        word: str = tc.option("on", doc="What members answer.")

        @tc.provides
        def sync_raise(self, host, *, mark=""):
            return self.word + mark

        @tc.provides
        async def async_raise(self, host):
            return self.word

        @tc.provides
        def generator_raise(self, host):
            yield self.word

        @tc.provides
        async def stream_raise(self, host):
            yield self.word

        @tc.provides(when_off="skip")
        def sync_skip(self, host) -> None:
            host.done.append(self.word)

        @tc.provides(when_off="skip")
        async def async_skip(self, host) -> None:
            host.done.append(self.word)

        @tc.provides(when_off="run")
        def sync_run(self, host):
            return self.word

        @tc.provides(when_off="run")
        async def async_run(self, host):
            return self.word

        @tc.provides(when_off="run")
        def generator_run(self, host):
            yield self.word

        @tc.provides(when_off="run")
        async def stream_run(self, host):
            yield self.word

        @tc.provides(shape="property")
        def value(self, host):
            return self.word

        @tc.provides(shape="property", when_off="run")
        def value_run(self, host):
            return self.word

        @tc.provides
        @classmethod
        def named(self, host):  # noqa: N804 -- the first argument of every member is the trait
            return f"{host.__name__} {self.word}"

        @tc.operation(when_off="run")
        def operate(self, host):
            return self.word

    @tc.use(Switched)
    class Host:
        def __init__(self):
            self.done = []

    return Host()


def outcome(result):
    """Return what a call of any flavour gives in the end."""
    if inspect.isawaitable(result):
        return asyncio.run(_awaited(result))
    if inspect.isgenerator(result):
        return list(result)
    if inspect.isasyncgen(result):
        return asyncio.run(_collected(result))
    return result


async def _awaited(result):
    return await result


async def _collected(result):
    return [value async for value in result]


CALLS = {
    "sync_raise": "on",
    "async_raise": "on",
    "generator_raise": ["on"],
    "stream_raise": ["on"],
    "sync_run": "on",
    "async_run": "on",
    "generator_run": ["on"],
    "stream_run": ["on"],
    "named": "Host on",
    "operate": "on",
}


@pytest.mark.parametrize(("member", "result"), CALLS.items())
def test_members_answer_while_the_trait_is_on(host, member, result):
    """Every flavour and shape gives what the trait's function gives."""
    assert outcome(getattr(host, member)()) == result


@pytest.mark.parametrize("off", [OFF, SHADOW], ids=["off", "shadow"])
@pytest.mark.parametrize("member", ["sync_raise", "async_raise", "generator_raise", "stream_raise", "named"])
def test_raise_refuses_in_every_flavour(host, off, member):
    """By default a member of a trait that is off raises TraitDisabled, which names trait, member and the way out."""
    message = rf"Switched is off here, so {member}\(\).*explain switched.enabled"
    with tc.override(off), pytest.raises(tc.TraitDisabled, match=message):
        outcome(getattr(host, member)())
    assert outcome(getattr(host, member)()) == CALLS[member]


@pytest.mark.parametrize("off", [OFF, SHADOW], ids=["off", "shadow"])
@pytest.mark.parametrize("member", ["sync_skip", "async_skip"])
def test_skip_does_nothing(host, off, member):
    """With `skip` a call while the trait is off returns None, awaited where it must be, and does nothing."""
    with tc.override(off):
        assert outcome(getattr(host, member)()) is None
    assert host.done == []
    assert outcome(getattr(host, member)()) is None
    assert host.done == ["on"]


@pytest.mark.parametrize("off", [OFF, SHADOW], ids=["off", "shadow"])
@pytest.mark.parametrize("member", ["sync_run", "async_run", "generator_run", "stream_run", "operate"])
def test_run_ignores_the_toggle(host, off, member):
    """With `run` a member answers all the same, with the options that hold."""
    with tc.override(off | {"switched.word": "still"}):
        assert outcome(getattr(host, member)()) in ("still", ["still"])


@pytest.mark.parametrize("off", [OFF, SHADOW], ids=["off", "shadow"])
def test_properties_follow_the_toggle_too(host, off):
    """A property raises while its trait is off, unless it runs all the same."""
    assert host.value == host.value_run == "on"
    with tc.override(off):
        assert host.value_run == "on"
        with pytest.raises(tc.TraitDisabled, match="value"):
            _ = host.value


@pytest.mark.parametrize("off", [OFF, SHADOW], ids=["off", "shadow"])
@pytest.mark.parametrize("flavour", ["generator", "async generator"])
def test_skipped_iteration_is_empty(tc_runtime, off, flavour):
    """A generator with `skip` yields nothing while its trait is off."""

    @tc.trait(name="switched")
    class Streamed(tc.TraitBase):
        """Generators that promise nothing."""

        if flavour == "generator":

            @tc.provides(when_off="skip")
            def many(self, host) -> None:
                yield 1

        else:

            @tc.provides(when_off="skip")
            async def many(self, host) -> None:
                yield 1

    @tc.use(Streamed)
    class Host: ...

    assert outcome(Host().many()) == [1]
    with tc.override(off):
        assert outcome(Host().many()) == []


@pytest.mark.parametrize("off", [OFF, SHADOW], ids=["off", "shadow"])
def test_arguments_are_checked_while_it_is_off(host, off):
    """A disabled member keeps its signature."""
    assert host.sync_raise(mark="!") == "on!"
    with tc.override(off):
        with pytest.raises(TypeError):
            host.sync_raise("!", "!")
        with pytest.raises(tc.TraitDisabled):
            host.sync_raise(mark="!")


def test_nothing_stands_in_the_way_while_it_is_on(host):
    """A slot that has nothing to do is left out of the chain: telemetry too, where the trait's metrics are off."""
    with tc.override({"switched.metrics.enabled": False}):
        trait = tc.resolve(tc.traits_of(host)[0])
    for member in trait.__traitconf_spec__.members.values():
        operation = Operation(point_of(vars(type(host))[member.name]), member, trait, type(host))
        assert enclosed(operation, member.function) is member.function


@pytest.mark.parametrize("slot", ["queue"])
def test_a_slot_that_is_not_furnished_is_required(tc_runtime, slot):
    """A member that asks for a cache or a queue where there is none says so when it is called; silence is worse."""

    @tc.trait(name="eager")
    class Eager(tc.TraitBase):
        """It wants more than there is."""

        @tc.operation(**{slot: True})
        def work(self, host):
            return 1

    @tc.use(Eager)
    class Host: ...

    with pytest.raises(tc.AdapterRequired, match=f"eager.work is declared with {slot}=True"):
        Host().work()


def test_slots_have_a_place_in_the_order():
    """Every furnished slot has its place: telemetry outermost, then toggle, before, cache, queue, after."""
    assert ORDER == ("telemetry", "toggle", "before", "cache", "queue", "after")
    assert set(SLOTS) <= set(ORDER)
