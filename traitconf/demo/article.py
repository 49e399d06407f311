"""`Article`: the one model of the demonstration, an ordinary attrs class with three traits."""

from __future__ import annotations

import datetime

import attrs

import traitconf as tc
from traitconf.demo.shelf import Shelf
from traitconf.traits import Auditable, Sluggable, SoftDeletes


@tc.use(Sluggable(source="title"), Auditable, SoftDeletes)
@attrs.define(eq=False)
class Article:
    """A page of the handbook."""

    title: str
    body: str = attrs.field(repr=False)
    shelf: Shelf = attrs.field(repr=False, factory=Shelf)
    topic: str = ""
    slug: str | None = None
    deleted_at: datetime.datetime | None = None

    def save(self) -> None:
        """Keep the article."""
        self.shelf.put(self)

    def delete(self) -> None:
        """Forget the article; while SoftDeletes is on, it is marked instead."""
        self.shelf.remove(self)
