from __future__ import annotations

import functools
from pathlib import Path
from typing import Protocol

import attrs
import pytest

import traitconf as tc
from traitconf.bind.binding import Binding
from traitconf.bind.plan import plan
from traitconf.types import Origin, Source

HERE = Path(__file__)


@pytest.fixture
def refused():
    """A function that binds, expects a refusal that changes nothing, and returns the problems."""

    def refuse(cls, *traits, **names):
        before = dict(vars(cls))
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(cls, *traits, **names)
        assert dict(vars(cls)) == before
        return error.value.problems

    return refuse


@pytest.fixture
def giver(tc_runtime):
    """A function that defines a trait which gives one member."""

    def define(name, member="shout", **relations):
        def give(self, host):
            """Say the trait's name."""
            return name

        body = {"__doc__": "Give a member.", "__qualname__": "define.<locals>.Giver", member: tc.provides(give)}
        return tc.trait(name=name, **relations)(type("Giver", (tc.TraitBase,), body))

    return define


class TestMembers:
    def test_own_member_wins_over_the_trait(self, speaking):
        """What the class itself defines stays; the view still reaches the trait's member."""

        @tc.use(speaking)
        class Article:
            def say(self):
                return "mine"

        assert Article().say() == "mine"
        assert speaking.of(Article()).say() == "hey!"

    def test_the_trait_wins_over_what_is_inherited(self, speaking):
        """A provided member stands before an inherited one."""

        class Base:
            def say(self):
                return "inherited"

        @tc.use(speaking)
        class Article(Base): ...

        assert Article().say() == "hey!"
        assert Base().say() == "inherited"

    def test_two_traits_with_one_name_conflict(self, giver, refused):
        """TC602 names both origins and the ways out."""

        class Article: ...

        (problem,) = refused(Article, giver("one"), giver("two"))
        assert problem.code == "TC602"
        assert [Path(origin.file) for origin, _ in problem.related] == [HERE, HERE]
        ways = ("exclude={'two.shout'}", "alias=", f"define 'shout' on {Article.__qualname__}")
        assert all(way in problem.hint for way in ways)

    def test_a_conflict_with_an_earlier_binding(self, giver, refused):
        """A later binding is checked against earlier ones."""

        class Article: ...

        tc.bind(Article, giver("one"))
        assert [problem.code for problem in refused(Article, giver("two"))] == ["TC602"]
        assert Article().shout() == "one"

    def test_an_own_member_settles_a_conflict(self, giver):
        """Where the class defines the name itself, there is no conflict."""

        @tc.use(giver("one"), giver("two"))
        class Article:
            def shout(self):
                return "mine"

        assert Article().shout() == "mine"

    def test_a_diamond_of_one_origin_is_no_conflict(self):
        """Two traits that inherit a member from one trait give it together."""

        @tc.trait
        class Root(tc.TraitBase):
            """The origin."""

            @tc.provides
            def shout(self, host) -> str:
                """Shout."""
                return "root"

        @tc.trait
        class Left(Root):
            """One side."""

        @tc.trait
        class Right(Root):
            """The other side."""

        @tc.use(Left, Right)
        class Article: ...

        assert Article().shout() == "root"

    @pytest.mark.parametrize("made", ["annotation", "slot", "attrs"])
    def test_a_member_must_not_hide_a_field(self, made, giver, refused):
        """TC603 for a member that has the name of a field, however the field is made."""
        if made == "annotation":

            class Article:
                shout: str
        elif made == "slot":

            class Article:
                __slots__ = "shout"  # noqa: PLC0205 -- one slot may be named like this
        else:

            @attrs.define
            class Article:
                shout = attrs.field(default="")

        (problem,) = refused(Article, giver("one"))
        assert problem.code == "TC603"
        assert "exclude={'shout'}" in problem.hint

    def test_the_way_out_of_a_hidden_field(self, giver):
        """The hint of TC603 works: excluded, the member has another name."""

        @tc.use(giver("one"), exclude={"shout"}, alias={"shout": "call_out"})
        class Article:
            shout: str = "field"

        assert (Article().shout, Article().call_out()) == ("field", "one")

    def test_an_alias_must_not_hide_a_field(self, giver, refused):
        """An alias is checked like a member's own name."""

        class Article:
            title: str

        (problem,) = refused(Article, giver("one"), alias={"shout": "title"})
        assert (problem.code, "'title'" in problem.message) == ("TC603", True)

    @pytest.mark.parametrize("name", ["not a name", "class", "__traitconf__", "__init_subclass__", "__dict__"])
    def test_names_that_no_member_can_have(self, name, giver, refused):
        """TC615 for an alias that is no identifier, or a name that the class machinery needs."""

        class Article: ...

        (problem,) = refused(Article, giver("one"), alias={"shout": name})
        assert (problem.code, repr(name) in problem.message) == ("TC615", True)


