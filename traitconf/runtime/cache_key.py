"""Keys of cached results: injective, by type, the same in every process; never by `repr` and never by `id()`."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import hashlib
import ipaddress
import math
import re
import secrets
import sys
import types
import uuid
import weakref
import zoneinfo
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Any, Final

import attrs

from traitconf.types import ByteSize, FrozenMap, Secret

VERSION: Final = "tc1"
DEEPEST: Final = 64
"""How deep an argument may be nested; what holds itself is deeper."""
LONGEST: Final = 48
"""How many characters of a segment stand in a key as they are; a longer one is hashed."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.\-]+")
_strangers: Final[weakref.WeakKeyDictionary[type, str]] = weakref.WeakKeyDictionary()


class Unkeyable(TypeError):
    """A value of a type of which no key can be made."""


def encode(value: Any, depth: int = 0) -> str:
    """Return a text that stands for a value: two values have the same text only if they are equal and of one type.

    Args:
        value: of a known type, however nested.
        depth: how deep it is nested already.

    Raises:
        Unkeyable: for a value of another type.

    >>> encode(1), encode(True), encode("1"), encode((1,))
    ('i1;', 'T', 's1:1', 't1:i1;')
    """
    if depth > DEEPEST:
        raise Unkeyable(f"something that is nested deeper than {DEEPEST} times, or holds itself")
    known = _KNOWN.get(type(value))
    return known(value, depth + 1) if known is not None else _other(value, depth + 1)


def _sized(letter: str, text: str) -> str:
    return f"{letter}{len(text)}:{text}"


def _items(letter: str, values: Iterable[Any], depth: int) -> str:
    parts = [encode(value, depth) for value in values]
    return f"{letter}{len(parts)}:{''.join(parts)}"


def _sorted(letter: str, values: Iterable[Any], depth: int) -> str:
    parts = sorted(encode(value, depth) for value in values)
    return f"{letter}{len(parts)}:{''.join(parts)}"


def _mapping(letter: str, values: Any, depth: int) -> str:
    parts = sorted(encode(key, depth) + encode(value, depth) for key, value in values.items())
    return f"{letter}{len(parts)}:{''.join(parts)}"


def _float(value: float) -> str:
    return f"f{'nan' if math.isnan(value) else value.hex()};"


def _zoned(letter: str, value: Any) -> str:
    zone = value.tzinfo
    if zone is None:
        name = ""
    elif isinstance(zone, zoneinfo.ZoneInfo) and zone.key:
        name = f"zone {zone.key}"
    elif type(zone) is datetime.timezone:
        name = f"offset {zone}"
    else:
        raise Unkeyable(f"a {type(value).__name__} of the time zone {type(zone).__qualname__}")
    return _sized(letter, f"{value.isoformat()} {value.fold} {name}")


_KNOWN: Final[dict[type, Callable[[Any, int], str]]] = {
    type(None): lambda value, depth: "n",
    bool: lambda value, depth: "T" if value else "F",
    int: lambda value, depth: f"i{value};" if value.bit_length() <= 4096 else f"I{value:x};",
    float: lambda value, depth: _float(value),
    complex: lambda value, depth: f"c{_float(value.real)}{_float(value.imag)}",
    str: lambda value, depth: _sized("s", value),
    bytes: lambda value, depth: _sized("y", value.hex()),
    bytearray: lambda value, depth: _sized("Y", value.hex()),
    tuple: lambda value, depth: _items("t", value, depth),
    list: lambda value, depth: _items("l", value, depth),
    frozenset: lambda value, depth: _sorted("z", value, depth),
    set: lambda value, depth: _sorted("Z", value, depth),
    dict: lambda value, depth: _mapping("m", value, depth),
    FrozenMap: lambda value, depth: _mapping("M", value, depth),
    range: lambda value, depth: _items("r", (value.start, value.stop, value.step), depth),
    datetime.datetime: lambda value, depth: _zoned("d", value),
    datetime.time: lambda value, depth: _zoned("w", value),
    datetime.date: lambda value, depth: _sized("D", value.isoformat()),
    datetime.timedelta: lambda value, depth: f"p{value.days},{value.seconds},{value.microseconds};",
    decimal.Decimal: lambda value, depth: _sized("x", str(value)),
    fractions.Fraction: lambda value, depth: f"q{value.numerator}/{value.denominator};",
    uuid.UUID: lambda value, depth: _sized("u", value.hex),
    ByteSize: lambda value, depth: f"b{int(value)};",
    Secret: lambda value, depth: f"h{encode(value.reveal(), depth)}",
}


