"""`Auditable`: records who did what to an object, and what that changed."""

from __future__ import annotations

from typing import Any, Literal

import traitconf as tc
from traitconf.traits.audit_entry import AuditEntry, Operation
from traitconf.traits.audit_trail import AuditTrail, Subject
from traitconf.traits.audited_call import AuditedCall, subject_number
from traitconf.traits.host_fields import key_of, model_name


@tc.trait(name="auditable", before=("sluggable", "soft_deletes"))
class Auditable(tc.TraitBase):
    """Record every save, delete and restore of an object: when, who, for which tenant, what it changed.

    A first save lists every field; later entries list what differs from the last successful one. A call that fails
    is recorded as failed, and fails as it would have. Fields are those of attrs, dataclasses, slots and instances,
    names with a leading underscore left out. Values are kept as immutable copies, foreign objects as short texts.

    The trail lies in memory, apart for each tenant, and is gone with the process.

    >>> @tc.use(Auditable)
    ... class Page:
    ...     def save(self): self.title = "Hello"
    >>> page = Page()
    >>> page.save()
    >>> [(entry.operation, entry.changes) for entry in page.audit_trail()]
    [('save', {'title': (None, 'Hello')})]
    """

    sinks: tuple[Literal["memory", "log"], ...] = tc.option(
        ("memory",), merge="unique", doc="Where entries go: the trail in memory, the log."
    )
    operations: tuple[Operation, ...] = tc.option(
        ("save", "delete", "restore"), doc="What is recorded.", important=True
    )

    # How long, and how much of it:
    retention_days: int = tc.option(30, ge=1, le=36500, unit="days", doc="How long entries are kept.", important=True)
    fields: tuple[str, ...] = tc.option((), doc="The only fields that are recorded; all when empty.")
    exclude: tuple[str, ...] = tc.option((), doc="Fields that are not recorded.")
    mask: frozenset[str] = tc.option(
        frozenset(), merge="union", doc="Fields of which only the change is recorded, their values as dots."
    )
    only_changes: bool = tc.option(False, doc="Whether a save that changed nothing leaves no entry.")

    recorded = tc.event(doc="An entry was recorded; `entry`.")
    entries = tc.counter(doc="Entries that were recorded.")

    @tc.around("save", optional=True)
    def audit_save(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Record a save."""
        return self._audited("save", host, proceed, args, kwargs)

    @audit_save.twin
    async def audit_save_async(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Record a save that is awaited."""
        return await self._awaited("save", host, proceed, args, kwargs)

    @tc.around("delete", optional=True)
    def audit_delete(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Record a delete, also one that only marks."""
        return self._audited("delete", host, proceed, args, kwargs)

    @audit_delete.twin
    async def audit_delete_async(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Record a delete that is awaited."""
        return await self._awaited("delete", host, proceed, args, kwargs)

    @tc.around("restore", optional=True)
    def audit_restore(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Record a restore."""
        return self._audited("restore", host, proceed, args, kwargs)

    @audit_restore.twin
    async def audit_restore_async(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Record a restore that is awaited."""
        return await self._awaited("restore", host, proceed, args, kwargs)

    @tc.provides(when_off="run")
    def audit_trail(self, host: Any) -> tuple[AuditEntry, ...]:
        """Return the entries of this object under the running tenant, oldest first.

        Entries of another object with the same primary key are its own.
        """
        subject = Subject(subject_number(self, host), key_of(host))
        return self.shared(AuditTrail).entries(_shelf(type(host)), self.retention_days, subject)

    @tc.provides(when_off="run")
    @classmethod
    def audit_log(cls: Any, model: type) -> tuple[AuditEntry, ...]:  # cls: the resolved trait
        """Return the entries of exactly this class under the running tenant, oldest first."""
        log: tuple[AuditEntry, ...] = cls.shared(AuditTrail).entries(_shelf(model), cls.retention_days)
        return log

    def _audited(self, operation: Operation, host: Any, proceed: Any, args: Any, kwargs: Any) -> Any:
        if operation not in self.operations:
            return proceed(*args, **kwargs)
        with AuditedCall(self, operation, host):
            return proceed(*args, **kwargs)

    async def _awaited(self, operation: Operation, host: Any, proceed: Any, args: Any, kwargs: Any) -> Any:
        if operation not in self.operations:
            return await proceed(*args, **kwargs)
        with AuditedCall(self, operation, host):
            return await proceed(*args, **kwargs)


def _shelf(model: type) -> tuple[str | None, str]:
    return tc.current_context().tenant, model_name(model)
