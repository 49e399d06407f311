"""`Roster`: the tables of many tenants, kept as they were read and read into layers only when one is asked for.

A hundred thousand tenants as objects would cost a garbage collection of seconds. Packed into bytes they cost none.
"""

from __future__ import annotations

import functools
import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.grammar import Extends, Page, Parsed, parse_tenant
from traitconf.layers.layer import Layer, Scope

Names = tuple[str, ...]
UNPACKED: Final = 4096
"""How many tenants keep the layers that were made of their tables."""


@attrs.frozen(eq=False)
class Roster:
    """The tables of tenants that stand in one document each.

    Attributes:
        tables: by tenant, as they were read or packed.
        pages: by tenant, where its table was read.
        lineups: every distinct `extends` of the tenants; known once they are packed.
    """

    tables: Mapping[str, Any] = attrs.field(factory=dict)
    pages: Mapping[str, Page] = attrs.field(factory=dict)
    lineups: frozenset[Names] = frozenset()
    _read: Callable[[str], Parsed] = attrs.field(init=False)

    @_read.default
    def _new_reader(self) -> Callable[[str], Parsed]:
        return _reader(self.tables, self.pages)

    def __contains__(self, tenant: object) -> bool:
        """Whether the roster has a table of the tenant."""
        return tenant in self.tables

    def __iter__(self) -> Iterator[str]:
        """Iterate over the tenants."""
        return iter(self.tables)

    def __len__(self) -> int:
        """Count the tenants."""
        return len(self.tables)

    def table(self, tenant: str) -> Mapping[str, Any]:
        """Return a tenant's table as it was read.

        Args:
            tenant: one that the roster has.
        """
        return _unpacked(self.tables[tenant])

    def owns(self, tenant: str) -> bool:
        """Whether a tenant's table defines anything, beside what it extends."""
        return any(layer.tables for layer in self.layers(tenant))  # whoever asks wants the layers next

    def edge(self, tenant: str) -> Extends | None:
        """Return what a tenant extends, and where that is written; nothing where it says nothing."""
        return self._read(tenant).extends.get(("tenant", tenant))

    def layers(self, tenant: str) -> list[Layer]:
        """Return the layers that a tenant's table makes."""
        return self._read(tenant).layers

    def problems(self, tenant: str) -> list[Problem]:
        """Return the faults of the structure of a tenant's table."""
        return self._read(tenant).problems

    def at(self, scope: Scope) -> list[Layer]:
        """Return the layers of a scope; the ones of another scope's tenant are none of it."""
        if scope.axis != "tenant" or scope.name not in self.tables:
            return []
        return [layer for layer in self.layers(scope.name) if layer.scope == scope]

    def without(self, tenants: Iterable[str]) -> Roster:
        """Return a roster that lacks some tenants."""
        gone = frozenset(tenants)
        if not gone:
            return self
        tables = {tenant: table for tenant, table in self.tables.items() if tenant not in gone}
        return Roster(tables, {tenant: self.pages[tenant] for tenant in tables}, self.lineups)

    def packed(self, lineups: Iterable[Names]) -> Roster:
        """Return the roster with its tables as bytes.

        Args:
            lineups: every distinct `extends` of the tenants.
        """
        tables = dict(zip(self.tables, map(marshal.dumps, self.tables.values()), strict=True))
        return Roster(tables, self.pages, frozenset(lineups))


def _reader(tables: Mapping[str, Any], pages: Mapping[str, Page]) -> Callable[[str], Parsed]:
    """Return what reads a tenant's table into layers, and keeps those that were asked for last."""

    @functools.lru_cache(maxsize=UNPACKED)
    def read(tenant: str) -> Parsed:
        return parse_tenant(pages[tenant], tenant, _unpacked(tables[tenant]))

    return read


def _unpacked(table: Any) -> Mapping[str, Any]:
    read: Mapping[str, Any] = marshal.loads(table) if isinstance(table, bytes) else table  # noqa: S302 -- our own bytes, never anybody's data
    return read
