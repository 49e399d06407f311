"""The pipeline of an operation: which interceptors run around a provided member, outermost first.

A slot that has nothing to do for a member is left out of its call chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from traitconf.bind.chain import Interceptor
from traitconf.errors import AdapterRequired, TraitDisabled
from traitconf.schema.members import Flavour, Member
from traitconf.schema.spec import spec_of

Slot = Callable[[Member[Any, Any], Any, Flavour], Interceptor | None]
ORDER: Final = ("telemetry", "toggle", "before", "cache", "queue", "after")
"""The slots, outermost first; `queue` encloses the body."""


def toggle(member: Member[Any, Any], trait: Any, flavour: Flavour) -> Interceptor | None:
    """Say what a call does while the trait is off: nothing is in the way while it is on."""
    if trait.enabled and not trait.shadow:
        return None
    if member.when_off == "run":
        return None
    return _disabled if member.when_off == "raise" else _SKIPPED[flavour]


def _disabled(trait: Any, _host: Any, proceed: Any, /, *_args: Any, **_kwargs: Any) -> Any:
    spec = spec_of(trait)
    way_out = f"see traitconf explain {spec.name}.enabled"
    raise TraitDisabled(f"{spec.cls.__name__} is off here, so {proceed.__name__}() is not available; {way_out}")


def _skipped(_trait: Any, _host: Any, _proceed: Any, /, *_args: Any, **_kwargs: Any) -> None:
    return None


async def _skipped_async(_trait: Any, _host: Any, _proceed: Any, /, *_args: Any, **_kwargs: Any) -> None:
    return None


def _skipped_generator(_trait: Any, _host: Any, _proceed: Any, /, *_args: Any, **_kwargs: Any) -> Any:
    yield from ()


async def _skipped_async_generator(_trait: Any, _host: Any, _proceed: Any, /, *_args: Any, **_kwargs: Any) -> Any:
    nothing: tuple[Any, ...] = ()
    for value in nothing:
        yield value


_SKIPPED: Final[Mapping[Flavour, Interceptor]] = {
    "sync": _skipped,
    "async": _skipped_async,
    "generator": _skipped_generator,
    "async generator": _skipped_async_generator,
}
SLOTS: Final[Mapping[str, Slot]] = {"toggle": toggle}
"""The slots that are furnished."""


def interceptors(member: Member[Any, Any], trait: Any, flavour: Flavour) -> list[Interceptor]:
    """Return what runs around a provided member, outermost first.

    Args:
        member: the member.
        trait: its trait, as resolved.
        flavour: of the member's function.

    Raises:
        AdapterRequired: when the member asks for a slot that this installation does not furnish.
    """
    for asked, slot in ((member.cache, "cache"), (member.queue, "queue")):
        if asked and slot not in SLOTS:
            raise AdapterRequired(
                f"{spec_of(trait).name}.{member.name} is declared with {slot}=True, which is not available"
            )
    found = (SLOTS[name](member, trait, flavour) for name in ORDER if name in SLOTS)
    return [interceptor for interceptor in found if interceptor is not None]
