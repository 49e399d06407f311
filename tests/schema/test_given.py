from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping

import attrs
import pytest

import traitconf as tc
from traitconf.schema.given import typed
from traitconf.schema.kinds import kind_of
from traitconf.types import FrozenMap, Secret, Source


@attrs.frozen(kw_only=True)
class Limits:
    share: float = tc.option(0.5, ge=0, le=1, doc="Share.")
    names: tuple[str, ...] = tc.option((), doc="Names.")
    token: str = tc.option("", doc="Token.", secret=True, pattern="[a-z]*")


@dataclasses.dataclass(frozen=True)
class Window:
    share: float = 0.5


@pytest.fixture
def sample(scratch):
    @tc.trait
    class Sample(tc.TraitBase):
        """A sample."""

        days: int = tc.option(3, ge=1, le=9, doc="Days.")
        share: float = tc.option(0.5, doc="Share.")
        sinks: tuple[str, ...] = tc.option((), doc="Sinks.")
        labels: Mapping[str, str] = tc.option(FrozenMap(), doc="Labels.")
        limits: Limits = tc.option(Limits(), doc="Limits.")
        window: Window | None = tc.option(None, doc="Window.")
        password: str = tc.option("none", doc="Password.", secret=True, pattern="[a-z]*")
        key: Secret[str] | None = tc.option(None, doc="Key.", pattern="[a-z]*")
        keys: Mapping[str, Secret[str]] = tc.option(FrozenMap(), doc="Keys.")

    return Sample


class TestChecked:
    def test_what_is_given_is_kept(self, sample):
        """Only what was given counts as given; everything else has its default."""
        made = sample(days=5)
        assert (made.days, made.share, made._given) == (5, 0.5, {"days"})

    def test_every_fault_at_once(self, sample):
        """All faults of one call are told together, each with code, place and hint."""
        with pytest.raises(tc.ConfigError) as error:
            sample(dayz=1, days="3", share=None, sinks="kafka")
        line = inspect.currentframe().f_lineno - 1
        problems = error.value.problems
        assert [(problem.code, problem.message) for problem in problems] == [
            ("TC101", "unknown option 'sample.dayz'"),
            ("TC103", "expected int for 'sample.days', got str '3'"),
            ("TC103", "expected float for 'sample.share', got NoneType None"),
            ("TC103", "expected list of str for 'sample.sinks', got str 'kafka'"),
        ]
        assert problems[0].hint == "did you mean 'days'?"
        assert (problems[1].address, problems[1].expected, problems[1].got) == ("sample.days", "int, 1..9", "str '3'")
        assert {(one.origin.source, one.origin.file, one.origin.line) for one in problems} == {
            (Source.DECORATOR, __file__, line)
        }

    def test_rules(self, sample):
        """A value of the right type that breaks a rule says which."""
        with pytest.raises(tc.ConfigError) as error:
            sample(days=10)
        (problem,) = error.value.problems
        assert (problem.code, problem.message) == ("TC104", "'sample.days' must be at most 9, got 10")
        assert (problem.expected, problem.got) == ("int, 1..9", "10")

    def test_fields_of_a_record(self, sample):
        """What is wrong inside a record is said of the field, and the record's own rules hold."""
        with pytest.raises(tc.ConfigError) as error:
            sample(limits=Limits(share=2.0, names="abc"))
        assert [problem.message for problem in error.value.problems] == [
            "'sample.limits.share' must be at most 1, got 2.0",
            "expected list of str for 'sample.limits.names', got str 'abc'",
        ]

    def test_an_optional_record(self, sample):
        """A record that may be absent may be absent."""
        assert sample(window=None).window is None
        assert sample(window=Window(0.1)).window == Window(0.1)

    @pytest.mark.parametrize(
        "given",
        [
            {"password": 55_55},
            {"password": "PA5555"},
            {"key": "pa5555"},
            {"key": Secret("PA5555")},
            {"keys": {"a": "pa5555"}},
            {"limits": Limits(token="PA5555")},
        ],
        ids=str,
    )
    def test_secrets_are_not_told(self, sample, given):
        """Neither message nor record of a problem tells a secret's value."""
        with pytest.raises(tc.ConfigError) as error:
            sample(**given)
        assert "5555" not in str(error.value)
        assert all("5555" not in repr(problem) for problem in error.value.problems)


class TestTyped:
    def test_containers_are_immutable(self, sample):
        """Lists, sets and dicts become their immutable kinds, also in defaults, so that no later change is seen."""
        labels = {"a": "b"}
        made = sample(sinks=["kafka"], labels=labels)
        labels["a"] = "c"
        assert (made.sinks, made.labels) == (("kafka",), FrozenMap({"a": "b"}))
        assert typed(kind_of(frozenset[int]), {1}) == frozenset({1})

    def test_defaults_are_immutable(self, declare):
        """A default written as a list is held as a tuple, and is not shared with the declaration."""
        default = ["a"]
        made = declare({"x": tuple[str, ...]}, x=tc.option(default, doc="x"))
        default.append("b")
        assert made().x == ("a",)

    @pytest.mark.parametrize(
        ("kind", "value", "held"),
        [
            (float, 1, 1.0),
            (tuple[float, ...], [1, 2.5], (1.0, 2.5)),
            (Mapping[str, float], {"a": 1}, FrozenMap({"a": 1.0})),
            (Limits, Limits(share=1, names=["a"]), Limits(share=1.0, names=("a",))),
            (Window, Window(1), Window(1.0)),
        ],
        ids=str,
    )
    def test_an_int_is_a_float_where_one_is_due(self, kind, value, held):
        """An int given for a float is held as one, at every depth, and nothing else is converted."""
        made = typed(kind_of(kind), value)
        assert made == held
        assert repr(made) == repr(held)

    @pytest.mark.parametrize(
        ("kind", "value"),
        [(float, True), (int, 1.0), (str, 1), (tuple[str, ...], "ab"), (frozenset[str], ["a"]), (Limits, {"share": 1})],
        ids=str,
    )
    def test_what_does_not_suit_stays(self, kind, value):
        """What does not suit comes back as it is, so that the check can name it."""
        assert typed(kind_of(kind), value) is value


def test_the_place_is_the_users(declare):
    """A fault of a default stands at the line of the option, one of a value at the line of the call."""
    with pytest.raises(tc.ConfigError) as error:
        declare({"x": int}, x=tc.option("no", doc="x"))
    line = inspect.currentframe().f_lineno - 1
    (problem,) = error.value.problems
    assert (problem.code, problem.origin.file, problem.origin.line) == ("TC103", __file__, line)
