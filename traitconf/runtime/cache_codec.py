"""What is written into a store outside of this process: JSON in which every value says its type; never a pickle.

Reading makes nothing but values of the types below, and records that the operation itself says it returns: no name in
the data is ever imported.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import typing
import uuid
import zoneinfo
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, Final

import attrs

from traitconf.runtime.cache_entry import NotKept
from traitconf.types import ByteSize, FrozenMap

DEEPEST: Final = 64
Records = Mapping[str, type]
"""The classes that may be made, by name."""


class Unreadable(ValueError):
    """What is kept cannot be read: it is broken, or of another version."""


def write(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON has it.

    Args:
        value: of a known type, however nested.
        depth: how deep it is nested already.

    Raises:
        NotKept: for a value of another type.

    >>> write((1, "a", None))
    ['t', [1, 'a', None]]
    """
    if depth > DEEPEST:
        raise NotKept(f"it is nested deeper than {DEEPEST} times, or holds itself")
    cls = type(value)
    if cls in (bool, str, type(None)):
        return value
    known = _WRITE.get(cls)
    if known is not None:
        return known(value, depth + 1)
    if isinstance(value, enum.Enum):
        return ["e", _name(cls), value.name]
    if isinstance(value, PurePath):
        return ["P", cls.__name__, str(value)]
    names = fields_of(cls)
    if names is None:
        raise NotKept(f"nothing writes a {cls.__module__}.{cls.__qualname__}")
    return ["R", _name(cls), {name: write(getattr(value, name), depth + 1) for name in names}]


def _many(letter: str, values: Any, depth: int) -> Any:
    return [letter, [write(value, depth) for value in values]]


def _pairs(letter: str, values: Any, depth: int) -> Any:
    return [letter, [[write(key, depth), write(value, depth)] for key, value in values.items()]]


def _moment(letter: str, value: Any) -> Any:
    zone = value.tzinfo
    if zone is not None and not isinstance(zone, zoneinfo.ZoneInfo) and type(zone) is not datetime.timezone:
        raise NotKept(f"nothing writes the time zone {type(zone).__qualname__}")
    return [letter, value.isoformat(), value.fold, zone.key if isinstance(zone, zoneinfo.ZoneInfo) else None]


_WRITE: Final[dict[type, Callable[[Any, int], Any]]] = {
    int: lambda value, depth: value if abs(value) < 1 << 53 else ["i", f"{value:x}"],
    float: lambda value, depth: value if math.isfinite(value) else ["f", repr(value)],
    complex: lambda value, depth: ["c", write(value.real, depth), write(value.imag, depth)],
    bytes: lambda value, depth: ["y", base64.b64encode(value).decode("ascii")],
    tuple: lambda value, depth: _many("t", value, depth),
    list: lambda value, depth: _many("l", value, depth),
    frozenset: lambda value, depth: _many("z", value, depth),
    set: lambda value, depth: _many("Z", value, depth),
    dict: lambda value, depth: _pairs("m", value, depth),
    FrozenMap: lambda value, depth: _pairs("M", value, depth),
    datetime.datetime: lambda value, depth: _moment("d", value),
    datetime.time: lambda value, depth: _moment("w", value),
    datetime.date: lambda value, depth: ["D", value.isoformat()],
    datetime.timedelta: lambda value, depth: ["p", value.days, value.seconds, value.microseconds],
    decimal.Decimal: lambda value, depth: ["x", str(value)],
    fractions.Fraction: lambda value, depth: ["q", f"{value.numerator:x}", f"{value.denominator:x}"],
    uuid.UUID: lambda value, depth: ["u", value.hex],
    ByteSize: lambda value, depth: ["b", int(value)],
}


def read(data: Any, records: Records) -> Any:
    """Return the value that JSON holds.

    Args:
        data: as `write` makes it.
        records: the classes that may be made.

    Raises:
        Unreadable: when it is nothing that `write` makes, or of a class that may not be made.

    >>> read(["t", [1, "a", None]], {})
    (1, 'a', None)
    """
    if data is None or type(data) in (bool, int, float, str):
        return data
    try:
        letter, *rest = data
        return _READ[letter](rest, records)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def _whole(rest: list[Any], records: Records) -> list[Any]:
    (values,) = rest
    return [read(value, records) for value in values]


