"""What Django's managers, related objects and joins may see, and what querysets may write at once."""

from __future__ import annotations

import functools
import itertools
import weakref
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final, cast

from django.db import models, router, transaction
from django.db.models.fields import related_descriptors as descriptors
from django.db.models.fields.related import ForeignObject
from django.db.models.sql.query import Query
from django.db.models.sql.where import AND, WhereNode

from traitconf.bind.persisted import has_hooks
from traitconf.bind.weave import descendants_of
from traitconf.errors import ModelError, Problem
from traitconf.runtime.bulk import bulk_policy
from traitconf.runtime.scoping import conditions_of, has_scopes
from traitconf.schema.conditions import Condition

_watched: Final[weakref.WeakSet[type]] = weakref.WeakSet()
_asked: Final[ContextVar[bool]] = ContextVar("traitconf.bulk_update", default=False)
_LOOKUPS: Final[Mapping[str, str]] = {"=": "exact", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "in": "in"}


class VisibleRows:
    """The condition on one table of a query; what it says is asked when the query is compiled, in that context.

    A queryset may be made in one context and read in another one: it shows what may be seen where it is read.
    """

    contains_aggregate = False
    contains_over_clause = False

    def __init__(self, model: type, alias: str, *, guards_only: bool = False) -> None:
        """Stand for a model's table under an alias."""
        self._model, self._alias, self._guards_only = model, alias, guards_only

    def as_sql(self, compiler: Any, _connection: Any) -> tuple[str, list[Any]]:
        """Return the condition that holds now.

        Args:
            compiler: of the query.
        """
        meta = self._model._meta  # type: ignore[attr-defined]  # noqa: SLF001 -- Django's own convention
        fields = {field.attname: field for field in meta.concrete_fields}
        parts, params = ["1=1"], []
        for one in conditions_of(self._model, tuple(fields), guards_only=self._guards_only):
            sql, values = _on_row(compiler, meta, self._alias, fields[one.field], one)
            parts.append(sql)
            params.extend(values)
        return " AND ".join(parts), params

    def relabeled_clone(self, relabels: Mapping[str, str]) -> VisibleRows:
        """Return the same for another alias.

        Args:
            relabels: new aliases by old ones.
        """
        return VisibleRows(self._model, relabels.get(self._alias, self._alias), guards_only=self._guards_only)

    def clone(self) -> VisibleRows:
        """Return itself: nothing about it changes."""
        return self


def _on_row(compiler: Any, meta: Any, alias: str, field: Any, condition: Condition) -> tuple[str, list[Any]]:
    """Return the SQL of a condition on a row; a field that a parent's table has is looked up there, by the link."""
    link = meta.get_ancestor_link(field.model)
    if link is None:
        return _on_column(compiler, field.get_col(alias), condition)
    parent, quoted = link.remote_field.model._meta, compiler.quote_name_unless_alias  # noqa: SLF001 -- as above
    table, key = parent.db_table, link.target_field.column
    sql, values = _on_row(compiler, parent, table, field, condition)
    rows = f"SELECT {quoted(table)}.{quoted(key)} FROM {quoted(table)} WHERE {sql}"  # noqa: S608 -- quoted names only
    return f"{quoted(alias)}.{quoted(link.column)} IN ({rows})", values


def _on_column(compiler: Any, column: Any, condition: Condition) -> tuple[str, list[Any]]:
    if condition.operator in ("is null", "is not null"):
        lookup = column.get_lookup("isnull")(column, condition.operator == "is null")
    else:
        lookup = column.get_lookup(_LOOKUPS.get(condition.operator, "exact"))(column, condition.value)
    sql, values = compiler.compile(lookup)
    return (f"NOT ({sql})" if condition.operator == "!=" else sql), list(values)


class WatchedManager:
    """Mixed into the managers of a bound model."""

    def get_queryset(self) -> Any:
        """Return a queryset that shows what may be seen, and asks before it writes many rows."""
        return restricted(super().get_queryset())  # type: ignore[misc]  # mixed into a manager

    def __eq__(self, other: object) -> bool:
        """Whether another manager is made in the same way, watched or not: migrations compare them."""
        args = [getattr(one, "_constructor_args", None) for one in (self, other)]
        return isinstance(other, _unmixed(type(self))) and args[0] == args[1]

    def __hash__(self) -> int:
        """Return the number of the object, as Django's managers do."""
        return id(self)


