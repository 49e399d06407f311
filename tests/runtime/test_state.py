from __future__ import annotations

import gc

import attrs
import pytest

from traitconf.runtime.state import StateTable


@attrs.define
class Equal:
    """Equal to every other one, and without a hash."""


class Slotted:
    """Objects without weak references."""

    __slots__ = ("value",)


def test_values_are_kept_beside_the_object():
    """What is written is found again, and the object itself has nothing of it."""
    table, host = StateTable(), Equal()
    table.of("badge", host)["mark"] = 1
    assert table.of("badge", host) == {"mark": 1}
    assert table.of("ribbon", host) == {}
    assert not hasattr(host, "__dict__")


def test_asking_leaves_nothing_behind():
    """Whether anything is kept about an object can be asked without making an entry for it."""
    table, one, other = StateTable(), Equal(), Equal()
    table.of("badge", one)
    assert (table.knows(one), table.knows(other)) == (True, False)
    assert len(table) == 1


def test_equal_objects_do_not_share():
    """Objects are told apart by identity, also where they are equal and cannot be hashed."""
    table, one, other = StateTable(), Equal(), Equal()
    table.of("badge", one)["mark"] = 1
    assert one == other
    assert table.of("badge", other) == {}
    assert len(table) == 2


def test_an_entry_goes_with_its_object():
    """When the object is gone its values are, and another object at its place begins empty."""
    table = StateTable()
    for _ in range(50):
        host = Equal()
        assert table.of("badge", host) == {}
        table.of("badge", host)["mark"] = 1
        del host
    gc.collect()
    assert len(table) == 0


def test_an_entry_stays_while_its_object_lives():
    """A living object keeps its values however many others go."""
    table, host = StateTable(), Equal()
    table.of("badge", host)["mark"] = 1
    for _ in range(50):
        table.of("badge", Equal())
    gc.collect()
    assert (len(table), table.of("badge", host)) == (1, {"mark": 1})


@pytest.mark.parametrize("host", [Slotted(), 3, "text", None])
def test_an_object_without_weak_references_is_refused(host):
    """The message names the class and the ways out, and nothing is kept."""
    table = StateTable()
    with pytest.raises(TypeError, match=f"nothing can be kept about a {type(host).__qualname__}.*__weakref__"):
        table.of("badge", host)
    assert len(table) == 0
