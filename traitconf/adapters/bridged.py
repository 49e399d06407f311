"""What bridges to other dispatchers share: nothing crosses one twice, so that events cannot run in circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from traitconf.runtime.verbs import resolve
from traitconf.schema.base import TraitBase

Emitting = tuple[type[TraitBase], str]
"""A trait's class and the name of one of its declared events."""
_crossed: Final[ContextVar[tuple[object, ...]]] = ContextVar("traitconf.bridges", default=())


@contextmanager
def crossing(signal: object) -> Iterator[bool]:
    """Return a block in which something crosses between events and a signal; it says whether it may.

    Args:
        signal: of the other dispatcher.
    """
    crossed = _crossed.get()
    if any(one is signal for one in crossed):
        yield False
        return
    token = _crossed.set((*crossed, signal))
    try:
        yield True
    finally:
        _crossed.reset(token)


def emitted(event: Emitting, host: Any, payload: Mapping[str, Any]) -> None:
    """Emit a declared event of a trait, as it is resolved for the host's class and the running tenant.

    Args:
        event: the trait and the event's name.
        host: what it is about.
        payload: what there is to say.
    """
    trait, name = event
    model = host if isinstance(host, type) else type(host)
    getattr(resolve(trait, model), name).emit(host, **payload)
