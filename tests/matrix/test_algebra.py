from __future__ import annotations

from typing import Protocol

import pytest

import traitconf as tc
from matrix_table import fact


@pytest.fixture
def given(tc_runtime):
    """A function that defines a trait which gives a member `say`, and maybe requires one of its host."""

    def define(name, needs=None, **relations):
        host_type = Protocol if needs is None else type("Needs", (Protocol,), {"__annotations__": {needs: str}})

        def say(self, host) -> str:
            """Say who one is."""
            return name

        def hear(self, host) -> None:
            """Hear something."""

        say.__annotations__["host"] = hear.__annotations__["host"] = host_type
        member = say if needs is None else hear
        title = name.capitalize()
        body = {"__doc__": "Say.", member.__name__: tc.provides(member), "__module__": __name__}
        body["__qualname__"] = f"{define.__qualname__}.<locals>.{title}"
        return tc.trait(name=name, **relations)(type(title, (tc.TraitBase,), body))

    return define


@pytest.fixture
def refused(bare):
    """A function that binds, and returns the problems; the class and its subclasses are as before."""

    def bind(*traits, **names):
        before = dict(vars(bare.Article))
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(bare.Article, *traits, **names)
        after = dict(vars(bare.Article))
        assert list(after) == list(before)
        assert all(after[name] is before[name] for name in before)
        for problem in error.value.problems:
            assert "Article" in problem.message
            assert problem.origin.file == __file__
            assert problem.related
            assert problem.hint
        return error.value.problems

    return bind


@fact()
def test_double_bind(kind, make, tracing, log):
    """Binding a trait again acts once, with the later options; everything else stays where it is."""
    trait = tracing("publish")
    module = make(trait)
    before = dict(vars(module.Article))
    tc.bind(module.Article, trait)
    assert all(vars(module.Article)[name] is value for name, value in before.items())
    assert kind.one(module).publish() == "published"
    assert log == ["tracing<", ">tracing"]
    tc.bind(module.Article, trait(enabled=False))
    assert kind.one(module).publish() == "published"
    assert log == ["tracing<", ">tracing"]


@fact()
def test_two_traits(kind, make, tracing, log):
    """Two traits on one method nest, in the order of their names, whichever was bound first."""
    module = make(tracing("publish", name="one"))
    tc.bind(module.Article, tracing("publish", name="another"))
    assert kind.one(module).publish() == "published"
    assert log == ["another<", "one<", ">one", ">another"]


@fact()
def test_conflict(kind, refused, given):
    """TC602 for two traits that give one name: it names both places and the ways out."""
    (problem,) = refused(given("first"), given("second"))
    assert problem.code == "TC602"
    assert "First" in problem.message
    assert "Second" in problem.message
    assert [text for _, text in problem.related] == ["given by First", "given by Second"]
    assert all(way in problem.hint for way in ("exclude", "alias", "define 'say' on Article"))


@fact()
def test_exclude(kind, make, given):
    """An excluded member gives way to another trait's."""
    assert kind.one(make(given("first"), given("second"), exclude={"second.say"})).say() == "first"


@fact()
def test_alias(kind, make, given):
    """An alias gives a member a further name, and `exclude` with it another one."""
    one = kind.one(make(given("first"), given("second"), exclude={"second.say"}, alias={"second.say": "tell"}))
    assert (one.say(), one.tell()) == ("first", "second")


@fact()
def test_own_member_wins(kind, make, tc_runtime):
    """What the class itself defines stays; the view still reaches the trait's member."""

    @tc.trait
    class Publishing(tc.TraitBase):
        """Publish."""

        @tc.provides
        def publish(self, host) -> str:
            """Publish differently."""
            return "otherwise"

    one = kind.one(make(Publishing))
    assert (one.publish(), Publishing.of(one).publish()) == ("published", "otherwise")


@fact("bases")
def test_trait_wins_over_what_is_inherited(kind, make, tc_runtime):
    """A member that a trait gives stands before one that the class inherits."""

    @tc.trait
    class Archiving(tc.TraitBase):
        """Archive."""

        @tc.provides
        def archive(self, host) -> str:
            """Archive differently."""
            return "otherwise"

    assert kind.one(make(Archiving)).archive() == "otherwise"


@fact()
def test_member_that_would_hide_a_field(kind, refused, tc_runtime):
    """TC603 for a member of a field's name; where the name is a property of the class's own, that one stays."""

    @tc.trait
    class Titling(tc.TraitBase):
        """Give a title."""

        @tc.provides
        def title(self, host) -> str:
            """The title."""
            return "otherwise"

    if kind.name == "Enum":
        module = kind.module(tc.use(Titling))
        assert kind.one(module).title == "Hello"
        return
    (problem,) = refused(Titling)
    assert problem.code == "TC603"


@fact()
def test_requirement_met_by_the_class(kind, make, given):
    """What a trait requires may be a field of the class."""
    assert kind.one(make(given("hearing", needs="title"))).hear() is None


@fact()
def test_requirement_met_by_a_sibling(kind, make, given):
    """What a trait requires may be given by another trait, in either order."""
    for traits in ((given("one_first"), given("one_hearing", needs="say")),):
        assert kind.one(make(*traits)).hear() is None
        assert kind.one(make(*reversed(traits))).hear() is None


@fact()
def test_requirement_missing(kind, refused, given):
    """TC609 for what the class does not have."""
    (problem,) = refused(given("hearing", needs="sound"))
    assert problem.code == "TC609"
    assert "'sound'" in problem.message


@fact()
def test_method_missing(kind, refused, tracing):
    """TC601 for a hook on a method that the class does not have, with a suggestion."""
    (problem,) = refused(tracing("publsh"))
    assert (problem.code, problem.hint) == ("TC601", "did you mean 'publish'?")


@fact()
def test_incompatible(kind, refused, given, tracing):
    """TC605 for traits that exclude each other."""
    (problem,) = refused(given("first", incompatible=("tracing",)), tracing("publish"))
    assert problem.code == "TC605"


@fact()
def test_cycle_of_order(kind, refused, tc_runtime):
    """TC606 for hooks that would each have to be inside the other; it shows the circle."""

    def define(name, inner):
        @tc.trait(name=name, before=(inner,))
        class Ordered(tc.TraitBase):
            """Note."""

            @tc.before("publish")
            def note(self, host, /): ...

        return Ordered

    (problem,) = refused(define("one", "other"), define("other", "one"))
    assert problem.code == "TC606"
    assert "one" in problem.message
    assert "other" in problem.message


@fact()
def test_unbinding_restores_the_namespace(kind, bare, watching, given):
    """After `unbind` a class's namespace holds the very same objects as before."""
    before = dict(vars(bare.Article))
    tc.bind(bare.Article, watching, given("first"))
    assert dict(vars(bare.Article)) != before
    tc.unbind(bare.Article)
    after = dict(vars(bare.Article))
    assert after.keys() == before.keys()
    assert all(after[name] is value for name, value in before.items())


@fact()
def test_unbinding_what_use_has_bound(kind, make, tracing, given, log):
    """What a decorator has bound, above or below what makes the class, can be taken off."""
    module = make(tracing("publish"), given("first"))
    tc.unbind(module.Article)
    assert set(vars(module.Article)) == set(vars(kind.module().Article))
    assert kind.one(module).publish() == "published"
    assert log == []
