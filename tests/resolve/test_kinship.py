from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.resolve.kinship import Kinship
from traitconf.schema.catalog import catalog


@pytest.fixture
def kinship(subject):
    """Three known models, each derived from the one before; the first of them is not bound."""

    class Stem: ...

    @tc.use(subject)
    class Bough(Stem): ...

    @tc.use(subject)
    class Twig(Bough): ...

    yield Kinship(catalog)
    assert Twig.__mro__[2] is Stem


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("Twig", "Twig", 0),
        ("Twig", "*TWIG", 0),
        ("*TWIG", "Twig", 0),
        ("Bough", "Twig", 1),
        ("Stem", "Twig", 1),
        ("*STEM", "*TWIG", 1),
        ("Twig", "Bough", -1),
        ("Twig", "Stem", -1),
        ("Twig", "Other", None),
        ("Other", "Twig", None),
        ("Other", "*OTHER", 0),
        ("*OTHER", "Other", 0),
        ("", "Twig", 0),
        ("Twig", "", 0),
        ("", "", 0),
    ],
)
def test_names_are_related_as_their_classes_are(kinship, one, other, steps):
    """A derived model is nearer, a base is farther, and every name of a class is the class."""
    assert kinship.nearer(one, other) == steps


def test_a_qualified_name_is_the_short_one(kinship):
    """Short and qualified names of one class are the same model."""
    (leaf,) = catalog.models("Twig")
    qualified = f"{leaf.__module__}:{leaf.__qualname__}"
    assert kinship.nearer("Twig", qualified) == 0
    assert kinship.nearer(qualified, "Twig") == 0
    assert kinship.nearer("Stem", qualified) == 1
