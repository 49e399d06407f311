from __future__ import annotations

import dataclasses
import inspect
from typing import ClassVar

import attrs
import pytest

import traitconf as tc
from traitconf.schema.catalog import catalog
from traitconf.schema.spec import spec_of
from traitconf.schema.trait import RESERVED, record_spec, snake_case
from traitconf.types import MISSING, Source

BASE_OPTIONS = ["enabled", "shadow", "events", "metrics", "cache", "log", "queue"]


@attrs.frozen(kw_only=True)
class Limits:
    soft: int = tc.option(1, ge=0, doc="Soft.")
    hard: int = 2
    made: tuple[str, ...] = attrs.Factory(tuple)


@attrs.frozen
class Needing:
    size: int


@dataclasses.dataclass(frozen=True)
class Window:
    start: int = 8
    names: tuple[str, ...] = dataclasses.field(default_factory=tuple)


class TestClass:
    def test_frozen_slotted_and_keyword_only(self, declare):
        """A trait is immutable, has no `__dict__`, and takes its options by name only."""
        made = declare({"days": int}, days=tc.option(3, doc="Days."))
        instance = made(days=4)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            instance.days = 5
        with pytest.raises(TypeError):
            made(4)
        assert not hasattr(instance, "__dict__")

    def test_equality_and_hash(self, declare):
        """Two instances are equal when their options are; what was given to make them says nothing."""
        made = declare({"days": int}, days=tc.option(3, doc="Days."))
        assert made() == made(days=3)
        assert hash(made()) == hash(made(days=3))
        assert made() != made(days=4)

    def test_it_is_registered(self, declare):
        """A trait is in the catalogue under its name from the moment that it is defined."""
        made = declare(name="registered_here")
        assert catalog.find("registered_here").cls is made
        assert "registered_here" in catalog.names()

    @pytest.mark.parametrize(
        ("name", "snake"),
        [
            ("SoftDeletes", "soft_deletes"),
            ("Auditable", "auditable"),
            ("HTTPCache", "http_cache"),
            ("CacheHTTP", "cache_http"),
            ("OAuth2Login", "o_auth2_login"),
            ("A", "a"),
        ],
    )
    def test_name(self, name, snake):
        """The class's name in snake_case is the trait's name."""
        assert snake_case(name) == snake

    def test_types_of_the_defining_function(self):
        """Annotations may name what is defined in the same function."""
        Small = int  # noqa: N806 -- a type

        @tc.trait
        class Local(tc.TraitBase):
            """Local."""

            size: Small = tc.option(3, doc="Size.")

        assert spec_of(Local).options["size"].kind.annotation is int

    def test_constants_are_no_options(self):
        """What is annotated with ClassVar, or not at all, stays as it is."""

        @tc.trait
        class Constant(tc.TraitBase):
            """A trait with constants."""

            limit: ClassVar[int] = 9
            other = 8

        assert list(spec_of(Constant).options) == BASE_OPTIONS
        assert (Constant.limit, Constant.other) == (9, 8)

    def test_super_works(self):
        """Zero-argument `super()` works in a trait's methods although the class is made anew."""

        @tc.trait
        class Derived(tc.TraitBase):
            """Derived."""

            def __repr__(self):
                return f"<{super().__repr__()}>"

        assert repr(Derived(enabled=False)) == "<Derived(enabled=False)>"


