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
    # Told of savepoints too; the one that is committing is still the session's.
    session.info[_COMMITTED] = session.get_nested_transaction() or session.get_transaction()


def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None and not transaction.nested:
        return  # part of a flush
    waiting: Waiting = session.info.get(_KEY, [])
    mine = [one for one in waiting if _is_within(one[0], transaction)]
    waiting[:] = [one for one in waiting if one not in mine]
    if session.info.pop(_COMMITTED, None) is not transaction:
        return
    if transaction.parent is not None:  # a released savepoint: what it asked for now waits for the outer one
        waiting.extend((transaction.parent, action) for _, action in mine)
        return
    for _, action in mine:
        try:
            action()
        except Exception:  # the transaction is committed, whatever happens now
            log.exception("what was to happen after a commit failed")


def _is_within(asked: SessionTransaction, ended: SessionTransaction) -> bool:
    step: SessionTransaction | None = asked
    while step is not None:
        if step is ended:
            return True
        step = step.parent
    return False
