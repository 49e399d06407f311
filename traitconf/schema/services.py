"""What a resolved trait may ask of the runtime that resolved it: one small protocol, handed down from above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

S = TypeVar("S")


class Services(Protocol):
    """The runtime as a trait sees it."""

    def emit(self, trait: Any, event: str, host: object, payload: dict[str, Any]) -> None:
        """Tell the subscribers of the trait's event `event`."""

    async def aemit(self, trait: Any, event: str, host: object, payload: dict[str, Any]) -> None:
        """Tell the subscribers of the trait's event `event`, awaiting those that are coroutine functions."""

    def count(self, trait: Any, counter: str, amount: int) -> None:
        """Add `amount` to the trait's counter `counter`."""

    def record(self, trait: Any, histogram: str, value: float) -> None:
        """Record one value of the trait's histogram `histogram`."""

    def watch(self, trait: Any, model: str, member: str, *, acts: bool, now: Any = "", then: Any = "") -> None:
        """Note what a trait in shadow would have done with a member of a model."""

    def about(self) -> dict[str, Any]:
        """Return for whom the running code runs, for the log: tenant, actor and request, as far as they are known."""

    def shared(self, factory: Callable[[], S]) -> S:
        """Return the runtime's one object made by `factory`, made on first use."""

    def state(self, trait: Any, host: object) -> dict[str, Any]:
        """Return the trait's own values about one host object, kept beside it and gone with it."""
