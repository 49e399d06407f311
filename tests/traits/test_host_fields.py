from __future__ import annotations

import dataclasses

import attrs
import pytest

from traitconf.traits.host_fields import field_names, has_field, is_same, key_of, model_name, write


class Slotted:
    __slots__ = ("_hidden", "x")


class Single(Slotted):
    __slots__ = "y"  # noqa: PLC0205 -- one slot may be named like this


@attrs.define
class Attrs:
    x: int = 1
    _hidden: int = 2


@dataclasses.dataclass
class Data:
    x: int = 1


def test_field_names():
    """Fields of attrs, dataclasses, slots and the instance itself, public ones only, each once."""
    data = Data()
    data.more = 2
    assert field_names(data) == ("x", "more")
    assert field_names(Attrs()) == ("x",)
    assert field_names(Single()) == ("x", "y")
    assert field_names(object()) == ()


def test_has_field():
    """A slot without a value is a field, and so is anything that can be read."""
    assert has_field(Slotted(), "x")
    assert has_field(Data(), "x")
    assert has_field(Data(), "__eq__")
    assert not has_field(Data(), "y")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({}, ""),
        ({"id": 7}, "7"),
        ({"uuid": "u"}, "u"),
        ({"id": None}, ""),
        ({"pk": 0, "id": 7}, "0"),
        ({"id": max}, ""),
    ],
)
def test_keys(values, key):
    """A key is the first of `pk`, `id`, `uuid` that has a value, as text; a method is none."""
    host = type("Host", (), values)()
    assert key_of(host) == key


def test_sameness():
    """Two objects are the same thing when they are one, or of one class with one key."""

    @attrs.define
    class Row:
        id: int | None

    @attrs.define
    class Other:
        id: int

    row = Row(None)
    assert is_same(row, row)
    assert is_same(Row(1), Row(1))
    assert not is_same(Row(None), Row(None))
    assert not is_same(Row(1), Row(2))
    assert not is_same(Row(1), Other(1))
    assert not is_same(None, row)


def test_model_names():
    """A model is named by module and qualified name."""
    assert model_name(Attrs) == f"{__name__}:Attrs"


def test_writing():
    """A field is written, or a TypeError names the class, the field and the way out."""
    data = Data()
    write(data, "x", 2, option="some.option")
    assert data.x == 2
    for frozen in (attrs.frozen(type("Page", (), {}))(), dataclasses.dataclass(frozen=True)(type("Page", (), {}))()):
        with pytest.raises(TypeError, match=r"Page\.x cannot be written: .*let some\.option name another one"):
            write(frozen, "x", 2, option="some.option")
    with pytest.raises(TypeError, match="give Slotted a field 'y' that can be written"):
        write(Slotted(), "y", 2, option="some.option")
