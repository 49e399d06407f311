from __future__ import annotations

import pytest

from traitconf.resolve.merge import LAWS, apply, base_of
from traitconf.types import MISSING, FrozenMap


@pytest.mark.parametrize(
    ("law", "below", "value", "merged"),
    [
        ("replace", 1, 2, 2),
        ("atomic", 1, 2, 2),
        ("min", 1, 2, 1),
        ("min", 2, 1, 1),
        ("max", 1, 2, 2),
        ("max", 2, 1, 2),
        ("and", True, False, False),
        ("and", True, True, True),
        ("or", False, True, True),
        ("or", False, False, False),
        ("append", ("a",), ("b", "a"), ("a", "b", "a")),
        ("prepend", ("a",), ("b", "a"), ("b", "a", "a")),
        ("unique", ("a", "b"), ("b", "c"), ("a", "b", "c")),
        ("union", frozenset("ab"), frozenset("bc"), frozenset("abc")),
        ("intersection", frozenset("ab"), frozenset("bc"), frozenset("b")),
        ("merge", FrozenMap({"a": 1, "b": 1}), FrozenMap({"b": 2}), FrozenMap({"a": 1, "b": 2})),
    ],
)
def test_a_law_merges_two_values(law, below, value, merged):
    """Every law gives what its name says, of the value below and the one above."""
    assert LAWS[law](below, value) == merged


def test_every_law_is_tested_above():
    """The table above leaves no law out."""
    tested = {case[0] for mark in test_a_law_merges_two_values.pytestmark for case in mark.args[1]}
    assert tested == set(LAWS)


@pytest.fixture
def options(subject):
    """The options of the shared trait by name."""
    return subject.__traitconf_spec__.options


@pytest.mark.parametrize(
    ("option", "base"),
    [
        ("queue_of", ("d",)),
        ("stack", ("d",)),
        ("names", ("d",)),
        ("tags", frozenset("d")),
        ("limits", FrozenMap({"d": 1})),
        *(
            (name, MISSING)
            for name in ("size", "plain", "chosen", "common", "map_of", "most", "least", "every", "some")
        ),
    ],
)
def test_the_default_is_a_base_where_said(options, option, base):
    """Growing laws and merged mappings begin with the default, every other law with nothing."""
    assert base_of(options[option]) == base


def test_the_first_value_is_taken_as_it_is(options):
    """With nothing below, a definition's value is the value."""
    assert apply(options["size"], "set", MISSING, 5) == 5
    assert apply(options["most"], "set", MISSING, 5) == 5


@pytest.mark.parametrize("below", [5, None])
def test_none_is_a_value_that_merges_with_nothing(options, below):
    """None takes the place of what is below; what comes above takes the place of None."""
    assert apply(options["least"], "set", below, None) is None
    assert apply(options["least"], "set", None, 7) == 7


@pytest.mark.parametrize(
    ("option", "below", "value", "left"),
    [
        ("limits", FrozenMap({"a": 1, "b": 2, "c": 3}), ("a", "c", "x"), FrozenMap({"b": 2})),
        ("limits", MISSING, ("x",), FrozenMap({"d": 1})),
        ("tags", frozenset("abc"), frozenset("ax"), frozenset("bc")),
        ("names", ("a", "b", "a"), ("a", "x"), ("b",)),
    ],
)
def test_removing_leaves_the_others(options, option, below, value, left):
    """Everything that is named is taken away, all else stays as it is."""
    assert apply(options[option], "remove", below, value) == left


def test_operations_take_an_optional_containers_none_for_empty(tc_runtime):
    """Adding to a container that has no value gives a container of the right kind."""
    import traitconf as tc

    @tc.trait(name="hollow")
    class Hollow(tc.TraitBase):
        """Containers that may be none."""

        many: tuple[str, ...] | None = tc.option(None, doc="A list.")
        some: frozenset[str] | None = tc.option(None, doc="A set.")

    found = Hollow.__traitconf_spec__.options
    assert apply(found["many"], "append", MISSING, ("x",)) == ("x",)
    assert apply(found["many"], "remove", None, ("x",)) == ()
    assert apply(found["some"], "add", MISSING, frozenset("x")) == frozenset("x")
