from __future__ import annotations

import datetime
import inspect

import attrs
import pytest

import traitconf as tc
from traitconf.schema.kinds import METADATA
from traitconf.schema.options import OptionMeta, required, violation
from traitconf.types import MISSING, Secret, Source

UTC_NOON = datetime.datetime(2026, 1, 2, 12, tzinfo=datetime.UTC)
EVERYTHING = {
    "ge": 1,
    "le": 5,
    "one_of": (1, 2, 3),
    "pattern": "[0-9]",
    "validator": bool,
    "merge": "max",
    "secret": True,
    "unit": "days",
    "scope": ("global", "tenant"),
    "self_service": True,
    "requires": ("enabled",),
    "reload": False,
    "since": "1.2",
    "deprecated": "use y",
    "examples": (1, 2),
    "important": True,
    "keywords": ("age",),
}


@attrs.frozen(kw_only=True)
class Limits:
    soft: int = tc.option(1, ge=0, unit="s", doc="Soft.")
    hard: int = tc.option(2, doc="Hard.")


class TestDeclaring:
    def test_every_piece_of_metadata(self, option_of):
        """All metadata of the design is kept as it was given."""
        meta = option_of(int, 3, **EVERYTHING).meta
        assert {name: getattr(meta, name) for name in EVERYTHING} == EVERYTHING
        assert {field.name for field in attrs.fields(OptionMeta)} == {*EVERYTHING, "doc", "origin", "default"}

    @pytest.mark.parametrize("name", ["one_of", "scope", "requires", "examples", "keywords"])
    def test_one_text_stands_for_a_list_of_one(self, name):
        """Where several texts are possible, a single one is not taken apart into letters, and a list is kept."""
        told = [tc.option("x", doc="x", **{name: value}).metadata[METADATA] for value in ("tenant", ["a", "b"])]
        assert [getattr(meta, name) for meta in told] == [("tenant",), ("a", "b")]

    def test_doc_is_required(self):
        """An option without a sentence for the reference is refused."""
        with pytest.raises(TypeError, match="doc"):
            tc.option(1)
        with pytest.raises(TypeError, match=r"option\(\) needs doc=, one sentence for the reference"):
            tc.option(1, doc=" ")

    def test_unknown_metadata(self):
        """Metadata that does not exist is refused, and the message lists what exists."""
        with pytest.raises(TypeError, match=r"option\(\) does not know maximum, minimum; known are .*ge.*le"):
            tc.option(1, doc="x", minimum=1, maximum=2)

    def test_where_it_stands(self):
        """The place of a declaration is the line that calls `option()`."""
        declared = tc.option(1, doc="x")
        line = inspect.currentframe().f_lineno - 1
        origin = declared.metadata[METADATA].origin
        assert (origin.file, origin.line, origin.source) == (__file__, line, Source.DEFAULT)

    def test_required(self, option_of):
        """An option without default is required; `None` is a default."""
        assert required(option_of(int).default)
        assert not required(None)


class TestLabel:
    @pytest.mark.parametrize(
        ("kind", "metadata", "label"),
        [
            (int, {"unit": "days", "ge": 1, "le": 36500}, "int, days, 1..36500"),
            (int, {"ge": 1}, "int, 1.."),
            (float | None, {"le": 0}, "float or none, ..0"),
            (str, {"one_of": ("a", "b")}, "str, one of a, b"),
        ],
    )
    def test_as_people_read_it(self, option_of, kind, metadata, label):
        """Type, unit, limits and choices stand in one line."""
        assert option_of(kind, **metadata).label == label


