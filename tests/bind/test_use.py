from __future__ import annotations

import inspect
from pathlib import Path

import attrs
import pytest

import traitconf as tc
from traitconf.bind.binding import bound_class

HERE = Path(__file__)


def here() -> int:
    """Return the calling line."""
    return inspect.currentframe().f_back.f_lineno


def codes(error) -> list[str]:
    return [problem.code for problem in error.value.problems]


class TestUse:
    def test_the_decorator_returns_the_very_same_class(self, tracer):
        """`@use` changes the class in place."""

        class Article:
            def save(self): ...

        assert tc.use(tracer("tracing"))(Article) is Article

    def test_several_traits_in_one_decorator_or_in_several(self, tracer, log):
        """Traits of one decorator and of stacked decorators all act."""

        @tc.use(tracer("one"))
        @tc.use(tracer("two"), tracer("three"))
        class Article:
            def save(self): ...

        Article().save()
        assert log == ["one<", "three<", "two<", ">two", ">three", ">one"]
        assert {trait.__traitconf_spec__.name for trait in tc.traits_of(Article)} == {"one", "two", "three"}

    def test_arguments_given_in_code_are_options_of_the_model(self, speaking):
        """Only the class that an instance of a trait is used on has the options given to it."""

        @tc.use(speaking(word="ho"))
        class Loud: ...

        @tc.use(speaking)
        class Plain: ...

        assert (Loud().say(), Plain().say()) == ("ho!", "hey!")
        assert tc.resolve(speaking).word == "hey"

    def test_explain_names_the_line_of_the_decorator(self, speaking, tc_runtime):
        """Options given in code have the decorator's line as their origin."""

        @tc.use(speaking(word="ho"))
        class Loud: ...

        line = here() - 3
        reason = tc.explain("speaking.word", Loud).reasons[0]
        assert (reason.counts, reason.value) == (True, "ho")
        assert (Path(reason.origin.file), reason.origin.line) == (HERE, line)


class TestBind:
    def test_bind_returns_the_class(self, tracer, log):
        """`bind` does to a class what `@use` does, and returns it."""

        class Article:
            def save(self): ...

        assert tc.bind(Article, tracer("tracing")) is Article
        Article().save()
        assert log == ["tracing<", ">tracing"]

    def test_bind_by_name_imports_the_module(self, module, tracer, log):
        """`"module:Outer.Inner"` names a class of a module that is imported for it."""
        name = module("bound_by_name", "class Outer:\n    class Inner:\n        def save(self): return 1\n", load=False)
        cls = tc.bind(f"{name}:Outer.Inner", tracer("tracing"))
        assert cls.__qualname__ == "Outer.Inner"
        assert cls().save() == 1
        assert log == ["tracing<", ">tracing"]

    @pytest.mark.parametrize(
        ("target", "part"),
        [
            ("no_such_module_at_all:X", "No module named"),
            ("json:Nope", "no attribute 'Nope'"),
            ("json:dumps", "is not a class"),
            ("json", "cannot be imported"),
            ("", "cannot be imported"),
        ],
    )
    def test_a_name_that_leads_nowhere(self, target, part, speaking):
        """A target that cannot be imported, or is no class, is TC613 at the calling line."""
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(target, speaking)
        assert part in str(error.value)
        assert codes(error) == ["TC613"]
        assert error.value.problems[0].origin.line == here() - 3

    def test_binding_again_covers_once_with_the_new_options(self, tracer, speaking, log):
        """A second binding of the same trait takes the place of the first."""

        class Article:
            def save(self): ...

        tracer = tracer("tracing")
        tc.bind(Article, tracer, speaking(word="one"))
        assert Article().say() == "one!"
        tc.bind(Article, tracer, speaking(word="two"))
        Article().save()
        assert log == ["tracing<", ">tracing"]
        assert Article().say() == "two!"
        assert len(tc.traits_of(Article)) == 2

    def test_binding_the_same_again_changes_nothing(self, tracer, speaking):
        """A repeated binding leaves every object in the namespace where it is."""

        class Article:
            def save(self): ...

        traits = tracer("tracing"), speaking
        tc.bind(Article, *traits)
        before = dict(vars(Article))
        tc.bind(Article, *traits)
        assert dict(vars(Article)) == before

    def test_nothing_to_bind(self):
        """Without traits a class is left alone."""

        class Article: ...

        before = dict(vars(Article))
        assert tc.bind(Article) is Article
        assert dict(vars(Article)) == before

    def test_what_is_no_trait(self):
        """A class that is no trait is a TypeError that says how to declare one."""

        class Article: ...

        with pytest.raises(TypeError, match=r"int is not a trait: declare it with @tc\.trait"):
            tc.bind(Article, int)

    def test_values_resolved_before_follow(self, speaking):
        """What was resolved, read or called before a binding follows the options that the binding gives."""

        class Article: ...

        read = tc.reader(speaking, Article)
        values = lambda: (  # noqa: E731 -- asked four times
            read().word,
            tc.resolve(speaking, Article).word,
            tc.resolve(speaking, Article, tenant="acme").word,
        )
        assert values() == ("hey",) * 3
        tc.bind(Article, speaking(word="ho"))
        assert values() == ("ho",) * 3
        assert Article().say() == "ho!"
        tc.bind(Article, speaking(word="hi"))
        assert values() == ("hi",) * 3
        assert Article().say() == "hi!"
        tc.unbind(Article)
        assert values() == ("hey",) * 3