class TestSpec:
    def test_options(self, declare):
        """The spec lists the options of TraitBase first, then the trait's own in their order."""
        made = declare({"b": int, "a": int}, b=tc.option(1, doc="B."), a=tc.option(2, doc="A."))
        assert list(spec_of(made).options) == [*BASE_OPTIONS, "b", "a"]
        assert ("cache", "ttl") in spec_of(made).leaves
        assert spec_of(made()) is spec_of(made)

    def test_relations(self, declare):
        """Everything that the decorator is told stands in the spec; one name stands for a list of one."""
        other = declare(name="other")
        made = tc.trait(
            name="told",
            version=2,
            requires=other,
            before="x",
            after=["y", "z"],
            incompatible=("w",),
            tenant="required",
            guard=True,
            deprecated="use other",
        )(type("Told", (tc.TraitBase,), {"__qualname__": "f.<locals>.Told"}))
        spec = spec_of(made)
        assert (spec.name, spec.version, spec.requires) == ("told", 2, (other,))
        assert (spec.before, spec.after, spec.incompatible) == (("x",), ("y", "z"), ("w",))
        assert (spec.tenant, spec.guard, spec.deprecated) == ("required", True, "use other")

    def test_where_it_stands(self):
        """A trait's place is the line of its definition, decorated with or without arguments."""

        @tc.trait
        class Plain(tc.TraitBase):
            """Plain."""

        @tc.trait(name="with_arguments")
        class Named(tc.TraitBase):
            """Named."""

        lines = [spec_of(made).origin.line for made in (Plain, Named)]
        source, first = inspect.getsourcelines(type(self).test_where_it_stands)
        for line, name in zip(lines, ("Plain", "Named"), strict=True):
            at = next(at for at, text in enumerate(source) if f"class {name}(" in text)
            assert line in (first + at, first + at - 1)  # the decorator's line, from one CPython version on
        assert spec_of(Plain).origin.file == __file__

    def test_members_hooks_and_signals(self):
        """Members, hooks and signals are found, inherited ones too, in order of declaration."""

        @tc.trait
        class First(tc.TraitBase):
            """First."""

            seen = tc.counter(doc="Seen.")

            @tc.before("save")
            def one(self, host, /):
                pass

            @tc.provides
            def shout(self, host):
                pass

            @tc.provides
            def dropped(self, host):
                pass

        @tc.trait
        class Second(First):
            """Second."""

            dropped = None

            @tc.after("save")
            def two(self, host, result, /):
                pass

        spec = spec_of(Second)
        assert [hook.name for hook in spec.hooks] == ["one", "two"]
        assert (list(spec.members), list(spec.signals)) == (["shout"], ["seen"])
        assert list(spec_of(First).members) == ["shout", "dropped"]

    def test_no_trait(self):
        """A class without the decorator is no trait, even below one, and cannot be made."""

        @tc.trait
        class Known(tc.TraitBase):
            """Known."""

        class Undeclared(Known):
            pass

        for cls in (tc.TraitBase, Undeclared):
            with pytest.raises(TypeError, match=f"{cls.__name__} is not a trait: declare it with @tc.trait"):
                cls()


class TestRecordDefaults:
    def test_the_record_says_the_defaults_of_its_fields(self, declare):
        """A default record decides the default of each field, whatever the record's class says."""
        made = declare({"x": Limits}, x=tc.option(Limits(soft=7, hard=8), doc="X."))
        assert {leaf.name: leaf.default for leaf in spec_of(made).options["x"].leaves()} == {
            "x.soft": 7,
            "x.hard": 8,
            "x.made": (),
        }
        assert tc.resolve(made, tenant=None).x == Limits(soft=7, hard=8)

    def test_without_a_default_record(self, declare):
        """Without one, the record's class decides; what it computes or does not say is required."""
        made = declare(
            {"a": Limits, "b": Window | None, "c": Needing},
            a=tc.option(doc="A."),
            b=tc.option(None, doc="B."),
            c=tc.option(doc="C."),
        )
        leaves = spec_of(made).leaves
        expected = {("a", "soft"): 1, ("a", "hard"): 2, ("a", "made"): MISSING, ("c", "size"): MISSING}
        expected |= {("b", "start"): 8, ("b", "names"): MISSING}
        assert {path: leaves[path].default for path in expected} == expected