class TestLeaves:
    def test_a_record_is_folded_field_by_field(self, option_of):
        """A record's leaves are its fields, each with the metadata of its own declaration."""
        option = option_of(Limits, Limits())
        assert not option.is_leaf
        assert [leaf.name for leaf in option.leaves()] == ["x.soft", "x.hard"]
        assert (option.fields["soft"].label, option.fields["soft"].law) == ("int, s, 0..", "replace")

    def test_an_atomic_record_is_a_leaf(self, option_of):
        """A record that merges as a whole is folded as a whole."""
        option = option_of(Limits, Limits(), merge="atomic")
        assert [leaf.name for leaf in option.leaves()] == ["x"]

    def test_secret_by_type_or_word(self, option_of):
        """An option is secret by its type, by `secret=True`, or because something inside is."""
        assert option_of(Secret[str]).is_secret
        assert option_of(str, secret=True).is_secret
        assert option_of(tuple[Secret[str], ...], ()).is_secret
        assert not option_of(str).is_secret


def odd(value):
    if value % 2 == 0:
        message = f"must be odd, not {value}"
        raise ValueError(message)


def broken(value):
    raise KeyError(value)


class TestViolation:
    @pytest.mark.parametrize(
        ("kind", "metadata", "good", "bad", "message"),
        [
            (int, {"ge": 1}, 1, 0, "must be at least 1"),
            (int, {"le": 3}, 3, 4, "must be at most 3"),
            (float, {"ge": 0}, 0.0, float("nan"), "must be at least 0"),
            (float, {"le": 1}, 1.0, float("nan"), "must be at most 1"),
            (str, {"one_of": ("a", "b")}, "a", "c", "must be one of a, b"),
            (tuple[str, ...], {"one_of": ("a", "b")}, ("a", "b"), ("a", "c"), "must be one of a, b"),
            (str, {"pattern": "[a-z]+"}, "abc", "abc1", "must match [a-z]+"),
            (frozenset[str], {"pattern": "[a-z]+"}, frozenset({"a"}), frozenset({"A"}), "must match [a-z]+"),
            (int, {"validator": odd}, 3, 4, "must be odd, not 4"),
            (Secret[str], {"pattern": "[a-z]+"}, Secret("abc"), Secret("ABC"), "must match [a-z]+"),
            (Secret[int], {"ge": 3}, Secret(3), Secret(2), "must be at least 3"),
            (tuple[Secret[str], ...], {"one_of": ("a",)}, (Secret("a"),), (Secret("b"),), "must be one of a"),
        ],
    )
    def test_rules(self, option_of, kind, metadata, good, bad, message):
        """Each rule passes what it allows and says what it forbids; a secret's rules look at what it hides."""
        option = option_of(kind, **metadata)
        assert violation(option, good) is None
        assert violation(option, bad) == (message, option.label)

    @pytest.mark.parametrize("nothing", [None, MISSING])
    def test_no_value_breaks_no_rule(self, option_of, nothing):
        """Rules speak of values; the absence of one is another matter."""
        assert violation(option_of(int | None, ge=1, validator=odd), nothing) is None

    def test_moments_that_cannot_be_compared(self, option_of):
        """A moment without time zone is not within limits that have one, instead of stumbling over them."""
        option = option_of(datetime.datetime, ge=UTC_NOON)
        assert violation(option, UTC_NOON) is None
        assert violation(option, UTC_NOON.replace(tzinfo=None))[0] == f"must be at least {UTC_NOON}"

    @pytest.mark.parametrize("validator", [broken, lambda value: 1 / 0, lambda value: iter(value).nothing])
    def test_a_validator_with_a_fault_of_its_own(self, option_of, validator):
        """Whatever a validator raises is a refusal of the value, never a traceback."""
        option = option_of(int, validator=validator)
        assert violation(option, 3)[0].endswith(("is refused by its validator", "object is not iterable"))

    def test_a_silent_validator(self, option_of):
        """A refusal without words gets some."""

        def refuse(value):
            raise ValueError

        assert violation(option_of(int, validator=refuse), 3)[0] == "is refused by its validator"

    def test_what_a_validator_says_of_a_secret(self, option_of):
        """The words of a validator are not repeated where they might quote a secret."""

        def refuse(value):
            message = f"{value} is too short"
            raise ValueError(message)

        assert violation(option_of(str, validator=refuse, secret=True), "pa55")[0] == "is refused by its validator"
