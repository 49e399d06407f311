"""Mapped classes with a `save` or `delete` of their own: hooks run around it, not again in the flush that follows."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from traitconf.runtime.state import StateTable

_METHODS: Final = "methods"
_RUNNING: Final = object()
_states: Final = StateTable()


@contextlib.contextmanager
def saving(host: object) -> Iterator[None]:
    """Return a block in which the hooks on `save` run around a method of an object.

    What the method leaves unsaved has had them; a change that comes after it is another save.

    Args:
        host: a mapped object.
    """
    with _running(host, "save") as kept:
        yield
    if "save" not in kept:
        kept["save"] = _transaction(host), _unsaved(host)


@contextlib.contextmanager
def deleting(host: object) -> Iterator[None]:
    """Return a block in which the hooks on `delete` run around a method of an object.

    Args:
        host: a mapped object.
    """
    with _running(host, "delete") as kept:
        yield
    session = orm.object_session(host)
    if "delete" not in kept and session is not None and host in session.deleted:
        kept["delete"] = _transaction(host), None


def has_run(host: object, point: str) -> bool:
    """Whether the hooks on a join point of an object have run for what is to be flushed, or run around it.

    Args:
        host: about to be written.
        point: `save` or `delete`.
    """
    if not _states.knows(host):
        return False
    kept = _states.of(_METHODS, host)
    if point not in kept or kept[point] is _RUNNING:
        return point in kept
    transaction, noted = kept.pop(point)
    if transaction is not None and transaction != _transaction(host):
        return False  # what the hooks have seen was rolled back
    return point == "delete" or bool(noted == _unsaved(host))


@contextlib.contextmanager
def _running(host: object, point: str) -> Iterator[dict[str, Any]]:
    kept = _states.of(_METHODS, host)
    is_outermost = kept.get(point) is not _RUNNING
    kept[point] = _RUNNING
    try:
        yield kept
    finally:
        if is_outermost:
            del kept[point]


def _transaction(host: object) -> weakref.ref[orm.SessionTransaction] | None:
    session = orm.object_session(host)
    if session is None:
        return None
    found = session.get_nested_transaction() or session.get_transaction()
    return weakref.ref(found) if found is not None else None


def _unsaved(host: Any) -> dict[str, tuple[Any, ...]]:
    """Return what a flush would write of an object, by attribute."""
    state: Any = sa.inspect(host)
    found = {}
    for name in state.mapper.attrs.keys():  # noqa: SIM118 -- it is no mapping
        history = state.get_history(name, PASSIVE_NO_INITIALIZE)
        if history.has_changes():
            found[name] = (tuple(history.added or ()), tuple(history.deleted or ()))
    return found
