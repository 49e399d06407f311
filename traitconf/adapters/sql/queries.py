"""What sessions query: every statement gets the conditions of the traits that bound models have."""

from __future__ import annotations

import functools
import operator
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from traitconf.adapters.sql import awaited, bulk
from traitconf.adapters.sql.criteria import TraitCriteria
from traitconf.bind.weave import descendants_of
from traitconf.errors import AdapterRequired, ModelError, Problem, TenantRequired
from traitconf.runtime.scoping import conditions_of, has_scopes
from traitconf.schema.conditions import Condition

_watched: Final[weakref.WeakSet[type]] = weakref.WeakSet()
_THREAD: Final = "traitconf.thread"
FILTERS_ALL: Final = (2, 1)
"""The first version that applies criteria inside `any()` and `has()` as well."""
_SQL: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda column, among: column.in_(among),
    "is null": lambda column, _: column.is_(None),
    "is not null": lambda column, _: column.is_not(None),
}


def mapper_of(cls: type) -> Mapper[Any] | None:
    """Return the mapper of a class, if it has one; mappers are not configured for it.

    Args:
        cls: any class.
    """
    try:
        return sa.orm.class_mapper(cls, configure=False)
    except (exc.ArgumentError, sa.orm.exc.UnmappedClassError):
        return None


def watch(cls: type) -> None:
    """Filter the queries of a class, and of what is derived from it, in every session.

    Args:
        cls: mapped, or a base of mapped ones.
    """
    _watched.add(cls)
    _listen()


def unwatch(cls: type) -> None:
    """Filter the queries of a class no more.

    Args:
        cls: watched or not.
    """
    _watched.discard(cls)


@functools.cache
def _listen() -> None:
    event.listen(Session, "do_orm_execute", _restrict)


def scoped_classes() -> Iterator[type]:
    """Yield the mapped classes whose rows are filtered, without those whose mapped base is filtered already."""
    found = {one for cls in list(_watched) for one in (cls, *descendants_of(cls)) if mapper_of(one) is not None}
    for cls in found:
        mapper = mapper_of(cls)
        inherited = mapper is not None and mapper.inherits is not None and mapper.inherits.class_ in found
        if not inherited and has_scopes(cls):
            yield cls


def fields_of(cls: type) -> tuple[str, ...]:
    """Return the names of a mapped class's columns."""
    mapper = mapper_of(cls)
    return tuple(mapper.column_attrs.keys()) if mapper is not None else ()


def as_sql(cls: type, conditions: tuple[Condition, ...]) -> Any:
    """Return conditions as SQL.

    Args:
        cls: the mapped class.
        conditions: at least one.
    """
    return sa.and_(*(_SQL[one.operator](getattr(cls, one.field), one.value) for one in conditions))


def _restrict(state: ORMExecuteState) -> Any:
    check_thread(state.session)
    expanded = bulk.expanded(state)
    if expanded is not None:
        return expanded
    if not (state.is_orm_statement and (state.is_select or state.is_update or state.is_delete)):
        return None
    # An object that is held already may be refreshed although it is hidden; a guard asks even then.
    found = [
        (cls, criterion)
        for cls in scoped_classes()
        if _concerns(cls, state) and (criterion := _visible(cls, guards_only=state.is_column_load)) is not None
    ]
    if found:
        _check_version(found[0][0])
    if found and state.is_column_load:  # of one row: SQLAlchemy does not look at criteria there
        mine = [criterion for cls, criterion in found if issubclass(state.bind_mapper.class_, cls)]  # type: ignore[union-attr]  # it has one
        state.statement = state.statement.where(*mine)  # type: ignore[attr-defined]  # a select
    elif found:
        state.statement = state.statement.options(*(TraitCriteria(cls, criterion) for cls, criterion in found))
    return None


def _concerns(cls: type, state: ORMExecuteState) -> bool:
    """Whether a class may appear in a statement: all classes that are related to each other share a registry."""
    asked, mapper = state.bind_mapper, mapper_of(cls)
    return asked is None or mapper is None or asked.registry is mapper.registry


def _visible(cls: type, *, guards_only: bool) -> Any:
    """Return the criterion for the rows of a class, or nothing where all may be seen."""
    try:
        conditions = conditions_of(cls, fields_of(cls), guards_only=guards_only)
    except TenantRequired as error:
        # Raised when the statement is run, if the class is part of it at all: nobody knows that before it is compiled.
        return sa.literal(1) == sa.bindparam(None, callable_=functools.partial(_raise, error), type_=sa.Integer())
    return as_sql(cls, conditions) if conditions else None


def _check_version(cls: type) -> None:
    if tuple(map(int, sa.__version__.split(".")[:2])) < FILTERS_ALL:
        text = f"queries of {cls.__qualname__} are filtered by traits, which SQLAlchemy {sa.__version__} does not do"
        raise AdapterRequired(f"{text} in any() and has(); install 2.1 or later")


class _Unwrapped(TenantRequired, exc.DontWrapMixin):
    """What SQLAlchemy lets through as it is."""


def _raise(error: TenantRequired) -> None:
    raise _Unwrapped(*error.args)


def check_thread(session: Session) -> None:
    """Refuse to go on with an async session in another thread than the one that it began in.

    Raises:
        ModelError: before anything is read or written (TC663).
    """
    if not awaited.serves_async(session):
        return
    here = threading.get_ident()
    if session.info.setdefault(_THREAD, here) != here:
        raise ModelError(misused("a query"))


def misused(what: str) -> Problem:
    """Return the problem of an async session that is used synchronously, or from a thread.

    Args:
        what: was to be done.
    """
    hint = "await it in the event loop of the session, or give the thread a session of its own"
    return Problem("TC663", f"{what} needs an async session, which cannot be used here", hint=hint)
