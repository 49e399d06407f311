from __future__ import annotations

import attrs
import pytest

import traitconf as tc
from traitconf.schema.spec import spec_of


@attrs.frozen(kw_only=True)
class Index:
    """A record with a toggle."""

    ready: bool = tc.option(True, doc="Ready.")
    deep: bool = tc.option(True, requires="index.ready", doc="Deep.")


def test_dependent_toggles(declare):
    """A spec knows the toggles that have prerequisites; other options only name them."""
    made = declare(
        {"index": Index, "fuzzy": bool, "depth": int, "far": bool},
        index=tc.option(Index(), doc="x"),
        fuzzy=tc.option(True, requires=("index.ready", "enabled"), doc="x"),
        depth=tc.option(1, requires="fuzzy", doc="x"),
        far=tc.option(True, requires="other_trait.option", doc="x"),
    )
    assert [option.name for option in spec_of(made).dependent] == ["index.deep", "fuzzy", "far"]


@pytest.mark.parametrize(
    ("requires", "message"),
    [
        ("nothing", "requires='nothing' names no option of this trait; write another's as trait.option"),
        ("depth", "requires='depth' names a int, which is never off"),
        ("maybe", "requires='maybe' names a bool, which is never off"),
        ("fuzzy", "requires='fuzzy' leads back to the option itself"),
        ("typos", "requires='typos' leads back to the option itself"),
    ],
)
def test_faults(refused, requires, message):
    """What is no toggle of the trait, and a circle, is refused where the option is declared."""
    found = refused(
        {"depth": int, "fuzzy": bool, "typos": bool, "maybe": bool | None},
        depth=tc.option(1, doc="x"),
        fuzzy=tc.option(True, requires=requires, doc="x"),
        typos=tc.option(True, requires="fuzzy", doc="x"),
        maybe=tc.option(None, doc="x"),
    )
    assert ("TC125", f"'sample.fuzzy': {message}") in [(one.code, one.message) for one in found]