def _mapping(rest: list[Any], records: Records) -> dict[Any, Any]:
    (pairs,) = rest
    return {read(key, records): read(value, records) for key, value in pairs}


def _zoned(read_iso: Callable[[str], Any], rest: list[Any]) -> Any:
    text, fold, key = rest
    value = read_iso(text).replace(fold=fold)
    return value.replace(tzinfo=zoneinfo.ZoneInfo(key)) if key else value


def _record(rest: list[Any], records: Records) -> Any:
    name, fields = rest
    cls = records.get(name)
    names = fields_of(cls) if cls is not None else None
    if cls is None or names is None or set(fields) != set(names):
        raise Unreadable(f"a record {name}, which the operation does not say to return")
    made: Any = object.__new__(cls)
    for field, value in fields.items():
        object.__setattr__(made, field, read(value, records))
    return made


def _member(rest: list[Any], records: Records) -> Any:
    name, member = rest
    cls: Any = records.get(name)
    if cls is None or not issubclass(cls, enum.Enum):
        raise Unreadable(f"an enum {name}, which the operation does not say to return")
    return cls[member]


def _path(rest: list[Any], records: Records) -> Any:  # noqa: ARG001 -- one signature for all
    import pathlib

    name, text = rest
    if name not in ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"):
        raise Unreadable(f"a path {name}")
    return getattr(pathlib, name)(text)


_READ: Final[dict[str, Callable[[list[Any], Records], Any]]] = {
    "i": lambda rest, records: int(rest[0], 16),
    "f": lambda rest, records: float(rest[0]),
    "c": lambda rest, records: complex(read(rest[0], records), read(rest[1], records)),
    "y": lambda rest, records: base64.b64decode(rest[0], validate=True),
    "t": lambda rest, records: tuple(_whole(rest, records)),
    "l": _whole,
    "z": lambda rest, records: frozenset(_whole(rest, records)),
    "Z": lambda rest, records: set(_whole(rest, records)),
    "m": _mapping,
    "M": lambda rest, records: FrozenMap(_mapping(rest, records)),
    "d": lambda rest, records: _zoned(datetime.datetime.fromisoformat, rest),
    "w": lambda rest, records: _zoned(datetime.time.fromisoformat, rest),
    "D": lambda rest, records: datetime.date.fromisoformat(rest[0]),
    "p": lambda rest, records: datetime.timedelta(*rest),
    "x": lambda rest, records: decimal.Decimal(rest[0]),
    "q": lambda rest, records: fractions.Fraction(int(rest[0], 16), int(rest[1], 16)),
    "u": lambda rest, records: uuid.UUID(rest[0]),
    "b": lambda rest, records: ByteSize(rest[0]),
    "e": _member,
    "P": _path,
    "R": _record,
}


def fields_of(cls: type) -> list[str] | None:
    """Return the fields of an attrs class or a dataclass; nothing of any other class.

    Args:
        cls: any class.
    """
    if "__attrs_attrs__" in cls.__dict__:
        return [field.name for field in attrs.fields(cls)]
    if "__dataclass_fields__" in cls.__dict__:
        return [field.name for field in dataclasses.fields(cls)]
    return None


def _name(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"


def records_of(function: Callable[..., Any]) -> Records:
    """Return the records and enums that a function's annotation says it returns, those inside of them included.

    Args:
        function: its annotations are evaluated; one that cannot be promises nothing.
    """
    try:
        returned = typing.get_type_hints(function).get("return")
    except Exception:  # noqa: BLE001 -- a name that only type checkers see
        return {}
    found: dict[str, type] = {}
    _collect(returned, found)
    return found


def _collect(hint: Any, found: dict[str, type]) -> None:
    for inner in typing.get_args(hint):
        _collect(inner, found)
    if typing.get_origin(hint) is not None or not isinstance(hint, type) or _name(hint) in found:
        return
    if issubclass(hint, enum.Enum):
        found[_name(hint)] = hint
    elif fields_of(hint) is not None:
        found[_name(hint)] = hint
        try:
            hints = typing.get_type_hints(hint)
        except Exception:  # noqa: BLE001 -- as above
            hints = {}
        for inner in hints.values():
            _collect(inner, found)
