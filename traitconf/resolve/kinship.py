"""`Kinship`: whether two names in a configuration speak of the same model, or of a model and its base."""

from __future__ import annotations

from traitconf.resolve.order import model_of
from traitconf.schema.catalog import Catalog

Names = frozenset[str]


class Kinship:
    """The names of all known models, and of the bases of each."""

    def __init__(self, catalog: Catalog) -> None:
        """Look the known models up."""
        self._known: dict[str, list[tuple[Names, Names]]] = {}
        for index in catalog.model_index():
            for cls in catalog.models(index):
                *bases, own = model_of(cls).names
                family = frozenset(own), frozenset(name for names in bases for name in names)
                for name in own:
                    self._known.setdefault(name, []).append(family)

    def nearer(self, one: str, other: str) -> int | None:
        """Return how much nearer to the model the second name is.

        Args:
            one: a model's name as a scope holds it, or empty for all models.
            other: another.

        Returns:
            0 for the same model or where one of them is empty, 1 where the second is derived from the first, -1 where
            it is a base of it, `None` where they have nothing to do with each other.
        """
        if not one or not other:
            return 0
        mine, theirs = self._family(one), self._family(other)
        if one in theirs[0] or other in mine[0]:
            return 0
        if one in theirs[1]:
            return 1
        return -1 if other in mine[1] else None

    def _family(self, name: str) -> tuple[Names, Names]:
        """Return every name of the models of that name, and of their bases."""
        known = self._known.get(name)
        if known is None:
            return frozenset({name} if name.startswith("*") else model_of(name).names[0]), frozenset()
        return frozenset().union(*(own for own, _ in known)), frozenset().union(*(bases for _, bases in known))
