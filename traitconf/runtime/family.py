"""`Family`: the series of one instrument, within their budget; and which tenants have series of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

from traitconf.runtime.cell import Cell, CounterCell, GaugeCell, HistogramCell
from traitconf.runtime.instrument import OTHER, Instrument

C = TypeVar("C")
log: Final = logging.getLogger("traitconf.metrics")
LONGEST: Final = 120
"""How many characters of a tag's value are kept."""
CANDIDATES: Final = 1000
"""How many tenants without a series of their own are counted, to see who deserves one."""


class Family:
    """The series of one instrument.

    Attributes:
        instrument: what is measured.
        cells: by the values of the tags.
        budget: how many series there may be; further ones are counted together.
        spilled: how many series the budget has not allowed.
    """

    def __init__(self, instrument: Instrument, budget: int) -> None:
        """Begin without series."""
        self.instrument, self.budget = instrument, budget
        self.cells: dict[tuple[str, ...], Cell] = {}
        self.spilled = 0

    def cell(self, tags: Mapping[str, Any]) -> tuple[Cell, bool]:
        """Return the cell of a series, and whether it is its own; the caller holds the lock.

        Args:
            tags: values by name; a tag that is not given is empty.

        Raises:
            ValueError: for a tag that the instrument does not have.
        """
        if not set(tags) <= set(self.instrument.tags):
            unknown = ", ".join(sorted(set(tags) - set(self.instrument.tags)))
            raise ValueError(f"{self.instrument.name} has no tag {unknown}")
        key = tuple(str(tags.get(name, ""))[:LONGEST] for name in self.instrument.tags)
        found = self.cells.get(key)
        if found is not None:
            return found, True
        if len(self.cells) < self.budget:
            return self.cells.setdefault(key, self._new()), True
        if not self.spilled:
            log.warning("%s has %d series; further ones are counted together", self.instrument.name, self.budget)
        self.spilled += 1
        # Where tenants are many, the other tags come from code, and what they say of the rest is worth keeping.
        has_tenant = bool(tags.get("tenant")) and len(self.cells) < 2 * self.budget
        pairs = zip(self.instrument.tags, key, strict=True)
        rest = tuple(value if has_tenant and name != "tenant" else OTHER for name, value in pairs)
        return self.cells.setdefault(rest, self._new()), False

    def _new(self) -> Cell:
        kind = self.instrument.kind
        if kind == "histogram":
            return HistogramCell(self.instrument.bounds)
        return CounterCell() if kind == "counter" else GaugeCell()

    def matching(self, tags: Mapping[str, Any]) -> Iterator[Cell]:
        """Yield the cells whose tags have these values.

        Args:
            tags: values by name.
        """
        names = self.instrument.tags
        for key, cell in list(self.cells.items()):
            if all(name in names and key[names.index(name)] == str(value) for name, value in tags.items()):
                yield cell


class ByTenant(dict[str | None, C], Generic[C]):
    """What is counted for each tenant: `table[tenant]` is the tenant's own, or what is shared by all others.

    With `most` only so many tenants have their own. Who comes first has it first; at every `rebalance`, tenants that
    were busier since the last one take the places of those that were less busy.

    Args:
        make: makes what is counted for a tag's value, and says whether it is its own.
        weigh: returns how much was counted.
        most: how many tenants may have their own; none for no limit beside the budget.
    """

    def __init__(
        self, make: Callable[[str], tuple[C, bool]], weigh: Callable[[C], float], most: int | None = None
    ) -> None:
        """Begin without tenants."""
        super().__init__()
        self._make, self._weigh, self.most = make, weigh, most
        self._others: C | None = None
        self._weights: dict[str | None, float] = {}
        self._candidates: dict[str | None, int] = {}

    def __missing__(self, tenant: str | None) -> C:
        """Give a tenant its own, or count it among the others."""
        if self.most is None or len(self) < self.most:
            found, is_own = self._make(tenant or "")
            if is_own:  # others are asked for again, so that nothing is kept of a tenant beyond the budget
                self[tenant] = found
            return found
        if len(self._candidates) < CANDIDATES or tenant in self._candidates:
            self._candidates[tenant] = self._candidates.get(tenant, 0) + 1
        if self._others is None:
            self._others, _ = self._make(OTHER)
        return self._others

    def rebalance(self) -> None:
        """Give tenants that became busy the places of those that are not any more."""
        if self.most is None:
            return
        weights = {tenant: self._weigh(counted) for tenant, counted in list(self.items())}
        recent = {tenant: weight - self._weights.get(tenant, 0) for tenant, weight in weights.items()}
        self._weights = weights
        candidates, self._candidates = self._candidates, {}
        idlest, busiest = sorted(recent, key=recent.__getitem__), sorted(candidates, key=lambda one: -candidates[one])
        for leaves, enters in zip(idlest, busiest, strict=False):
            if candidates[enters] <= recent[leaves]:
                break
            found, is_own = self._make(enters or "")
            if not is_own:
                break
            self.pop(leaves, None)
            self._weights.pop(leaves, None)
            self._weights[enters] = self._weigh(found)
            self[enters] = found
