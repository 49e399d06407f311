"""What the audit keeps of a value: an immutable copy, or only that it was there."""

from __future__ import annotations

import datetime
import decimal
import enum
import hashlib
import pathlib
import secrets
import uuid
from collections.abc import Mapping
from typing import Any, Final

import traitconf as tc

DOTS: Final = "•••"
_AS_IS: Final = frozenset(
    {bool, int, float, complex, str, bytes, type(None), decimal.Decimal, uuid.UUID}
    | {datetime.datetime, datetime.date, datetime.time, datetime.timedelta}
)
_DEEPEST: Final = 12
_LONGEST: Final = 200
_KEY: Final = secrets.token_bytes(32)


class Masked:
    """A value of which nobody sees more than whether it changed: a digest under a key of this process.

    >>> Masked("pa55word") == Masked("pa55word"), Masked("pa55word")
    (True, •••)
    """

    __slots__ = ("_digest",)

    def __init__(self, value: Any) -> None:
        """Keep the digest of a snapshot."""
        self._digest = hashlib.blake2b(f"{type(value).__name__}:{value!r}".encode(), key=_KEY).digest()

    def __eq__(self, other: object) -> bool:
        """Compare the digests."""
        return isinstance(other, Masked) and self._digest == other._digest

    def __hash__(self) -> int:
        """Hash the digest."""
        return hash(self._digest)

    def __repr__(self) -> str:
        """Show dots."""
        return DOTS


def snapshot(value: Any) -> Any:
    """Return an immutable copy of a value; of an object that cannot be copied, a short text. It never fails.

    Args:
        value: anything.

    >>> snapshot({"tags": ["a", "b"]})
    {'tags': ('a', 'b')}
    """
    try:
        return _copy(value, ())
    except Exception:  # noqa: BLE001 -- a strange value must not break the call that is audited
        return short_text(value)


def _copy(value: Any, within: tuple[int, ...]) -> Any:
    if type(value) in _AS_IS or isinstance(value, (enum.Enum, pathlib.PurePath)):
        return value
    if isinstance(value, tc.Secret):
        return Masked(value.reveal())
    if isinstance(value, str):
        return str.__str__(value)
    if not isinstance(value, (Mapping, list, tuple, set, frozenset, bytearray)):
        return short_text(value)
    if id(value) in within or len(within) >= _DEEPEST:
        return f"<{type(value).__name__} …>"
    inside = (*within, id(value))
    if isinstance(value, Mapping):
        return tc.FrozenMap({_copy(key, inside): _copy(element, inside) for key, element in list(value.items())})
    if isinstance(value, bytearray):
        return bytes(value)
    copies = [_copy(element, inside) for element in list(value)]
    return frozenset(copies) if isinstance(value, (set, frozenset)) else tuple(copies)


def short_text(value: Any) -> str:
    """Return how an object shows itself, not longer than a line or two; also when it cannot.

    Args:
        value: anything.

    >>> len(short_text("x" * 1000))
    200
    """
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception:  # noqa: BLE001 -- whatever goes wrong in a foreign __repr__
        text = f"<{type(value).__name__} that cannot be shown>"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def same(before: Any, after: Any) -> bool:
    """Whether two snapshots are of equal values; a masked one can be compared with one in clear.

    Args:
        before: a snapshot.
        after: a snapshot.
    """
    if isinstance(before, Masked) or isinstance(after, Masked):
        return masked(before) == masked(after)
    try:
        return before is after or (type(before) is type(after) and bool(before == after))
    except Exception:  # noqa: BLE001 -- a signalling NaN, for example, cannot be compared
        return False


def masked(value: Any) -> Masked:
    """Return a snapshot so that nobody sees it.

    Args:
        value: a snapshot, masked already or in clear.
    """
    return value if isinstance(value, Masked) else Masked(value)
