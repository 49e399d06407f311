from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import traitconf as tc
from traitconf.resolve.convert import convert
from traitconf.schema.catalog import catalog
from traitconf.schema.describe import describe, duration_text, plain
from traitconf.schema.options import OptionMeta
from traitconf.types import MISSING, ByteSize, FrozenMap, Secret


class Level(enum.Enum):
    LOW = "low"
    HIGH = 3


@attrs.frozen(kw_only=True)
class Limits:
    soft: int = tc.option(1, ge=0, doc="Soft.")
    token: str = tc.option("pa55", secret=True, doc="Token.")


@pytest.fixture
def sample(scratch):
    @tc.trait(name="needed")
    class Needed(tc.TraitBase):
        """Needed."""

    @tc.trait(version=2, requires=Needed, before="a", after="b", incompatible="c", tenant="required", guard=True)
    class Sample(tc.TraitBase):
        """Describe a sample.

        At length.
        """

        days: int = tc.option(
            3,
            ge=1,
            le=9,
            unit="days",
            doc="Days.",
            scope=("global", "tenant"),
            self_service=True,
            requires="enabled",
            reload=False,
            since="1.1",
            deprecated="use weeks",
            examples=(1, 2),
            important=True,
            keywords="age",
        )
        level: Level = tc.option(Level.LOW, doc="Level.")
        wait: datetime.timedelta | None = tc.option(datetime.timedelta(minutes=5), doc="Wait.")
        names: frozenset[str] = tc.option(frozenset("ba"), doc="Names.", one_of=("a", "b"), merge="union")
        pattern: str = tc.option("a", pattern="[a-z]", doc="Pattern.")
        needed: str = tc.option(doc="Needed.")
        password: str = tc.option("pa55", secret=True, doc="Password.")
        key: Secret[str] = tc.option(Secret("pa55"), doc="Key.")
        none: str | None = tc.option(None, secret=True, doc="None.")
        limits: Limits = tc.option(Limits(), doc="Limits.")
        whole: Limits = tc.option(Limits(), doc="Whole.", merge="atomic")
        top: float = tc.option(float("inf"), doc="Top.")

        made = tc.counter(doc="Made.", unit="By")

        @tc.operation(cache=True, queue=True, when_off="run")
        async def summary(self, host, length: int = 3) -> str:
            """Sum up."""

        @tc.provides(shape="property")
        def title(self, host) -> str:
            """Tell the title."""

        @tc.around("save", "pub*", optional=True)
        def watch(self, host, proceed, /, *args):
            """Watch."""

        @watch.twin
        async def watch_async(self, host, proceed, /, *args): ...

    return Sample


@pytest.fixture
def options(sample):
    """The described options by name."""
    return {option.name: option for option in describe(sample).options}


RETIRES = "Retire what is cached about an object that was saved or deleted."


class TestTrait:
    def test_head(self, sample):
        """The description says everything that the decorator was told, and where the trait stands."""
        info = describe(sample)
        assert info.name == "sample"
        assert info.qualified_name == f"{__name__}:sample.<locals>.Sample"
        assert info.doc == "Describe a sample.\n\nAt length."
        assert (info.version, info.tenant, info.guard, info.deprecated) == (2, "required", True, "")
        assert (info.requires, info.before, info.after, info.incompatible) == (("needed",), ("a",), ("b",), ("c",))
        assert Path(__file__).name in info.origin

    def test_an_instance(self, sample):
        """An instance is described as its class is."""
        assert describe(sample()) == describe(sample)

    def test_members_hooks_and_signals(self, sample):
        """Members, hooks and signals are part of the tree, with signatures as the host has them."""
        info = describe(sample)
        assert [attrs.astuple(member) for member in info.members] == [
            ("summary", "method", "async", "(length: int = 3) -> str", "Sum up.", "run", True, True, True),
            ("title", "property", "sync", "", "Tell the title.", "raise", False, False, False),
        ]
        assert [attrs.astuple(hook) for hook in info.hooks] == [
            ("watch", "around", ("save", "pub*"), True, ("sync", "async"), "Watch."),
            ("forget_identity", "after", ("save", "delete"), True, ("sync", "async"), RETIRES),
        ]
        assert [attrs.astuple(signal) for signal in info.signals] == [("made", "counter", "By", "Made.")]


