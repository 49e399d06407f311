"""The door to SQLAlchemy's ORM: mapped classes, sessions sync and async, queries, transactions."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy import event, exc, orm
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from traitconf.adapters.plain import fitting
from traitconf.adapters.sql import awaited, bulk, commits, flush, identity, methods, queries
from traitconf.bind.binding import bindings_of
from traitconf.bind.models import Column, Enclosing, Key, follow
from traitconf.bind.weave import cover
from traitconf.errors import ModelError, Problem
from traitconf.runtime.ownership import declared_tenant

_POINTS: Final[Mapping[str, Enclosing | None]] = {"save": methods.saving, "delete": methods.deleting, "load": None}
_TYPES: Final[Mapping[type, Callable[[Column], Any]]] = {
    bool: lambda _: sa.Boolean(),
    int: lambda _: sa.Integer(),
    float: lambda _: sa.Float(),
    str: lambda column: sa.String(column.length) if column.length else sa.Text(),
    datetime.datetime: lambda _: sa.DateTime(timezone=True),
    datetime.date: lambda _: sa.Date(),
    uuid.UUID: lambda _: sa.Uuid(),
}


class SqlAlchemyModels:
    """The adapter for classes that SQLAlchemy maps.

    Hooks on `save` and `delete` run in the session's flush, within its transaction: those around and before it before
    the rows are written, those after it when they are. A hook around `delete` that does not go on keeps the row.
    Where a class has a method `save` or `delete` of its own, they run around that, and in a flush only for what it did
    not do.
    """

    def __init__(self) -> None:
        """Look at every class that is mapped from now on: traits may be bound to it, or to a mixin, already."""
        event.listen(Mapper, "after_mapper_constructed", _mapped)

    def claims(self, cls: type) -> bool:
        """Whether a class is mapped, or an abstract base of mapped ones."""
        return queries.mapper_of(cls) is not None or any("_sa_registry" in vars(base) for base in cls.__mro__)

    def points(self, cls: type) -> Mapping[str, Enclosing | None]:  # noqa: ARG002 -- the protocol
        """Return all three: the session saves, deletes and loads."""
        return _POINTS

    def follow(self, cls: type) -> None:
        """Watch the class's loading, and all sessions; where nothing is bound, leave it alone."""
        if not any(True for _ in bindings_of(cls)):
            queries.unwatch(cls)
            flush.unwatch(cls)
            return
        queries.watch(cls)
        flush.watch(cls)
        identity.watch()
        bulk.watch()
        commits.watch()

    def fields(self, cls: type) -> tuple[str, ...]:
        """Return the names of the mapped columns.

        Raises:
            ModelError: when the class is not mapped (TC660).
        """
        return tuple(_mapper(cls).column_attrs.keys())

    def key_names(self, cls: type) -> tuple[str, ...]:
        """Return the attributes of the primary key.

        Raises:
            ModelError: when the class is not mapped (TC660).
        """
        mapper = _mapper(cls)
        return tuple(mapper.get_property_by_column(column).key for column in mapper.primary_key)

    def key(self, host: object) -> Key | None:
        """Return the primary key, also of a detached or expired object; nothing is loaded."""
        state = _state(host)
        if state.identity is not None:
            return tuple(state.identity)
        values = tuple(state.dict.get(name) for name in self.key_names(type(host)))
        return values if all(value is not None for value in values) else None

    def changes(self, host: object) -> Mapping[str, tuple[Any, Any]]:
        """Return what the session's history says; the old value is none where it was never loaded."""
        state = _state(host)
        found = {}
        for attribute in state.mapper.column_attrs:
            history = state.get_history(attribute.key, PASSIVE_NO_INITIALIZE)
            if history.has_changes():
                found[attribute.key] = _first(history.deleted), _first(history.added)
        return found

    def tenant(self, host: object) -> str | None:
        """Return the tenant that the class declares.

        Raises:
            ModelError: when it would have to be loaded, and the object has no session or no row any more (TC661).
        """
        try:
            return declared_tenant(host)
        except (orm.exc.DetachedInstanceError, orm.exc.ObjectDeletedError) as error:
            text = f"an object of {type(host).__qualname__} does not say whose it is: it is detached or its row is gone"
            hint = "attach it to a session, or load it anew"
            raise ModelError(Problem("TC661", text, hint=hint)) from error
        except (exc.MissingGreenlet, exc.StatementError) as error:
            raise ModelError(queries.misused(f"the tenant of {type(host).__qualname__}")) from error

    def load(self, cls: type, key: Any, source: Any = None) -> Any:
        """Return the object that a session finds by key, as far as it may be seen here.

        Raises:
            ModelError: without a session (TC661), with a key that does not fit (TC662), or with an async session
                (TC663).
        """
        parts = fitting(cls, self.key_names(cls), key)
        session = _session(source, cls)
        if not awaited.may_wait(session):
            raise ModelError(queries.misused(f"loading {cls.__qualname__}"))
        return session.get(cls, parts)

    async def aload(self, cls: type, key: Any, source: Any = None) -> Any:
        """Return the object that an async session finds by key; a sync one is asked as it is."""
        if awaited.is_async(source):
            return await source.get(cls, fitting(cls, self.key_names(cls), key))
        return self.load(cls, key, source)

    def after_commit(self, host: object, action: Callable[[], object], source: Any = None) -> None:
        """Call a function when the transaction of an object's session has been committed.

        Args:
            host: an object in a session, or any object where the session is given.
            action: called in the context of now; what it raises is logged. A savepoint that is rolled back takes it
                away.
            source: the session.

        Raises:
            ModelError: when the object is in no session (TC661).
        """
        session = awaited.below(source) if source is not None else orm.object_session(host)
        commits.register(_session(session, type(host)), action)

    def add_column(self, cls: type, column: Column) -> None:
        """Add a column to the class's table and mapping, unless there is such a one.

        Raises:
            ModelError: when a field of that name has another type, or there is no such type (TC666).
        """
        mapper = _mapper(cls)
        wanted = _TYPES.get(column.type)
        if wanted is None:
            raise ModelError(_refused(cls, column, f"no column holds {column.type.__name__}"))
        if column.name in mapper.all_orm_descriptors:
            there = mapper.columns.get(column.name)
            if there is None or there.type.python_type is not column.type:
                raise ModelError(_refused(cls, column, "it has something else of that name"))
            return
        made: sa.Column[Any] = sa.Column(column.name, wanted(column), nullable=column.nullable, index=column.index)
        cast(sa.Table, mapper.local_table).append_column(made)
        mapper.add_property(column.name, made)