class WatchedQuerySet:
    """Mixed into the querysets of a bound model: statements over many rows obey the policy of its traits."""

    def update(self, **values: Any) -> int:
        """Update the rows, or the objects one by one."""
        if self._policy("save") != "expand":
            return super().update(**values)  # type: ignore[misc,no-any-return]  # mixed into a queryset
        with self._atomic():
            hosts = list(self)  # type: ignore[call-overload]  # as above
            for host in hosts:
                for name, value in values.items():
                    setattr(host, name, value)
                host.save(update_fields=list(values))
        return len(hosts)

    update.alters_data = True  # type: ignore[attr-defined]  # as Django marks it

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows, or the objects one by one."""
        if self._policy("delete") != "expand":
            return super().delete()  # type: ignore[misc,no-any-return]  # as above
        counted: dict[str, int] = {}
        with self._atomic():
            for host in list(self):  # type: ignore[call-overload]  # as above
                _, found = host.delete() or (0, {})
                counted |= {label: counted.get(label, 0) + number for label, number in found.items()}
        return sum(counted.values()), counted

    delete.alters_data = True  # type: ignore[attr-defined]  # as above
    delete.queryset_only = True  # type: ignore[attr-defined]  # as above

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Insert the rows, or save the objects one by one; what would overwrite others' rows is refused."""
        if kwargs.get("update_conflicts"):
            refuse_upsert(self.model)  # type: ignore[attr-defined]  # as above
        if self._policy("save", expandable=not (args or kwargs.keys() - {"batch_size"})) != "expand":
            return super().bulk_create(objs, *args, **kwargs)  # type: ignore[misc]  # as above
        objs = list(objs)
        with self._atomic():
            for host in objs:
                host.save(force_insert=True, using=self.db)  # type: ignore[attr-defined]  # as above
        return objs

    def bulk_update(self, objs: Any, fields: Any, batch_size: Any = None) -> Any:
        """Update the rows, or save the objects one by one."""
        if self._policy("save") != "expand":
            token = _asked.set(True)  # it consists of updates, which are not asked about again
            try:
                return super().bulk_update(objs, fields, batch_size)  # type: ignore[misc]  # as above
            finally:
                _asked.reset(token)
        objs = list(objs)
        with self._atomic():
            for host in objs:
                host.save(update_fields=list(fields))
        return len(objs)

    bulk_update.alters_data = True  # type: ignore[attr-defined]  # as above

    def _policy(self, point: str, *, expandable: bool = True) -> str:
        model = self.model  # type: ignore[attr-defined]  # as above
        if _asked.get() or not has_hooks(model, point):
            return "ignore"
        return bulk_policy(model, point, expandable=expandable)

    def _atomic(self) -> Any:
        return transaction.atomic(using=router.db_for_write(self.model))  # type: ignore[attr-defined]  # as above


def refuse_upsert(model: Any) -> None:
    """Refuse to write rows of a model where they are there already, if traits filter what may be seen.

    Args:
        model: a watched class.

    Raises:
        ModelError: when there is a filter now (TC664).
    """
    if conditions_of(model, tuple(field.attname for field in model._meta.concrete_fields)):  # noqa: SLF001 -- as above
        text = f"an upsert of {model.__qualname__} is refused: nothing would filter the rows that it overwrites"
        hint = "write the objects one by one, or lift the filter: with tc.unscoped(…): …"
        raise ModelError(Problem("TC664", text, hint=hint))


def watch(model: type[models.Model]) -> None:
    """Filter what managers, relations and joins show of a model.

    Args:
        model: bound.
    """
    _watched.add(model)
    for manager in _managers(model):
        manager.__class__ = _mixed(WatchedManager, cast(Any, type(manager)))
    _copy_managers_anew(model)
    _watch_relations()


