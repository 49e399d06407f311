"""The conditions of traits as an option of a statement: they hold in it everywhere, and nowhere after it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm.util import LoaderCriteriaOption


class TraitCriteria(LoaderCriteriaOption):
    """What `with_loader_criteria` makes, for joined eager loads too, but left behind by no object that is loaded.

    SQLAlchemy applies criteria to joined eager loads only where they are propagated, which means that objects keep
    them for their lazy loads. Those shall be filtered as it is right then: in another context, for another tenant.
    """

    # Statements are cached by what the base class is made of; SQLAlchemy wants each class to say so.
    _cache_key_traversal = LoaderCriteriaOption._traverse_internals  # noqa: SLF001 -- as above

    def __init__(self, cls: type, criterion: Any) -> None:
        """Hold the criterion, and the option that is told to the compiler in this one's place."""
        super().__init__(cls, criterion, include_aliases=True, propagate_to_loaders=False)
        self._told = LoaderCriteriaOption(cls, criterion, include_aliases=True, propagate_to_loaders=True)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Tell the compiler what holds.

        Args:
            attributes: where the compiler looks.
        """
        self._told.get_global_criteria(attributes)
