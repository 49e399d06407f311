"""`Precedence`: which of two definitions is stronger, for everybody whom one of them concerns."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from traitconf.layers.graph import Node
from traitconf.resolve.inventory import EVERYWHERE, Entry, Inventory
from traitconf.resolve.order import STRANGER
from traitconf.types import Band, Source

Tail = tuple[Node, ...]


class Precedence:
    """The order among the definitions of an inventory.

    Args:
        inventory: of one graph.
    """

    def __init__(self, inventory: Inventory) -> None:
        """Begin with nothing looked up."""
        self._inventory = inventory
        self._contexts: dict[Node, tuple[Tail, ...]] = {}

    @functools.cached_property
    def tails(self) -> Mapping[Tail, int]:
        """Every chain of groups that some tenant sees, nearest first, with the number of such tenants.

        Unknown tenants are not counted, but their chain is there.
        """
        found: Counter[Tail] = Counter({self.strangers: 0})
        for name in self._inventory.resolver.graph.nodes("tenant"):
            found[self._inventory.lineage(("tenant", name))[1:]] += 1
        return found

    @property
    def strangers(self) -> Tail:
        """The groups of a tenant that no file names."""
        return self._inventory.lineage(STRANGER)[1:]

    def contexts(self, node: Node) -> tuple[Tail, ...]:
        """Return what may stand below a node: the groups that come after it, in every order that some tenant sees.

        Args:
            node: a group or tenant, or `EVERYWHERE`.
        """
        if node[0] != "group":
            return (self._inventory.lineage(node)[1:],)
        if node not in self._contexts:
            after = (tail[tail.index(node) + 1 :] for tail in self.tails if node in tail)
            self._contexts[node] = tuple(dict.fromkeys((self._inventory.lineage(node)[1:], *after)))
        return self._contexts[node]

    def is_related(self, one: Entry, other: Entry) -> bool:
        """Whether there may be a model that both speak of."""
        return self._inventory.kinship.nearer(one.scope.model, other.scope.model) is not None

    def has_models_of(self, wide: Entry, narrow: Entry) -> bool:
        """Whether one speaks of every model that the other speaks of.

        Args:
            wide: the one.
            narrow: the other.
        """
        if not wide.scope.model or not narrow.scope.model:
            return not wide.scope.model
        return self._inventory.kinship.nearer(wide.scope.model, narrow.scope.model) in (0, 1)

    def silences(self, strong: Entry, weak: Entry) -> bool:
        """Whether one takes all effect from another wherever that one applies.

        Args:
            strong: stands in the other's group or tenant, in something that it extends, or in none.
            weak: the other.
        """
        if weak.band is Band.LOCK or not self.has_models_of(strong, weak):
            return False
        if strong.band is not weak.band:
            return strong.band > weak.band
        here = strong.node == weak.node and self.has_models_of(weak, strong)
        return here and rank_of(strong) > rank_of(weak) and strong.is_final

    def overrules(self, near: Entry, far: Entry) -> bool:
        """Whether one takes all effect from another for the tenants of a nearer group, or for one tenant.

        Args:
            near: stands nearer to the tenant.
            far: stands in a group.
        """
        if far.band is Band.LOCK or not self.has_models_of(near, far):
            return False
        return near.band > far.band or (near.band is far.band and near.is_final)

    def descending(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the definitions of one option at one node, the strongest first, bands apart.

        Args:
            entries: of the same option and node.
        """
        if len(entries) < 2:
            return [*entries]
        nearer = self._inventory.kinship.nearer

        def depth(entry: Entry) -> int:
            model = entry.scope.model
            return sum(nearer(other.scope.model, model) == 1 for other in entries) + bool(model)

        return sorted(entries, key=lambda entry: (depth(entry), *rank_of(entry)), reverse=True)

    def below(self, entry: Entry, siblings: Sequence[Entry], tail: Tail) -> Iterator[Entry]:
        """Yield what stands below a definition for somebody, the strongest first.

        Args:
            entry: the definition.
            siblings: every definition of the same option at the same node.
            tail: the groups below the node, nearest first.
        """
        here = self.descending(siblings)
        found = here[here.index(entry) + 1 :]
        nodes = self._inventory.shared.get(entry.key, {}) if entry.node != EVERYWHERE else {}
        for node in (*tail, EVERYWHERE):
            found += self.descending(nodes.get(node, ()))
        return (other for other in found if self.is_related(entry, other))


def rank_of(entry: Entry) -> tuple[Source, int, int]:
    """Return the sort key among definitions of one scope."""
    return *entry.layer.rank, entry.definition.step


def is_reason(strong: Entry, weak: Entry) -> bool:
    """Whether a definition may be held against another: what expires, or only one machine sees, may not."""
    return strong.is_lasting and (strong.source in (Source.DECORATOR, Source.FILE) or strong.source is weak.source)
