from __future__ import annotations

import dataclasses
import enum
from typing import ClassVar, Protocol

import attrs
import pytest

import traitconf as tc
from traitconf.bind.hosts import fields_of, has_member, is_immutable, raw_member, required_members
from traitconf.types import MISSING


class Wanted(Protocol):
    title: str

    def save(self) -> None: ...

    def _private(self) -> None: ...


@pytest.mark.parametrize(("cls", "immutable"), [(int, True), (dict, True), (type, True), (enum.Enum, False)])
def test_which_classes_are_immutable(cls, immutable):
    """Types that are built in refuse attributes, classes made by Python code take them."""
    assert is_immutable(cls) is immutable


def test_fields():
    """Fields are annotations, slots, attrs and dataclass fields, inherited ones too; class variables are not."""

    class Base:
        __slots__ = "single"  # noqa: PLC0205 -- one slot may be named like this

    class Plain(Base):
        annotated: int
        constant: ClassVar[int] = 1
        method = lambda self: 1  # noqa: E731 -- a function is no field

    @attrs.define
    class Attrs:
        x: int
        y = attrs.field(default=1)

    @dataclasses.dataclass(slots=True)
    class Data:
        z: int = 0

    assert fields_of(Plain) == {"single", "annotated"}
    assert {"x"} <= fields_of(Attrs)
    assert "z" in fields_of(Data)
    assert fields_of(object) == set()


def test_raw_members():
    """A raw member is what stands in the namespace, bound to nothing, nearest class first."""

    class Base:
        @staticmethod
        def help(): ...

        @property
        def title(self): ...

    class Sub(Base):
        title = "sub"

    assert isinstance(raw_member(Sub, "help"), staticmethod)
    assert raw_member(Sub, "title") == "sub"
    assert isinstance(raw_member(Base, "title"), property)
    assert raw_member(Sub, "none") is MISSING


def test_what_a_class_shows():
    """A member counts when it stands in the class, is a field, or is mentioned in a method."""

    class Host:
        field: int

        def __init__(self):
            self.made = 1

    assert all(has_member(Host, name) for name in ("field", "made", "__init__"))
    assert not has_member(Host, "other")


def test_requirements_of_annotations_that_are_no_text(module):
    """A host's annotation counts whether it is kept as text or as the class itself."""
    made = module(
        "eager_annotations",
        "import traitconf as tc\n"
        "from typing import Protocol\n"
        "class Wanted(Protocol):\n"
        "    title: str\n"
        "def define():\n"
        "    @tc.trait\n"
        "    class Eager(tc.TraitBase):\n"
        "        'Annotate eagerly.'\n"
        "        @tc.provides\n"
        "        def show(self, host: Wanted) -> str:\n"
        "            return host.title\n"
        "        @tc.provides\n"
        "        def tell(self, host: int) -> str:\n"
        "            return str(host)\n"
        "    return Eager\n",
    )
    assert set(required_members(made.define().__traitconf_spec__)) == {"title"}


def test_what_a_trait_requires():
    """The public members of the host's Protocol are required, from members and hooks alike."""

    @tc.trait
    class Demanding(tc.TraitBase):
        """Demand a lot."""

        @tc.provides
        def show(self, host: Wanted) -> str:
            """Show it."""
            return host.title

        @tc.before("save", optional=True)
        def note(self, host: object, /) -> None:
            """Note it."""

    required = required_members(Demanding.__traitconf_spec__)
    assert set(required) == {"title", "save"}
    assert all(function is Demanding.show.function for function in required.values())
