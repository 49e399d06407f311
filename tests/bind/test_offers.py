from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Final, Literal, NamedTuple

import attrs
import pytest

from traitconf.bind.offers import offers_of, option_name


class Colour(enum.Enum):
    RED = "red"


@attrs.frozen
class Box:
    width: int = 1


class Values:
    flag = True
    number = 3
    ratio: float = 1
    text = "x"
    hint: ClassVar[str | None] = None
    colour = Colour.RED
    span = datetime.timedelta(days=1)
    place = Path("x")
    letters: ClassVar[list[str]] = ["a"]
    empty = ()
    pair: tuple[int, ...] = (1, 2)
    names: Sequence[str] = ["a"]
    table: ClassVar[dict[str, int]] = {"a": 1}
    chosen: Literal["a", "b"] = "a"
    fixed: Final = 4
    box = Box()
    limits: Mapping[str, float] = {"a": 1.5}


@pytest.mark.parametrize(
    ("attribute", "label", "value"),
    [
        ("flag", "bool", True),
        ("number", "int", 3),
        ("ratio", "float", 1.0),
        ("text", "str", "x"),
        ("hint", "str", None),
        ("colour", "one of red", Colour.RED),
        ("span", "duration", datetime.timedelta(days=1)),
        ("place", "path", Path("x")),
        ("letters", "list of str", ("a",)),
        ("empty", "list of str", ()),
        ("pair", "list of int", (1, 2)),
        ("names", "list of str", ("a",)),
        ("table", "mapping of int", {"a": 1}),
        ("chosen", "one of a, b", "a"),
        ("fixed", "int", 4),
        ("box", "Box", Box()),
        ("limits", "mapping of float", {"a": 1.5}),
    ],
)
def test_types_come_from_annotations_or_values(attribute, label, value):
    """A class attribute of any type that an option can have is offered with that type, containers immutable."""
    offer = offers_of(Values)[attribute]
    assert offer.refused == ""
    assert offer.option_kind.label == label
    assert offer.frozen_value() == value


class Rest:
    maker = list
    thing = object()
    mixed: ClassVar[list[object]] = [1, "a"]
    nothing = None

    @property
    def computed(self): ...

    @cached_property
    def once(self): ...

    class Inner: ...

    def __init_subclass__(cls): ...


@pytest.mark.parametrize(
    ("member", "why"),
    [
        ("maker", "an option cannot be a type"),
        ("thing", "an option cannot be a object"),
        ("mixed", "an option cannot be a list like this"),
        ("nothing", "nothing says what type it has"),
        ("computed", "it is a property, which computes"),
        ("once", "it is a cached_property, which computes"),
        ("Inner", "an option cannot be a type"),
        ("__init_subclass__", "Python itself calls it"),
    ],
)
def test_what_cannot_be_governed_says_why(member, why):
    """What is no data, or no method that can be switched off, carries the reason."""
    assert offers_of(Rest)[member].refused == why


@dataclasses.dataclass
class Data:
    size: int = 1
    limit: ClassVar[int] = 2


class Row(NamedTuple):
    size: int = 1


class Slotted:
    __slots__ = ("size",)


@pytest.mark.parametrize("cls", [Data, attrs.define(type("Made", (), {"__annotations__": {"size": int}})), Slotted])
def test_fields_are_those_of_instances(cls):
    """What dataclass, attrs or slots keep in instances is no class attribute."""
    offers = offers_of(cls)
    assert all(offer.refused for name, offer in offers.items() if name == "size")
    assert cls is not Data or not offers["limit"].refused


def test_only_what_the_class_has_itself():
    """What a class inherits is offered by its bases."""

    class Child(Values):
        own = 1

    assert set(offers_of(Child)) == {"own"}


def test_private_ones_are_not_public():
    """Names with an underscore are offered, but not as public."""

    class Hidden:
        _a = 1
        __b__ = 2
        c = 3

    assert [name for name, offer in offers_of(Hidden).items() if offer.is_public] == ["c"]


@pytest.mark.parametrize(
    ("attribute", "option"),
    [("page_size", "page_size"), ("PAGE_SIZE", "page_size"), ("pageSize", "page_size"), ("__x_y__", "x_y")],
)
def test_options_are_called_as_files_spell_them(attribute, option):
    """The option's name is the attribute's in snake_case, without underscores around it."""
    assert option_name(attribute) == option


def test_places_are_lines_of_the_source():
    """Every offer says where it is written; a class without source says that the line is unknown."""
    place = offers_of(Values)["number"].origin
    assert (Path(place.file).name, Path(__file__).read_text(encoding="utf-8").splitlines()[place.line - 1]) == (
        "test_offers.py",
        "    number = 3",
    )
    made = type("Made", (), {"size": 1})
    assert offers_of(made)["size"].origin.line == 0