class TestNames:
    def test_exclude(self, speaking):
        """An excluded member is not given, and the view still has it."""

        @tc.use(speaking, exclude={"say"})
        class Article: ...

        assert not hasattr(Article, "say")
        assert Article().loud == "HEY"
        assert speaking.of(Article()).say() == "hey!"

    def test_exclude_takes_a_single_name(self, speaking):
        """One name need not be wrapped in a set."""

        @tc.use(speaking, exclude="say")
        class Article: ...

        assert not hasattr(Article, "say")

    def test_alias_adds_a_name(self, speaking):
        """An alias is a further name; with `exclude` it is another one."""

        @tc.use(speaking, alias={"say": "speak", "loud": "shouted"}, exclude={"loud"})
        class Article: ...

        article = Article()
        assert (article.say(), article.speak("?"), article.shouted) == ("hey!", "hey?", "HEY")
        assert not hasattr(Article, "loud")

    def test_conflicting_members_side_by_side(self, speaking):
        """`"trait.member"` says which of two members of one name is excluded and gets another name."""

        @tc.trait
        class Silent(tc.TraitBase):
            """Say nothing."""

            @tc.provides
            def say(self, host) -> str:
                """Say nothing."""
                return "…"

        @tc.use(speaking, Silent, exclude={"silent.say"}, alias={"silent.say": "be_silent"})
        class Article: ...

        article = Article()
        assert (article.say(), article.be_silent()) == ("hey!", "…")
        assert Silent.of(article).say() == "…"

    @pytest.mark.parametrize("names", [{"exclude": {"sya"}}, {"alias": {"sya": "x"}}, {"exclude": {"silent.say"}}])
    def test_names_of_no_member(self, names, speaking):
        """An exclusion or alias of what is not given is TC610 with a suggestion."""

        class Article: ...

        before = dict(vars(Article))
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Article, speaking, **names)
        assert codes(error) == ["TC610"]
        assert "did you mean 'say'?" in error.value.problems[0].hint
        assert dict(vars(Article)) == before

    def test_a_member_changes_hands(self, speaking):
        """A name that one trait gave can be given by another one later."""

        @tc.trait
        class Silent(tc.TraitBase):
            """Say nothing."""

            @tc.provides
            def say(self, host) -> str:
                """Say nothing."""
                return "…"

        class Article: ...

        before = dict(vars(Article))
        tc.bind(Article, speaking)
        assert Article().say() == "hey!"
        tc.bind(Article, speaking, Silent, exclude={"speaking.say"})
        assert Article().say() == "…"
        tc.unbind(Article)
        assert dict(vars(Article)) == before


class TestUnbind:
    def test_one_of_two(self, tracer, log):
        """Taking one trait off leaves the other."""

        class Article:
            def save(self): ...

        one, two = tracer("one"), tracer("two")
        tc.bind(Article, one, two)
        tc.unbind(Article, one)
        Article().save()
        assert log == ["two<", ">two"]
        assert tc.traits_of(Article) == (two,)

    def test_what_is_not_bound_is_passed_over(self, tracer, log):
        """Unbinding a trait or class that is not bound does nothing."""

        class Article:
            def save(self): ...

        before = dict(vars(Article))
        tc.unbind(Article)
        tc.unbind(Article, tracer("one"))
        assert dict(vars(Article)) == before

    def test_order_of_unbinding_does_not_matter(self, tracer, speaking):
        """Whatever order traits are bound and unbound in, in the end the namespace is as before."""

        class Article:
            def save(self): ...

        before = dict(vars(Article))
        one, two = tracer("one"), tracer("two")
        for first, second, third in ((one, two, speaking), (two, speaking, one), (speaking, one, two)):
            tc.bind(Article, one, two, speaking)
            for trait in (first, second, third):
                tc.unbind(Article, trait)
            assert dict(vars(Article)) == before
            assert bound_class(Article) is None

    def test_a_method_kept_from_before_runs_bare(self, tracer, log):
        """A bound method that somebody kept runs the bare body after unbinding."""

        class Article:
            def save(self):
                return 1

        tc.bind(Article, tracer("tracing"))
        kept = Article().save
        tc.unbind(Article)
        assert kept() == 1
        assert log == []

    def test_a_wrapper_put_above_stays(self, tracer, log):
        """Where somebody has wrapped the bound method, unbinding leaves the wrapper and takes the hooks out."""

        class Article:
            def save(self):
                return 1

        tc.bind(Article, tracer("tracing"))
        covered = Article.save

        def counting(self):
            log.append("counted")
            return covered(self)

        Article.save = counting
        tc.unbind(Article)
        assert Article.save is counting
        assert Article().save() == 1
        assert log == ["counted"]


