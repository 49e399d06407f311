"""`Explanation`: why an option has its value, as data and as the text that people read."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from typing import Any

import attrs

from traitconf.layers.companions import Companions, moment_text
from traitconf.layers.definition import Definition
from traitconf.layers.secrets import Reference, is_known
from traitconf.resolve.allow import Allowed, allowed_dict, allowed_text
from traitconf.resolve.fold import Folded, Gate, Step, Typed
from traitconf.resolve.resolution import Resolution
from traitconf.schema.computed import is_computed
from traitconf.schema.describe import plain
from traitconf.schema.options import Option
from traitconf.types import MISSING, Band, Origin, Source, shown_path


@attrs.frozen
class Reason:
    """Record: one line of an explanation.

    Attributes:
        counts: whether the definition is part of the value.
        scope: the scope as people read it.
        operation: what it does.
        value: its value, as shown.
        band: its band, empty when normal.
        origin: where it stands.
        after: the value after it, where several definitions make the value together.
        until: from when on it no longer counts, if ever.
        expired: whether that is over.
        reason: why it was made.
        ticket: under which ticket.
        reference: where its secret is to be had.
    """

    counts: bool
    scope: str
    operation: str
    value: str
    band: str
    origin: Origin
    after: str = ""
    until: datetime.datetime | None = None
    expired: bool = False
    reason: str = ""
    ticket: str = ""
    reference: str = ""

    @property
    def note(self) -> str:
        """What is said at the end of the line; a default is no definition that something could shadow."""
        if self.expired and self.until is not None:
            return f"expired {moment_text(self.until)}"
        return "" if self.counts or self.operation == "default" else "shadowed"

    @property
    def remarks(self) -> list[str]:
        """What its author says of it, each remark on one line."""
        until = [f"until {moment_text(self.until)}"] if self.until is not None and not self.expired else []
        return until + [text for text in map(_on_one_line, (self.ticket, self.reason)) if text]


@attrs.frozen
class Narrowing:
    """What one scope leaves to more specific ones, and where it says so."""

    allowed: Allowed
    scope: str
    origin: Origin
    companions: Companions

    @classmethod
    def of(cls, typed: Typed) -> Narrowing:
        """Return it as a definition says it."""
        definition = typed.definition
        return cls(typed.value, _scope_label(definition), definition.origin, definition.companions)

    def __str__(self) -> str:
        """Return the line that the command line prints."""
        said = self.companions
        until = f"until {moment_text(said.until)}" if said.until else ""
        remarks = [text for text in (until, _on_one_line(said.ticket), _on_one_line(said.reason)) if text]
        text = f"allowed by {self.scope}: {allowed_text(self.allowed)}   {self.origin}"
        return "   ".join((text, " · ".join(remarks))) if remarks else text

    def as_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and scalars, ready for JSON."""
        place = {
            "file": shown_path(self.origin.file) if self.origin.file else None,
            "line": self.origin.line or None,
            "column": self.origin.column or None,
        }
        said = _said(self.companions.until, self.companions.reason, self.companions.ticket)
        return {**allowed_dict(self.allowed), "scope": self.scope, "origin": str(self.origin), **place, **said}


