"""`Event`: something that happened, or is about to, as subscribers are told of it."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any, Final, Self

PHASES: Final = ("before", "after", "failed", "denied", "queued", "committed")
"""The phases of an operation that have an event: `<trait>.<operation>.<phase>`."""
Payload = Mapping[str, Any]


class CallName(str):
    """The name of an event of an operation, of which the arguments are kept without their names.

    Attributes:
        parameters: their names.
    """

    __slots__ = ("parameters",)
    parameters: tuple[str, ...]

    def __new__(cls, name: str, parameters: tuple[str, ...]) -> Self:
        """Remember the names beside the text."""
        made = super().__new__(cls, name)
        made.parameters = parameters
        return made


def _field(number: int) -> Any:
    return property(operator.itemgetter(number))


class Event(tuple[Any, ...]):
    """Something that happened, or is about to. It cannot be changed.

    It is a tuple made of one tuple with all of its fields, which takes a third of the time of any record.

    Attributes:
        name: `<trait>.<operation>.<phase>`, `<trait>.<event>`, or `traitconf.<area>.<what>` for the framework's own.
        host: the object that it is about; the class, for what has no object; the runtime, for the framework's own.
        tenant: id of the tenant under which it happened, or none.
        result: what the operation returned, in the phases after and committed.
        error: what was raised: the Veto, in the phase denied.
    """

    __slots__ = ()
    name: str = _field(0)
    host: Any = _field(1)
    tenant: str | None = _field(2)
    result: Any = _field(4)
    error: BaseException | None = _field(5)

    @property
    def payload(self) -> dict[str, Any]:
        """What the trait tells; for an operation, the call's arguments by name. Every look makes a dictionary anew."""
        held = self[3]
        return dict(zip(self[0].parameters, held, strict=True)) if type(held) is tuple else dict(held)

    @property
    def trait(self) -> str:
        """Name of the trait, `traitconf` for the framework.

        >>> made("summarisable.summary.after").trait
        'summarisable'
        """
        return self.name.partition(".")[0]

    @property
    def phase(self) -> str:
        """Phase of an operation; empty for declared events and the framework's own.

        >>> made("summarisable.summary.after").phase
        'after'
        """
        _, *middle, last = self.name.split(".")
        return last if middle and last in PHASES else ""

    @property
    def model(self) -> type:
        """The host's class, or the host where it is one."""
        return self.host if isinstance(self.host, type) else type(self.host)

    def with_payload(self, payload: Payload) -> Event:
        """Return the same with another payload.

        Args:
            payload: takes the place of its own.
        """
        name, host, tenant, _, result, error = self
        return Event((name, host, tenant, payload, result, error))

    def __repr__(self) -> str:
        """Say which event it is, about what."""
        return f"<event {self.name} of {self.host!r}, tenant {self.tenant}, {self.payload!r}>"


def made(name: str, host: object = None, tenant: str | None = None, payload: Payload | None = None) -> Event:
    """Return an event that has no result and no error.

    Args:
        name: its name.
        host: what it is about.
        tenant: id of a tenant.
        payload: what there is to say.

    >>> made("summarisable.summary.after").phase
    'after'
    """
    return Event((name, host, tenant, payload or {}, None, None))