class HasTitle(Protocol):
    title: str


class HasShout(HasTitle, Protocol):
    def shout(self) -> str: ...


@pytest.fixture
def titled(tc_runtime):
    """A trait that requires a title and a `shout()` of its host."""

    @tc.trait
    class Titled(tc.TraitBase):
        """Use the host's title."""

        @tc.provides
        def headline(self, host: HasShout) -> str:
            """Shout the title."""
            return f"{host.title}: {host.shout()}"

    return Titled


class TestRequirements:
    def test_every_missing_member_is_named(self, titled, refused):
        """TC609 for each required member that the host lacks, with the place that requires it."""

        class Article: ...

        problems = refused(Article, titled)
        assert [problem.code for problem in problems] == ["TC609", "TC609"]
        assert {problem.message for problem in problems} == {
            f"Titled requires '{name}' of {Article.__qualname__}, which has none" for name in ("title", "shout")
        }
        assert all(Path(problem.related[0][0].file) == HERE for problem in problems)

    def test_a_misspelt_field_is_suggested(self, titled, giver, refused):
        """A requirement that a field nearly meets says so."""

        @attrs.define
        class Article:
            titel: str

        (problem,) = refused(Article, titled, giver("one"))
        assert problem.hint == "did you mean 'titel'?"

    def test_a_sibling_meets_a_requirement(self, titled, giver):
        """What another trait gives counts, in whatever order the two are bound."""

        @tc.use(titled, giver("one"))
        class Article:
            title = "T"

        assert Article().headline() == "T: one"

    @pytest.mark.parametrize("where", ["class", "annotation", "init", "base", "slot"])
    def test_where_a_member_may_stand(self, where, titled, giver):
        """A class attribute, an annotation, a slot, an assignment in a method and a base meet a requirement."""

        class InClass:
            title = "T"

        class InAnnotation:
            title: str

        class InInit:
            def __init__(self):
                self.title = "T"

        class InBase(InInit): ...

        class InSlot:
            __slots__ = ("title",)

        hosts = {"class": InClass, "annotation": InAnnotation, "init": InInit, "base": InBase, "slot": InSlot}
        cls = tc.bind(hosts[where], titled, giver("one"))
        host = cls()
        if where in ("annotation", "slot"):
            host.title = "T"
        assert host.headline() == "T: one"

    def test_an_annotation_that_only_checkers_see_requires_nothing(self):
        """A host annotation whose name does not exist at run time is no requirement."""

        @tc.trait
        class Careless(tc.TraitBase):
            """Annotate with what is not there."""

            @tc.provides
            def shout(self, host: OnlyForCheckers) -> str:  # noqa: F821 -- the point
                """Shout."""
                return "careless"

        @tc.use(Careless)
        class Article: ...

        assert Article().shout() == "careless"


