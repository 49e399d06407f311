from __future__ import annotations

import re
from typing import Protocol

import traitconf as tc


class HasTitle(Protocol):
    title: str


@tc.trait
class Slugged(tc.TraitBase):
    """Make slugs, at first beside the mixin, then in its place."""

    acts: bool = tc.option(False, doc="Whether the trait's slug counts; until then it is only compared.")
    length: int = tc.option(20, ge=1, doc="How many characters a slug has at most.")

    differs = tc.event(doc="Mixin and trait make different slugs.")
    compared = tc.counter(doc="Slugs that were compared.")

    @tc.around("make_slug")
    def replace(self, host: HasTitle, proceed, /):
        mine = self.slug_of(host.title)
        if self.acts:
            return mine  # the mixin is not asked any more
        theirs = proceed()
        self.compared.add(1)
        if mine != theirs:
            self.differs.emit(host, mine=mine, theirs=theirs)
        return theirs

    def slug_of(self, title: str) -> str:
        return "-".join(re.findall(r"\w+", title.lower()))[: self.length].rstrip("-")
