"""Keys of cached results: two values have one key exactly when they are equal and of one type, however nested."""

from __future__ import annotations

import datetime
import decimal
import fractions
import math
import uuid
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitconf.runtime.cache_codec import read, write
from traitconf.runtime.cache_key import encode, segment

NOTHING = {}
# Few letters, so that texts that look like encoded values, and equal ones, come up often.
TEXTS = st.text(alphabet="01:;,sitnTFl\\é", max_size=6)
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-3, max_value=3),
    st.integers(),
    st.sampled_from([0.0, -0.0, 1.0, float("nan"), float("inf"), 0.1]),
    st.floats(),
    st.complex_numbers(allow_nan=False),
    TEXTS,
    st.binary(max_size=4),
    st.dates(),
    st.datetimes(timezones=st.none() | st.just(datetime.UTC)),
    st.timedeltas(),
    st.decimals(allow_nan=False),
    st.fractions(),
    st.uuids(),
    st.builds(PurePosixPath, TEXTS),
)
HASHABLE = st.recursive(ATOMS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4)
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.sets(HASHABLE, max_size=3),
        st.frozensets(HASHABLE, max_size=3),
        st.dictionaries(HASHABLE, inner, max_size=3),
    ),
    max_leaves=8,
)


def typed(value):
    """Return a value beside its type, all the way down; what Python takes for equal and is not, is told apart."""
    kind = type(value)
    if kind is float:
        return kind, "nan" if math.isnan(value) else value.hex()
    if kind is complex:
        return kind, typed(value.real), typed(value.imag)
    if kind is decimal.Decimal:
        return kind, str(value)
    if kind in (datetime.datetime, datetime.time):
        return kind, value.isoformat(), value.fold
    if kind in (tuple, list):
        return kind, tuple(map(typed, value))
    if kind in (set, frozenset):
        return kind, frozenset(map(typed, value))
    if kind is dict:
        return kind, frozenset((typed(key), typed(inner)) for key, inner in value.items())
    return kind, value


@given(VALUES, VALUES)
def test_keys_are_injective(one, other):
    """Two values have the same key exactly when they are the same, types included."""
    assert (encode(one) == encode(other)) == (typed(one) == typed(other))


@given(st.lists(TEXTS | st.integers(-1, 1), max_size=4), st.lists(TEXTS | st.integers(-1, 1), max_size=4))
def test_arguments_are_not_run_together(one, other):
    """Neighbouring arguments never look like other ones: every part carries its length."""
    assert (encode(tuple(one)) == encode(tuple(other))) == (typed(one) == typed(other))


@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_segments_are_injective(one, other):
    """A tenant or tag of any letters is a part of a key without colon or brace, told from every other one."""
    assert (segment(one) == segment(other)) == (one == other)
    assert segment(one).isascii()
    assert not set(segment(one)) & set(": {}*?[]\\")
    assert 0 < len(segment(one)) <= 48


@given(st.dictionaries(TEXTS, ATOMS, max_size=4))
def test_the_order_of_a_dict_plays_no_part(values):
    """Equal dicts have one key, in whatever order they were filled."""
    assert encode(values) == encode(dict(reversed(values.items())))


@given(VALUES)
def test_what_is_written_is_read(value):
    """A value that is written as JSON comes back equal and of the same type, all the way down."""
    assert typed(read(write(value), NOTHING)) == typed(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (1, "1"),
        (0.0, -0.0),
        ((1,), [1]),
        ({1}, frozenset({1})),
        (("a:b", "c"), ("a", "b:c")),
        (("a", None), ("a",)),
        (b"a", "a"),
        (1 << 5000, (1 << 5000) + 1),
        (decimal.Decimal("1.0"), decimal.Decimal("1.00")),
        (fractions.Fraction(1, 2), 0.5),
        (uuid.UUID(int=1), uuid.UUID(int=1).hex),
        (datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1)),  # noqa: DTZ001 -- both are dates to Python
        (PurePosixPath("a"), "a"),
        (int, "builtins:int"),
    ],
)
def test_what_looks_alike_is_told_apart(one, other):
    """Values that are equal, or look alike, and are not the same, have different keys."""
    assert encode(one) != encode(other)
