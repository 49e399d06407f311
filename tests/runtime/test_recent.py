from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from traitconf.runtime.recent import Recent


def use(recent, key):
    """Look a key up as users do, and add it where it is not."""
    found = recent.get(key)
    if found is None:
        found = recent.recall(key)
    if found is None:
        recent.keep(key, key * 10)
    return found


def test_what_is_used_stays():
    """An entry that is asked for now and then outlives any number of others."""
    recent = Recent(10)
    for number in range(1, 200):
        use(recent, number)
        assert use(recent, 1) == 10 or number == 1


def test_what_is_not_used_goes():
    """An entry nobody asks for is gone once the bound is reached."""
    recent = Recent(10)
    for number in range(1, 20):
        use(recent, number)
    assert use(recent, 1) is None


@given(st.integers(1, 12), st.lists(st.integers(1, 30)))
def test_the_bound_holds(bound, keys):
    """However it is used, it never holds more than its bound, and never a wrong value."""
    recent = Recent(bound)
    for key in keys:
        assert use(recent, key) in (None, key * 10)
        assert len(recent.everything()) <= max(2, bound)


def test_an_entry_can_be_dropped():
    """A dropped entry is gone from both generations."""
    recent = Recent(4)
    for number in (1, 2, 3):
        use(recent, number)
    assert 1 not in recent
    assert (recent.drop(1), recent.drop(3), recent.drop(9)) == (10, 30, None)
    assert recent.everything() == {2: 20}
