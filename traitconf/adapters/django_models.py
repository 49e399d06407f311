"""The door to Django's models: their fields, keys, transactions, and what was last stored of an object."""

from __future__ import annotations

import contextvars
import copy
import datetime
import functools
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, SynchronousOnlyOperation
from django.db import models, router, transaction
from django.db.models.signals import class_prepared

from traitconf.adapters import django_queries
from traitconf.adapters.plain import fitting
from traitconf.bind.binding import bindings_of
from traitconf.bind.models import Column, Enclosing, Key
from traitconf.bind.persisted import AFTER, BEFORE, has_hooks, run
from traitconf.errors import ModelError, Problem
from traitconf.runtime.ownership import declared_tenant
from traitconf.runtime.state import StateTable
from traitconf.types import MISSING

_STORED: Final = "stored"
_FIELDS: Final[Mapping[type, type[models.Field[Any, Any]]]] = {
    bool: models.BooleanField,
    int: models.IntegerField,
    float: models.FloatField,
    str: models.TextField,
    datetime.datetime: models.DateTimeField,
    datetime.date: models.DateField,
    uuid.UUID: models.UUIDField,
}


class DjangoModels:
    """The adapter for Django's models.

    `save` and `delete` are methods, and hooks wrap them; `load` is the making of an object from a row. What a queryset
    writes at once, and what a cascade deletes, calls no method: the policy for bulk statements speaks about the former.
    """

    def __init__(self) -> None:
        """Begin without models."""
        self._states = StateTable()
        class_prepared.connect(self._prepared)
        self._follow_loading()
        self._guard_writing()

    def claims(self, cls: type) -> bool:
        """Whether a class is a Django model, abstract or not."""
        return issubclass(cls, models.Model) and cls is not models.Model

    def points(self, cls: type) -> Mapping[str, Enclosing | None]:  # noqa: ARG002 -- the protocol
        """Return `load`: a row becomes an object in no method that an application calls."""
        return {"load": None}

    def follow(self, cls: type) -> None:
        """Filter the class's managers, and note what is loaded and stored of it, while traits are bound to it."""
        model: Any = cls
        if any(True for _ in bindings_of(cls)):
            django_queries.watch(model)
        else:
            django_queries.unwatch(model)

    def fields(self, cls: type) -> tuple[str, ...]:
        """Return the attributes that hold columns; of a foreign key that is the one with the key.

        Raises:
            ModelError: when the class is no model (TC660).
        """
        return tuple(field.attname for field in _meta(cls).concrete_fields if field.column)

    def key_names(self, cls: type) -> tuple[str, ...]:
        """Return the attributes of the primary key.

        Raises:
            ModelError: when the class is no model (TC660).
        """
        meta = _meta(cls)
        return tuple(field.attname for field in getattr(meta, "pk_fields", None) or (meta.pk,))

    def key(self, host: object) -> Key | None:
        """Return the primary key; one that a default gave to an unsaved object counts."""
        values = tuple(getattr(host, name) for name in self.key_names(type(host)))
        return values if all(value is not None for value in values) else None

    def changes(self, host: object) -> Mapping[str, tuple[Any, Any]]:
        """Return what differs from the values that were last loaded or saved, deferred fields left out."""
        before = self._states.of(_STORED, host)
        now = self._values(host)
        return {name: (before.get(name), value) for name, value in now.items() if before.get(name, MISSING) != value}

    def tenant(self, host: object) -> str | None:
        """Return the tenant that the class declares.

        Raises:
            ModelError: when it would have to be loaded, and the row is gone (TC661).
        """
        try:
            return declared_tenant(host)
        except ObjectDoesNotExist as error:
            text = f"an object of {type(host).__qualname__} does not say whose it is: its row is gone"
            raise ModelError(Problem("TC661", text, hint="load it anew")) from error

    def load(self, cls: type, key: Any, source: Any = None) -> Any:
        """Return the object with a key, as far as it may be seen here; `source` is the alias of a database.

        Raises:
            ModelError: for a key that does not fit (TC662), or in an event loop (TC663).
        """
        chosen = self._chosen(cls, key, source)
        try:
            return chosen.first()
        except SynchronousOnlyOperation as error:
            text = f"loading {cls.__qualname__} would block the event loop"
            raise ModelError(Problem("TC663", text, hint="await aload(…) there")) from error

    async def aload(self, cls: type, key: Any, source: Any = None) -> Any:
        """Do what `load` does, awaited."""
        return await self._chosen(cls, key, source).afirst()

    def after_commit(self, host: object, action: Callable[[], object], source: Any = None) -> None:
        """Call a function when the running transaction has been committed, at once where none runs.

        Args:
            host: an object; its database counts where `source` is not given.
            action: called in the context of now; what it raises is logged.
            source: the alias of a database.
        """
        database = source or host._state.db or router.db_for_write(type(host), instance=host)  # type: ignore[attr-defined]  # noqa: SLF001 -- Django's own convention
        run_here = functools.partial(contextvars.copy_context().run, action)
        transaction.on_commit(run_here, using=database, robust=True)

    def add_column(self, cls: type, column: Column) -> None:
        """Add a field to a model, unless there is such a one; the next migration makes the column.

        Raises:
            ModelError: when a field of that name has another type, or there is no such type (TC666).
        """
        meta = _meta(cls)
        kind = _FIELDS.get(column.type)
        try:
            there = meta.get_field(column.name)
        except FieldDoesNotExist:
            there = None
        if kind is None or (there is not None and not isinstance(there, _alike(kind))):
            why = "it has something else of that name" if kind else f"no column holds {column.type.__name__}"
            hint = f"give {cls.__qualname__} the column itself, or another name"
            text = f"{cls.__qualname__} cannot get a column {column.name!r}: {why}"
            raise ModelError(Problem("TC666", text, hint=hint))
        if there is None:
            length = {"max_length": column.length} if column.type is str and column.length else {}
            made = models.CharField if length else kind
            empty = {"null": True, "blank": True} if column.nullable else {}
            cls.add_to_class(column.name, made(db_index=column.index, **length, **empty))  # type: ignore[attr-defined]  # of ModelBase

    def _prepared(self, sender: type, **_: Any) -> None:
        """Look at a model that is made: traits may be bound to an abstract base of it."""
        if any(True for _ in bindings_of(sender)):
            self.follow(sender)

    def _follow_loading(self) -> None:
        """Note what is loaded and saved, in the base class of all models, so that no class gets names of ours."""
        base: Any = models.Model
        loaded, save_base = base.from_db.__func__, base.save_base

        @functools.wraps(loaded)
        def from_db(cls: type, db: Any, names: Any, values: Any) -> Any:
            host = loaded(cls, db, names, values)
            if django_queries.is_watched(cls):
                self._note(host)
                if has_hooks(cls, "load"):
                    run(host, "load", (*BEFORE, *AFTER))
            return host

        @functools.wraps(save_base)
        def noting_save_base(host: Any, *args: Any, **kwargs: Any) -> Any:
            saved = save_base(host, *args, **kwargs)
            if django_queries.is_watched(type(host)):
                self._note(host)
            return saved

        base.from_db, base.save_base = classmethod(from_db), noting_save_base

    def _guard_writing(self) -> None:
        """Ask the guards in the two places where a row is read or written by its key alone."""
        base: Any = models.Model
        refresh, do_update = base.refresh_from_db, base._do_update  # noqa: SLF001 -- no public way leads there

        @functools.wraps(refresh)
        def guarded_refresh(host: Any, *args: Any, **kwargs: Any) -> Any:
            if not django_queries.is_watched(type(host)):
                return refresh(host, *args, **kwargs)
            database = kwargs.get("using") or (args[0] if args else None) or host._state.db  # noqa: SLF001 -- Django's own convention
            kwargs.setdefault("from_queryset", django_queries.guarded(type(host), database))
            refreshed = refresh(host, *args, **kwargs)
            self._note(host)
            return refreshed

        @functools.wraps(do_update)
        def guarded_update(host: Any, queryset: Any, *args: Any, **kwargs: Any) -> Any:
            if host._state.adding:  # noqa: SLF001 -- a new object with the key of a row would overwrite it
                queryset = django_queries.restricted(queryset, guards_only=True)
            return do_update(host, queryset, *args, **kwargs)

        base.refresh_from_db, base._do_update = guarded_refresh, guarded_update  # noqa: SLF001 -- as above

    def _chosen(self, cls: type, key: Any, source: Any) -> Any:
        names = self.key_names(cls)
        parts = fitting(cls, names, key)
        return cls._default_manager.db_manager(source).filter(**dict(zip(names, parts, strict=True)))  # type: ignore[attr-defined]

    def _note(self, host: Any) -> None:
        kept = self._states.of(_STORED, host)
        kept.clear()
        kept.update(copy.deepcopy(self._values(host)))

    def _values(self, host: object) -> dict[str, Any]:
        held = vars(host)
        return {name: held[name] for name in self.fields(type(host)) if name in held}


def _meta(cls: type) -> Any:
    meta = getattr(cls, "_meta", None)
    if meta is None or not issubclass(cls, models.Model):
        raise ModelError(Problem("TC660", f"{cls.__qualname__} is no Django model", hint="derive it from models.Model"))
    return meta


def _alike(kind: type[models.Field[Any, Any]]) -> tuple[type, ...]:
    return (kind, models.CharField) if kind is models.TextField else (kind,)
