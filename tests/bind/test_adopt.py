from __future__ import annotations

import abc
import asyncio
import dataclasses
import inspect
import itertools
import pickle
import sys
from typing import ClassVar, Generic, NamedTuple, TypeVar
from unittest import mock

import attrs
import pytest

import traitconf as tc

T = TypeVar("T")
_numbers = itertools.count()


def name():
    """Return a name that no other trait has."""
    return f"adopted_{next(_numbers)}"


def mixin():
    """Return a mixin of its own for every test."""

    class Paginated:
        """Cut results into pages."""

        page_size = 20
        sort_by: ClassVar[list[str]] = ["title"]
        headline: ClassVar[str | None] = None
        _seen = 0

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)

        def pages(self, count: int, *, spare: int = 0) -> int:
            """Say how many pages."""
            return -(-count // self.page_size) + spare

        @classmethod
        def sizes(cls) -> tuple[int, ...]:
            return (cls.page_size,)

        @staticmethod
        def unit() -> str:
            return "page"

        async def fetched(self) -> int:
            return self.page_size

        def each(self):
            yield from range(self.page_size)

        @property
        def doubled(self):
            return self.page_size * 2

    return Paginated


class TestOptions:
    def test_class_attributes_become_options(self):
        """Public class attributes are options with the values that the mixin ships as defaults."""
        trait = tc.adopt(mixin(), name())
        options = {option: meta.default for option, meta in trait.__traitconf_spec__.options.items()}
        assert options.items() >= {"page_size": 20, "sort_by": ("title",), "headline": None}.items()
        assert "seen" not in options
        assert "doubled" not in options

    def test_the_configuration_decides_for_model_and_tenant(self, tc_config):
        """A tenant's file decides what instances, classes and the mixin's own methods see."""
        cls, trait = mixin(), name()

        class Shelf(cls): ...

        class Board(cls): ...

        tc.adopt(cls, trait)
        tc_config(
            {
                "traits.toml": f"[{trait}]\npage_size = 10\n",
                "models/Shelf.toml": f"[{trait}]\npage_size = 30\n",
                "tenants/acme.toml": f'[{trait}]\nheadline = "ACME"\n[models.Board.{trait}]\npage_size = 3\n',
            }
        )
        assert (Shelf.page_size, Board().page_size, cls.page_size) == (30, 10, 10)
        assert Shelf().pages(60) == 2
        assert Board.sizes() == (10,)
        with tc.tenant("acme"):
            assert (Shelf().headline, Board.page_size, Board().pages(9)) == ("ACME", 3, 3)
            assert list(Board().each()) == [0, 1, 2]
            assert asyncio.run(Board().fetched()) == 3
            assert Board().doubled == 6

    def test_without_configuration_nothing_is_different(self):
        """As long as nothing is configured, an attribute is the very object that stood there."""
        cls = mixin()
        before = cls.sort_by
        tc.adopt(cls, name())
        assert cls.sort_by is before
        assert cls().page_size == 20

    def test_a_list_stays_a_list(self):
        """What is configured for a list is handed out as a list of its own, for a dict and a set likewise."""

        class Sorted:
            keys: ClassVar[list[str]] = []
            widths: ClassVar[dict[str, int]] = {"a": 1}
            hidden: ClassVar[set[str]] = set()

        trait = name()
        tc.adopt(Sorted, trait)
        with tc.override({f"{trait}.keys": ["x"], f"{trait}.widths": {"a": 2}, f"{trait}.hidden": ["y"]}):
            assert (Sorted.keys, Sorted.widths, Sorted.hidden) == (["x"], {"a": 2}, {"y"})
            assert Sorted.keys is not Sorted.keys
            Sorted.keys.append("z")
            assert Sorted.keys == ["x"]

    def test_a_value_of_the_wrong_type_is_refused_where_it_stands(self, tc_config):
        """The type of the attribute is checked as that of any option."""
        cls, trait = mixin(), name()
        tc.adopt(cls, trait)
        with pytest.raises(tc.ConfigError) as caught:
            tc_config({"traits.toml": f'[{trait}]\npage_size = "many"\n'})
        (problem,) = caught.value.problems
        assert (problem.code, problem.origin.line) == ("TC103", 2)

    def test_the_default_says_where_the_mixin_has_it(self):
        """`explain` ends at the line of the mixin's own file."""
        cls, trait = mixin(), name()
        tc.adopt(cls, trait)
        line = inspect.getsourcelines(mixin)[1] + 6
        origin = tc.explain(f"{trait}.page_size").reasons[-1].origin
        assert (origin.file, origin.line) == (__file__, line)

    def test_named_attributes_only(self):
        """`options` names the attributes, private ones too; a mapping gives their options other names."""
        cls = mixin()
        trait = tc.adopt(cls, name(), options={"page_size": "length", "_seen": "seen"}, methods=())
        with tc.override({f"{trait.__traitconf_spec__.name}.length": 5}):
            assert (cls.page_size, cls._seen) == (5, 0)
        assert "sort_by" not in trait.__traitconf_spec__.options

    def test_a_trait_of_ones_own_says_more(self):
        """A declared trait governs the attributes of its options' names, with its own types and limits."""

        @tc.trait(name=name())
        class Pages(tc.TraitBase):
            """Cut results."""

            page_size: int = tc.option(20, ge=1, le=100, doc="Entries of a page.")
            colour: str = tc.option("red", doc="An option that is no attribute.")

        cls = mixin()
        assert tc.adopt(cls, Pages) is Pages
        address = f"{Pages.__traitconf_spec__.name}.page_size"
        with tc.override({address: 7}):
            assert cls.page_size == 7
        with pytest.raises(tc.ConfigError) as caught, tc.override({address: 700}):
            pass
        assert [problem.code for problem in caught.value.problems] == ["TC104"]
        assert cls.sort_by == ["title"]

    def test_the_name_comes_from_the_class(self):
        """Without a name the trait is called as the mixin, without the word mixin."""

        class SoftRenamingMixin:
            old_name = "x"

        assert tc.adopt(SoftRenamingMixin).__traitconf_spec__.name == "soft_renaming"

    def test_a_class_may_be_named_by_its_place(self, module):
        """`"module:Class"` is imported."""
        module("paged", "class Paged:\n    size = 1\n")
        trait = tc.adopt("paged:Paged", name())
        assert tc.has_trait(sys.modules["paged"].Paged, trait)


class TestOverrides:
    def test_what_a_subclass_says_itself_is_kept(self):
        """An attribute of a subclass, or of an instance, goes before every configuration."""
        cls, trait = mixin(), name()
        tc.adopt(cls, trait)

        class Own(cls):
            page_size = 8

        with tc.override({f"{trait}.page_size": 5}):
            assert (Own.page_size, cls.page_size) == (8, 5)
            one = cls()
            one.page_size = 2
            assert one.page_size == 2

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_what_a_subclass_says_itself_can_be_governed(self, tc_config, when):
        """With `govern` it is a definition of that model, which files for the model and the tenant go before."""
        cls, trait = mixin(), name()
        if when == "after":
            tc.adopt(cls, trait, overrides="govern")

        class Own(cls):
            page_size = 8

        class Below(Own): ...

        if when == "before":
            tc.adopt(cls, trait, overrides="govern")
        tc_config({"traits.toml": f"[{trait}]\npage_size = 5\n", "tenants/acme.toml": f"[{trait}]\npage_size = 3\n"})
        assert (cls.page_size, Own.page_size, Below.page_size) == (5, 8, 8)
        with tc.tenant("acme"):
            assert (cls.page_size, Own.page_size, Below().page_size) == (3, 3, 3)
        with tc.override({f"{trait}.enabled": False}):
            assert (cls.page_size, Own.page_size) == (20, 8)

    def test_a_subclass_that_holds_something_else_is_refused(self):
        """A value that the option cannot hold refuses the adoption, at the line of the subclass; nothing is changed."""
        cls = mixin()

        class Strange(cls):
            page_size = "many"

        before = dict(vars(cls)), dict(vars(Strange))
        with pytest.raises(tc.ConfigError) as caught:
            tc.adopt(cls, name(), overrides="govern")
        (problem,) = caught.value.problems
        assert problem.code == "TC650"
        assert "Strange.page_size" in problem.message
        assert (problem.origin.file, len(problem.related)) == (__file__, 1)
        assert (dict(vars(cls)), dict(vars(Strange))) == before

    def test_methods_of_a_subclass_are_its_own(self):
        """An override still runs while the trait is off; where it calls super(), the mixin's method is refused."""
        cls, trait = mixin(), name()

        class Own(cls):
            def pages(self, count):
                return 99

        class Calling(cls):
            def pages(self, count):
                return super().pages(count)

        tc.adopt(cls, trait)
        assert Calling().pages(40) == 2
        with tc.override({f"{trait}.enabled": False}):
            assert Own().pages(40) == 99
            with pytest.raises(tc.TraitDisabled):
                Calling().pages(40)


class TestMethods:
    @pytest.mark.parametrize(
        "call",
        [
            lambda host: host.pages(3),
            lambda host: type(host).sizes(),
            lambda host: host.unit(),
            lambda host: asyncio.run(host.fetched()),
            lambda host: list(host.each()),
        ],
        ids=["method", "classmethod", "staticmethod", "async", "generator"],
    )
    def test_they_follow_the_toggle(self, call):
        """Every flavour of method runs while the trait is on, and is refused while it is off."""
        cls, trait = mixin(), name()
        tc.adopt(cls, trait)
        assert call(cls())
        with tc.override({f"{trait}.enabled": False}), pytest.raises(tc.TraitDisabled):
            call(cls())

    def test_they_may_run_all_the_same(self):
        """With `when_off="run"` the toggle governs the attributes only."""
        cls, trait = mixin(), name()
        tc.adopt(cls, trait, when_off="run")
        with tc.override({f"{trait}.enabled": False, f"{trait}.page_size": 1}):
            assert cls().pages(40) == 2

    def test_what_else_the_class_has_stands_in(self):
        """While the trait is off, the next method of the MRO runs, as if the mixin had none."""

        class Base:
            def save(self):
                return "saved"

        class Stamping:
            def save(self):
                return f"stamped and {super().save()}"

            def __repr__(self):
                return "STAMPED"

        class Letter(Stamping, Base): ...

        trait = name()
        tc.adopt(Stamping, trait, methods=["save", "__repr__"])
        assert (Letter().save(), repr(Letter())) == ("stamped and saved", "STAMPED")
        with tc.override({f"{trait}.enabled": False}):
            assert Letter().save() == "saved"
            letter = Letter()
            assert repr(letter) == object.__repr__(letter)

    def test_every_flavour_has_a_stand_in(self):
        """A classmethod, a staticmethod, a coroutine and a generator of the next class answer likewise."""
        cls = mixin()

        class Base:
            @classmethod
            def sizes(cls):
                return cls.__name__

            @staticmethod
            def unit():
                return "sheet"

            async def fetched(self):
                return "base"

            def each(self):
                yield "base"

        class Host(cls, Base): ...

        trait = name()
        tc.adopt(cls, trait)
        with tc.override({f"{trait}.enabled": False}):
            assert (Host.sizes(), Host().sizes()) == ("Host", "Host")
            assert (asyncio.run(Host().fetched()), list(Host().each())) == ("base", ["base"])
        assert (Host.sizes(), list(Host().each())) == ((20,), list(range(20)))

    def test_they_look_as_ever(self):
        """Signature, name, docstring and flavour are those of the mixin's own methods."""
        cls, bare = mixin(), mixin()
        tc.adopt(cls, name())
        for method in ("pages", "sizes", "unit", "fetched", "each"):
            mine, theirs = getattr(cls, method), getattr(bare, method)
            assert inspect.signature(mine) == inspect.signature(theirs)
            assert (mine.__name__, mine.__doc__) == (theirs.__name__, theirs.__doc__)
            assert inspect.iscoroutinefunction(mine) == inspect.iscoroutinefunction(theirs)
            assert inspect.isgeneratorfunction(mine) == inspect.isgeneratorfunction(theirs)

    def test_other_traits_can_wrap_them(self, tracer, log):
        """Hooks of another trait on an adopted method are around it, on or off."""
        cls, trait = mixin(), name()
        tc.adopt(cls, trait)

        class Shelf(cls): ...

        tc.bind(Shelf, tracer("seen", "pages"))
        assert Shelf().pages(40) == 2
        with tc.override({f"{trait}.enabled": False}), pytest.raises(tc.TraitDisabled):
            Shelf().pages(40)
        assert log == ["seen<", ">seen", "seen<", ">seen"]

    def test_other_traits_can_wrap_the_mixin_itself(self, tracer, log):
        """A trait bound to the adopted class comes and goes without disturbing the adoption."""
        cls, trait = mixin(), name()
        other = tracer("seen", "pages")
        tc.adopt(cls, trait)
        tc.bind(cls, other)
        assert cls().pages(40) == 2
        tc.unbind(cls, other)
        with tc.override({f"{trait}.enabled": False}), pytest.raises(tc.TraitDisabled):
            cls().pages(40)
        assert log == ["seen<", ">seen"]


class TestBoundBefore:
    def test_what_other_traits_gave_is_not_the_mixins(self, speaking, tracer, log):
        """A class that is bound already offers only what it has of itself, and its traits keep working."""

        class Base:
            def load(self):
                return "loaded"

        class Stored(Base):
            size = 1

            def save(self):
                return "saved"

        tc.bind(Stored, speaking, tracer("seen", "load", "save"))
        trait = name()
        tc.adopt(Stored, trait)
        with tc.override({f"{trait}.enabled": False}):
            assert (Stored().say(), Stored().load()) == ("hey!", "loaded")
            with pytest.raises(tc.TraitDisabled):
                Stored().save()
        assert (Stored().save(), log.count("seen<")) == ("saved", 3)
        tc.unbind(Stored, speaking)
        assert Stored().save() == "saved"

    def test_a_trait_that_gives_the_same_later_is_hidden(self, speaking):
        """The mixin's own method goes before one that a trait would give, adopted or not."""

        class Talking:
            def say(self):
                return "mine"

        tc.adopt(Talking, name())
        tc.bind(Talking, speaking)
        assert Talking().say() == "mine"
        assert Talking().loud == "HEY"


KINDS = {
    "plain": lambda cls: type("Host", (cls,), {}),
    "dataclass": lambda cls: dataclasses.dataclass(type("Host", (cls,), {"__annotations__": {"x": int}, "x": 1})),
    "dataclass(slots)": lambda cls: dataclasses.dataclass(slots=True)(
        type("Host", (cls,), {"__annotations__": {"x": int}, "x": 1})
    ),
    "attrs.define": lambda cls: attrs.define(type("Host", (cls,), {"__annotations__": {"x": int}, "x": 1})),
    "attrs.frozen": lambda cls: attrs.frozen(type("Host", (cls,), {"__annotations__": {"x": int}, "x": 1})),
    "slots": lambda cls: type("Host", (cls,), {"__slots__": ("x",)}),
    "ABC": lambda cls: abc.ABCMeta("Host", (cls,), {}),
    "exception": lambda cls: type("Host", (cls, ValueError), {}),
    "NamedTuple": lambda cls: type("Host", (cls, NamedTuple("Row", [("x", int)])), {"__new__": lambda c: c._make([1])}),
}


class TestKinds:
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_kind_of_host_is_governed(self, kind, when):
        """Whatever class has the mixin in its MRO, made before or after, its attributes and methods are governed."""

        class Bare:
            __slots__ = ()
            page_size = 20

            def pages(self, count):
                return count // self.page_size

        trait = name()
        if when == "after":
            tc.adopt(Bare, trait)
        host = KINDS[kind](Bare)
        if when == "before":
            tc.adopt(Bare, trait)
        with tc.override({f"models.Host.{trait}.page_size": 4}):
            assert (host.page_size, host().page_size, host().pages(8)) == (4, 4, 2)
        with tc.override({f"models.Host.{trait}.enabled": False}), pytest.raises(tc.TraitDisabled):
            host().pages(8)

    def test_a_generic_mixin(self):
        """A mixin with type parameters is adopted, and so are its parametrised subclasses."""

        class Repository(Generic[T]):
            limit = 3

        class Names(Repository[str]): ...

        trait = name()
        tc.adopt(Repository, trait)
        with tc.override({f"{trait}.limit": 9}):
            assert (Names.limit, Repository[int].limit) == (9, 9)


class TestUndo:
    def test_unbind_leaves_everything_as_it_was(self):
        """After `unbind` the class and its subclasses have the very objects that they had, in their order."""
        cls = mixin()

        class Own(cls):
            page_size = 8

        before = [list(vars(one).items()) for one in (cls, Own)]
        trait = tc.adopt(cls, name(), overrides="govern")
        tc.unbind(cls, trait)
        assert [list(vars(one).items()) for one in (cls, Own)] == before

    def test_the_same_question_again_changes_nothing(self):
        """A module that is imported a second time asks again, and gets the same trait."""
        cls, trait = mixin(), name()
        first = tc.adopt(cls, trait)
        before = dict(vars(cls))
        assert tc.adopt(cls, trait) is first
        assert dict(vars(cls)) == before

    def test_patching_comes_and_goes(self):
        """`mock.patch` replaces an adopted attribute or method, and puts back what stood there."""
        cls, trait = mixin(), name()
        tc.adopt(cls, trait)
        with mock.patch.object(cls, "page_size", 1), mock.patch.object(cls, "pages", return_value="patched"):
            assert (cls.page_size, cls().pages()) == (1, "patched")
        with tc.override({f"{trait}.page_size": 5}):
            assert (cls.page_size, cls().pages(10)) == (5, 2)

    def test_instances_travel_as_ever(self, module):
        """Instances of a host are pickled, and hold nothing of the trait."""
        paged = module(
            "paged_hosts", "class Paged:\n    size = 1\n\nclass Host(Paged):\n    def __init__(self): self.x = 1\n"
        )
        before = pickle.dumps(paged.Host())
        tc.adopt(paged.Paged, name())
        assert pickle.dumps(paged.Host()) == before
        assert vars(pickle.loads(before)) == {"x": 1}  # noqa: S301 -- made two lines above
