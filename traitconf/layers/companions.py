"""`Companions`: until when a definition holds, why it was made, and under which ticket."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

NAMES: Final = ("until", "reason", "ticket")


@attrs.frozen
class Companions:
    """What stands beside a value.

    Attributes:
        until: from this moment on the definition is ignored; `None` for one that never expires.
        reason: why it was made, for people.
        ticket: under which ticket, for people.
    """

    until: datetime.datetime | None = None
    reason: str = ""
    ticket: str = ""

    def within(self, outer: Companions) -> Companions:
        """Return these, completed by those of a table further out.

        Args:
            outer: of the table that this one stands in.

        >>> Companions(reason="inner").within(Companions(reason="outer", ticket="OPS-1"))
        Companions(until=None, reason='inner', ticket='OPS-1')
        """
        return Companions(self.until or outer.until, self.reason or outer.reason, self.ticket or outer.ticket)

    def expired(self, now: datetime.datetime) -> bool:
        """Whether the definition no longer counts.

        Args:
            now: an aware moment.
        """
        return self.until is not None and self.until <= now


ALONE: Final = Companions()
"""Of a definition that has none."""


def read_companions(table: Mapping[str, Any], mark: str = "") -> tuple[Companions, list[tuple[str, str, str]]]:
    """Read the companions of a table.

    Args:
        table: whatever else it holds.
        mark: what stands before their names: a dollar sign where keys are data.

    Returns:
        the companions, and for each that cannot be read its key, what is wrong, and a hint.
    """
    found: dict[str, Any] = {}
    faults = []
    for name in NAMES:
        if (key := mark + name) in table:
            try:
                found[name] = moment(table[key]) if name == "until" else _text(table[key])
            except ValueError as error:
                message, hint = error.args
                faults.append((key, f"'{key}' {message}", hint))
    return Companions(**found), faults


def companions_in(table: Mapping[str, Any], mark: str = "") -> Iterator[str]:
    """Yield the keys of a table that are companions.

    >>> [*companions_in({"value": 5, "until": "2027-01-01"})]
    ['until']
    """
    return (key for name in NAMES if (key := mark + name) in table)


def moment(value: Any) -> datetime.datetime:
    """Return a point in time: a date is midnight in UTC, and so is the time zone of a moment that names none.

    Args:
        value: a date, a date with time, or either as ISO 8601 text.

    Raises:
        ValueError: with a message and a hint, when it is neither.

    >>> moment("2027-01-01").isoformat()
    '2027-01-01T00:00:00+00:00'
    """
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value)
        except ValueError:
            raise _no_moment(value) from None
    if type(value) is datetime.date:
        value = datetime.datetime.combine(value, datetime.time())
    if not isinstance(value, datetime.datetime):
        raise _no_moment(value)
    if value.tzinfo is None:
        return value.replace(tzinfo=datetime.UTC)
    try:
        return value.astimezone(datetime.UTC)
    except OverflowError:
        raise _no_moment(value) from None


def moment_text(value: datetime.datetime) -> str:
    """Return a point in time as files write it, the shortest way.

    >>> moment_text(moment("2027-01-01")), moment_text(moment("2027-01-01T12:30"))
    ('2027-01-01', '2027-01-01T12:30:00Z')
    """
    text = value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
    return text.removesuffix("T00:00:00Z")


def _no_moment(value: Any) -> ValueError:
    got = f'"{value}"' if isinstance(value, str) else type(value).__name__
    return ValueError(f"must be a date or a date with time, got {got}", "write until = 2027-01-01")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    raise ValueError(f"must be text, got {type(value).__name__}", "write it in quotation marks")