class TestOptions:
    def test_all_metadata(self, options):
        """Every piece of metadata of an option is in the description."""
        days = options["days"]
        assert (days.address, days.type, days.doc, days.default) == ("sample.days", "int", "Days.", 3)
        assert (days.at_least, days.at_most, days.unit, days.merge) == (1, 9, "days", "replace")
        assert (days.settable_at, days.self_service, days.requires) == (("global", "tenant"), True, ("enabled",))
        assert (days.reload, days.since, days.deprecated, days.examples) == (False, "1.1", "use weeks", (1, 2))
        assert (days.important, days.keywords, days.required, days.secret) == (True, ("age",), False, False)
        told = {field.name for field in attrs.fields(OptionMeta)} - {"validator", "ge", "le", "one_of", "scope"}
        assert told <= {field.name for field in attrs.fields(type(days))}

    def test_types_and_defaults(self, options):
        """Types read as people read them, and defaults as configuration files write them."""
        shown = {name: (option.type, option.default) for name, option in options.items()}
        assert shown["level"] == ("one of low, 3", "low")
        assert shown["wait"] == ("duration or none", "5m")
        assert shown["names"] == ("set of str", ["a", "b"])
        assert shown["needed"] == ("str", None)
        assert options["level"].choices == ("low", 3)
        assert options["names"].choices == ("a", "b")
        assert options["pattern"].pattern == "[a-z]"
        assert [name for name, option in options.items() if option.required] == ["needed"]

    def test_records(self, options):
        """A record's fields stand below it, each with its own default."""
        fields = {field.address: field.default for field in options["limits"].fields}
        assert fields == {"sample.limits.soft": 1, "sample.limits.token": "•••"}
        assert options["limits"].default is None

    def test_secrets_are_masked(self, sample):
        """No secret's default is told anywhere, and what is secret says so."""
        info = describe(sample)
        assert "pa55" not in json.dumps(info.as_dict(), ensure_ascii=False)
        assert "pa55" not in repr(info)
        secrets = {option.name: option.default for option in info.options if option.secret}
        assert secrets == {"password": "•••", "key": "•••", "none": None, "limits": None, "whole": "•••"}


class TestAsDict:
    def test_ready_for_json(self, sample):
        """The tree is plain dicts, lists and scalars: strict JSON, and nothing is lost in it."""
        tree = describe(sample).as_dict()
        assert json.loads(json.dumps(tree, allow_nan=False)) == tree
        assert [option["name"] for option in tree["options"]] == [option.name for option in describe(sample).options]

    def test_built_in_traits(self):
        """Every trait that is installed can be described for JSON, twice alike."""
        for spec in catalog.traits():
            text = json.dumps(describe(spec.cls).as_dict(), allow_nan=False)
            assert text == json.dumps(describe(spec.cls).as_dict(), allow_nan=False)
            assert " at 0x" not in text


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (None, None),
            (MISSING, None),
            (True, True),
            (ByteSize(3), 3),
            (float("nan"), "nan"),
            (Level.HIGH, 3),
            (datetime.timedelta(hours=1), "1h"),
            (Secret("a"), "•••"),
            (Path("a/b"), "a/b"),
            (datetime.date(2026, 1, 2), "2026-01-02"),
            (datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.UTC), "2026-01-02 03:00:00+00:00"),
            (datetime.time(12), "12:00:00"),
            (FrozenMap({"a": (1, Level.LOW)}), {"a": [1, "low"]}),
            pytest.param(frozenset({"b", "a"}), ["a", "b"], id="set"),
            ([{"a": Secret(1)}], [{"a": "•••"}]),
            (Limits(token="x"), {"soft": 1, "token": "•••"}),
            (complex(1), "(1+0j)"),
        ],
        ids=repr,
    )
    def test_values(self, value, shown):
        """Each type has one plain form."""
        assert plain(value) == shown


class TestDuration:
    @pytest.mark.parametrize(
        ("duration", "text"),
        [
            ({}, "0s"),
            ({"minutes": 5}, "5m"),
            ({"days": 1, "seconds": 90}, "1d1m30s"),
            ({"hours": 25}, "1d1h"),
            ({"seconds": 59, "microseconds": 123456}, "59.123456s"),
            ({"microseconds": 100000}, "0.1s"),
            ({"seconds": -90}, "-1m30s"),
        ],
    )
    def test_text(self, duration, text):
        """A duration is written in the largest units, exactly."""
        assert duration_text(datetime.timedelta(**duration)) == text

    @given(st.timedeltas(min_value=datetime.timedelta(0), max_value=datetime.timedelta(days=3650)))
    def test_files_read_it_back(self, duration):
        """What is shown can be written into a configuration file, and is the same duration there."""
        option = catalog.find("auditable").options["cache"].fields["ttl"]
        assert convert(option, "set", duration_text(duration)) == (duration, ())


def test_a_mapping_has_its_own_kind(declare):
    """A mapping's default is shown as a table."""
    made = declare({"x": Mapping[str, int]}, x=tc.option({"a": 1}, doc="x"))
    assert describe(made).options[-1].default == {"a": 1}
