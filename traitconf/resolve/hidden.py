"""Environment variables that do not reach everybody whom they address (TC308), or nobody (TC312)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from traitconf.errors import Problem, did_you_mean
from traitconf.layers.environ import fold
from traitconf.resolve.inventory import EVERYWHERE, Entry, Inventory, Key
from traitconf.resolve.precedence import Precedence
from traitconf.types import Band, Severity, Source

SHOWN: Final = 3
"""So many places are named; of the others only the number."""


class Hidden:
    """Finds variables for which something is stronger somewhere.

    Args:
        inventory: of the graph.
        precedence: over the inventory.
    """

    def __init__(self, inventory: Inventory, precedence: Precedence) -> None:
        """Gather the variables that stand in no tenant."""
        self._inventory, self._precedence = inventory, precedence
        self._variables: dict[Key, list[Entry]] = {}
        self._stronger: dict[int, list[Entry]] = {}
        for key, nodes in inventory.shared.items():
            if found := [one for entries in nodes.values() for one in entries if one.source is Source.VARIABLE]:
                self._variables[key] = found

    def see(self, entry: Entry, siblings: Sequence[Entry]) -> Iterator[Problem]:
        """Remember what a definition hides; yield a problem for a variable of a tenant, about whom all is known now.

        Args:
            entry: the definition.
            siblings: every definition of the same option at the same node.
        """
        if entry.source is Source.VARIABLE:
            yield from self._unknown_tenant(entry)
            if entry.scope.axis == "tenant":
                around = [*siblings, *self._inventory.wider(entry.node, entry.key)]
                yield from self._problems(entry, [one for one in around if self._hides(one, entry)])
            return
        for variable in self._variables.get(entry.key, ()):
            if self._hides(entry, variable):
                self._stronger.setdefault(id(variable), []).append(entry)

    def end(self) -> Iterator[Problem]:
        """Yield a problem for every variable that something hides somewhere."""
        for variables in self._variables.values():
            for variable in variables:
                yield from self._problems(variable, self._stronger.get(id(variable), []))

    def _hides(self, entry: Entry, variable: Entry) -> bool:
        if entry.source is Source.VARIABLE or variable.band is Band.LOCK or entry.band < variable.band:
            return False
        if not self._precedence.is_related(entry, variable):
            return False
        if entry.band > variable.band:
            return self._meets(entry, variable)
        return entry.is_final and self._stands_above(entry, variable)

    def _meets(self, entry: Entry, variable: Entry) -> bool:
        """Whether somebody sees both."""
        nodes = {entry.node, variable.node} - {EVERYWHERE}
        if any(axis == "tenant" for axis, _ in nodes):
            tenant = next(node for node in nodes if node[0] == "tenant")
            return nodes <= set(self._inventory.lineage(tenant))
        return len(nodes) < 2 or any(nodes <= set(tail) for tail in self._precedence.tails)

    def _stands_above(self, entry: Entry, variable: Entry) -> bool:
        """Whether the definition is the more specific one, for somebody who sees both."""
        if entry.node == variable.node:
            return self._precedence.has_models_of(variable, entry) and not self._precedence.has_models_of(
                entry, variable
            )
        if variable.node == EVERYWHERE:
            return True
        if entry.scope.axis == "tenant":
            return variable.node in self._inventory.lineage(entry.node)
        both = {entry.node, variable.node}
        tails = (tail for tail in self._precedence.tails if both <= set(tail))
        return any(tail.index(entry.node) < tail.index(variable.node) for tail in tails)

    def _problems(self, variable: Entry, stronger: Sequence[Entry]) -> Iterator[Problem]:
        if not stronger:
            return
        labels = [*dict.fromkeys(one.scope.label for one in stronger)]
        if any(self._is_wider(one, variable) for one in stronger):
            where = "anywhere"
        else:
            more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
            where = "for " + "; ".join(labels[:SHOWN]) + more
        text = f"{variable.origin.name} has no effect {where}: something stronger sets '{variable.address}'"
        related = tuple((one.origin, f"stronger, {one.scope.label}") for one in stronger[:SHOWN])
        hint = "the address of the variable can name the tenant, group or model; a lock needs its owner"
        yield _problem("TC308", text, variable, hint, related)

    def _is_wider(self, one: Entry, variable: Entry) -> bool:
        covers = one.node in (EVERYWHERE, variable.node) or one.node in self._inventory.lineage(variable.node)
        return covers and self._precedence.has_models_of(one, variable)

    def _unknown_tenant(self, variable: Entry) -> Iterator[Problem]:
        if variable.scope.axis != "tenant" or not variable.scope.name.startswith("*"):
            return
        token = variable.scope.name[1:]
        known = [fold(name) for name in self._inventory.resolver.graph.nodes("tenant") if not name.startswith("*")]
        text = f"{variable.origin.name}: no file names a tenant that reads {token} in capitals"
        yield _problem("TC312", text, variable, did_you_mean(token, known) or "it is right for tenants kept elsewhere")


def _problem(code: str, text: str, variable: Entry, hint: str, related: tuple = ()) -> Problem:  # type: ignore[type-arg]  # as in Problem
    address, label = variable.address, variable.scope.label
    return Problem(code, text, variable.origin, address, label, hint=hint, severity=Severity.WARNING, related=related)
