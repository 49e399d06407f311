from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import attrs
import pytest

from traitconf.schema.declaration import declaration_faults, laws_of
from traitconf.schema.kinds import kind_of
from traitconf.schema.options import OptionMeta
from traitconf.types import ByteSize, Origin, Secret, Source

NOON = datetime.time(12)
LAWS = {
    bool: ("replace", "and", "or"),
    int: ("replace", "min", "max"),
    ByteSize: ("replace", "min", "max"),
    datetime.timedelta: ("replace", "min", "max"),
    str: ("replace", "min", "max"),
    Path: ("replace", "min", "max"),
    Literal["a"]: ("replace",),
    Secret[int]: ("replace",),
    tuple[int, ...]: ("replace", "append", "prepend", "unique"),
    frozenset[int]: ("replace", "union", "intersection"),
    Mapping[str, int]: ("merge", "replace"),
}


class Color(enum.Enum):
    RED = "red"


@attrs.frozen
class Limits:
    soft: int = 1


def faults(annotation, **told):
    meta = OptionMeta("A test.", Origin(Source.DEFAULT), **told)
    return list(declaration_faults(kind_of(annotation), meta))


class TestLaws:
    @pytest.mark.parametrize("annotation", LAWS, ids=str)
    def test_by_kind(self, annotation):
        """Each kind has the laws that can work on its values, the usual one first."""
        assert laws_of(kind_of(annotation)) == LAWS[annotation]

    def test_records(self):
        """Records merge per field or are taken as a whole; an enum, which has no order, is replaced."""
        assert laws_of(kind_of(Limits)) == ("merge", "atomic")
        assert laws_of(kind_of(Color)) == ("replace",)

    @pytest.mark.parametrize("annotation", LAWS, ids=str)
    def test_suiting_laws_are_no_fault(self, annotation):
        """Every law of a kind may be declared."""
        assert [law for law in LAWS[annotation] if faults(annotation, merge=law)] == []

    @pytest.mark.parametrize(
        ("annotation", "law"),
        [(int, "and"), (bool, "min"), (str, "append"), (tuple[int, ...], "union"), (Limits, "replace"), (int, "sum")],
    )
    def test_other_laws(self, annotation, law):
        """A law that does not suit the kind is a fault that lists the laws that do."""
        (fault,) = faults(annotation, merge=law)
        assert fault.startswith(f"merge={law!r} does not suit a {kind_of(annotation).label}; possible are ")


class TestLimits:
    @pytest.mark.parametrize(
        ("annotation", "limit"),
        [(int, 1), (float, 1), (float, 0.5), (ByteSize, 10), (datetime.time, NOON), (Secret[int], 3), (int | None, 3)],
    )
    def test_suiting(self, annotation, limit):
        """Numbers are limited by numbers and moments by moments of the same kind, secrets by what they hide."""
        assert not faults(annotation, ge=limit, le=limit)

    @pytest.mark.parametrize(
        ("annotation", "limit"),
        [(int, "1"), (int, True), (str, 3), (str, "a"), (datetime.timedelta, 60), (tuple[int, ...], 3), (Limits, 1)],
    )
    def test_others(self, annotation, limit):
        """A limit that the values could never be compared with is a fault, at either end."""
        label = kind_of(annotation).label
        expected = [f"ge={limit!r} does not suit a {label}", f"le={limit!r} does not suit a {label}"]
        assert faults(annotation, ge=limit, le=limit) == expected


class TestChoices:
    @pytest.mark.parametrize(
        ("annotation", "choices"),
        [(str, ("a", "b")), (int, (1, 2)), (tuple[str, ...], ("a",)), (frozenset[int], (1,)), (Secret[str], ("a",))],
    )
    def test_suiting(self, annotation, choices):
        """The choices are values of the option, or of the elements of a container."""
        assert not faults(annotation, one_of=choices)

    def test_others(self):
        """Each choice that no value could equal is a fault."""
        assert faults(int, one_of=("1", 2, 3.0)) == ["one_of='1' does not suit a int", "one_of=3.0 does not suit a int"]


class TestPatterns:
    @pytest.mark.parametrize("annotation", [str, Path, tuple[str, ...], Secret[str], str | None])
    def test_suiting(self, annotation):
        """A pattern suits what can be written as one text, and containers of that."""
        assert not faults(annotation, pattern="[a-z]+")

    def test_no_regular_expression(self):
        """A pattern that cannot be compiled is found when the trait is declared."""
        (fault,) = faults(str, pattern="[a-z")
        assert fault.startswith("pattern='[a-z' is no regular expression: unterminated character set")

    def test_no_text(self):
        """A record or mapping has no text that a pattern could match."""
        assert faults(Limits, pattern="a") == ["pattern= does not suit a Limits"]
        assert faults(Mapping[str, int], pattern="a") == ["pattern= does not suit a mapping of int"]


def test_scopes():
    """The scopes where an option may be set are the four of the design."""
    assert not faults(int, scope=("global", "model", "group", "tenant"))
    text = "scope=country, galaxy is no scope; possible are global, model, group, tenant"
    assert faults(int, scope=("galaxy", "tenant", "country")) == [text]


def test_all_at_once():
    """Every fault of one declaration is found."""
    assert len(faults(int, merge="and", ge="a", le="b", one_of=("c",), pattern="(", scope=("moon",))) == 6
