from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.resolve.kinship import Kinship
from traitconf.schema.catalog import catalog


@pytest.fixture
def kinship(subject):
    """Three known models, each derived from the one before; the first of them is not bound."""

    class Root: ...

    @tc.use(subject)
    class Middle(Root): ...

    @tc.use(subject)
    class Leaf(Middle): ...

    yield Kinship(catalog)
    assert Leaf.__mro__[2] is Root


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("Leaf", "Leaf", 0),
        ("Leaf", "*LEAF", 0),
        ("*LEAF", "Leaf", 0),
        ("Middle", "Leaf", 1),
        ("Root", "Leaf", 1),
        ("*ROOT", "*LEAF", 1),
        ("Leaf", "Middle", -1),
        ("Leaf", "Root", -1),
        ("Leaf", "Other", None),
        ("Other", "Leaf", None),
        ("Other", "*OTHER", 0),
        ("*OTHER", "Other", 0),
        ("", "Leaf", 0),
        ("Leaf", "", 0),
        ("", "", 0),
    ],
)
def test_names_are_related_as_their_classes_are(kinship, one, other, steps):
    """A derived model is nearer, a base is farther, and every name of a class is the class."""
    assert kinship.nearer(one, other) == steps


def test_a_qualified_name_is_the_short_one(kinship):
    """Short and qualified names of one class are the same model."""
    (leaf,) = catalog.models("Leaf")
    qualified = f"{leaf.__module__}:{leaf.__qualname__}"
    assert kinship.nearer("Leaf", qualified) == 0
    assert kinship.nearer(qualified, "Leaf") == 0
    assert kinship.nearer("Root", qualified) == 1