def unwatch(model: type[models.Model]) -> None:
    """Leave the managers of a model as they were; those that a watched one has as well stay watched.

    Args:
        model: that no traits are bound to any more.
    """
    if model not in _watched:
        return
    _watched.discard(model)
    kept = [manager for other in list(_watched) for manager in _managers(other)]
    for manager in _managers(model):
        if isinstance(manager, WatchedManager) and not any(manager is other for other in kept):
            manager.__class__ = _unmixed(type(manager))
    _copy_managers_anew(model)


def _managers(model: type) -> list[Any]:
    metas = (vars(base).get("_meta") for base in model.__mro__)
    return [manager for meta in metas for manager in getattr(meta, "local_managers", ())]


def _copy_managers_anew(model: type) -> None:
    for one in (model, *descendants_of(model)):
        meta = vars(one).get("_meta")
        if meta is not None:
            meta._expire_cache()  # noqa: SLF001 -- managers are copied from those just changed


def is_watched(model: Any) -> bool:
    """Whether traits say something about the rows of a model or the way they are written.

    Args:
        model: any class.
    """
    return isinstance(model, type) and any(base in _watched for base in model.__mro__)


def restricted(queryset: Any, *, guards_only: bool = False) -> Any:
    """Return a queryset of a watched model that shows what may be seen where it is read.

    Args:
        queryset: not sliced yet.
        guards_only: whether only guards are asked.
    """
    if not is_watched(queryset.model):
        return queryset
    queryset = queryset._chain()  # noqa: SLF001 -- as related managers do
    queryset.__class__ = _mixed(WatchedQuerySet, cast(Any, type(queryset)))
    if has_scopes(queryset.model):
        alias = queryset.query.get_initial_alias()
        queryset.query.where.add(VisibleRows(queryset.model, alias, guards_only=guards_only), AND)
    return queryset


def guarded(model: Any, database: str | None) -> Any:
    """Return all rows of a model, as far as its guards let them be seen.

    Args:
        model: bound.
        database: its alias.
    """
    return restricted(model._base_manager.db_manager(database).all(), guards_only=True)  # noqa: SLF001 -- as above


@functools.cache
def _mixed(mixin: Any, base: Any) -> Any:
    if issubclass(base, mixin):
        return base
    return type(base.__name__, (mixin, base), {"__module__": base.__module__, "__doc__": base.__doc__})


def _unmixed(cls: type) -> type:
    """Return the class that ours was mixed into: it comes after the two that are new."""
    return cls.__mro__[2]


@functools.cache
def _watch_relations() -> None:
    """Ask in the three places where Django makes rows of a relation visible past the managers.

    They are hooks of the base classes, replaced once: relations to a model are declared by models that come later.
    """
    restriction = ForeignObject.get_extra_restriction

    @functools.wraps(restriction)
    def get_extra_restriction(field: Any, alias: Any, related_alias: Any) -> Any:
        sides = ((field.related_model, alias), (field.model, related_alias))
        found = [VisibleRows(model, name) for model, name in sides if name and is_watched(model) and has_scopes(model)]
        own = restriction(field, alias, related_alias)
        return WhereNode([*found, *([own] if own else [])], AND) if found else own

    ForeignObject.get_extra_restriction = get_extra_restriction
    Query.trim_joins = _keeping(Query.trim_joins)
    for descriptor in (descriptors.ForwardManyToOneDescriptor, descriptors.ReverseOneToOneDescriptor):
        descriptor.get_queryset = _visible(descriptor.get_queryset)


def _keeping(trim_joins: Any) -> Any:
    """Keep the join to the rows of a relation to many: the table of links alone would list and count hidden ones."""

    @functools.wraps(trim_joins)
    def trim(query: Any, targets: Any, joins: Any, path: Any) -> Any:
        kept = 0
        for number, (former, info) in enumerate(itertools.pairwise(path), start=2):
            model = info.to_opts.model
            if former.m2m and is_watched(model) and has_scopes(model):
                kept = number
        return trim_joins(query, targets, joins, path[kept:])

    return trim


def _visible(get_queryset: Any) -> Any:
    @functools.wraps(get_queryset)
    def visible(descriptor: Any, **hints: Any) -> Any:
        return restricted(get_queryset(descriptor, **hints))

    return visible