def _other(value: Any, depth: int) -> str:
    cls = type(value)
    own = getattr(cls, "__cache_key__", None)
    if own is not None:
        return _sized("o", class_name(cls)) + encode(own(value), depth)
    if isinstance(value, enum.Enum):
        return _sized("e", class_name(cls)) + encode(value.name or value.value, depth)
    if isinstance(value, PurePath) and cls.__module__.partition(".")[0] == "pathlib":
        return _sized("P", cls.__name__) + _sized("s", str(value))
    if isinstance(value, (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)):
        return _reference(value)
    if isinstance(value, tuple) and hasattr(cls, "_fields"):
        return _sized("N", class_name(cls)) + _items("t", value, depth)
    if isinstance(value, _ADDRESSES):
        return _sized("a", cls.__name__) + _sized("s", str(value))
    names = _compared_fields(cls)
    if names is not None:
        return _sized("R", class_name(cls)) + _items("t", (getattr(value, name) for name in names), depth)
    raise Unkeyable(f"a {cls.__module__}.{cls.__qualname__}")


_ADDRESSES: Final = (
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
)


def _compared_fields(cls: type) -> list[str] | None:
    """Return the fields by which objects of a record are equal; nothing where they are not compared by them."""
    if attrs.has(cls) and "__eq__" in cls.__dict__ and "__attrs_attrs__" in cls.__dict__:
        return [field.name for field in attrs.fields(cls) if field.eq]
    if dataclasses.is_dataclass(cls) and "__dataclass_fields__" in cls.__dict__ and cls.__dataclass_params__.eq:  # type: ignore[attr-defined]  # typeshed lacks it
        return [field.name for field in dataclasses.fields(cls) if field.compare]
    return None


def _reference(value: Any) -> str:
    """Return what stands for a class, function or module: the name under which every process finds it."""
    if isinstance(value, types.ModuleType):
        if sys.modules.get(value.__name__) is value:
            return _sized("k", value.__name__)
    elif isinstance(value, type):
        return _sized("K", class_name(value))
    elif _found(value.__module__, value.__qualname__) is value:
        return _sized("g", f"{value.__module__}:{value.__qualname__}")
    raise Unkeyable(f"the {type(value).__name__} {value.__name__}, which no name leads to")


def _found(module: str | None, qualname: str) -> Any:
    found: Any = sys.modules.get(module or "")
    for name in qualname.split("."):
        found = getattr(found, name, None)
    return found


def class_name(cls: type) -> str:
    """Return the name of a class, in keys: `module:QualName`.

    A class that this name does not lead to, because it was made inside a function, gets a random one beside it: it is
    told from every other class, in this process and elsewhere.

    Args:
        cls: any class.

    >>> class_name(dict)
    'builtins:dict'
    """
    name = f"{cls.__module__}:{cls.__qualname__}"
    if _found(cls.__module__, cls.__qualname__) is cls:
        return name
    return f"{name}~{_strangers.setdefault(cls, secrets.token_hex(8))}"


def segment(text: str | None) -> str:
    """Return a text as a part of a key: ASCII, without a colon, told from every other text; empty for none.

    Args:
        text: any text but the empty one.

    >>> segment("acme"), segment("a:b"), segment(None)
    ('acme', 'a%3Ab', '')
    """
    if text is None:
        return ""
    if _PLAIN.fullmatch(text) and len(text) <= LONGEST:
        return text
    raw = text.encode("utf-8", "surrogatepass")
    escaped = "".join(chr(one) if _PLAIN.fullmatch(chr(one)) else f"%{one:02X}" for one in raw)
    return escaped if len(escaped) <= LONGEST else "~" + hashlib.blake2b(raw, digest_size=16).hexdigest()


def digest(text: str, size: int = 16) -> str:
    """Return a hash of an encoded value.

    Args:
        text: the encoded value.
        size: how many bytes.

    >>> digest("n", 4)
    'fc743252'
    """
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
