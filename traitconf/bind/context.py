"""The one ContextVar of the hot path, and the minimal slot that it holds.

A slot holds one list: the profile that owns it, its resolved traits, those of all tenants, and then the call chain of
every join point. Reading is therefore one variable, one slot and one index; replacing the list replaces everything
at once.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

Chains = list[Any]
OWNER: Final = 0
"""Index of the profile that owns a table."""
RESOLVED: Final = 1
"""Index of the profile's resolved traits, by model and trait."""
TENANTS: Final = 2
"""Index of the resolved traits of every tenant of the snapshot, by model, trait and tenant."""
HEADER: Final = 3
"""How many entries stand before the call chains."""


class Slot:
    """What the running code sees: its table of call chains, and the tenant. `runtime`'s Context extends it."""

    __slots__ = ("__weakref__", "chains", "tenant")

    def __init__(self, chains: Chains, tenant: str | None = None) -> None:
        """Hold what is given."""
        self.chains = chains
        self.tenant = tenant


root: Final = Slot([None] * HEADER)
"""The slot of code that runs in no context of its own: every new thread begins here."""

variable: Final[ContextVar[Slot]] = ContextVar("traitconf", default=root)
variable.set(root)  # a value that is set is cached by the interpreter, a default is not
current: Final = variable.get
