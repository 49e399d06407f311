"""Definitions that decide nothing for anybody (TC306), and how many of them an environment variable has made so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from traitconf.errors import Problem
from traitconf.resolve.inventory import FILES, Entry, Inventory
from traitconf.resolve.precedence import Precedence, Tail, is_reason
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.types import Band, Origin, Severity, Source


class Shadowed:
    """Finds definitions that decide nothing for anybody.

    Args:
        inventory: of the graph.
        precedence: over the inventory.
    """

    def __init__(self, inventory: Inventory, precedence: Precedence) -> None:
        """Begin with no tenant seen."""
        self._inventory, self._precedence = inventory, precedence
        self._overruled: dict[int, Counter[Tail]] = {}
        self._latest: tuple[Entry | None, Entry | None] = None, None

    def see(self, entry: Entry, siblings: Sequence[Entry]) -> Iterator[Problem]:
        """Yield a problem for a definition that something wider silences.

        Args:
            entry: the definition.
            siblings: every definition of the same option at the same node.
        """
        reason = self.reason(entry, siblings)
        if reason is not None and not _is_conflict(reason, entry):
            text = f"'{entry.address}' decides nothing here: {_strength(reason, entry)}"
            yield _problem(entry, text, ((reason.origin, "this is stronger everywhere"),))
        if entry.scope.axis == "tenant":
            self._count(entry, siblings)

    def end(self) -> Iterator[Problem]:
        """Yield a problem for every definition of a group that each of its tenants replaces."""
        for nodes in self._inventory.shared.values():
            for node, entries in nodes.items():
                for entry in entries if node[0] == "group" else ():
                    if entry.source in FILES and not self.reason(entry, entries) and self._is_replaced(entry):
                        text = (
                            f"'{entry.address}' decides nothing here: whoever extends the group has something stronger"
                        )
                        yield _problem(entry, text)

    def reason(self, entry: Entry, siblings: Sequence[Entry]) -> Entry | None:
        """Return what silences a definition of a file; nothing when nothing does.

        Args:
            entry: the definition.
            siblings: every definition of the same option at the same node.
        """
        if entry is not self._latest[0]:  # every check asks for the same one in turn
            self._latest = entry, self._found(entry, siblings) if entry.source in FILES else None
        return self._latest[1]

    def _found(self, entry: Entry, siblings: Sequence[Entry]) -> Entry | None:
        wider = self._inventory.wider(entry.node, entry.key)
        stronger = (one for one in (*siblings, *wider) if one is not entry and is_reason(one, entry))
        return next((one for one in stronger if self._precedence.silences(one, entry)), None)

    def _count(self, entry: Entry, siblings: Sequence[Entry]) -> None:
        """Count a tenant for what it overrules in its groups, once for the definition, whatever else it says."""
        if entry is not siblings[0]:
            return
        tail = self._inventory.lineage(entry.node)[1:]
        for far in self._inventory.wider(entry.node, entry.key):
            if far.scope.axis == "group" and any(self._replaces(near, far) for near in siblings):
                self._overruled.setdefault(id(far), Counter())[tail] += 1

    def _replaces(self, near: Entry, far: Entry) -> bool:
        """Whether something nearer takes the place of a definition; what only repeats it is the one that can go."""
        repeats = near.is_plain and near.value == far.value and near.band is far.band
        return not repeats and is_reason(near, far) and self._precedence.overrules(near, far)

    def _is_replaced(self, entry: Entry) -> bool:
        """Whether for every tenant of a group something nearer replaces its definition."""
        tails = [tail for tail in self._precedence.tails if entry.node in tail]
        counted = self._overruled.get(id(entry), Counter())
        nodes = self._inventory.shared[entry.key]
        for tail in tails:
            between = (one for node in tail[: tail.index(entry.node)] for one in nodes.get(node, ()))
            whole = tail != self._precedence.strangers and counted[tail] == self._precedence.tails[tail]
            if not whole and not any(self._replaces(near, entry) for near in between):
                return False
        return bool(tails)


def _is_conflict(strong: Entry, weak: Entry) -> bool:
    """Whether the two are a conflict of files, which TC301 reports."""
    same = (strong.scope, strong.source, strong.band) == (weak.scope, weak.source, weak.band)
    return same and strong.layer.document is not weak.layer.document


def _strength(reason: Entry, entry: Entry) -> str:
    if reason.band is Band.NORMAL and entry.band is Band.FALLBACK:
        return f"it is a fallback, and {reason.scope.label} is none"
    verb = {Band.LOCK: "locks it", Band.FORCE: "forces it"}.get(reason.band, "defines it again")
    return f"{reason.scope.label} {verb}"


def _problem(entry: Entry, text: str, related: tuple[tuple[Origin, str], ...] = ()) -> Problem:
    return Problem(
        "TC306",
        text,
        entry.origin,
        entry.address,
        entry.scope.label,
        hint="remove it, or what is stronger",
        severity=Severity.WARNING,
        related=related,
    )


def environment_shadows(resolver: Resolver, catalog: Catalog) -> int:
    """Count the definitions of files that an environment variable leaves without effect for everybody.

    Args:
        resolver: over the graph.
        catalog: the known traits and models.
    """
    variables = [layer for layer in resolver.graph.standing_layers() if layer.source is Source.VARIABLE]
    if not variables:
        return 0
    inventory = Inventory(resolver, catalog, frozenset(name for layer in variables for name in layer.tables))
    precedence = Precedence(inventory)
    count = 0
    for entry, siblings in inventory.all_entries():
        stronger = (*siblings, *inventory.wider(entry.node, entry.key)) if entry.source in FILES else ()
        count += any(one.source is Source.VARIABLE and precedence.silences(one, entry) for one in stronger)
    return count