class TestRelations:
    def test_a_required_trait(self, giver, refused):
        """TC607 when a trait needs another one, which then may be bound with it or before it."""
        one = giver("one")
        two = giver("two", "whisper", requires=(one,))

        class Article: ...

        (problem,) = refused(Article, two)
        assert (problem.code, problem.hint) == ("TC607", "bind Giver too")
        tc.bind(Article, one)
        tc.bind(Article, two)
        assert Article().whisper() == "two"

    def test_incompatible_traits(self, giver, refused):
        """TC605 when one trait excludes the other, whichever was first."""
        one, two = giver("one"), giver("two", "whisper", incompatible=("one",))

        class Article: ...

        class Other: ...

        assert [problem.code for problem in refused(Article, one, two)] == ["TC605"]
        tc.bind(Other, two)
        assert [problem.code for problem in refused(Other, one)] == ["TC605"]

    def test_a_cycle_of_orders(self, tracer, refused):
        """TC606 names the whole cycle and where its traits are defined."""
        traits = [tracer(name, before=(inner,)) for name, inner in (("one", "two"), ("two", "three"), ("three", "one"))]

        class Article:
            def save(self): ...

        (problem,) = refused(Article, *traits)
        assert problem.code == "TC606"
        assert "one before two before three before one" in problem.message
        assert len(problem.related) == 3

    def test_relations_across_a_hierarchy(self, giver, refused):
        """A base's binding is refused when a subclass has one that excludes it."""
        one, two = giver("one"), giver("two", "whisper", incompatible=("one",))

        class Article: ...

        @tc.use(two)
        class Special(Article): ...

        (problem,) = refused(Article, one)
        assert (problem.code, "Special" in problem.message) == ("TC605", True)
        assert Special().whisper() == "two"