def _mapped(_mapper: Mapper[Any], cls: type) -> None:
    if any(True for _ in bindings_of(cls)):
        cover(cls)
        follow(cls)


def _mapper(cls: type) -> Mapper[Any]:
    mapper = queries.mapper_of(cls)
    if mapper is None:
        hint = "map it: derive it from a declarative base with a __tablename__, or use registry.map_imperatively"
        raise ModelError(Problem("TC660", f"{cls.__qualname__} is not mapped to a table", hint=hint))
    return mapper


def _state(host: object) -> orm.InstanceState[Any]:
    _mapper(type(host))
    return cast("orm.InstanceState[Any]", sa.inspect(host))


def _session(source: Any, cls: type) -> Session:
    if awaited.is_async(source):
        raise ModelError(queries.misused(f"loading {cls.__qualname__}"))
    if isinstance(source, orm.scoped_session):
        source = source()
    if not isinstance(source, Session):
        text = f"an object of {cls.__qualname__} is in no session, and none was given"
        raise ModelError(Problem("TC661", text, hint="give the session, or add the object to one"))
    return source


def _refused(cls: type, column: Column, why: str) -> Problem:
    hint = f"give {cls.__qualname__} the column itself, or another name"
    return Problem("TC666", f"{cls.__qualname__} cannot get a column {column.name!r}: {why}", hint=hint)


def _first(values: Any) -> Any:
    return values[0] if values else None
