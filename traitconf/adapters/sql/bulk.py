"""Statements that write many rows: refused, warned of, ignored, or done object by object."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from traitconf.bind.persisted import has_hooks
from traitconf.errors import ModelError, Problem
from traitconf.runtime.bulk import bulk_policy
from traitconf.runtime.scoping import conditions_of


class Expanded(IteratorResult[Any]):
    """What a statement returns that was done object by object: no rows, but their number."""

    def __init__(self, rowcount: int) -> None:
        """Hold the number of rows."""
        super().__init__(SimpleResultMetaData([]), iter(()))
        self.rowcount = rowcount


def expanded(state: ORMExecuteState) -> Expanded | None:
    """Ask for the policy of a statement that writes rows of a bound model, and do it object by object if that says so.

    Args:
        state: of any statement.

    Returns:
        the result, or nothing where the statement is to run as it is.

    Raises:
        ModelError: when the policy refuses it (TC664).
    """
    mapper = state.bind_mapper
    if mapper is None or not (state.is_update or state.is_delete or state.is_insert):
        return None
    if _is_unfiltered(state):
        _refuse_unfiltered(mapper)
    point = "delete" if state.is_delete else "save"
    if not has_hooks(mapper.class_, point):
        return None
    statement: Any = state.statement
    does_return = bool(statement._returning)  # noqa: SLF001 -- there is no public way to see it
    many = _rows(state)
    expandable = not does_return and (many is not None if state.is_insert else state.parameters in (None, {}))
    if bulk_policy(mapper.class_, point, expandable=expandable) != "expand":
        return None
    do: Callable[..., int] = _insert if state.is_insert else _delete if state.is_delete else _update
    rowcount = do(state.session, mapper.class_, many if state.is_insert else statement)
    state.session.flush()
    return Expanded(rowcount)


@functools.cache
def watch() -> None:
    """Ask for the policy in the legacy `bulk_…` methods of sessions too, of which no event tells."""
    sessions: Any = Session
    write = sessions._bulk_save_mappings  # noqa: SLF001 -- the one way that all three of them go

    @functools.wraps(write)
    def asked(session: Session, mapper: Any, *args: Any, **kwargs: Any) -> None:
        cls = sa.inspect(mapper).mapper.class_
        if has_hooks(cls, "save"):
            bulk_policy(cls, "save", expandable=False)
        if kwargs.get("isupdate"):
            _refuse_unfiltered(sa.inspect(mapper).mapper)
        write(session, mapper, *args, **kwargs)

    sessions._bulk_save_mappings = asked  # noqa: SLF001 -- as above


def _is_unfiltered(state: ORMExecuteState) -> bool:
    """Whether a statement writes rows that are there and gets no criteria: it names them by key, or leaves the ORM."""
    if state.is_insert:
        clause = getattr(state.statement, "_post_values_clause", None)
        return clause is not None and "Nothing" not in type(clause).__name__  # an upsert, of whatever dialect
    strategy = state.execution_options.get("dml_strategy", "auto")
    return strategy in {"bulk", "core_only", "raw"} or isinstance(state.parameters, list)


def _refuse_unfiltered(mapper: Mapper[Any]) -> None:
    cls = mapper.class_
    if conditions_of(cls, tuple(mapper.column_attrs.keys())):
        text = f"a statement that writes rows of {cls.__qualname__} by their keys is refused: nothing would filter it"
        hint = "name the rows by a condition, write the objects one by one, or lift the filter: with tc.unscoped(…): …"
        raise ModelError(Problem("TC664", text, hint=hint))


def _rows(state: ORMExecuteState) -> list[dict[str, Any]] | None:
    """Return the rows of an insert that names them by field, or nothing where it is written in SQL."""
    rows = state.parameters
    if not rows:
        return None
    return [dict(rows)] if isinstance(rows, dict) else [dict(row) for row in rows]  # type: ignore[arg-type]  # rows are mappings


def _insert(session: Session, cls: type, rows: list[dict[str, Any]]) -> int:
    session.add_all([cls(**row) for row in rows])
    return len(rows)


def _update(session: Session, cls: type, statement: Any) -> int:
    values = {getattr(column, "key", column): value for column, value in statement._values.items()}  # noqa: SLF001 -- as above
    hosts = _hosts(session, cls, statement)
    for host in hosts:
        for name, value in values.items():
            setattr(host, name, value.value if isinstance(value, sa.BindParameter) else value)
    return len(hosts)


def _delete(session: Session, cls: type, statement: Any) -> int:
    hosts = _hosts(session, cls, statement)
    for host in hosts:
        session.delete(host)
    return len(hosts)


def _hosts(session: Session, cls: type, statement: Any) -> list[Any]:
    chosen: Any = sa.select(cls)
    if statement.whereclause is not None:
        chosen = chosen.where(statement.whereclause)
    return list(session.scalars(chosen).unique())
