"""`ShadowTotals`: what traits in shadow would have done, counted in memory; and the report that compares."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

import attrs

from traitconf.schema import forks

Key = tuple[str, str, str, str | None]
"""Trait, model, member and tenant."""
SERIES: Final = 10_000
"""How many keys are told apart; what comes later is counted for all its tenants together."""
OTHERS: Final = "…"
"""Stands for the tenants that are not told apart."""
COLUMNS: Final = ("trait", "model", "member", "tenant", "calls", "differ", "now", "with the trait")


@attrs.frozen
class ShadowTotal:
    """Record: what a trait in shadow would have done with one member of one model, for one tenant.

    Attributes:
        trait: name of the trait.
        model: name of the class.
        member: the method or class attribute.
        tenant: id of the tenant, or none.
        calls: how often it was called or read.
        differing: how often the trait would have done something, or answered something else.
        now: for an attribute, what it is without the trait.
        then: for an attribute, what it would be with the trait, as it was when last read.
    """

    trait: str
    model: str
    member: str
    tenant: str | None
    calls: int = 0
    differing: int = 0
    now: str = ""
    then: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return the row of the report."""
        numbers = str(self.calls), str(self.differing)
        return self.trait, self.model, self.member, self.tenant or "-", *numbers, self.now or "-", self.then or "-"


@attrs.frozen
class ShadowReport:
    """What changes when traits leave the shadow.

    Attributes:
        totals: by trait, model, member and tenant.
    """

    totals: Sequence[ShadowTotal]

    def of(self, trait: str) -> ShadowReport:
        """Return the report of one trait.

        Args:
            trait: its name.
        """
        return ShadowReport([total for total in self.totals if total.trait == trait])

    def as_dict(self) -> dict[str, Any]:
        """Return plain dicts and lists, ready for JSON."""
        return {"totals": [attrs.asdict(total) for total in self.totals]}

    def __str__(self) -> str:
        """Return a table."""
        if not self.totals:
            return "no trait in shadow was asked yet"
        rows = [COLUMNS, *(total.cells() for total in self.totals)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


class ShadowTotals:
    """The totals of one runtime."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._totals: dict[Key, list[Any]] = {}
        self._lock = threading.Lock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    def note(self, key: Key, *, acts: bool, now: Any = "", then: Any = "") -> None:
        """Count one call or look.

        Args:
            key: trait, model, member and tenant.
            acts: whether the trait would have done something.
            now: what is answered.
            then: what the trait would have answered.
        """
        with self._lock:
            if key not in self._totals and len(self._totals) >= SERIES:
                key = (*key[:3], OTHERS)
            total = self._totals.setdefault(key, [0, 0, now, then])
            total[:] = total[0] + 1, total[1] + acts, now, then

    def report(self) -> ShadowReport:
        """Return what was counted, in the order of traits, models, members and tenants."""
        with self._lock:
            totals = {key: list(total) for key, total in self._totals.items()}
        return ShadowReport([_total(key, *totals[key]) for key in sorted(totals, key=_order)])


def _order(key: Key) -> tuple[str, ...]:
    return *key[:3], key[3] or ""


def _total(key: Key, calls: int, differing: int, now: Any, then: Any) -> ShadowTotal:
    return ShadowTotal(*key, calls=calls, differing=differing, now=_told(now), then=_told(then))


def _told(value: Any) -> str:
    """Return a value as the report shows it; they are kept as they are, because calls must not wait for text."""
    return value if value == "" else repr(value)
