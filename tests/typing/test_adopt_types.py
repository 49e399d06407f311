"""What type checkers infer of adopting: mypy strict checks every `assert_type` here, and pytest runs the same lines."""

from __future__ import annotations

from typing import assert_type

import pytest

import traitconf as tc


@pytest.fixture(autouse=True)
def _isolated(tc_runtime: tc.Runtime) -> None:
    """Every test has a runtime and a catalog of its own."""


def test_a_declared_trait_keeps_its_type() -> None:
    """`adopt` returns the very trait that is given, with its options; otherwise some trait."""

    @tc.trait(name="typed_paging")
    class Paging(tc.TraitBase):
        """Cut lists."""

        page_size: int = tc.option(20, doc="Rows of a page.")

    class Paged:
        page_size = 20

    class Other:
        page_size = 20

    assert_type(tc.adopt(Paged, Paging), type[Paging])
    assert_type(tc.adopt(Other, "typed_other"), type[tc.TraitBase])
    assert_type(Paged().page_size, int)
    assert tc.resolve(tc.adopt(Paged, Paging)).page_size == 20
