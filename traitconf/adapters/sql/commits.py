"""What is to happen after a commit: kept with the session, dropped with the transaction or savepoint that asked."""

from __future__ import annotations

import contextvars
import functools
import logging
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

log: Final = logging.getLogger("traitconf.commit")
_KEY: Final = "traitconf.after_commit"
_COMMITTED: Final = "traitconf.committed"
Waiting = list[tuple[SessionTransaction, Callable[[], Any]]]


@functools.cache
def watch() -> None:
    """Watch the end of every session's transactions."""
    event.listen(Session, "after_commit", _committed)
    event.listen(Session, "after_soft_rollback", _rolled_back)
    event.listen(Session, "after_transaction_end", _ended)


def register(session: Session, action: Callable[[], object]) -> None:
    """Call a function when the running transaction of a session is committed; one begins where none runs.

    Args:
        session: the session.
        action: called in the context of now.
    """
    watch()
    transaction = session.get_nested_transaction() or session.get_transaction() or session.begin()
    waiting: Waiting = session.info.setdefault(_KEY, [])
    waiting.append((transaction, functools.partial(contextvars.copy_context().run, action)))


def _committed(session: Session) -> None:
    if session.get_nested_transaction() is None:
        session.info[_COMMITTED] = True


def _rolled_back(session: Session, transaction: SessionTransaction) -> None:
    waiting: Waiting = session.info.get(_KEY, [])
    waiting[:] = [one for one in waiting if not _is_within(one[0], transaction)]


def _ended(session: Session, transaction: SessionTransaction) -> None:
    waiting: Waiting = session.info.get(_KEY, [])
    if transaction.parent is not None:
        if transaction.nested:  # a released savepoint: what it asked for now waits for the outer one
            waiting[:] = [(_outer(one[0], transaction), one[1]) for one in waiting]
        return
    actions, waiting[:] = waiting[:], []
    if session.info.pop(_COMMITTED, False):
        for _, action in actions:
            try:
                action()
            except Exception:  # the transaction is committed, whatever happens now
                log.exception("what was to happen after a commit failed")


def _outer(asked: SessionTransaction, ended: SessionTransaction) -> SessionTransaction:
    return ended.parent if asked is ended and ended.parent is not None else asked


def _is_within(asked: SessionTransaction, ended: SessionTransaction) -> bool:
    step: SessionTransaction | None = asked
    while step is not None:
        if step is ended:
            return True
        step = step.parent
    return False
