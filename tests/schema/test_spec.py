from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.schema.spec import spec_of


def test_of_class_and_instance(declare):
    """The spec is found from the class and from an instance of it."""
    made = declare()
    assert spec_of(made) is spec_of(made())
    assert spec_of(made).cls is made


def test_leaves_are_addressed_by_path(declare):
    """Every folded option is found by its path, and a record itself is not folded."""
    leaves = spec_of(declare({"x": int}, x=tc.option(1, doc="x"))).leaves
    assert ("x",) in leaves
    assert ("events", "only") in leaves
    assert ("events",) not in leaves


@pytest.mark.parametrize("what", [int, 3, tc.TraitBase])
def test_of_something_else(what):
    """Something that is no trait is told apart, with the way to make one."""
    name = what.__name__ if isinstance(what, type) else type(what).__name__
    with pytest.raises(TypeError, match=f"^{name} is not a trait: declare it with @tc.trait$"):
        spec_of(what)
