"""`AuditedCall`: the block around one call, which records what the call did to an object."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import traitconf as tc
from traitconf.traits.audit_entry import AuditEntry, Operation
from traitconf.traits.audit_trail import AuditTrail, Subject
from traitconf.traits.audit_value import DOTS, masked, same, short_text, snapshot
from traitconf.traits.host_fields import field_names, key_of, model_name

if TYPE_CHECKING:
    from traitconf.traits.auditable import Auditable

_ABSENT: Final = object()


class AuditedCall:
    """A `with` block that leaves an entry, also when the call fails; the failure goes on."""

    def __init__(self, trait: Auditable, operation: Operation, host: object) -> None:
        """Note the state before the call.

        Args:
            trait: as it is resolved.
            operation: what is done.
            host: to which object.
        """
        self._trait, self._operation, self._host = trait, operation, host
        self._context = tc.current_context()
        self._trail = trait.shared(AuditTrail)
        self._kept = trait.state(host)
        self._key = key_of(host)
        self._before: Mapping[str, Any] = self._kept.get("values") or ({} if operation == "save" else self._values())

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Record how it ended."""
        after = self._values()
        changes = self._changes(after)
        trait = self._trait
        if error is None:
            self._kept["values"] = after
            if trait.only_changes and self._operation == "save" and not changes:
                return
        self._record(changes, error)

    def _record(self, changes: tc.FrozenMap[str, tuple[Any, Any]], error: BaseException | None) -> None:
        trait, context, key = self._trait, self._context, key_of(self._host) or self._key
        entry = AuditEntry(
            at=self._trail.clock(),
            operation=self._operation,
            model=type(self._host).__name__,
            key=key or _slug_of(self._host),
            tenant=context.tenant,
            actor=context.actor,
            request_id=context.request_id,
            changes=changes,
            outcome="ok" if error is None else "failed",
            error="" if error is None else self._error_text(error),
        )
        if "memory" in trait.sinks:
            shelf = context.tenant, model_name(type(self._host))
            subject = Subject(subject_number(trait, self._host), key)
            self._trail.add(shelf, subject, entry, trait.retention_days)
        if "log" in trait.sinks:
            what = f"{entry.model} {entry.key}".rstrip()
            trait.logger.info("%s %s: %s", entry.operation, what, entry.outcome, extra=_fields(entry))
        trait.entries.add()
        trait.recorded.emit(self._host, entry=entry)

    def _values(self) -> Mapping[str, Any]:
        mask = self._trait.mask
        read = {name: _read(self._host, name) for name in field_names(self._host) if self._is_recorded(name)}
        return {name: masked(value) if name in mask else value for name, value in read.items() if value is not _ABSENT}

    def _is_recorded(self, name: str) -> bool:
        trait = self._trait
        return name not in trait.exclude and (not trait.fields or name in trait.fields)

    def _changes(self, after: Mapping[str, Any]) -> tc.FrozenMap[str, tuple[Any, Any]]:
        changes = {}
        # What was recorded once may be excluded by now.
        for name in filter(self._is_recorded, dict.fromkeys((*after, *self._before))):
            pair = self._before.get(name, _ABSENT), after.get(name, _ABSENT)
            if not same(*pair):
                hide = name in self._trait.mask
                changes[name] = _shown(pair[0], hide=hide), _shown(pair[1], hide=hide)
        return tc.FrozenMap(changes)

    def _error_text(self, error: BaseException) -> str:
        """Return what was raised, without the masked values that its message may quote."""
        try:
            text = f"{type(error).__name__}: {error}"
            hidden = [str(getattr(self._host, name, "")) for name in self._trait.mask]
        except Exception:  # noqa: BLE001 -- whatever goes wrong in a foreign __str__
            return type(error).__name__
        for value in sorted(hidden, key=len, reverse=True):
            text = text.replace(value, DOTS) if value else text
        return short_text(text)


def subject_number(trait: Auditable, host: object) -> int:
    """Return the number that an object has in the trail, given to it when it is first asked for.

    Args:
        trait: as it is resolved.
        host: the object.
    """
    kept = trait.state(host)
    if "number" not in kept:
        kept.setdefault("number", trait.shared(AuditTrail).number())
    number: int = kept["number"]
    return number


def _read(host: object, name: str) -> Any:
    try:
        return snapshot(getattr(host, name))
    except AttributeError:
        return _ABSENT
    except Exception as error:  # noqa: BLE001 -- a field that cannot be read must not break the call
        return f"<unreadable: {type(error).__name__}>"


def _shown(value: Any, *, hide: bool) -> Any:
    if value is _ABSENT:
        return None
    return DOTS if hide else without_masks(value)


def without_masks(value: Any) -> Any:
    """Return a snapshot with dots in place of masked values, also inside containers."""
    if isinstance(value, tuple):
        return tuple(map(without_masks, value))
    if isinstance(value, frozenset):
        return frozenset(map(without_masks, value))
    if isinstance(value, tc.FrozenMap):
        return tc.FrozenMap({without_masks(key): without_masks(element) for key, element in value.items()})
    return DOTS if repr(value) == DOTS else value


def _slug_of(host: object) -> str:
    slug = getattr(host, "slug", None)
    return slug if isinstance(slug, str) else ""


def _fields(entry: AuditEntry) -> dict[str, Any]:
    return {
        "tc_operation": entry.operation,
        "tc_model": entry.model,
        "tc_key": entry.key,
        "tc_tenant": entry.tenant,
        "tc_actor": str(entry.actor) if entry.actor is not None else None,
        "tc_request_id": entry.request_id,
        "tc_changes": dict(entry.changes),
        "tc_outcome": entry.outcome,
        "tc_error": entry.error,
    }
