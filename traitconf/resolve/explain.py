"""`Explanation`: why an option has its value, as data and as the text that people read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import attrs

from traitconf.resolve.fold import Folded, Step
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
    """

    counts: bool
    scope: str
    operation: str
    value: str
    band: str
    origin: Origin
    after: str = ""

    @property
    def note(self) -> str:
        """What is said at the end of the line; a default is no definition that something could shadow."""
        return "" if self.counts or self.operation == "default" else "shadowed"


@attrs.frozen
class Explanation:
    """Why an option has its value; strongest reason first.

    Attributes:
        address: the option.
        value: its value, as JSON knows it.
        label: its type, unit and limits.
        reasons: every definition and the default, strongest first.
        notes: what else a reader should know.
    """

    address: str
    value: Any
    label: str
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...] = ()

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
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])

    def as_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and scalars, ready for JSON."""
        chain = [_reason_dict(reason) for reason in self.reasons]
        return {
            "address": self.address,
            "value": self.value,
            "type": self.label,
            "chain": chain,
            "notes": list(self.notes),
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
    }


def _cells(reason: Reason) -> tuple[str, ...]:
    operation = "" if reason.operation in ("set", "default") else f"{reason.operation} "
    note = reason.note or (f"⇒ {reason.after}" if reason.after else "")
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
    found = [_explanation(resolution, folded) for at, folded in chains.items() if at[: len(path)] == path]
    if not found:
        raise KeyError(option)
    return found


def _explanation(resolution: Resolution, folded: Folded) -> Explanation:
    option = folded.option
    counting = [step for step in folded.steps if step.counts]
    together = len(counting) > 1 or any(step.definition.operation != "set" for step in counting)
    reasons = [_reason(option, step, together=together) for step in folded.by_strength]
    default = option.default if option.default is not MISSING else None
    text = "required" if option.default is MISSING else _masked(option, default)
    text = "computed" if is_computed(default) else text
    reasons.append(Reason(folded.default_counts, "default", "default", text, "", option.meta.origin))
    address = f"{resolution.spec.name}.{option.name}"
    value = getattr(resolution.trait, option.name) if is_computed(folded.value) else folded.value
    value = "•••" if option.meta.secret else plain(value)
    return Explanation(address, value, option.label, tuple(reasons), tuple(_notes(resolution)))


def _reason(option: Option, step: Step, *, together: bool) -> Reason:
    definition = step.definition
    band = "" if definition.band is Band.NORMAL else definition.band.name.lower()
    after = _masked(option, step.after) if together and step.after is not MISSING and step.counts else ""
    value = "" if definition.operation == "unset" else _masked(option, step.value)
    label = _scope_label(step)
    return Reason(step.counts, label, definition.operation, value, band, definition.origin, after)


def _scope_label(step: Step) -> str:
    layer = step.definition.layer
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