class TestHooks:
    def test_order_is_by_relations_then_by_name(self, tracer, log):
        """Hooks nest by `before` and `after`, and by name where these leave it open, whatever order was bound."""
        relations = {"abe": {"after": ("mid",)}, "mid": {"after": ("zed",)}, "bob": {"before": ("zed",)}, "zed": {}}
        expected = ["bob<", "zed<", "mid<", "abe<", ">abe", ">mid", ">zed", ">bob"]
        traits = [tracer(name, **given) for name, given in relations.items()]

        for order in (traits, traits[::-1]):

            class Article:
                def save(self): ...

            tc.bind(Article, *order)
            log.clear()
            Article().save()
            assert log == expected

    def test_hooks_of_one_trait_nest_in_order_of_declaration(self, log):
        """Of several hooks of one trait on one method, the first declared is the outermost."""

        @tc.trait
        class Noting(tc.TraitBase):
            """Note everything."""

            @tc.around("save")
            def enclose(self, host, proceed, /):
                """Note begin and end."""
                log.append("<")
                result = proceed()
                log.append(">")
                return result

            @tc.before("save")
            def first(self, host, /):
                """Note what is before."""
                log.append("before")

            @tc.after("save")
            def last(self, host, result, /):
                """Note what is after."""
                log.append(f"after {result}")

        @tc.use(Noting)
        class Article:
            def save(self):
                log.append("body")
                return 1

        Article().save()
        assert log == ["<", "before", "body", "after 1", ">"]

    def test_a_missing_method(self, tracer, refused):
        """TC601 for a hook on what the class does not have, with a suggestion or the list of its methods."""

        class Article:
            def save(self): ...

            def _private(self): ...

        (problem,) = refused(Article, tracer("one", "sav"))
        assert (problem.code, problem.hint) == ("TC601", "did you mean 'save'?")
        (problem,) = refused(Article, tracer("two", "xyz"))
        assert problem.hint == "its methods are save"

    def test_an_optional_hook(self, log):
        """A hook that is optional is left out where its method is missing."""

        @tc.trait
        class Careful(tc.TraitBase):
            """Note deletes."""

            @tc.before("delete", optional=True)
            def note(self, host, /):
                """Note it."""
                log.append("delete")

        @tc.use(Careful)
        class Article: ...

        @tc.use(Careful)
        class Deletable:
            def delete(self): ...

        Deletable().delete()
        assert log == ["delete"]
        assert not hasattr(Article, "delete")

    def test_several_names(self, tracer, log):
        """One hook may name several methods."""

        @tc.use(tracer("one", "save", "delete"))
        class Article:
            def save(self): ...

            def delete(self): ...

        Article().save()
        Article().delete()
        assert log == ["one<", ">one"] * 2

    def test_a_name_and_a_glob_cover_once(self, tracer, log):
        """A method that a hook names twice is covered once."""

        @tc.use(tracer("one", "save", "s*", "*"))
        class Article:
            def save(self): ...

        Article().save()
        assert log == ["one<", ">one"]

    def test_a_glob_means_public_methods(self, tracer, speaking, log):
        """`*` is every public method, inherited ones included: no property, private name, dunder or given member."""

        class Base:
            def inherited(self):
                return "inherited"

            def replaced(self): ...

        @tc.use(speaking, tracer("one", "*"))
        class Article(Base):
            field = 1
            replaced = property(lambda self: "property")

            def save(self):
                return "save"

            @classmethod
            def make(cls):
                return cls()

            @staticmethod
            def helper():
                return "helper"

            def _private(self): ...

            def __len__(self):
                return 0

        article = Article.make()
        assert (article.inherited(), article.save(), article.helper()) == ("inherited", "save", "helper")
        assert log == ["one<", ">one"] * 4
        article._private()
        len(article)
        assert (article.replaced, article.say(), article.loud) == ("property", "hey!", "HEY")
        assert log == ["one<", ">one"] * 4

    def test_a_glob_leaves_given_members_of_a_base_alone(self, tracer, speaking, log):
        """Members that a base was given are no methods of a subclass for a glob."""

        @tc.use(speaking)
        class Base: ...

        @tc.use(tracer("one", "*"))
        class Article(Base):
            def save(self): ...

        Article().say()
        Article().save()
        assert log == ["one<", ">one"]

    @pytest.mark.parametrize(
        "member",
        [property(len), 3, functools.partial(print), functools.lru_cache(lambda self: 1), classmethod(len)],
        ids=["property", "int", "partial", "lru_cache", "classmethod"],
    )
    def test_what_is_no_method_cannot_be_wrapped(self, member, tracer, refused):
        """TC611 for a hook on a name that holds no function of Python, in whatever it is wrapped."""

        class Article:
            save = member

        (problem,) = refused(Article, tracer("one"))
        assert problem.code == "TC611"
        assert type(member).__name__ in problem.message

    def test_a_hook_without_a_twin(self, tracer, refused):
        """TC608 for a sync around hook on an async method, with the way out."""

        class Article:
            async def save(self): ...

        (problem,) = refused(Article, tracer("one"))
        assert problem.code == "TC608"
        assert problem.hint == "give it a twin: @note.twin on an async function"

    def test_a_hook_without_a_twin_on_a_generator(self, tracer, refused):
        """The hint of TC608 names the flavour that is missing."""

        class Article:
            def save(self):
                yield 1

        (problem,) = refused(Article, tracer("one"))
        assert problem.hint == "give it a twin: @note.twin on a generator function"

    def test_a_hook_may_cover_a_given_member(self, tracer, speaking, log):
        """A hook that names a member which a sibling gives runs around it."""

        @tc.use(speaking, tracer("one", "say"))
        class Article: ...

        assert Article().say("?") == "hey?"
        assert log == ["one<", ">one"]


class TestPurity:
    def test_a_plan_changes_nothing(self, tracer, speaking):
        """Planning leaves the class as it is and says what would be done."""

        class Article:
            def save(self): ...

        before = dict(vars(Article))
        origin = Origin(Source.DECORATOR, "app.py", 1)
        made = plan(Article, [Binding(tracer("one"), {}, origin), Binding(speaking, {}, origin)])
        assert dict(vars(Article)) == before
        assert made.problems == []
        assert list(made.given) == ["say", "loud", "twice", "spoken_by"]
        assert list(made.hooks) == ["save"]
