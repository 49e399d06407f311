from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest

from traitconf.resolve.text import from_text
from traitconf.schema.kinds import kind_of
from traitconf.types import ByteSize, Secret


class Level(enum.Enum):
    LOW = 1
    HIGH = 2


CAST = [
    (bool, "true", True),
    (bool, "YES", True),
    (bool, "on", True),
    (bool, "1", True),
    (bool, "false", False),
    (bool, "No", False),
    (bool, "off", False),
    (bool, "0", False),
    (int, "30", 30),
    (int, "-3", -3),
    (int, "+3", 3),
    (float, "1", 1.0),
    (float, ".5", 0.5),
    (float, "-2.5e3", -2500.0),
    (float, "1E3", 1000.0),
    (float, "1x", "1x"),
    (str, "1.10", "1.10"),
    (str, "true", "true"),
    (str, "", ""),
    (ByteSize, "12", 12),
    (ByteSize, "10MB", "10MB"),
    (datetime.timedelta, "5m", "5m"),
    (Path, "a/b", "a/b"),
    (Level, "2", 2),
    (Level, "HIGH", "HIGH"),
    (Literal["a", 3, True], "3", 3),
    (Literal["a", 3, True], "a", "a"),
    (Literal["a", 3, True], "true", True),
    (Secret[int], "7", 7),
    (Secret[str], "7", "7"),
    (int | None, "@none", None),
    (int | None, "3", 3),
    (tuple[str, ...], "a, b,,c ", ["a", "b", "c"]),
    (tuple[str, ...], "", []),
    (tuple[str, ...], '["a,b", "c"]', ["a,b", "c"]),
    (tuple[int, ...], "1,2", [1, 2]),
    (frozenset[bool], "yes,no", [True, False]),
    (Mapping[str, int], '{"a": 1}', {"a": 1}),
]


@pytest.mark.parametrize(("annotation", "text", "raw"), CAST)
def test_text_is_cast_by_the_options_type(annotation, text, raw):
    """A variable's text becomes what a file would hold for that type, and nothing is guessed."""
    found = from_text(kind_of(annotation), text)
    assert found == raw
    assert type(found) is type(raw)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (bool, "maybe"),
        (bool, "2"),
        (int, "1.5"),
        (int, "1_000"),
        (int, "0x10"),
        (float, "nan"),
        (float, "1,5"),
        (Literal["a", 3], "4"),
        (Literal["A", 3], "a"),
        (Level, "3"),
        (int | None, "none"),
        (Mapping[str, int], "a=1"),
        (tuple[str, ...], '["a"'),
    ],
)
def test_what_cannot_be_cast_stays_text(annotation, text):
    """Text that is no value of the type is left for the strict conversion to refuse."""
    assert from_text(kind_of(annotation), text) == text
