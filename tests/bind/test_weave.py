from __future__ import annotations

import dataclasses
import functools
from unittest import mock

import attrs
import pytest

import traitconf as tc
from traitconf.bind.binding import ATTRIBUTE, bound_class


@pytest.fixture
def family(log):
    """A base, subclasses that override with and without super(), and one that overrides nothing."""

    class Base:
        def save(self, note=""):
            log.append("base")
            return note

    class Calling(Base):
        def save(self, note=""):
            log.append("calling")
            return super().save(note)

    class Silent(Base):
        def save(self, note=""):
            log.append("silent")
            return note

    class Inheriting(Calling): ...

    class Deep(Inheriting):
        def save(self, note=""):
            log.append("deep")
            return super().save(note)

    return {cls.__name__: cls for cls in (Base, Calling, Silent, Inheriting, Deep)}


EXPECTED = {
    "Base": ["base"],
    "Calling": ["calling", "base"],
    "Silent": ["silent"],
    "Inheriting": ["calling", "base"],
    "Deep": ["deep", "calling", "base"],
}


class TestSubclasses:
    @pytest.mark.parametrize("name", EXPECTED)
    def test_overrides_that_exist_are_covered_once(self, name, family, tracer, log):
        """Binding a base covers every override that exists already, exactly once."""
        tc.bind(family["Base"], tracer("one"))
        assert family[name]().save("x") == "x"
        assert log == ["one<", *EXPECTED[name], ">one"]

    def test_overrides_that_come_later_are_covered_once(self, tracer, log):
        """A subclass that is defined after the binding is covered, and keeps the arguments of its class statement."""
        seen = []

        class Base:
            def __init_subclass__(cls, tag="", **kwargs):
                super().__init_subclass__(**kwargs)
                seen.append((cls.__name__, tag))

            def save(self):
                log.append("base")

        tc.bind(Base, tracer("one"))

        class Late(Base, tag="late"):
            def save(self):
                log.append("late")
                super().save()

        class Later(Late):
            def save(self):
                log.append("later")
                super().save()

        Later().save()
        assert log == ["one<", "later", "late", "base", ">one"]
        assert seen == [("Late", "late"), ("Later", "")]

    def test_arguments_of_a_class_statement_that_nobody_takes(self, tracer):
        """An unknown argument of a class statement is refused as Python refuses it."""

        @tc.use(tracer("one"))
        class Base:
            def save(self): ...

        with pytest.raises(TypeError, match="takes no keyword arguments"):

            class Sub(Base, unknown=1): ...

    def test_an_override_from_a_mixin_is_covered(self, tracer, log):
        """What stands before the bound base in the MRO runs within the hooks, also when it does not call super()."""

        class Base:
            def save(self):
                log.append("base")

        class Mixin:
            def save(self):
                log.append("mixin")

        tc.bind(Base, tracer("one"))

        class Mixed(Mixin, Base): ...

        Mixed().save()
        assert log == ["one<", "mixin", ">one"]

    def test_two_bound_bases(self, tracer, log):
        """The hooks of every bound base run once, whichever base the method comes from."""

        @tc.use(tracer("one"))
        class Left:
            def save(self):
                log.append("left")

        @tc.use(tracer("two"))
        class Right:
            def save(self):
                log.append("right")

        class Both(Left, Right): ...

        class Own(Left, Right):
            def save(self):
                log.append("own")
                super().save()

        Both().save()
        assert log == ["one<", "two<", "left", ">two", ">one"]
        log.clear()
        Own().save()
        assert log == ["one<", "two<", "own", "left", ">two", ">one"]

    def test_a_diamond_runs_once(self, tracer, log):
        """In a diamond with cooperative super() calls the hooks run once."""

        @tc.use(tracer("one"))
        class Root:
            def save(self):
                log.append("root")

        class Left(Root):
            def save(self):
                log.append("left")
                super().save()

        class Right(Root):
            def save(self):
                log.append("right")
                super().save()

        class Bottom(Left, Right):
            def save(self):
                log.append("bottom")
                super().save()

        Bottom().save()
        assert log == ["one<", "bottom", "left", "right", "root", ">one"]

    def test_a_subclass_with_a_trait_of_its_own(self, tracer, log):
        """A subclass's own traits act beside the inherited ones, and only there."""

        @tc.use(tracer("one"))
        class Base:
            def save(self): ...

        class Sub(Base): ...

        before = dict(vars(Sub))
        tc.bind(Sub, tracer("two"))
        Sub().save()
        assert log == ["one<", "two<", ">two", ">one"]
        log.clear()
        Base().save()
        assert log == ["one<", ">one"]
        tc.unbind(Sub)
        assert dict(vars(Sub)) == before
        log.clear()
        Sub().save()
        assert log == ["one<", ">one"]

    def test_the_same_trait_on_base_and_subclass(self, speaking, tracer, log):
        """A trait bound to a base and again to its subclass covers once, with the nearer options."""
        one = tracer("one")

        @tc.use(one, speaking(word="base"))
        class Base:
            def save(self): ...

        @tc.use(one, speaking(word="sub"))
        class Sub(Base): ...

        Sub().save()
        assert log == ["one<", ">one"]
        assert (Base().say(), Sub().say()) == ("base!", "sub!")

    def test_a_given_member_can_be_overridden(self, speaking):
        """A subclass overrides a provided member, reaches it with super(), and is a model of its own."""

        @tc.use(speaking(word="base"))
        class Base: ...

        class Sub(Base):
            def say(self, mark="?"):
                return super().say(mark) + " sub"

            @property
            def loud(self):
                return super().loud + "!"

            @classmethod
            def spoken_by(cls, mark=""):
                return super().spoken_by(mark) + " again"

        assert (Sub().say(), Sub().loud, Sub.spoken_by()) == ("base? sub", "BASE!", "Sub: base again")

    def test_attrs_subclasses_are_covered(self, tracer, log):
        """A slotted attrs subclass, which is made twice, is covered once."""

        @tc.use(tracer("one"))
        @attrs.define
        class Base:
            def save(self):
                log.append("base")

        @attrs.define
        class Sub(Base):
            title: str = ""

            def save(self):
                log.append("sub")
                super().save()

        Sub().save()
        assert log == ["one<", "sub", "base", ">one"]

    def test_an_override_of_another_flavour_is_refused(self, tracer):
        """An async override that a hook cannot cover is an error of the class statement, not silence."""

        @tc.use(tracer("one"))
        class Base:
            def save(self): ...

        with pytest.raises(tc.ConfigError) as error:

            class Sub(Base):
                async def save(self): ...

        assert [problem.code for problem in error.value.problems] == ["TC608"]

    def test_an_existing_override_of_another_flavour_is_refused(self, tracer):
        """Binding a base is refused, and nothing changes, when an override that exists cannot be covered."""

        class Base:
            def save(self): ...

        class Sub(Base):
            async def save(self): ...

        before = [dict(vars(cls)) for cls in (Base, Sub)]
        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Base, tracer("one"))
        assert [problem.code for problem in error.value.problems] == ["TC608"]
        assert [dict(vars(cls)) for cls in (Base, Sub)] == before

    def test_a_subclass_may_withdraw_a_method(self, tracer):
        """An override that is no method is left alone."""

        @tc.use(tracer("one"))
        class Base:
            def save(self): ...

        class Sub(Base):
            save = None

        assert Sub().save is None

    def test_unbinding_a_base_restores_its_family(self, family, tracer):
        """After unbinding a base every class of its family has its former namespace."""
        before = {cls: dict(vars(cls)) for cls in family.values()}
        tc.bind(family["Base"], tracer("one"))
        tc.unbind(family["Base"])
        assert {cls: dict(vars(cls)) for cls in family.values()} == before

    def test_unbinding_in_the_middle(self, family, tracer, log):
        """Taking a trait off a subclass leaves what its base has."""
        tc.bind(family["Base"], tracer("one"))
        tc.bind(family["Calling"], tracer("two"))
        family["Deep"]().save()
        assert log == ["one<", "two<", "deep", "calling", "base", ">two", ">one"]
        tc.unbind(family["Calling"])
        log.clear()
        family["Deep"]().save()
        assert log == ["one<", "deep", "calling", "base", ">one"]

    def test_a_hook_on_a_member_that_is_no_longer_given(self, speaking, tracer):
        """Taking off the trait whose member another one wraps takes the member off."""

        class Article: ...

        before = dict(vars(Article))
        tc.bind(Article, speaking, tracer("one", "say"))
        tc.unbind(Article, speaking)
        assert not hasattr(Article, "say")
        tc.unbind(Article)
        assert dict(vars(Article)) == before

    def test_an_inherited_member_behind_a_given_one(self, speaking, tracer, log):
        """Taking off a trait uncovers the inherited method, which other hooks then run around."""

        class Base:
            def say(self):
                return "inherited"

        class Article(Base): ...

        tc.bind(Article, speaking, tracer("one", "say"))
        assert Article().say() == "hey!"
        tc.unbind(Article, speaking)
        assert Article().say() == "inherited"
        assert log == ["one<", ">one"] * 2


