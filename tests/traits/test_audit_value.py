from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import types
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

import traitconf as tc
from traitconf.traits.audit_value import DOTS, Masked, masked, same, short_text, snapshot

numbers = st.integers() | st.floats(allow_nan=False) | st.decimals(allow_nan=False)
scalars = st.none() | st.booleans() | numbers | st.text() | st.binary()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(), inner)
        | st.sets(st.text() | st.integers())
    ),
    max_leaves=12,
)


class Colour(enum.Enum):
    RED = "red"


class Name(str):
    __slots__ = ("more",)


@given(value=values)
def test_a_snapshot_is_immutable_and_equal_to_itself(value):
    """A snapshot of any plain value can be hashed, and taken again is the same."""
    taken = snapshot(value)
    assert isinstance(hash(taken), int)
    assert same(taken, snapshot(value))


@pytest.mark.parametrize(
    "value",
    [
        1,
        2.5,
        "text",
        b"bytes",
        None,
        True,
        decimal.Decimal("1.5"),
        uuid.UUID(int=1),
        datetime.date(2026, 1, 1),
        datetime.timedelta(1),
        Colour.RED,
        pathlib.PurePath("a/b"),
    ],
)
def test_immutable_values_stay(value):
    """Immutable values are kept as they are."""
    assert snapshot(value) is value


def test_containers_are_copied():
    """Containers become immutable ones, however deep."""
    assert snapshot([1, {"k": [2]}, {3}, bytearray(b"x")]) == (1, tc.FrozenMap({"k": (2,)}), frozenset({3}), b"x")
    assert snapshot(types.MappingProxyType({"k": 1})) == tc.FrozenMap({"k": 1})


def test_subclasses_of_text_become_text():
    """A value of a subclass of str, which may carry more, is kept as text."""
    assert type(snapshot(Name("x"))) is str


def test_cycles_and_depths_end():
    """A container within itself, or too deep, ends in a mark."""
    loop = [1]
    loop.append(loop)
    assert snapshot(loop) == (1, "<list …>")
    deep = []
    for _ in range(20):
        deep = [deep]
    assert "<list …>" in repr(snapshot(deep))


def test_the_same_container_twice_is_no_cycle():
    """A container that stands in two places is copied twice."""
    inner = [1]
    assert snapshot([inner, inner]) == ((1,), (1,))


def test_what_fails_while_it_is_copied_is_shown():
    """A container that cannot be copied is kept as a short text."""

    class Odd(dict):
        def items(self):
            raise RuntimeError

    assert snapshot(Odd(a=1)) == "{'a': 1}"


def test_short_texts():
    """A foreign object is shown by its representation, a long one cut, a broken one named."""
    assert short_text(range(3)) == "range(0, 3)"
    assert short_text("x" * 300) == "x" * 199 + "…"


def test_masks():
    """A masked value shows dots, and equals only a mask of an equal value of the same type."""
    assert repr(Masked("a")) == DOTS
    assert Masked("a") == Masked("a")
    assert hash(Masked("a")) == hash(Masked("a"))
    assert Masked("1") != Masked(1)
    assert Masked("a") != "a"
    assert masked(masked("a")) == masked("a")
    assert not hasattr(Masked("a"), "__dict__")


def test_secrets_become_masks():
    """A Secret is masked wherever it stands."""
    assert snapshot({"password": tc.Secret("x")})["password"] == Masked("x")


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1, True),
        (1, True, False),
        (1, 1.0, False),
        ("a", "b", False),
        (Masked("a"), "a", True),
        ("b", Masked("a"), False),
        (decimal.Decimal("sNaN"), decimal.Decimal("sNaN"), False),
    ],
)
def test_sameness(one, other, equal):
    """Snapshots are the same when type and value are; a mask can be compared with a value in clear."""
    assert same(one, other) is equal


def test_what_is_one_object_is_the_same():
    """A value that does not equal itself is still the same as itself."""
    nan = float("nan")
    assert same(nan, nan)
