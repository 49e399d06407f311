"""`Address`: the dotted path by which every tool speaks of a trait or option, perhaps for a model, group or tenant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import attrs

from traitconf.errors import did_you_mean
from traitconf.schema.spec import TraitSpec

SECTIONS = ("traits", "models", "groups", "tenants", "runtime")


@attrs.frozen
class Address:
    """A parsed address.

    Attributes:
        trait: name of the trait, or `runtime`.
        option: dotted name below the trait, empty for the whole trait.
        model: name of the model, or empty.
        tenant: id of the tenant, or none.
        group: id of the group, or none.
    """

    trait: str
    option: str = ""
    model: str = ""
    tenant: str | None = None
    group: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address.

        Args:
            text: `tenants.acme.models.Article.auditable.retention_days`; one that begins with none of the sections
                is read under `traits.`.

        Raises:
            LookupError: when it ends before the trait.

        >>> Address.parse("tenants.acme.auditable.enabled").tenant
        'acme'
        """
        parts = text.strip().split(".")
        tenant = group = None
        model = ""
        if parts[0] in ("tenants", "groups") and len(parts) > 1:
            tenant, group = (parts[1], None) if parts[0] == "tenants" else (None, parts[1])
            parts = parts[2:]
        if parts[:1] == ["models"] and len(parts) > 1:
            model, parts = parts[1], parts[2:]
        if parts[:1] == ["traits"]:
            parts = parts[1:]
        if not parts or not all(parts):
            raise LookupError(f"the address {text!r} ends before the trait; write trait.option")
        return cls(parts[0], ".".join(parts[1:]), model, tenant, group)

    def unknown_trait(self, known: Iterable[str]) -> str:
        """Return the message for a trait that nobody knows."""
        names = list(known)
        hint = did_you_mean(self.trait, [*names, *SECTIONS]) or f"known are {', '.join(names)}"
        return f"unknown trait {self.trait!r}; {hint}"

    def unknown_option(self, spec: TraitSpec) -> str:
        """Return the message for an option that the trait does not have."""
        known = sorted({leaf.name for leaf in spec.leaves.values()} | set(spec.options))
        hint = did_you_mean(self.option, known) or f"known are {', '.join(known)}"
        return f"unknown option '{spec.name}.{self.option}'; {hint}"