class TestRefused:
    def test_built_in_types(self, speaking):
        """A type that Python does not let anybody change is TC604, with a subclass as the way out."""
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(int, speaking)
        assert codes(error) == ["TC604"]
        assert "class MyInt(int)" in error.value.problems[0].hint

    def test_what_is_no_class(self, speaking):
        """Binding to an object is TC604."""
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(3, speaking)
        assert "3 is not a class" in str(error.value)
        assert codes(error) == ["TC604"]

    def test_all_faults_at_once_and_nothing_changed(self, tracer, speaking):
        """A refused binding names every fault and leaves the namespace as it was."""

        class Article:
            say: str

        before = dict(vars(Article))
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Article, tracer("tracing", "sav"), speaking)
        assert sorted(codes(error)) == ["TC601", "TC603"]
        assert dict(vars(Article)) == before
        assert tc.traits_of(Article) == ()

    @pytest.mark.parametrize("raised", [TypeError, AttributeError, RuntimeError])
    @pytest.mark.parametrize("refused", [{"save"}, {"say"}, {"save", "say", "loud", "__init_subclass__"}])
    def test_a_metaclass_that_vetoes(self, raised, refused, tracer, speaking):
        """Whatever a metaclass raises, and for whichever name: TC612, and the class is as before."""

        class Sealed(type):
            def __setattr__(cls, name, value):
                if name in refused:
                    raise raised(f"{name} is sealed")
                super().__setattr__(name, value)

        class Article(metaclass=Sealed):
            def save(self):
                return 1

        before = dict(vars(Article))
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Article, speaking, tracer("tracing"))
        assert "is sealed" in str(error.value)
        assert codes(error) == ["TC612"]
        assert "metaclass" in error.value.problems[0].hint
        assert dict(vars(Article)) == before
        assert Article().save() == 1

    def test_a_metaclass_that_ignores(self, tracer):
        """A metaclass that silently keeps the old attribute is noticed."""

        class Deaf(type):
            def __setattr__(cls, name, value):
                pass

        class Article(metaclass=Deaf):
            def save(self): ...

        before = dict(vars(Article))
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Article, tracer("tracing"))
        assert "did not let 'save' be set" in str(error.value)
        assert codes(error) == ["TC612"]
        assert dict(vars(Article)) == before

    def test_a_veto_leaves_earlier_bindings(self, tracer, speaking, log):
        """When a second binding is vetoed, the first one works as before."""

        class Sealed(type):
            sealed = False

            def __setattr__(cls, name, value):
                if Sealed.sealed:
                    raise TypeError("too late")
                super().__setattr__(name, value)

        class Article(metaclass=Sealed):
            def save(self):
                return 1

        tc.bind(Article, tracer("tracing"))
        before = dict(vars(Article))
        Sealed.sealed = True
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Article, tracer("another"), speaking)
        assert "too late" in str(error.value)
        assert dict(vars(Article)) == before
        assert Article().save() == 1
        assert log == ["tracing<", ">tracing"]
        assert [trait.__traitconf_spec__.name for trait in tc.traits_of(Article)] == ["tracing"]

    def test_a_subclass_that_vetoes(self, tracer, log):
        """When a subclass cannot be covered, its base is not bound either."""

        class Sealed(type):
            def __setattr__(cls, name, value):
                if cls.__name__ == "Special":
                    raise TypeError("sealed")
                super().__setattr__(name, value)

        class Article(metaclass=Sealed):
            def save(self): ...

        class Special(Article):
            def save(self): ...

        before = [dict(vars(cls)) for cls in (Article, Special)]
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Article, tracer("tracing"))
        assert "sealed" in str(error.value)
        assert [dict(vars(cls)) for cls in (Article, Special)] == before
        Special().save()
        Article().save()
        assert log == []

    def test_the_origin_is_the_calling_line(self, speaking):
        """A refused decorator points to the line where it stands."""

        class Article:
            say: str

        decorate = tc.use(speaking)
        line = here() - 1
        with pytest.raises(tc.ConfigError) as error:
            decorate(Article)
        origin = error.value.problems[0].origin
        assert (Path(origin.file), origin.line) == (HERE, line)

    def test_a_refused_decorator_on_attrs_changes_nothing(self, speaking):
        """A refused binding above `attrs.define` leaves the class usable."""

        @attrs.define
        class Article:
            say: str = "field"

        before = dict(vars(Article))
        with pytest.raises(tc.ConfigError):
            tc.use(speaking)(Article)
        assert dict(vars(Article)) == before
        assert Article().say == "field"
