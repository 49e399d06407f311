"""What a key can be made of, and what it is never made of: a text or an address of an object."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import subprocess
import sys
import threading
import zoneinfo

import attrs
import pytest

from traitconf.runtime.cache_key import Unkeyable, class_name, encode, segment
from traitconf.types import FrozenMap, Secret


class Level(enum.Enum):
    LOW = 1
    HIGH = 2


class Word(enum.StrEnum):
    LOW = "low"


@attrs.frozen
class Point:
    x: int
    note: str = attrs.field(default="", eq=False)


@dataclasses.dataclass
class Pair:
    one: int


class Keyed:
    def __init__(self, number):
        self.number = number

    def __cache_key__(self):
        return self.number


class Bare: ...


def test_enums_records_and_declared_keys():
    """Enums go by class and name, records by what they are compared by, others by what they say themselves."""
    assert encode(Level.LOW) != encode(Level.HIGH)
    assert encode(Word.LOW) != encode("low")
    assert encode(Point(1, "a")) == encode(Point(1, "b")) != encode(Point(2))
    assert encode(Pair(1)) == encode(Pair(1)) != encode(Point(1))
    assert encode(Keyed(1)) == encode(Keyed(1)) != encode(Keyed(2))
    assert encode(FrozenMap({"a": 1})) != encode({"a": 1})


def test_modules_classes_and_functions_go_by_the_name_that_leads_to_them():
    """What every process finds under its name has that name as its key."""
    assert encode(json) != encode("json")
    assert encode(json.dumps) == encode(json.dumps) != encode(json.loads)
    assert encode(Bare) == encode(Bare) != encode(Keyed)


def test_classes_of_one_name_are_told_apart():
    """Two classes made in a function have different names in keys, each the same one each time."""

    def make():
        class Local: ...

        return Local

    one, other = make(), make()
    assert class_name(one) == class_name(one) != class_name(other)


def test_zones_are_part_of_a_moment():
    """The same instant in two zones is two keys; a zone of an unknown class is none."""
    moment = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
    assert encode(moment) != encode(moment.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")))

    class Odd(datetime.tzinfo):
        def utcoffset(self, dt):
            return datetime.timedelta(0)

    with pytest.raises(Unkeyable, match="Odd"):
        encode(moment.replace(tzinfo=Odd()))


def _recursive():
    holding = []
    holding.append(holding)
    return holding


@pytest.mark.parametrize(
    "value",
    [Bare(), threading.Lock(), lambda: 1, (Bare(),), {"a": [Bare()]}, _recursive(), open, iter(())],
    ids=lambda value: type(value).__name__,
)
def test_unknown_types_have_no_key(value):
    """An object that says nothing about itself is refused, however deep, and so is what holds itself."""
    if value is open:
        assert encode(value)  # a builtin is found under its name
        return
    with pytest.raises(Unkeyable):
        encode(value)


def test_subclasses_of_known_types_are_no_known_types():
    """What inherits from text may hold more than text."""

    class Shout(str):
        __slots__ = ()

    with pytest.raises(Unkeyable):
        encode(Shout("a"))


def test_keys_are_the_same_in_every_process():
    """Another process, with another seed for hashes, makes the same keys."""
    program = (
        "from traitconf.runtime.cache_key import encode, digest\n"
        "print(digest(encode({'b': {1, 'a', (2.5, None)}, 'a': frozenset('xyz')})))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_a_secret_never_stands_in_a_segment():
    """A secret has a key, because a result may depend on it; what is shown of a key is a digest."""
    assert encode(Secret("a")) != encode(Secret("b"))
    assert segment("a" * 200) != segment("a" * 201)
    assert len(segment("a" * 200)) < 40
