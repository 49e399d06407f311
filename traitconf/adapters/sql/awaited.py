"""Async sessions, as far as they are in use: SQLAlchemy's part for them wants greenlet, which need not be installed."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy.orm import Session

_MODULE = "sqlalchemy.ext.asyncio"


def is_async(source: object) -> bool:
    """Whether something is an async session, or a registry of such.

    Args:
        source: a session of any kind.
    """
    module: Any = sys.modules.get(_MODULE)  # while nobody has imported it, there is none
    return module is not None and isinstance(source, (module.AsyncSession, module.async_scoped_session))


def serves_async(session: Session) -> bool:
    """Whether a session is the one below an async session.

    Args:
        session: a sync session.
    """
    module: Any = sys.modules.get(_MODULE)
    return module is not None and module.async_session(session) is not None


def may_wait(session: Session) -> bool:
    """Whether a session can be used here without awaiting: one below an async session only where that awaits.

    Args:
        session: a sync session.
    """
    if not serves_async(session):
        return True
    from sqlalchemy.util.concurrency import in_greenlet  # there is greenlet, since there is an async session

    return in_greenlet()


def below(source: Any) -> Any:
    """Return the session below an async one, or below that of a registry; anything else as it is.

    Args:
        source: a session of any kind.
    """
    if not is_async(source):
        return source
    session: Any = source() if callable(source) else source
    return session.sync_session
