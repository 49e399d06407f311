from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.bind.view import View, view


@pytest.fixture
def host_class(speaking):
    """A class with that trait, under another name for one member and without another."""

    @tc.use(speaking(word="ho"), exclude={"say"}, alias={"loud": "shouted"})
    class Host: ...

    return Host


def test_members_are_bound_to_the_host(speaking, host_class):
    """A view's methods take neither trait nor host; excluded ones are there too."""
    host = host_class()
    assert speaking.of(host).say("?") == "ho?"
    assert speaking.of(host).loud == "HO"
    assert speaking.of(host).twice == "hoho"
    assert speaking.of(host).spoken_by("!") == "Host: ho!"
    assert speaking.of(host_class).spoken_by() == "Host: ho"


def test_options_are_resolved_for_the_running_context(speaking, host_class, tc_config):
    """A view reads options as they are now, for the running tenant."""
    seen = speaking.of(host_class())
    assert seen.word == "ho"
    tc_config({"tenants/acme.toml": "[speaking]\nword = 'hi'\n"})
    with tc.tenant("acme"):
        assert seen.word == "hi"
        assert seen.say() == "hi!"
    assert seen.word == "ho"


def test_a_subclass_is_a_model_of_its_own(speaking, host_class, tc_config):
    """The view of a subclass's object has the options of the subclass."""
    tc_config({"models/Sub.toml": "[speaking]\nword = 'sub'\n"}, complete=False)

    class Sub(host_class): ...

    assert (speaking.of(Sub()).word, speaking.of(Sub()).say()) == ("sub", "sub!")
    assert speaking.of(host_class()).word == "ho"


def test_hooks_of_others_run_around_members_of_a_view(speaking, tracer, log):
    """A member that another trait wraps is wrapped through the view too."""

    @tc.use(speaking, tracer("one", "say"))
    class Host: ...

    assert speaking.of(Host()).say() == "hey!"
    assert log == ["one<", ">one"]


def test_a_trait_uses_another_one(speaking):
    """Inside a trait, `Other.of(host)` reaches a sibling."""

    @tc.trait
    class Echoing(tc.TraitBase):
        """Say it twice."""

        @tc.provides
        def echo(self, host) -> str:
            """Say it twice."""
            return speaking.of(host).say() * 2

    @tc.use(speaking, Echoing)
    class Host: ...

    assert Host().echo() == "hey!hey!"


def test_an_object_without_the_trait(speaking):
    """A view of an object that is not bound is a TypeError that says what to do."""
    with pytest.raises(TypeError, match=r"Speaking is not bound to object; use tc\.bind or @tc\.use"):
        speaking.of(object())


def test_a_trait_of_a_similar_name(speaking):
    """When a trait of a similar name is bound, the message suggests it."""

    @tc.trait
    class Speakin(tc.TraitBase):
        """A slip."""

    @tc.use(speaking)
    class Host: ...

    with pytest.raises(TypeError, match="did you mean 'Speaking'"):
        Speakin.of(Host())


def test_what_a_trait_does_not_have(speaking, host_class):
    """An unknown name is an AttributeError."""
    with pytest.raises(AttributeError, match="shout"):
        _ = speaking.of(host_class()).shout


def test_a_view_shows_its_trait_and_host(speaking, host_class):
    """The representation names the resolved trait and the host."""
    host = host_class()
    assert isinstance(view(speaking, host), View)
    assert repr(speaking.of(host)) == f"Speaking(word='ho') of {host!r}"


def test_has_trait_and_traits_of(speaking, host_class, tracer):
    """Objects and classes know their traits, nearest class first, those of bases included."""
    one = tracer("one", "*")

    @tc.use(one)
    class Sub(host_class):
        def save(self): ...

    assert tc.traits_of(Sub) == tc.traits_of(Sub()) == (one, speaking)
    assert tc.has_trait(Sub(), speaking)
    assert tc.has_trait(Sub, one)
    assert not tc.has_trait(host_class(), one)
    assert not tc.has_trait(3, one)
    assert tc.traits_of(3) == ()
    tc.unbind(Sub)
    assert tc.traits_of(Sub) == (speaking,)


def test_a_trait_is_not_the_class_of_its_hosts(speaking, host_class):
    """Binding makes no host an instance of the trait."""
    assert not isinstance(host_class(), speaking)
    assert not issubclass(host_class, speaking)
