"""`Operation`: one member that a trait gives or governs, as the slots of the pipeline see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from traitconf.bind.generate import around_link
from traitconf.schema.members import Flavour
from traitconf.schema.spec import spec_of

if TYPE_CHECKING:
    from traitconf.bind.joinpoint import JoinPoint


class Interceptor(Protocol):
    """Code around an operation, with the shape of an around hook."""

    def __call__(self, trait: Any, host: Any, proceed: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run around the operation."""


@attrs.frozen(eq=False)
class Operation:
    """One member on one join point, for receivers of one type.

    Attributes:
        point: the join point.
        member: the `Member`, what the trait says of it.
        trait: the trait as it is resolved for `model`.
        model: type of the receivers.
        muted: whether the running context mutes the trait's hooks and events.
        settings: the `RuntimeSettings` that hold, where the runtime tells them.
        profile: of the tenants whose calls are answered.
    """

    point: JoinPoint
    member: Any  # a Member; checkers would take it for a descriptor of this class
    trait: Any
    model: type
    muted: bool = False
    settings: Any = None
    profile: Any = None

    @property
    def name(self) -> str:
        """Return `<trait>.<member>`, the first part of the names of its events and instruments."""
        return f"{spec_of(self.trait).name}.{self.member.name}"

    @property
    def flavour(self) -> Flavour:
        """Return whether a call is awaited or iterated over."""
        return self.point.flavour

    def around(self, position: int, interceptor: Interceptor, inner: Any) -> Callable[..., Any]:
        """Return a function that calls an interceptor around another.

        Args:
            position: of the slot in the pipeline, 1 for the outermost.
            interceptor: what is called, with the trait, the host and a function to proceed with.
            inner: what that function calls.
        """
        return around_link(self.point.signature, (self.point.index, -position), interceptor, self.trait, inner)
