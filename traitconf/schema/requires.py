"""Prerequisites: a toggle that requires another one is off while that one is off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitconf.schema.options import Option

Path = tuple[str, ...]


def own_prerequisite(name: str, leaves: Mapping[Path, Option]) -> Option | None:
    """Return the option of the same trait that a prerequisite names; nothing where it names another trait's.

    Args:
        name: `option`, `record.field`, or `other_trait.option`.
        leaves: the folded options of the trait.
    """
    return leaves.get(tuple(name.split(".")))


def is_toggle(option: Option) -> bool:
    """Whether an option is on or off."""
    return option.kind.annotation is bool and not option.kind.optional


def requires_faults(leaves: Mapping[Path, Option]) -> Iterator[tuple[Option, str]]:
    """Yield every option with a prerequisite that cannot be one, with the reason.

    Args:
        leaves: the folded options of a trait. Whether another trait has the option that is named is not known here.
    """
    for option in leaves.values():
        for name in option.meta.requires:
            own = own_prerequisite(name, leaves)
            if own is None and "." not in name:
                yield option, f"requires={name!r} names no option of this trait; write another's as trait.option"
            elif own is not None and not is_toggle(own):
                yield option, f"requires={name!r} names a {own.kind.label}, which is never off"
            elif own is not None and _comes_back(own, option, leaves, ()):
                yield option, f"requires={name!r} leads back to the option itself"


def _comes_back(option: Option, to: Option, leaves: Mapping[Path, Option], above: tuple[Path, ...]) -> bool:
    if option.path == to.path:
        return True
    if option.path in above:
        return False
    nearer = (own for name in option.meta.requires if (own := own_prerequisite(name, leaves)) is not None)
    return any(_comes_back(own, to, leaves, (*above, option.path)) for own in nearer)
