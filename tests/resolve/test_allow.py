from __future__ import annotations

import datetime
from typing import Literal

import attrs
import pytest

import traitconf as tc
from traitconf.resolve.allow import Allowed, allowed_dict, allowed_text, read_allowed


@attrs.frozen
class Point:
    """A record without rules."""

    x: int = 0


@pytest.fixture
def option(tc_runtime):
    """A function that returns an option of a type."""

    def make(kind, **metadata):
        namespace = {
            "__doc__": "x",
            "__qualname__": "make.<locals>.Narrow",
            "__annotations__": {"x": kind},
            "x": tc.option(doc="x", **metadata),
        }
        return tc.trait(name="narrow")(type("Narrow", (tc.TraitBase,), namespace)).__traitconf_spec__.options["x"]

    return make


class TestRefuses:
    @pytest.mark.parametrize(
        ("allowed", "inside", "outside"),
        [
            (Allowed(min=2), [2, 9], [1, None]),
            (Allowed(max=2), [2, -9], [3, None]),
            (Allowed(min=2, max=4), [2, 3, 4], [1, 5, None]),
            (Allowed(one_of=(2, 4)), [2, 4], [3, None]),
            (Allowed(one_of=(2, None)), [2, None], [4]),
            (Allowed(one_of=(2, 4), max=3), [2], [4]),
            (Allowed(), [0, None], []),
        ],
    )
    def test_numbers(self, option, allowed, inside, outside):
        """Limits are inclusive; none is inside only where it is named."""
        x = option(int | None)
        assert not any(allowed.refuses(x, value) for value in inside)
        assert all(allowed.refuses(x, value) for value in outside)

    def test_text(self, option):
        """The whole text must match every pattern."""
        allowed = Allowed(patterns=("[a-c]+", ".b.*"))
        assert [allowed.refuses(option(str), text) for text in ("abc", "abcd", "acb", "")] == [False, True, True, True]

    def test_elements(self, option):
        """Of lists and sets every element is looked at, and an empty one is always inside."""
        allowed = Allowed(one_of=("a", "b"))
        assert not allowed.refuses(option(tuple[str, ...]), ("a", "b", "a"))
        assert not allowed.refuses(option(tuple[str, ...]), ())
        assert allowed.refuses(option(frozenset[str]), frozenset({"a", "c"}))

    def test_secrets(self, option):
        """A secret is looked at, not its dots."""
        x = option(tc.Secret[str])
        assert not Allowed(patterns=("s.+",)).refuses(x, tc.Secret("secret"))
        assert Allowed(patterns=("s.+",)).refuses(x, tc.Secret("hunter2"))


class TestWithin:
    def test_both_hold(self):
        """The narrower of two limits holds, common values only, all patterns."""
        inner, outer = Allowed(min=2, max=9, patterns=("b",)), Allowed(min=1, max=5, one_of=(1, 2, 3), patterns=("a",))
        assert inner.within(Allowed()) == inner
        assert Allowed(min=2, max=9).within(Allowed(min=1, max=5)) == Allowed(min=2, max=5)
        assert inner.within(outer).patterns == ("a", "b")
        assert Allowed(one_of=(2, 3, 7)).within(Allowed(one_of=(3, 7), max=6)).one_of == (3,)

    @pytest.mark.parametrize(
        ("one", "other", "is_empty"),
        [
            (Allowed(min=5), Allowed(max=4), True),
            (Allowed(min=5), Allowed(max=5), False),
            (Allowed(one_of=("a",)), Allowed(one_of=("b",)), True),
            (Allowed(one_of=("a",)), Allowed(patterns=("b",)), True),
            (Allowed(patterns=("a",)), Allowed(patterns=("b",)), False),
            (Allowed(), Allowed(), False),
        ],
    )
    def test_emptiness(self, one, other, is_empty):
        """Crossed limits and lists without a common value leave nothing; patterns alone are not compared."""
        assert one.within(other).is_empty == other.within(one).is_empty == is_empty


