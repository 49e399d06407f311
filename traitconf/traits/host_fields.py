"""What a plain object has: the names of its fields, its key, and how a field is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, Final

import attrs

KEYS: Final = ("pk", "id", "uuid")
"""Where a primary key stands, by custom."""


def field_names(host: object) -> tuple[str, ...]:
    """Return the names of an object's public fields: of attrs, of dataclasses, slots, and what it holds besides.

    Args:
        host: any object.

    >>> @attrs.define
    ... class Point:
    ...     x: int
    ...     _hidden: int = 0
    >>> field_names(Point(1))
    ('x',)
    """
    return tuple(dict.fromkeys(name for name in _names(host) if not name.startswith("_")))


def _names(host: object) -> Iterator[str]:
    cls = type(host)
    if attrs.has(cls):
        yield from (field.name for field in attrs.fields(cls))
    if dataclasses.is_dataclass(cls):
        yield from (field.name for field in dataclasses.fields(cls))
    for base in reversed(cls.__mro__):
        slots = base.__dict__.get("__slots__", ())
        yield from (slots,) if isinstance(slots, str) else slots
    yield from getattr(host, "__dict__", ())


def has_field(host: object, name: str) -> bool:
    """Whether an object has a field, or anything else that can be read under that name.

    Args:
        host: any object.
        name: of the field.
    """
    return hasattr(host, name) or name in field_names(host)


def key_of(host: object) -> str:
    """Return an object's primary key as text, empty when it has none (yet).

    Args:
        host: any object.

    >>> key_of(object())
    ''
    """
    values = (getattr(host, name, None) for name in KEYS)
    return next((str(value) for value in values if value is not None and not callable(value)), "")


def is_same(one: object, other: object) -> bool:
    """Whether two objects stand for the same thing: they are one, or of one class with one key.

    Args:
        one: any object.
        other: any object.
    """
    if one is other:
        return True
    return type(one) is type(other) and bool(key_of(one)) and key_of(one) == key_of(other)


def model_name(model: type) -> str:
    """Return a class's name as `"module:QualName"`, which is the same after attrs made the class anew.

    Args:
        model: a class.

    >>> model_name(int)
    'builtins:int'
    """
    return f"{model.__module__}:{model.__qualname__}"


def write(host: object, name: str, value: Any, *, option: str) -> None:
    """Write a field for a trait.

    Args:
        host: the object.
        name: of the field.
        value: its new value.
        option: address of the option that names the field, for the message.

    Raises:
        TypeError: when the object does not let the field be written.
    """
    try:
        setattr(host, name, value)
    except AttributeError as error:
        cls = type(host).__qualname__
        way_out = f"give {cls} a field {name!r} that can be written (no frozen class), or let {option} name another one"
        raise TypeError(f"{cls}.{name} cannot be written: {str(error) or type(error).__name__}; {way_out}") from error