class TestFaults:
    def test_all_at_once(self, refused):
        """Every fault of a declaration is told in one error, each with its code and its own line."""
        first = inspect.currentframe().f_lineno
        problems = refused(
            {"bare": int, "bad": list, "wrong": int, "state": int, "_own": int, "rule": int},
            bad=tc.option([], doc="Bad."),
            wrong=tc.option("1", doc="Wrong."),
            state=tc.option(1, doc="State."),
            _own=tc.option(1, doc="Own."),
            rule=tc.option(0, ge=1, doc="Rule."),
            untyped=tc.option(1, doc="Untyped."),
            log=tc.event(doc="Log."),
            shared=len,
        )
        assert [(problem.code, problem.message.partition(";")[0]) for problem in problems] == [
            ("TC122", "'sample.bare' is annotated but not declared with option()"),
            ("TC122", "the option 'sample.untyped' has no type"),
            ("TC125", "'sample.bad': an option cannot be of type list"),
            ("TC103", "expected int for 'sample.wrong', got str '1'"),
            ("TC124", "option 'sample.state' shadows TraitBase.state"),
            ("TC124", "option 'sample._own' begins with an underscore"),
            ("TC104", "'sample.rule' must be at least 1, got 0"),
            ("TC124", "'sample.log' is both an option and a member"),
            ("TC124", "'sample.shared' shadows TraitBase.shared"),
        ]
        lines = [problem.origin.line - first for problem in problems[1:7]]
        assert lines == [8, 3, 4, 5, 6, 7]
        assert {problem.origin.file for problem in problems[1:7]} == {__file__}

    @pytest.mark.parametrize("name", ["logger", "of", "shared", "state"])
    def test_methods_of_the_base(self, refused, name):
        """No option and no member may have the name of something that every trait can do."""
        for given in ({name: tc.provides(lambda self, host: None)}, {name: lambda self: None}, {name: 3}):
            (problem,) = refused(**given)
            assert (problem.code, problem.message) == ("TC124", f"'sample.{name}' shadows TraitBase.{name}")
        (problem,) = refused({name: int}, **{name: tc.option(1, doc="x")})
        assert (problem.code, problem.message) == ("TC124", f"option 'sample.{name}' shadows TraitBase.{name}")

    @pytest.mark.parametrize("name", BASE_OPTIONS)
    def test_options_of_the_base(self, refused, declare, name):
        """An option of TraitBase can get another default, but not become something else."""
        (problem,) = refused(**{name: 3})
        assert (problem.code, problem.message) == ("TC124", f"'sample.{name}' is both an option and a member")
        kind = spec_of(declare()).options[name].kind.annotation
        default = getattr(declare()(), name)
        assert (
            spec_of(declare({name: kind}, **{name: tc.option(default, doc="Mine.")})).options[name].meta.doc == "Mine."
        )

    @pytest.mark.parametrize("word", sorted(RESERVED))
    def test_words_of_the_grammar(self, word):
        """The words of the configuration's structure are refused as names."""
        with pytest.raises(tc.ConfigError) as error:
            tc.trait(name=word)(type("Sample", (tc.TraitBase,), {}))
        (problem,) = error.value.problems
        assert problem.code == "TC121"
        assert problem.message == f"{word!r} is a word of the configuration and cannot name a trait"

    @pytest.mark.parametrize("name", ["Upper", "two__bars", "a-b", "9lives", "_private", "tail_", "a.b", "ü"])
    def test_names_that_no_variable_could_spell(self, name):
        """A name that could not be told in every source is refused, with a hint."""
        with pytest.raises(tc.ConfigError) as error:
            tc.trait(name=name)(type("Sample", (tc.TraitBase,), {}))
        (problem,) = error.value.problems
        assert (problem.code, problem.message) == ("TC121", f"{name!r} cannot name a trait")
        assert problem.hint == "use lower case letters, digits and single underscores"

    def test_an_annotation_that_nothing_explains(self, refused):
        """An annotation that cannot be evaluated is a problem, not a NameError."""
        (problem,) = refused({"x": "Unheard"}, x=tc.option(1, doc="x"))
        assert problem.code == "TC123"
        assert problem.message.endswith("cannot be evaluated: name 'Unheard' is not defined")

    @pytest.mark.parametrize("what", [int, len, 3])
    def test_what_is_no_trait_at_all(self, what):
        """Decorating something else says so."""
        with pytest.raises(tc.ConfigError) as error:
            tc.trait(what)
        (problem,) = error.value.problems
        assert (problem.code, problem.origin.file) == ("TC120", __file__)
        assert problem.message == f"{what!r} is not a subclass of tc.TraitBase"

    @pytest.mark.parametrize(
        ("metadata", "message"),
        [
            ({"colour": "red"}, "trait.. does not know colour; known are after, before, .*version"),
            ({"tenant": "sometimes"}, "tenant='sometimes': must be 'optional' or 'required'"),
            ({"requires": int}, "int is not a trait: declare it with @tc.trait"),
        ],
    )
    def test_metadata_that_makes_no_sense(self, metadata, message):
        """What the decorator cannot keep is refused at once, and nothing is registered."""
        with pytest.raises(TypeError, match=message):
            tc.trait(name="sensible", **metadata)(type("Sample", (tc.TraitBase,), {}))
        assert catalog.find("sensible") is None

    def test_a_taken_name(self):
        """Two different classes of modules cannot have one name; the error names the first."""
        assert catalog.find("auditable")
        with pytest.raises(tc.ConfigError) as error:
            tc.trait(name="auditable")(type("Mine", (tc.TraitBase,), {"__qualname__": "Mine", "__module__": "mine"}))
        (problem,) = error.value.problems
        assert (problem.code, problem.message) == ("TC126", "the trait name 'auditable' is taken")
        assert problem.hint.endswith("the first is traitconf.traits.auditable.Auditable")


class TestRecordSpec:
    def test_a_record_is_no_trait(self):
        """A record is configured like a trait, and is none: it has no options of TraitBase and no members."""
        spec = record_spec(Limits, "limits")
        assert (spec.name, spec.is_trait, list(spec.options), spec.members) == ("limits", False, ["soft"], {})
        assert (spec.origin.source, spec.origin.file) == (Source.DECORATOR, __file__)

    def test_faults(self):
        """Its faults are told together, as those of a trait."""

        @attrs.frozen
        class Bad:
            soft: list = tc.option([], doc="Soft.")
            hard: int = tc.option("1", doc="Hard.")

        with pytest.raises(tc.ConfigError) as error:
            record_spec(Bad, "bad")
        assert [problem.code for problem in error.value.problems] == ["TC125", "TC103"]
