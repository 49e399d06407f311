"""`AuditEntry`: one recorded operation."""

from __future__ import annotations

import datetime
from typing import Any, Literal

import attrs

import traitconf as tc

Operation = Literal["save", "delete", "restore"]


@attrs.frozen(kw_only=True)
class AuditEntry:
    """Record: what was done to one object.

    Attributes:
        at: when it ended, aware.
        operation: what was done.
        model: name of the class.
        key: the object's primary key (`pk`, `id` or `uuid`), else its slug, else empty.
        tenant: id of the tenant, or none.
        actor: who acted, or none.
        request_id: of the request, or empty.
        changes: fields that differ from the last successful entry, each with its value before and after; what was
            not there is none.
        outcome: whether it succeeded.
        error: what it raised when it failed, else empty.
    """

    at: datetime.datetime
    operation: Operation
    model: str
    key: str = ""
    tenant: str | None = None
    actor: tc.Actor | None = None
    request_id: str = ""
    changes: tc.FrozenMap[str, tuple[Any, Any]] = attrs.field(factory=tc.FrozenMap)
    outcome: Literal["ok", "failed"] = "ok"
    error: str = ""
