"""Small words: counts and enumerations as people write them."""

from __future__ import annotations

from collections.abc import Iterable


def counted(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> counted(1, "file"), counted(0, "warning")
    ('1 file', '0 warnings')
    """
    return f"{count} {noun}" + "s" * (count != 1)


def listed(parts: Iterable[str]) -> str:
    """Return an enumeration.

    >>> listed(["4 errors", "1 warning"])
    '4 errors, 1 warning'
    """
    return ", ".join(parts)
