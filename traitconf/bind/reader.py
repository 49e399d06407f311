"""`reader()`: reads one resolved trait at the price of a call, for code that asks again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from traitconf.bind.context import OWNER, current
from traitconf.bind.generate import table_reader
from traitconf.bind.joinpoint import ReadPoint, joinpoints
from traitconf.schema.base import TraitBase

T = TypeVar("T", bound=TraitBase)


def reader(trait: type[T], model: type | str | None = None) -> Callable[[], T]:
    """Return a function that returns the trait as it is resolved for a model and the running context's tenant.

    It does what `resolve` does, but names are looked up once, here, so that a call only reads a list; it follows
    the context and every published snapshot.

    Args:
        trait: the trait's class.
        model: class or name of the model, or none.

    >>> import traitconf as tc
    >>> from traitconf.traits import Auditable
    >>> auditable = tc.reader(Auditable)
    >>> auditable().retention_days
    30
    """
    point = ReadPoint(trait, model)
    joinpoints.add(point)
    read = table_reader(current, _read_first, point.index)
    read.__traitconf_point__ = point  # type: ignore[attr-defined]  # it lives as long as the function
    return read


def _read_first(index: int) -> Any:
    chains, point = current().chains, cast(ReadPoint, joinpoints.at(index))
    resolve = chains[OWNER].trait  # looked up outside the lock: it may have to start a runtime first
    with joinpoints.lock:
        found = chains[index] = resolve(point.trait, point.model)
    return found
