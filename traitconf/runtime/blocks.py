"""`with` blocks that hold something still for the running code: `muted()` and `pinned()`."""

from __future__ import annotations

from traitconf.runtime.context import Entered, running
from traitconf.schema.base import TraitBase
from traitconf.schema.spec import spec_of


def muted(*traits: type[TraitBase]) -> Entered:
    """Return a `with` block in which hooks and events of traits are off, for the running context only.

    Members that a trait gives to its hosts stay, and so do values of options.

    Args:
        *traits: trait classes; without any, every trait.

    Raises:
        TypeError: for something that is no trait.

    >>> import traitconf as tc
    >>> from traitconf.traits import Auditable
    >>> with tc.muted(Auditable) as context:
    ...     context.mutes(Auditable)
    True
    """
    for trait in traits:
        spec_of(trait)
    return Entered(mute=frozenset(traits or (TraitBase,)))


def pinned() -> Entered:
    """Return a `with` block that holds the snapshot that the running code sees now, whatever is published meanwhile.

    A request that reads options in several places sees one configuration from its beginning to its end.

    >>> import traitconf as tc
    >>> with tc.pinned() as context:
    ...     context.pinned
    True
    """
    return Entered(snapshot=running().snapshot)
