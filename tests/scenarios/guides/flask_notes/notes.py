from __future__ import annotations

import attrs

import traitconf as tc
from traitconf.traits import Auditable

kept: list[Note] = []


@tc.trait(tenant="required")
class Limited(tc.TraitBase):
    """Refuse texts that are too long."""

    longest: int = tc.option(80, ge=1, doc="How many characters a text may have.")

    @tc.before("save")
    def measure(self, host: Note, /) -> None:
        if len(host.text) > self.longest:
            raise tc.Veto(f"more than {self.longest} characters")


@tc.use(Limited, Auditable)
@attrs.define
class Note:
    text: str

    def save(self) -> None:
        kept.append(self)
