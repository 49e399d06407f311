"""What sessions write: hooks of traits run in the flush, so that what they do is in its transaction."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction

from traitconf.adapters.sql import identity, methods, queries
from traitconf.bind.persisted import AFTER, BEFORE, has_hooks, run

_ROUNDS: Final = 100
"""How often hooks may make further objects dirty; a commit of SQLAlchemy ends its flushes after as many."""
_WRITTEN: Final = "traitconf.written"
_loading: Final[weakref.WeakSet[type]] = weakref.WeakSet()


def watch(cls: type) -> None:
    """Run hooks for the objects of a class in every session.

    Args:
        cls: mapped, or a base of mapped ones.
    """
    _listen()
    if any(base in _loading for base in cls.__mro__):
        return
    for sub in [sub for sub in _loading if issubclass(sub, cls)]:
        unwatch(sub)  # they are told with their base, and each object loads once
    _loading.add(cls)
    event.listen(cls, "load", _loaded, propagate=True)


def unwatch(cls: type) -> None:
    """Run no hooks any more when objects of a class are loaded.

    Args:
        cls: watched or not.
    """
    if cls in _loading:
        _loading.discard(cls)
        event.remove(cls, "load", _loaded)


@functools.cache
def _listen() -> None:
    event.listen(Session, "before_flush", _before)
    event.listen(Session, "after_flush_postexec", _after)
    event.listen(Session, "after_soft_rollback", _forget)


def _before(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    written: list[tuple[str, Any]] = session.info.setdefault(_WRITTEN, [])
    seen: set[tuple[str, int]] = set()
    for _ in range(_ROUNDS):
        fresh = [(point, host) for point, host in _wanted(session) if (point, id(host)) not in seen]
        if not fresh:
            return
        queries.check_thread(session)
        identity.guard(session)
        for point, host in fresh:
            seen.add((point, id(host)))
            if methods.has_run(host, point):
                continue
            if run(host, point, BEFORE):
                written.append((point, host))
            elif point == "delete":
                seen.add(("save", id(host)))  # it is kept, as the hook left it
                _keep(session, host)
            else:
                _leave(session, host)


def _wanted(session: Session) -> Iterator[tuple[str, Any]]:
    """Yield what is about to be deleted or saved of bound classes, each with the join point."""
    for host in list(session.deleted):
        if has_hooks(type(host), "delete"):
            yield "delete", host
    for host in (*session.new, *session.dirty):
        is_written = host in session.new or (host not in session.deleted and session.is_modified(host))
        if is_written and has_hooks(type(host), "save"):
            yield "save", host


def _keep(session: Session, host: Any) -> None:
    """Take back the deletion of an object, and of those that would go only because it goes."""
    session.add(host)
    state: Any = sa.inspect(host)
    for other, _, _, _ in state.mapper.cascade_iterator("delete", state):
        if other in session.deleted and not has_hooks(type(other), "delete"):
            session.add(other)


def _leave(session: Session, host: Any) -> None:
    """Leave an object unsaved: a new one is put out of the session, another one is as it was."""
    if host in session.new:
        session.expunge(host)
    else:
        session.expire(host)


def _after(session: Session, _context: UOWTransaction) -> None:
    written, session.info[_WRITTEN] = session.info.get(_WRITTEN, []), []
    for point, host in written:
        run(host, point, AFTER)


def _forget(session: Session, _transaction: Any) -> None:
    session.info.pop(_WRITTEN, None)


def _loaded(host: Any, context: Any) -> None:
    if context is not None:  # there is none for a copy that a merge makes
        identity.guard(context.session)
    if has_hooks(type(host), "load"):
        run(host, "load", (*BEFORE, *AFTER))
