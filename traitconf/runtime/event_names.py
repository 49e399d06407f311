"""Names of events: which there are, and what a pattern with wildcards means."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any, Final

from traitconf.errors import did_you_mean
from traitconf.runtime.event import PHASES
from traitconf.schema.catalog import Catalog
from traitconf.schema.governs import Governing
from traitconf.schema.members import Member
from traitconf.schema.spec import TraitSpec

FRAMEWORK: Final = "traitconf"
"""The first part of the names of the framework's own events."""
CHANGED: Final = "traitconf.config.changed"
FAILED: Final = "traitconf.config.failed"
FRAMEWORK_EVENTS: Final = {
    CHANGED: "Another configuration is published; `changes`, `generation`.",
    FAILED: "A configuration was refused, the former one keeps serving; `problems`, `generation`.",
}
"""Every event of the framework, with what it says."""
_PART: Final = re.compile(r"\*\*|(?!.*\*\*)[\w*-]+")


def has_wildcard(pattern: str) -> bool:
    """Whether a name stands for several.

    >>> has_wildcard("auditable.*")
    True
    """
    return "*" in pattern


@functools.lru_cache(maxsize=1024)
def matcher(pattern: str) -> re.Pattern[str]:
    """Return what matches the names of a pattern whole: `*` is one part of a name or some of it, `**` any parts.

    >>> bool(matcher("auditable.*").fullmatch("auditable.recorded"))
    True
    >>> bool(matcher("*.after").fullmatch("summarisable.summary.after"))
    False
    >>> bool(matcher("**.after").fullmatch("summarisable.summary.after"))
    True
    """
    parts = [".+" if part == "**" else _one_part(part) for part in pattern.split(".")]
    return re.compile(r"\.".join(parts))


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern, or a name, means a name."""
    return pattern == name or (has_wildcard(pattern) and matcher(pattern).fullmatch(name) is not None)


def names_of(spec: TraitSpec) -> Iterator[str]:
    """Yield the name of every event of a trait: those that it declares, and the phases of its operations.

    Args:
        spec: of the trait.
    """
    for signal in spec.signals.values():
        if signal.kind == "event":
            yield f"{spec.name}.{signal.name}"
    for member in spec.members.values():
        if member.operation:
            yield from (f"{spec.name}.{member.name}.{phase}" for phase in phases_of(member))


def phases_of(member: Member[Any, Any]) -> tuple[str, ...]:
    """Return the phases that an operation may go through.

    Args:
        member: the operation.
    """
    return tuple(phase for phase in PHASES if member.queue or phase != "queued")


def check_name(pattern: str, catalog: Catalog) -> bool:
    """Check what somebody subscribes to.

    Args:
        pattern: a name, or a pattern with wildcards.
        catalog: the known traits.

    Returns:
        whether it could be checked: nothing is known yet of a trait that may still be imported.

    Raises:
        LookupError: when it can mean no event.
    """
    first, *_ = parts = pattern.split(".")
    if not all(_PART.fullmatch(part) for part in parts):
        raise LookupError(f"{pattern!r} is no name of an event: words or wildcards, with dots between them")
    if has_wildcard(first):
        return True
    if first == FRAMEWORK:
        _check_framework(pattern)
        return True
    spec = catalog.find(first)
    if spec is None:
        return False
    known = [*names_of(spec)]
    if not any(matches(pattern, name) for name in known) and not _may_be_governed(spec, parts[1:]):
        raise LookupError(_unknown(pattern, spec, known))
    return True


def _may_be_governed(spec: TraitSpec, parts: list[str]) -> bool:
    """Whether `<method>.<phase>` may be an event of a trait that makes operations of methods its hosts have."""
    if not any(isinstance(hook, Governing) for hook in spec.hooks):
        return False
    return parts == ["**"] or (len(parts) == 2 and any(matches(parts[1], phase) for phase in PHASES))


def _check_framework(pattern: str) -> None:
    if not any(matches(pattern, name) for name in FRAMEWORK_EVENTS):
        hint = did_you_mean(pattern, FRAMEWORK_EVENTS) or f"there are {' and '.join(FRAMEWORK_EVENTS)}"
        raise LookupError(f"the framework has no event {pattern!r}; {hint}")


def _unknown(pattern: str, spec: TraitSpec, known: list[str]) -> str:
    event = pattern.partition(".")[2]
    short = [name.partition(".")[2] for name in known]
    hint = did_you_mean(event, short) or f"its events are {', '.join(_folded(spec)) or 'none'}"
    return f"the trait {spec.name} declares no event {event!r}; {hint}"


def _folded(spec: TraitSpec) -> Iterator[str]:
    """Yield a trait's events with the phases of each operation as one."""
    yield from (signal.name for signal in spec.signals.values() if signal.kind == "event")
    yield from (
        f"{member.name}.({'|'.join(phases_of(member))})" for member in spec.members.values() if member.operation
    )


def _one_part(part: str) -> str:
    if part == "*":
        return r"[^.]+"
    return re.escape(part).replace(r"\*", r"[^.]*")