@attrs.frozen
class Explanation:
    """Why an option has its value; strongest reason first.

    Attributes:
        address: the option.
        value: its value, as JSON knows it.
        label: its type, unit and limits.
        reasons: every definition and the default, strongest first.
        notes: what else a reader should know.
        allowed: what less specific scopes leave to more specific ones.
    """

    address: str
    value: Any
    label: str
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...] = ()
    allowed: tuple[Narrowing, ...] = ()

    def __str__(self) -> str:
        """Return the table that the command line prints."""
        rows = [_cells(reason) for reason in self.reasons]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        placed = max((len(row[4]) for row in rows[:-1]), default=0)  # the default's line has no note behind its place
        lines = [f"{self.address} = {shown(self.value)}   {self.label}"]
        for mark, scope, value, band, place, note in rows:
            left = f"  {mark} {scope.ljust(widths[1])}   {value.rjust(widths[2])}"
            right = f"{band.ljust(widths[3])}    {place.ljust(placed)}  {note}"
            lines.append(f"{left}  {right}".rstrip())
        return "\n".join([*lines, *(f"  {note}" for note in (*map(str, self.allowed), *self.notes))])

    def as_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and scalars, ready for JSON."""
        chain = [_reason_dict(reason) for reason in self.reasons]
        return {
            "address": self.address,
            "value": self.value,
            "type": self.label,
            "chain": chain,
            "notes": list(self.notes),
            "allowed": [narrowing.as_dict() for narrowing in self.allowed],
        }


def _reason_dict(reason: Reason) -> dict[str, Any]:
    origin = reason.origin
    return {
        "counts": reason.counts,
        "scope": reason.scope,
        "operation": reason.operation,
        "value": reason.value,
        "band": reason.band,
        "origin": str(origin),
        "file": shown_path(origin.file) if origin.file else None,
        "line": origin.line or None,
        "column": origin.column or None,
        "variable": origin.name if origin.source is Source.VARIABLE else None,
        "after": reason.after,
        **_said(reason.until, reason.reason, reason.ticket),
        "expired": reason.expired,
        "reference": reason.reference or None,
    }


def _said(until: datetime.datetime | None, reason: str, ticket: str) -> dict[str, Any]:
    return {"until": until.isoformat() if until else None, "reason": reason or None, "ticket": ticket or None}


def _on_one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _cells(reason: Reason) -> tuple[str, ...]:
    operation = "" if reason.operation in ("set", "default") else f"{reason.operation} "
    note = reason.note or (f"⇒ {reason.after}" if reason.after else "")
    note = " · ".join(part for part in (note, *reason.remarks) if part)
    return "●" if reason.counts else "○", reason.scope, operation + reason.value, reason.band, str(reason.origin), note


def explain(resolution: Resolution, option: str) -> list[Explanation]:
    """Explain an option, or every field of a record option.

    Args:
        resolution: the resolved trait.
        option: dotted name below the trait; empty for every option.

    Raises:
        KeyError: when there is no such option.
    """
    path = tuple(option.split(".")) if option else ()
    chains = resolution.refold()
    found = [
        _explanation(resolution, folded, at)
        for at, folded in chains.items()
        if at[: len(path)] == path and (path or at == folded.option.path)  # among all, each but once
    ]
    if not found:
        raise KeyError(option)
    return found


def _explanation(resolution: Resolution, folded: Folded, at: tuple[str, ...]) -> Explanation:
    option = folded.option
    counting = [step for step in folded.steps if step.counts]
    operated = any(step.definition.operation != "set" for step in counting)
    together = len(counting) > 1 or folded.default_counts or operated
    reasons = [_gate(folded.gate)] if folded.gate is not None else []
    reasons += [_reason(option, step, together=together) for step in folded.by_strength]
    default = option.default if option.default is not MISSING else None
    text = "required" if option.default is MISSING else _masked(option, default)
    text = "computed" if is_computed(default) else text
    reasons.append(Reason(folded.default_counts, "default", "default", text, "", option.meta.origin))
    address = f"{resolution.spec.name}.{option.name}"
    value = getattr(resolution.trait, option.name) if is_computed(folded.value) else folded.value
    value = "•••" if option.meta.secret else plain(value)
    renamed = [f"{resolution.spec.name}.{'.'.join(at)} is deprecated: use {address}"] if at != option.path else []
    notes = (*_pending(resolution, option), *renamed, *_notes(resolution))
    allowed = tuple(Narrowing.of(typed) for typed in folded.allowed)
    return Explanation(address, value, option.label, tuple(reasons), notes, allowed)


def _gate(gate: Gate) -> Reason:
    return Reason(True, f"prerequisite {gate.name}", "set", "false", "", gate.where())  # noqa: FBT003 -- it counts


def _pending(resolution: Resolution, option: Option) -> Sequence[str]:
    if option.path not in resolution.pending:
        return ()
    return (f"pending: {_masked(option, resolution.pending[option.path])} after a restart",)


def _reason(option: Option, step: Step, *, together: bool) -> Reason:
    definition = step.definition
    band = "" if definition.band is Band.NORMAL else definition.band.name.lower()
    after = _masked(option, step.after) if together and step.after is not MISSING and step.counts else ""
    value = "" if definition.operation == "unset" else _masked(option, step.value)
    operation: str = definition.operation
    reference = ""
    if isinstance(definition.raw, Reference):
        reference = str(definition.raw) if is_known(definition.raw.scheme) else "•••"
        operation, value = "secret", reference
    label, said = _scope_label(definition), definition.companions
    return Reason(
        step.counts,
        label,
        operation,
        value,
        band,
        definition.origin,
        after,
        until=said.until,
        expired=step.expired,
        reason=said.reason,
        ticket=said.ticket,
        reference=reference,
    )


def _scope_label(definition: Definition) -> str:
    layer = definition.layer
    label = layer.scope.label
    if layer.source is Source.DECORATOR:
        return f"model {layer.scope.model.rpartition(':')[2]} (decorator)"
    return f"override, {label}" if layer.source is Source.OVERRIDE else label


def _masked(option: Option, value: Any) -> str:
    return "•••" if option.meta.secret else shown(plain(value))


def _notes(resolution: Resolution) -> Sequence[str]:
    notes = []
    if len(resolution.lineage) > 2:
        notes.append("tenant order: " + " < ".join(name for _, name in resolution.lineage))
    if resolution.model is not None and resolution.model.cls is None:
        notes.append(f"the bases of {resolution.model.label} are unknown without --app")
    return notes


def shown(value: Any) -> str:
    """Return a plain value as explanations show it: text bare where it is a word, else as JSON.

    >>> shown("kafka"), shown(["a"]), shown("two words")
    ('kafka', '["a"]', '"two words"')
    """
    if isinstance(value, str) and value.split() == [value]:
        return value
    return "none" if value is None else json.dumps(value, ensure_ascii=False)
