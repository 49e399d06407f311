"""`Decision`: the outcome of a toggle, with its reason. Any bool option is a toggle."""

from __future__ import annotations

from typing import Final, Literal

import attrs

from traitconf.resolve.fold import Folded
from traitconf.resolve.resolution import Resolution
from traitconf.types import Origin

Reason = Literal["DEFAULT", "STATIC", "TARGETING_MATCH", "DISABLED", "SPLIT", "ERROR", "PREREQUISITE_FAILED"]
_REASONS: Final[dict[str, Reason]] = {"global": "STATIC", "group": "TARGETING_MATCH", "tenant": "TARGETING_MATCH"}


@attrs.frozen
class Decision:
    """The outcome of a toggle.

    Attributes:
        value: whether it is on.
        variant: `on` or `off`, or the name of a variant.
        reason: why, in OpenFeature's words, and PREREQUISITE_FAILED where what it requires is off.
        origin: where the deciding definition stands.
        bucket: the unit's bucket where a share decided, else `None`.
    """

    value: bool
    variant: str
    reason: Reason
    origin: Origin
    bucket: int | None = None

    def __bool__(self) -> bool:
        """Refuse: `if decision:` would hide the reason; ask for `.value`."""
        raise TypeError("a Decision is no bool; use .value, or tc.enabled()")


def decide(resolution: Resolution, option: str = "enabled") -> Decision:
    """Decide a toggle.

    Args:
        resolution: the resolved trait.
        option: dotted name of a bool option.

    Raises:
        KeyError: when the trait has no such bool option.
    """
    path = tuple(option.split("."))
    leaf = resolution.spec.leaves.get(path)
    if leaf is None or leaf.kind.annotation is not bool:
        raise KeyError(f"{resolution.spec.name} has no toggle {option!r}")
    gate = resolution.chain(("enabled",))
    if option != "enabled" and not gate.value:
        return Decision(value=False, variant="off", reason="DISABLED", origin=_decider(gate)[1])
    folded = resolution.chain(path)
    reason, origin = _decider(folded)
    return Decision(bool(folded.value), "on" if folded.value else "off", reason, origin)


def _decider(folded: Folded) -> tuple[Reason, Origin]:
    if folded.gate is not None:
        return "PREREQUISITE_FAILED", folded.gate.where()
    step = folded.decider
    if step is None:
        return "DEFAULT", folded.option.meta.origin
    return _REASONS[step.definition.layer.scope.axis], step.definition.origin
