"""Casts text by an option's type: what came from an environment variable has no type of its own."""

from __future__ import annotations

import enum
import json
import re
from typing import Any, Final

from traitconf.layers.layer import NONE
from traitconf.schema.kinds import Kind
from traitconf.types import ByteSize

BOOLS: Final = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def from_text(kind: Kind, text: str) -> Any:
    """Return what a file would hold; what cannot be cast stays text, so that strict conversion names the fault.

    Args:
        kind: what the value must become.
        text: what was written.

    >>> from traitconf.schema.kinds import kind_of
    >>> from_text(kind_of(bool), "no"), from_text(kind_of(str), "1.10"), from_text(kind_of(tuple[int, ...]), "1, 2")
    (False, '1.10', [1, 2])
    """
    plain = str(text)
    if kind.optional and plain == NONE:
        return None
    if kind.form in ("tuple", "set"):
        return _list(kind, plain)
    if kind.form in ("mapping", "record"):
        return _json_or_text(plain)
    if kind.is_secret and kind.element is not None:
        return from_text(kind.element, plain)
    return _choice(kind, plain) if kind.choices else _scalar(kind, plain)


def _scalar(kind: Kind, text: str) -> Any:
    if kind.annotation is bool:
        return BOOLS.get(text.lower(), text)
    if kind.annotation is int or kind.annotation is ByteSize:
        return int(text) if re.fullmatch(r"[+-]?\d+", text) else text
    if kind.annotation is float:
        return float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) else text
    return text


def _choice(kind: Kind, text: str) -> Any:
    values = (choice.value if isinstance(choice, enum.Enum) else choice for choice in kind.choices)
    return next((value for value in values if _written(value) == text), text)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(kind: Kind, text: str) -> Any:
    if text.startswith("["):
        return _json_or_text(text)
    element = kind.element
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [from_text(element, part) if element else part for part in parts]


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