class TestTransparency:
    def test_a_decorated_method_is_covered_as_it_is(self, tracer, log):
        """A wrapper that the class body put around a method runs within the hooks."""

        def counted(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                log.append("counted")
                return function(*args, **kwargs)

            return wrapper

        @tc.use(tracer("one"))
        class Article:
            @counted
            def save(self, note):
                return note

        assert Article().save("x") == "x"
        assert log == ["one<", "counted", ">one"]

    @pytest.mark.parametrize("define", [attrs.define, dataclasses.dataclass(slots=True)])
    def test_a_wrapper_between_use_and_the_class_decorator(self, define, tracer, log):
        """Where a class decorator in between has wrapped a bound method, the class made anew is covered once."""

        def counting(cls):
            inner = cls.save

            def save(self):
                log.append("counted")
                return inner(self)

            cls.save = save
            return cls

        @define
        @counting
        @tc.use(tracer("one"))
        class Article:
            title: str = ""

            def save(self):
                log.append("body")

        Article().save()
        assert log == ["one<", "counted", "body", ">one"]

    def test_mock_patch(self, tracer, log):
        """`mock.patch.object` replaces a bound method and puts it back."""

        @tc.use(tracer("one"))
        class Article:
            def save(self):
                return "saved"

        with mock.patch.object(Article, "save", return_value="mocked"):
            assert Article().save() == "mocked"
        assert log == []
        assert Article().save() == "saved"
        assert log == ["one<", ">one"]

    def test_mock_autospec(self, tracer):
        """A mock made after a bound class takes what its methods take."""

        @tc.use(tracer("one"))
        class Article:
            def save(self, note): ...

        double = mock.create_autospec(Article, instance=True)
        double.save("x")
        with pytest.raises(TypeError, match="missing a required argument"):
            double.save()

    def test_given_members_belong_to_the_class(self, speaking):
        """A provided member has the class's qualified name and module, and the trait's docstring."""

        @tc.use(speaking)
        class Article: ...

        say = Article.say
        assert say.__qualname__ == f"{Article.__qualname__}.say"
        assert say.__module__ == __name__
        assert say.__doc__ == "Say it."
        assert say.__annotations__ == {"mark": "str", "return": "str"}
        assert not hasattr(say, "__wrapped__")
        assert Article.loud.__doc__ == "The word in capitals."

    def test_a_wrapped_inherited_method_belongs_to_the_class(self, tracer):
        """An inherited method that a class covers stands, and is found, in that class."""

        class Base:
            def save(self): ...

        @tc.use(tracer("one"))
        class Article(Base): ...

        assert Article.save.__qualname__ == f"{Article.__qualname__}.save"
        assert Article.save.__wrapped__ is Base.save

    def test_calls_with_wrong_arguments(self, tracer, speaking):
        """Wrong arguments are refused as the bare method refuses them, before any hook runs."""

        @tc.use(tracer("one"), speaking)
        class Article:
            def save(self, note, /, *, times=1): ...

        with pytest.raises(TypeError, match=r"save\(\) missing 1 required positional argument: 'note'"):
            Article().save()
        with pytest.raises(TypeError, match=r"say\(\) got an unexpected keyword argument 'loudly'"):
            Article().say(loudly=True)

    def test_given_properties_are_read_only(self, speaking):
        """A provided property cannot be assigned."""

        @tc.use(speaking)
        class Article: ...

        with pytest.raises(AttributeError):
            Article().loud = "x"

    def test_the_record_goes_with_the_last_trait(self, speaking):
        """A bound class carries one name of ours, which goes with the last trait."""

        @tc.use(speaking)
        class Article: ...

        assert bound_class(Article) is vars(Article)[ATTRIBUTE]
        tc.unbind(Article, speaking)
        assert ATTRIBUTE not in vars(Article)

    def test_an_own_init_subclass_is_put_back(self, tracer):
        """The class's own `__init_subclass__` is chained, and the same object stands there after unbinding."""

        class Base:
            @classmethod
            def __init_subclass__(cls, **kwargs):
                super().__init_subclass__(**kwargs)

            def save(self): ...

        own = vars(Base)["__init_subclass__"]
        tc.bind(Base, tracer("one"))
        assert vars(Base)["__init_subclass__"] is not own
        tc.unbind(Base)
        assert vars(Base)["__init_subclass__"] is own
