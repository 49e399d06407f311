"""`SoftDeletes`: deleting marks an object, restoring takes the mark away."""

from __future__ import annotations

import datetime
import inspect
from contextvars import ContextVar
from typing import Any, Final

import traitconf as tc
from traitconf.traits.host_fields import has_field, write

_forced: Final[ContextVar[tuple[object, ...]]] = ContextVar("traitconf.traits.forced", default=())
"""The objects that the running code is deleting really."""


@tc.trait(name="soft_deletes", before=("sluggable",), writes=("column",), state="without_field")
class SoftDeletes(tc.TraitBase):
    """Mark an object when it is deleted, instead of deleting it.

    The mark is the time of the deletion. It stands in the object's own field when it has one of that name, else
    beside the object, where it is lost with it. Nothing is saved: that is up to the class.

    Switching the trait off makes `delete()` delete again. What was marked before stays so, and can be restored.

    >>> @tc.use(SoftDeletes)
    ... class Page:
    ...     def delete(self):
    ...         return "really deleted"
    >>> page = Page()
    >>> page.delete()
    >>> page.trashed, page.force_delete()
    (True, 'really deleted')
    """

    column: str = tc.option("deleted_at", doc="Field for the time of the deletion, on objects that have such a field.")

    deleted = tc.event(doc="An object was marked as deleted.")
    restored = tc.event(doc="The mark was taken away.")
    purged = tc.event(doc="An object was really deleted, by force.")

    @tc.around("delete")
    def mark(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Mark instead of deleting; the result is then none."""
        return proceed(*args, **kwargs) if _is_forced(host) else self._mark(host)

    @mark.twin
    async def mark_async(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Mark instead of deleting, where `delete` is awaited."""
        return await proceed(*args, **kwargs) if _is_forced(host) else self._mark(host)

    @tc.provides(when_off="run")
    def restore(self, host: Any) -> None:
        """Take the mark away; an object without a mark stays as it is."""
        if self._marked_at(host):
            self._set(host, None)
            self.restored.emit(host)

    @tc.provides(when_off="run")
    def force_delete(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        """Really delete the object, marked or not.

        Args:
            host: the object.
            *args: for its own `delete`.
            **kwargs: likewise.

        Returns:
            what `delete` returns, to be awaited where that is.
        """
        if inspect.iscoroutinefunction(host.delete):
            return self._purge_async(host, args, kwargs)
        token = _forced.set((*_forced.get(), host))
        try:
            result = host.delete(*args, **kwargs)
        finally:
            _forced.reset(token)
        self.purged.emit(host)
        return result

    @tc.provides(shape="property", when_off="run")
    def trashed(self, host: Any) -> bool:
        """Whether the object is marked as deleted."""
        return bool(self._marked_at(host))

    async def _purge_async(self, host: Any, args: Any, kwargs: Any) -> Any:
        token = _forced.set((*_forced.get(), host))
        try:
            result = await host.delete(*args, **kwargs)
        finally:
            _forced.reset(token)
        self.purged.emit(host)
        return result

    def _mark(self, host: Any) -> None:
        if not self._marked_at(host):
            self._set(host, datetime.datetime.now(datetime.UTC))
            self.deleted.emit(host)

    def _marked_at(self, host: Any) -> Any:
        if has_field(host, self.column):
            return getattr(host, self.column, None)
        return self.state(host).get("deleted_at")

    def _set(self, host: Any, when: datetime.datetime | None) -> None:
        if has_field(host, self.column):
            write(host, self.column, when, option="soft_deletes.column")
        else:
            self.state(host)["deleted_at"] = when


def _is_forced(host: object) -> bool:
    return any(forced is host for forced in _forced.get())
