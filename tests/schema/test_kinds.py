from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import enum
import typing
from pathlib import Path

import attrs
import pytest

import traitconf as tc
from traitconf.schema.kinds import SUPPORTED, kind_of
from traitconf.types import ByteSize, FrozenMap, Secret


class Level(enum.Enum):
    LOW = "low"
    HIGH = 3


@attrs.frozen
class Limits:
    soft: int
    level: Level = Level.LOW
    computed: int = attrs.field(default=1, init=False)


@dataclasses.dataclass(frozen=True)
class Window:
    start: datetime.time
    limits: Limits | None = None
    computed: int = dataclasses.field(default=1, init=False)


@attrs.frozen
class Tree:
    left: Tree | None = None


@attrs.frozen
class Wrong:
    fine: int = 0
    parts: list[str] = attrs.Factory(list)


@attrs.define
class Mutable:
    size: int = 0


@attrs.frozen
class Credentials:
    user: str = tc.option("", doc="Name.")
    password: str = tc.option("", doc="Password.", secret=True)


class TestAccepted:
    @pytest.mark.parametrize(
        ("annotation", "form", "label"),
        [
            (bool, "scalar", "bool"),
            (int, "scalar", "int"),
            (float, "scalar", "float"),
            (str, "scalar", "str"),
            (datetime.timedelta, "scalar", "duration"),
            (ByteSize, "scalar", "size"),
            (datetime.datetime, "scalar", "datetime"),
            (datetime.date, "scalar", "date"),
            (datetime.time, "scalar", "time"),
            (Path, "scalar", "path"),
            (Level, "scalar", "one of low, 3"),
            (typing.Literal["a", 1], "scalar", "one of a, 1"),
            (Secret[str], "scalar", "secret str"),
            (Limits, "record", "Limits"),
            (Window, "record", "Window"),
            (tuple[int, ...], "tuple", "list of int"),
            (frozenset[str], "set", "set of str"),
            (collections.abc.Mapping[str, float], "mapping", "mapping of float"),
            (typing.Mapping[str, Limits], "mapping", "mapping of Limits"),
            (tuple[Limits, ...], "tuple", "list of Limits"),
        ],
    )
    def test_types_of_the_design(self, annotation, form, label):
        """Every type of the design has a form and a label, and its optional is the same but for none."""
        kind = kind_of(annotation)
        assert (kind.form, kind.label, kind.optional) == (form, label, False)
        optional = kind_of(typing.Optional[annotation])  # noqa: UP045 -- `|` does not take every annotation
        assert (optional.form, optional.label, optional.optional) == (form, label, True)

    def test_records_know_their_fields(self):
        """A record's kind holds the kinds of what its constructor takes, at every depth."""
        kind = kind_of(Window)
        assert list(kind.fields) == ["start", "limits"]
        assert list(kind.fields["limits"].fields) == ["soft", "level"]
        assert kind.fields["limits"].optional


class TestRefused:
    @pytest.mark.parametrize(
        "annotation",
        [
            list[str],
            dict[str, int],
            set[int],
            tuple,
            tuple[int, str],
            frozenset,
            collections.abc.Mapping[int, str],
            int | str,
            int | str | None,
            complex,
            bytes,
            object,
            typing.Any,
            None,
            type(None),
            Mutable,
            Secret,
            Secret[list[str]],
            collections.abc.Callable[[], int],
            collections.abc.Sequence[int],
        ],
        ids=str,
    )
    def test_everything_else(self, annotation):
        """What is not in the design's list is refused, and the message gives the list."""
        with pytest.raises(TypeError, match="an option cannot be of type") as error:
            kind_of(annotation)
        assert SUPPORTED in str(error.value)

    def test_a_record_names_the_field(self):
        """Inside a record the message says which field is wrong."""
        with pytest.raises(TypeError, match=r"^Wrong\.parts: an option cannot be of type list\[str\]"):
            kind_of(tuple[Wrong, ...])

    def test_a_record_that_holds_itself(self):
        """A record without end is refused instead of being walked for ever."""
        with pytest.raises(TypeError, match=r"^Tree\.left: the record Tree holds itself"):
            kind_of(Tree)

    @pytest.mark.parametrize("decorate", [attrs.frozen, dataclasses.dataclass(frozen=True)])
    def test_a_record_whose_types_cannot_be_had(self, decorate):
        """A field's type that has no name at module level is an error of the declaration, not a NameError."""

        class Elsewhere(enum.Enum):
            A = "a"

        @decorate
        class Local:
            where: Elsewhere = Elsewhere.A

        with pytest.raises(TypeError, match="an annotation of Local cannot be evaluated: name 'Elsewhere'"):
            kind_of(Local)


class TestAccepts:
    @pytest.mark.parametrize(
        ("annotation", "good", "bad"),
        [
            (bool, [True, False], [1, 0, "true", None]),
            (int, [0, -3], [True, 1.0, "1", None]),
            (float, [1.5, float("inf")], [1, True, "1.5"]),
            (str, ["", "a"], [b"a", 1, Path("a")]),
            (int | None, [None, 1], ["1"]),
            (Path, [Path("a")], ["a"]),
            (ByteSize, [ByteSize(3)], [3]),
            (datetime.date, [datetime.date(2026, 1, 2)], [datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)]),
            (Level, [Level.LOW, Level.HIGH], ["low", 3]),
            (typing.Literal["a", 1], ["a", 1], ["b", True, 1.0]),
            (Secret[int], [Secret(1)], [1, Secret("1"), Secret(True)]),
            (tuple[int, ...], [(), (1, 2)], [[1], (1, "2"), 1]),
            (frozenset[str], [frozenset(), frozenset("a")], [{"a"}, frozenset([1])]),
            (collections.abc.Mapping[str, int], [FrozenMap({"a": 1})], [{"a": 1}, FrozenMap({"a": "1"}), ()]),
            (collections.abc.Mapping[str, int], [FrozenMap()], [FrozenMap({1: 1})]),
            (Limits, [Limits(1)], [{"soft": 1}, Limits("1"), Limits(1, "low")]),
            (Window, [Window(datetime.time(8)), Window(datetime.time(8), Limits(1))], [Window("8")]),
        ],
        ids=str,
    )
    def test_strictly(self, annotation, good, bad):
        """A kind accepts what a typed trait may hold and nothing that merely looks like it."""
        kind = kind_of(annotation)
        assert [value for value in good if not kind.accepts(value)] == []
        assert [value for value in bad if kind.accepts(value)] == []


class TestSecrets:
    def test_a_secret(self):
        """Only `Secret[...]` itself is a secret."""
        assert kind_of(Secret[str]).is_secret
        assert not kind_of(str).is_secret

    @pytest.mark.parametrize(
        "annotation",
        [
            Secret[str],
            tuple[Secret[str], ...],
            collections.abc.Mapping[str, Secret[str]],
            Credentials,
            tuple[Credentials, ...],
        ],
        ids=str,
    )
    def test_holding_one(self, annotation):
        """What holds a secret anywhere inside says so, whether by type or by its option's metadata."""
        assert kind_of(annotation).holds_secret

    @pytest.mark.parametrize("annotation", [str, Limits, Window, tuple[Limits, ...], typing.Literal["a"]], ids=str)
    def test_holding_none(self, annotation):
        """What holds no secret does not say so."""
        assert not kind_of(annotation).holds_secret
