"""What is written outside of the process: data with types, read back as data; nothing in it is ever imported or run."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import zoneinfo
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import attrs
import pytest

from traitconf.runtime.cache_codec import Unreadable, read, records_of, write
from traitconf.runtime.cache_entry import NotKept
from traitconf.types import ByteSize, FrozenMap


class Mood(enum.Enum):
    GOOD = 1


@attrs.frozen
class Inner:
    mood: Mood


@dataclasses.dataclass
class Outer:
    inner: Inner
    names: tuple[str, ...] = ()


def outer() -> Mapping[str, list[Outer]] | None: ...


def unknown() -> Nowhere: ...  # noqa: F821 -- a name that only type checkers see


@pytest.mark.parametrize(
    "value",
    [
        -0.0,
        1 << 80,
        -(1 << 80),
        3 + 4j,
        b"\xff",
        [1, [2]],
        {(1, 2): {"a"}},
        FrozenMap({"a": (1,)}),
        ByteSize(4096),
        datetime.datetime(2026, 6, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
        datetime.datetime(2026, 10, 25, 2, 30, fold=1),  # noqa: DTZ001 -- naive on purpose
        datetime.time(1, 2, 3, 4),
        datetime.timedelta(days=-1, microseconds=5),
        decimal.Decimal("1.10"),
        PurePosixPath("a/b"),
        Path("a"),
    ],
    ids=repr,
)
def test_values_keep_their_type(value):
    """What is read is equal to what was written, and of its type."""
    found = read(write(value), {})
    assert (found, type(found), repr(found)) == (value, type(value), repr(value))


def test_records_that_the_annotation_names():
    """Records and enums, and those inside of them, are found in the annotation, however deep."""
    records = records_of(outer)
    assert sorted(name.partition(":")[2] for name in records) == ["Inner", "Mood", "Outer"]
    made = {"a": [Outer(Inner(Mood.GOOD), ("x",))]}
    assert read(write(made), records) == made
    assert records_of(unknown) == {}


def test_records_that_no_annotation_names():
    """Of any other class nothing is made, although the data names it."""
    with pytest.raises(Unreadable, match=r"a record .*Inner, which the operation does not say to return"):
        read(write(Inner(Mood.GOOD)), {})
    with pytest.raises(Unreadable, match="an enum "):
        read(write(Mood.GOOD), {})


def test_a_record_of_another_version():
    """A record that has other fields by now is none."""
    name = f"{Outer.__module__}:Outer"
    with pytest.raises(Unreadable):
        read(["R", name, {"inner": None}], records_of(outer))
    with pytest.raises(Unreadable):
        read(["e", f"{Mood.__module__}:Mood", "BAD"], records_of(outer))


@pytest.mark.parametrize(
    "data",
    [{}, [], ["?"], ["t"], ["t", 1], ["m", [1]], ["d", "soon", 0, None], ["x", "?"], ["y", "%"], ["i", "zz"], [[]]],
    ids=repr,
)
def test_what_is_broken_is_unreadable(data):
    """Anything that nobody has written is refused as unreadable, and as nothing else."""
    with pytest.raises(Unreadable):
        read(data, {})


@pytest.mark.parametrize("path", ["Path", "os", "__import__"])
def test_a_path_is_a_path(path):
    """The name of a path's class is one of four."""
    with pytest.raises(Unreadable):
        read(["P", path, "a"], {})


def _recursive():
    holding = []
    holding.append(holding)
    return holding


@pytest.mark.parametrize("value", [object(), lambda: 1, {"a": object()}, _recursive()], ids=["o", "f", "in", "loop"])
def test_what_is_no_data_is_not_kept(value):
    """Objects of unknown classes, and what holds itself, are not written."""
    with pytest.raises(NotKept):
        write(value)
