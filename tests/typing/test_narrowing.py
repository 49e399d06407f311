"""`has_trait` narrows: to type checkers an object that has a trait is both; mypy and pyright check every line here."""

from __future__ import annotations

import dataclasses
from typing import assert_type

import attrs
import pytest

import traitconf as tc
from traitconf.traits import Sluggable, SoftDeletes


@pytest.fixture(autouse=True)
def _isolated(tc_runtime: tc.Runtime) -> None:
    """Every test has a runtime and a catalog of its own."""


class Plain:
    """A plain host."""

    title = "x"

    def delete(self) -> None:
        """Delete."""


@attrs.define
class Slotted:
    """A host with slots."""

    title: str = "x"

    def delete(self) -> None:
        """Delete."""


@dataclasses.dataclass
class Data:
    """A dataclass."""

    title: str = "x"

    def delete(self) -> None:
        """Delete."""


def plain_is_trashed(host: Plain) -> bool:
    """Members and fields are there, and typed."""
    if tc.has_trait(host, SoftDeletes):
        assert_type(host.title, str)
        assert_type(host.trashed, bool)
        was_trashed = host.trashed
        host.restore()
        return was_trashed
    assert_type(host, Plain)
    return False


def slotted_is_trashed(host: Slotted) -> bool:
    """An attrs class with slots narrows too: the branch is no dead code."""
    if tc.has_trait(host, SoftDeletes):
        assert_type(host.title, str)
        assert_type(host.trashed, bool)
        return host.trashed
    return False


def data_is_trashed(host: Data) -> bool:
    """And so does a dataclass."""
    if tc.has_trait(host, SoftDeletes):
        assert_type(host.title, str)
        assert_type(host.trashed, bool)
        return host.trashed
    return False


def slug_of(host: object) -> str:
    """Of any object, the trait's members are known."""
    if tc.has_trait(host, Sluggable):
        assert_type(host.make_slug(), str)
        return host.make_slug()
    return ""


def either_is_trashed(host: Plain | Slotted) -> bool:
    """Each part of a union narrows by itself."""
    if tc.has_trait(host, SoftDeletes):
        assert_type(host.title, str)
        return host.trashed
    return False


@pytest.mark.parametrize("cls", [Plain, Slotted, Data])
def test_what_checkers_infer_is_what_runs(cls: type[Plain | Slotted | Data]) -> None:
    """The narrowed members do at run time what their types say, with the trait and without."""
    host = cls()
    assert not _is_trashed(host)
    assert not tc.has_trait(cls, SoftDeletes)
    tc.bind(cls, SoftDeletes)
    host.delete()
    assert _is_trashed(host)
    assert tc.has_trait(cls, SoftDeletes)
    tc.unbind(cls)


def _is_trashed(host: Plain | Slotted | Data) -> bool:
    if isinstance(host, Plain):
        return plain_is_trashed(host) or either_is_trashed(host)
    return slotted_is_trashed(host) if isinstance(host, Slotted) else data_is_trashed(host)


def test_any_object_narrows() -> None:
    """What has no trait takes the other branch."""

    @tc.use(Sluggable(source="title"))
    class Page:
        title = "Hello"
        slug = ""

        def save(self) -> None: ...

    assert (slug_of(Page()), slug_of(3)) == ("hello", "")
