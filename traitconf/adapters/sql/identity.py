"""What sessions remember: an object in the identity map is found by its key without a query, so it is asked itself."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import InstanceState, Session

from traitconf.adapters.sql import queries
from traitconf.runtime.scoping import conditions_of


@functools.cache
def watch() -> None:
    """Watch objects that come into sessions from elsewhere."""
    event.listen(Session, "after_attach", _attached)


def guard(session: Session) -> None:
    """Let a session find only what may be seen here, from now on.

    The method is replaced on the session alone that holds bound objects; SQLAlchemy's own sharding extension takes
    the same place.

    Args:
        session: one that holds objects of bound classes.
    """
    if "_identity_lookup" not in vars(session):
        lookup = functools.partial(_visible, session._identity_lookup)  # noqa: SLF001 -- as the sharding extension does
        vars(session)["_identity_lookup"] = lookup


def _attached(session: Session, host: Any) -> None:
    if _scoped_base(type(host)) is not None:
        guard(session)


def _visible(lookup: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    found = lookup(*args, **kwargs)
    state = sa.inspect(found, raiseerr=False)
    if not isinstance(state, InstanceState):  # nothing, or one of SQLAlchemy's symbols
        return found
    cls = _scoped_base(type(found))
    if cls is None:
        return found
    held = state.dict
    for one in conditions_of(cls, queries.fields_of(cls)):
        if one.field not in held or not one.accepts(held[one.field]):
            return None  # the query that follows decides
    return found


def _scoped_base(cls: type) -> type | None:
    return next((one for one in queries.scoped_classes() if issubclass(cls, one)), None)