class TestRead:
    @pytest.mark.parametrize(
        ("kind", "raw", "allowed"),
        [
            (int, {"min": 1, "max": 9}, Allowed(min=1, max=9)),
            (float, {"max": 9}, Allowed(max=9.0)),
            (datetime.timedelta, {"max": "1h"}, Allowed(max=datetime.timedelta(hours=1))),
            (tc.ByteSize, {"max": "1MB"}, Allowed(max=tc.ByteSize(1_000_000))),
            (datetime.date, {"min": "2027-01-01"}, Allowed(min=datetime.date(2027, 1, 1))),
            (Literal["a", "b"], {"one_of": ["a"]}, Allowed(one_of=("a",))),
            (bool, {"one_of": [True]}, Allowed(one_of=(True,))),
            (str, {"pattern": "a+"}, Allowed(patterns=("a+",))),
            (tuple[str, ...], {"one_of": ["a"], "pattern": "a"}, Allowed(one_of=("a",), patterns=("a",))),
            (frozenset[int], {"one_of": [1, 2]}, Allowed(one_of=(1, 2))),
            (int | None, {"one_of": ["@none", 1]}, Allowed(one_of=(None, 1))),
            (tc.Secret[str], {"pattern": "a+"}, Allowed(patterns=("a+",))),
        ],
    )
    def test_by_the_type_of_the_option(self, option, kind, raw, allowed):
        """Limits are written like values of the option, and have its type."""
        assert read_allowed(option(kind), raw) == (allowed, ())

    @pytest.mark.parametrize(
        ("kind", "metadata", "raw", "path", "message"),
        [
            (int, {}, {"max": "9"}, ("max",), 'expected int, got str "9"'),
            (int, {"le": 9}, {"max": 10}, ("max",), "must be at most 9, got 10"),
            (int | None, {}, {"max": None}, ("max",), "expected int, got none"),
            (str, {}, {"max": "b"}, ("max",), "a str has no order"),
            (bool, {}, {"max": True}, ("max",), "a bool has no order"),
            (tuple[int, ...], {}, {"max": 1}, ("max",), "a list of int has no order"),
            (tc.Secret[int], {}, {"max": 1}, ("max",), "limits would tell of a secret"),
            (tc.Secret[str], {}, {"one_of": ["hunter2"]}, ("one_of",), "the values of a secret cannot be listed"),
            (int, {}, {"one_of": 1}, ("one_of",), "must be a list of values"),
            (int, {}, {"one_of": [1, "2"]}, ("one_of", 1), 'expected int, got str "2"'),
            (tuple[int, ...], {}, {"one_of": ["a"]}, ("one_of", 0), 'expected int, got str "a"'),
            (tuple[Point, ...], {}, {"one_of": [{"x": "a"}]}, ("one_of", 0, "x"), 'expected int, got str "a"'),
            (int, {"le": 9}, {"one_of": [1, 10]}, ("one_of", 1), "must be at most 9, got 10"),
            (str, {"one_of": ("a",)}, {"one_of": ["b"]}, ("one_of", 0), 'must be one of a, got "b"'),
            (str, {}, {"pattern": "("}, ("pattern",), "is no regular expression: missing ), unterminated subpattern "),
            (str, {}, {"pattern": 5}, ("pattern",), "must be a regular expression, as text"),
            (int, {}, {"mx": 5}, ("mx",), "unknown limit 'mx'"),
            (int, {}, {}, (), "'allow' must be a table that narrows"),
            (int, {}, 5, (), "'allow' must be a table that narrows"),
            (int, {}, {"min": 5, "max": 4}, (), "'allow' allows nothing"),
            (str, {}, {"one_of": []}, (), "'allow' allows nothing"),
            (str, {}, {"one_of": ["a"], "pattern": "b"}, (), "'allow' allows nothing"),
        ],
    )
    def test_faults(self, option, kind, metadata, raw, path, message):
        """What cannot be a limit of the option is said at the limit."""
        allowed, (fault,) = read_allowed(option(kind, **metadata), raw)
        assert (allowed, fault.path) == (None, path)
        assert fault.message.startswith(message)

    def test_all_faults_at_once(self, option):
        """Every limit is looked at."""
        _, faults = read_allowed(option(int), {"min": "a", "max": "b", "mx": 1, "pattern": "("})
        assert [fault.path for fault in faults] == [("mx",), ("min",), ("max",), ("pattern",)]


def test_text_and_data():
    """What is allowed reads well, and is plain data too."""
    hour = datetime.timedelta(hours=1)
    assert allowed_text(Allowed(min=hour)) == "at least 1h"
    assert allowed_text(Allowed(max=hour)) == "at most 1h"
    assert allowed_text(Allowed(1, 5, (1, None), ("a",))) == "1..5, one of 1, none, matching a"
    assert allowed_dict(Allowed(max=hour)) == {"max": "1h"}
    assert allowed_dict(Allowed(1, 5, (1, None), ("a",))) == {"min": 1, "max": 5, "one_of": [1, None], "pattern": "a"}
