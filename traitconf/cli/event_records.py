"""What the commands of `traitconf events` tell of events and subscriptions."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from traitconf.runtime.event_names import FRAMEWORK_EVENTS, matches, phases_of
from traitconf.runtime.subscription import Subscription
from traitconf.runtime.verbs import subscriptions
from traitconf.schema.catalog import catalog
from traitconf.schema.members import Member
from traitconf.schema.spec import TraitSpec


def event_records() -> list[dict[str, Any]]:
    """Return every known event, those of one operation as one, with who subscribes to it."""
    found = [record for spec in catalog.traits() for record in _of_trait(spec)]
    found += [_record(name, "framework", doc) for name, doc in FRAMEWORK_EVENTS.items()]
    return found


def subscription_record(subscription: Subscription) -> dict[str, Any]:
    """Return what a subscription says.

    Args:
        subscription: one of this process.
    """
    code = getattr(inspect.unwrap(subscription.subscriber), "__code__", None)
    model = subscription.model
    return {
        "pattern": subscription.pattern,
        "subscriber": subscription.label,
        "origin": f"{code.co_filename}:{code.co_firstlineno}" if code is not None else "",
        "priority": subscription.priority,
        "tenants": sorted(subscription.tenants) if subscription.tenants is not None else None,
        "model": model.__name__ if isinstance(model, type) else model,
    }


def names_in(record: dict[str, Any]) -> list[str]:
    """Return the full names of an event's record: one for each phase."""
    return [f"{record['name']}.{phase}" for phase in record["phases"]] or [record["name"]]


def _of_trait(spec: TraitSpec) -> Iterator[dict[str, Any]]:
    for signal in spec.signals.values():
        if signal.kind == "event":
            yield _record(f"{spec.name}.{signal.name}", "declared", signal.doc)
    for member in spec.members.values():
        if member.operation:
            doc = (inspect.getdoc(member.function) or "").partition("\n")[0]
            yield _record(f"{spec.name}.{member.name}", "operation", doc, phases_of(member), _payload(member))


def _payload(member: Member[Any, Any]) -> list[str]:
    leading = 1 if member.shape == "staticmethod" else 2
    return [*inspect.signature(member.function).parameters][leading:]


def _record(
    name: str, kind: str, doc: str, phases: tuple[str, ...] = (), payload: list[str] | None = None
) -> dict[str, Any]:
    record: dict[str, Any] = {"name": name, "kind": kind, "doc": doc, "phases": [*phases], "payload": payload}
    names = names_in(record)
    told = [one for one in subscriptions() if any(matches(one.pattern, full) for full in names)]
    return record | {"subscribers": [subscription_record(one) for one in told]}
