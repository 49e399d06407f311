"""The fold: one pass over the definitions of one option gives its value *and* the proof of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from traitconf.layers.definition import Definition
from traitconf.resolve.merge import apply, base_of
from traitconf.schema.options import Option
from traitconf.types import MISSING, Band, Origin


@attrs.frozen(eq=False)
class Typed:
    """A definition with its converted value."""

    definition: Definition
    value: Any = attrs.field(repr=False)  # may be a secret


@attrs.frozen(eq=False)
class Step:
    """What one definition did.

    Attributes:
        definition: the definition.
        value: its typed value.
        counts: whether it is part of the result; otherwise something stronger shadows it.
        after: the value after it, `MISSING` when it was not folded.
        expired: whether its time is over.
    """

    definition: Definition
    value: Any = attrs.field(repr=False)
    counts: bool
    after: Any = attrs.field(repr=False)
    expired: bool = False


@attrs.frozen(eq=False)
class Gate:
    """A prerequisite that is off, and so makes a toggle false.

    Attributes:
        path: of the toggle.
        name: of the prerequisite, with its trait.
        where: returns the place that decided that it is off.
    """

    path: tuple[str, ...]
    name: str
    where: Callable[[], Origin]


@attrs.frozen(eq=False)
class Folded:
    """The value of one option and every step that led there, weakest first.

    Attributes:
        option: the option.
        value: its value.
        steps: what each definition did.
        allowed: the `allow` directives that narrow what may be set, least specific first.
        gate: the prerequisite that is off and makes it false, whatever is defined.
    """

    option: Option
    value: Any = attrs.field(repr=False)
    steps: tuple[Step, ...]
    allowed: tuple[Typed, ...] = ()
    gate: Gate | None = None

    @property
    def decider(self) -> Step | None:
        """The strongest definition that counts, if any does."""
        return next((step for step in reversed(self.steps) if step.counts), None)

    @property
    def default_counts(self) -> bool:
        """Whether the schema's default is the value, or what the definitions build on."""
        first = next((step for step in self.steps if step.counts), None)
        if first is None:
            return self.gate is None
        if forgets(self.option, first.definition.operation, first.value):
            return first.definition.operation == "unset"
        return first.definition.operation != "set" or base_of(self.option) is not MISSING

    def behind(self, gate: Gate) -> Folded:
        """Return it as it is behind a prerequisite that is off: false, and nothing else counts."""
        steps = tuple(attrs.evolve(step, counts=False) for step in self.steps)
        return attrs.evolve(self, value=False, steps=steps, gate=gate)

    @property
    def by_strength(self) -> list[Step]:
        """The steps, strongest first; of several locks the one that holds."""

        def strength(numbered: tuple[int, Step]) -> tuple[Band, bool, int]:
            number, step = numbered
            band = step.definition.band
            return band, band is Band.LOCK and step.counts, number

        return [step for _, step in sorted(enumerate(self.steps), key=strength, reverse=True)]


Chains = Mapping[tuple[str, ...], Folded]
"""Every folded option of a trait, by its path."""


def fold(option: Option, definitions: Sequence[Typed]) -> Folded:
    """Fold the definitions of one option.

    Args:
        option: the option.
        definitions: in ascending order of scope, source and sequence.

    Returns:
        the value and its proof; the default where nothing is defined.
    """
    if not definitions:
        return Folded(option, option.default, ())
    band = max(typed.definition.band for typed in definitions)
    if band is Band.LOCK:
        return _locked(option, definitions)
    value = base_of(option)
    steps: list[Step] = []
    for typed in definitions:
        definition = typed.definition
        if definition.band is not band:
            steps.append(Step(definition, typed.value, counts=False, after=MISSING))
            continue
        if forgets(option, definition.operation, typed.value):
            steps = [attrs.evolve(step, counts=False) for step in steps]
        value = apply(option, definition.operation, value, typed.value)
        steps.append(Step(definition, typed.value, counts=True, after=option.default if value is MISSING else value))
    steps = _without_effect(option, steps)
    return Folded(option, option.default if value is MISSING else value, tuple(steps))


def alone(typed: Typed) -> Any:
    """Return the value that a definition gives when nothing else is defined.

    Args:
        typed: the definition.
    """
    option = typed.definition.option
    value = apply(option, typed.definition.operation, base_of(option), typed.value)
    return option.default if value is MISSING else value


def value_of(option: Option, folded: Chains) -> Any:
    """Return the value of an option; a record is put together from its fields.

    Args:
        option: the option.
        folded: every folded option of its trait.
    """
    if option.is_leaf:
        return folded[option.path].value
    if _is_absent(option, folded):
        return None
    return option.kind.annotation(**{name: value_of(field, folded) for name, field in option.fields.items()})


def _is_absent(option: Option, folded: Chains) -> bool:
    """Whether a record is none: an optional one of which nothing is defined, or not any more."""
    steps = (step for leaf in option.leaves() for step in folded[leaf.path].steps)
    return option.default is None and not any(step.counts and step.definition.operation != "unset" for step in steps)


def leaves_of(option: Option, folded: Chains) -> Iterator[Option]:
    """Yield the folded options that a value is made of.

    Args:
        option: the option.
        folded: every folded option of its trait.
    """
    if option.is_leaf:
        yield option
    elif not _is_absent(option, folded):
        for field in option.fields.values():
            yield from leaves_of(field, folded)


def _locked(option: Option, definitions: Sequence[Typed]) -> Folded:
    """Take the least specific lock; locks do not fold."""
    lock = next(typed for typed in definitions if typed.definition.band is Band.LOCK)
    value = alone(lock)
    steps = [
        Step(typed.definition, typed.value, typed is lock, value if typed is lock else MISSING) for typed in definitions
    ]
    return Folded(option, value, tuple(steps))


def forgets(option: Option, operation: str, value: Any) -> bool:
    """Whether what stands below no longer matters.

    Args:
        option: the option.
        operation: what the definition does.
        value: its typed value.
    """
    replaces = option.law in ("replace", "atomic") or value is None
    return operation in ("unset", "replace") or (operation == "set" and replaces)


def _without_effect(option: Option, steps: list[Step]) -> list[Step]:
    """For laws that choose one of their inputs, only the chosen one counts."""
    if option.law not in ("min", "max"):
        return steps
    final = next((step.after for step in reversed(steps) if step.counts), MISSING)
    chosen = next((step for step in steps if step.counts and step.value == final), None)
    return [attrs.evolve(step, counts=step is chosen) for step in steps] if chosen else steps
