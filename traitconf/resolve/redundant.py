"""Definitions that repeat what stands below them (TC307), and global ones that decorators leave no effect (TC309)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from traitconf.errors import Problem
from traitconf.resolve.inventory import EVERYWHERE, FILES, Entry, Inventory, Key
from traitconf.resolve.precedence import Precedence, Tail, is_reason
from traitconf.resolve.shadowed import Shadowed
from traitconf.schema.computed import is_computed
from traitconf.schema.options import required
from traitconf.types import Band, Origin, Severity, Source


class Redundant:
    """Finds definitions without which everybody would have the same value.

    Args:
        inventory: of the graph.
        precedence: over the inventory.
        shadowed: knows the definitions that decide nothing anyway.
    """

    def __init__(self, inventory: Inventory, precedence: Precedence, shadowed: Shadowed) -> None:
        """Begin with no fallback seen."""
        self._inventory, self._precedence, self._shadowed = inventory, precedence, shadowed
        self._fallbacks: set[Key] = set()
        self._as_default: list[Entry] = []

    def see(self, entry: Entry, siblings: Sequence[Entry]) -> Iterator[Problem]:
        """Yield a problem for a definition that repeats a wider one.

        Args:
            entry: the definition.
            siblings: every definition of the same option at the same node.
        """
        if entry.band is Band.FALLBACK:
            self._fallbacks.add(entry.key)
        if not (entry.source in FILES and entry.is_plain and entry.band is Band.NORMAL):
            return
        if self._shadowed.reason(entry, siblings) is not None:
            return
        found = [self._repeated(entry, siblings, tail) for tail in self._precedence.contexts(entry.node)]
        first = found[0]
        if isinstance(first, Entry) and all(isinstance(one, Entry) for one in found):
            if (first.scope, first.source) != (entry.scope, entry.source):
                yield _repeats(entry, first)
        elif all(found):
            self._as_default.append(entry)

    def end(self) -> Iterator[Problem]:
        """Yield a note for every definition that gives the option's default, where no fallback waits below it."""
        for entry in self._as_default:
            if entry.key not in self._fallbacks:
                text, place = f"'{entry.address}' repeats the default", entry.option.meta.origin
                hint = "remove it, unless it is meant to stay when the default changes"
                yield _problem("TC307", text, entry, Severity.NOTE, ((place, "the default"),), hint)

    def _repeated(self, entry: Entry, siblings: Sequence[Entry], tail: Tail) -> Entry | bool:
        """Return the definition whose value would take the place of the same value; whether the default would."""
        for other in self._precedence.below(entry, siblings, tail):
            if other.band > Band.NORMAL:
                continue  # where it applies, the definition counts for nothing, and is not missed
            if not other.is_plain or other.value != entry.value:
                return False
            if other.band is Band.NORMAL and self._precedence.has_models_of(other, entry) and is_reason(other, entry):
                return other
        return _is_default(entry)


def _is_default(entry: Entry) -> bool:
    """Whether a definition gives the default, and does no more than that: it makes no optional record exist."""
    default = entry.option.default
    top = entry.spec.options[entry.option.path[0]]
    if required(default) or is_computed(default) or (top is not entry.option and top.kind.optional):
        return False
    return bool(default == entry.value)


def _repeats(entry: Entry, first: Entry) -> Problem:
    text = f"'{entry.address}' repeats what stands below it ({first.scope.label})"
    return _problem("TC307", text, entry, Severity.WARNING, ((first.origin, "the same value"),))


class Overruled:
    """Finds global definitions that the arguments of decorators leave without effect for a model.

    Args:
        inventory: of the graph.
        shadowed: knows the definitions that decide nothing anyway.
    """

    def __init__(self, inventory: Inventory, shadowed: Shadowed) -> None:
        """Keep what is needed."""
        self._inventory, self._shadowed = inventory, shadowed

    def see(self, entry: Entry, siblings: Sequence[Entry]) -> Iterator[Problem]:
        """Yield a problem for a global definition of a file that some decorator overrules.

        Args:
            entry: the definition.
            siblings: every definition of the same option at the same node.
        """
        if entry.node != EVERYWHERE or entry.scope.model or entry.source not in FILES or entry.band > Band.NORMAL:
            return
        decorators = [one for one in siblings if self._hides(one, siblings)]
        if decorators and self._shadowed.reason(entry, siblings) is None:
            models = ", ".join(sorted(one.scope.model.rpartition(":")[2] for one in decorators))
            text = f"'{entry.address}' has no effect for {models}: a decorator's argument stands above it"
            related = tuple((one.origin, "bound here") for one in decorators[:3])
            hint = f"set it for the model: models.{models.partition(',')[0]}.{entry.address}"
            yield _problem("TC309", text, entry, Severity.WARNING, related, hint)

    def _hides(self, one: Entry, siblings: Sequence[Entry]) -> bool:
        """Whether it is a decorator's argument, and no file says something for the very model."""
        if one.source is not Source.DECORATOR or not one.is_final:
            return False
        files = (other for other in siblings if other.source in FILES and other.scope.model)
        return not any(self._inventory.kinship.nearer(one.scope.model, other.scope.model) == 0 for other in files)


def _problem(
    code: str,
    text: str,
    entry: Entry,
    severity: Severity,
    related: tuple[tuple[Origin, str], ...],
    hint: str = "remove it, unless it is meant to stay when the other changes",
) -> Problem:
    label = entry.scope.label
    return Problem(code, text, entry.origin, entry.address, label, hint=hint, severity=severity, related=related)
