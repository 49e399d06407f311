"""The pipeline of an operation: what encloses the body of a provided member.

Each slot is a function that encloses a call, or returns it as it is when it has nothing to do for the operation; a
call chain is folded once, when it is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from traitconf.bind.operation import Interceptor, Operation
from traitconf.errors import AdapterRequired, TraitDisabled
from traitconf.schema.caching import port
from traitconf.schema.members import Flavour
from traitconf.schema.spec import spec_of

Slot = Callable[[Operation, int, Callable[..., Any]], Callable[..., Any]]
"""Takes an operation, the slot's position (1 is outermost) and what to enclose."""
ORDER: Final = ("telemetry", "toggle", "before", "cache", "queue", "after")
"""The slots, outermost first; `queue` encloses the body."""


def telemetry(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Count, time, trace and log the calls of an operation, as it is configured; see `runtime.metered`."""
    if not operation.member.operation or operation.trait._services is None:
        return call
    from traitconf.runtime.metered import metered

    return metered(operation, position, call)


def toggle(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Say what a call does while the trait is off: nothing is in the way while it is on."""
    trait, when_off = operation.trait, operation.member.when_off
    if when_off == "run" or (trait.enabled and not trait.shadow):
        return call
    return operation.around(position, _disabled if when_off == "raise" else _SKIPPED[operation.flavour], call)


def cache(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Answer calls from a store; where nothing is to be cached, nothing is in the way."""
    trait = operation.trait
    acts = trait.enabled and not trait.shadow and trait.cache.enabled and trait._services is not None
    if not operation.member.cache or not acts:
        return call
    from traitconf.runtime.cache_slot import cached_operation

    return cached_operation(operation, position, call)


def _forget(trait: Any, host: object) -> None:
    from traitconf.runtime.invalidate import forget

    forget(trait, host)


async def _aforget(trait: Any, host: object) -> None:
    from traitconf.runtime.invalidate import aforget

    await aforget(trait, host)


port.forget, port.aforget = _forget, _aforget


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


def before(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Ask subscribers before a call, where somebody subscribes."""
    if not _is_evented(operation):
        return call
    from traitconf.runtime import evented  # only for programs that call operations

    return evented.before(operation, position, call)


def after(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Tell subscribers how a call ended, where somebody subscribes."""
    if not _is_evented(operation):
        return call
    from traitconf.runtime import evented  # as above

    return evented.after(operation, position, call)


def _is_evented(operation: Operation) -> bool:
    """Whether calls of a member have events: those of an operation while its trait acts, and nobody mutes it."""
    trait = operation.trait
    return operation.member.operation and trait.enabled and not trait.shadow and not operation.muted


SLOTS: Final[Mapping[str, Slot]] = {
    "telemetry": telemetry,
    "toggle": toggle,
    "before": before,
    "cache": cache,
    "after": after,
}
"""The slots that are furnished."""


def enclosed(operation: Operation, body: Callable[..., Any]) -> Callable[..., Any]:
    """Return a body within the slots that have something to do for its operation; with none, the body itself.

    Args:
        operation: the member, its resolved trait and where it is called.
        body: what the member does.

    Raises:
        AdapterRequired: when the member asks for a slot that this installation does not furnish.
    """
    member = operation.member
    for asked, slot in ((member.cache, "cache"), (member.queue, "queue")):
        if asked and slot not in SLOTS:
            raise AdapterRequired(f"{operation.name} is declared with {slot}=True, which is not available")
    call = body
    for position, name in reversed([*enumerate(ORDER, start=1)]):
        if name in SLOTS:
            call = SLOTS[name](operation, position, call)
    return call
