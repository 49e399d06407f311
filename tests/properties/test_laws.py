"""Properties of the merge laws."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitconf.resolve.merge import LAWS
from traitconf.types import FrozenMap

NUMBERS = st.integers(-3, 3)
LISTS = st.lists(st.sampled_from("abcd"), max_size=4).map(tuple)
SETS = st.frozensets(st.sampled_from("abcd"))
VALUES = {
    "replace": NUMBERS,
    "atomic": NUMBERS,
    "min": st.none() | NUMBERS,
    "max": st.none() | NUMBERS,
    "and": st.booleans(),
    "or": st.booleans(),
    "append": LISTS,
    "prepend": LISTS,
    "unique": LISTS,
    "union": SETS,
    "intersection": SETS,
    "merge": st.dictionaries(st.sampled_from("abc"), NUMBERS).map(FrozenMap),
}
IDEMPOTENT = sorted(set(LAWS) - {"append", "prepend", "unique"})


def test_every_law_has_values():
    """No law is left out below."""
    assert set(VALUES) == set(LAWS)


@pytest.mark.parametrize("law", sorted(LAWS))
def test_a_law_is_associative(law):
    """How definitions are grouped does not matter, only their order does."""
    merge = LAWS[law]

    @given(*[VALUES[law]] * 3)
    @settings(max_examples=200, deadline=None, derandomize=True)
    def check(one, two, three):
        assert merge(merge(one, two), three) == merge(one, merge(two, three))

    check()


@pytest.mark.parametrize("law", IDEMPOTENT)
def test_saying_it_twice_changes_nothing(law):
    """But for growing lists, a value merged with itself is itself."""

    @given(VALUES[law])
    @settings(max_examples=50, deadline=None, derandomize=True)
    def check(value):
        assert LAWS[law](value, value) == value

    check()


@given(LISTS, LISTS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_unique_lists_have_no_repetitions(below, value):
    """A unique list holds everything once, what was first stays first."""
    merged = LAWS["unique"](below, value)
    assert len(merged) == len(set(merged)) == len({*below, *value})
    assert LAWS["unique"](merged, value) == merged
