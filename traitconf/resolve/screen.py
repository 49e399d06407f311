"""`Screen`: which definitions count at a moment, and what their secrets are; everything else passes as it is."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

import attrs

from traitconf.errors import Problem
from traitconf.layers.definition import Definition
from traitconf.layers.layer import Text
from traitconf.layers.secrets import Reference, SecretError, SecretReader
from traitconf.resolve.convert import convert
from traitconf.resolve.fold import Folded, Step, Typed, fold
from traitconf.schema.options import Option
from traitconf.types import MISSING


@attrs.frozen(eq=False)
class Screen:
    """Looks at definitions that are more than a value: that expire, that refer to a secret, that narrow others.

    Attributes:
        now: the moment for which it is resolved, aware.
        secrets: reads the secrets.
    """

    now: datetime.datetime
    secrets: SecretReader

    def passes(self, typed: Typed) -> bool:
        """Whether a definition counts now, and is no `allow`."""
        definition = typed.definition
        return definition.operation != "allow" and not definition.companions.expired(self.now)

    def through(self, definitions: Iterable[Typed]) -> tuple[Typed, ...]:
        """Return the definitions that count now, secrets read."""
        return tuple(self.revealed(typed) for typed in definitions if self.passes(typed))

    def narrowing(self, definitions: Iterable[Typed]) -> tuple[Typed, ...]:
        """Return the `allow` directives among definitions that hold now."""
        return tuple(
            typed
            for typed in definitions
            if typed.definition.operation == "allow" and not typed.definition.companions.expired(self.now)
        )

    def folded(self, option: Option, definitions: Sequence[Typed]) -> Folded:
        """Fold what counts, and keep the rest in the chain.

        Args:
            option: the option.
            definitions: in ascending order of scope, source and sequence.
        """
        if all(typed.definition.is_bare for typed in definitions):
            return fold(option, definitions)
        made = fold(option, self.through(definitions))
        steps = {step.definition: step for step in made.steps}
        chain = tuple(
            steps.get(typed.definition)
            or Step(typed.definition, typed.value, counts=False, after=MISSING, expired=True)
            for typed in definitions
            if typed.definition.operation != "allow"
        )
        return attrs.evolve(made, steps=chain, allowed=self.narrowing(definitions))

    def revealed(self, typed: Typed) -> Typed:
        """Return a definition with the secret that it refers to; the option's default where it cannot be had."""
        if type(typed.value) is not Reference:
            return typed
        value = self._secret(typed.definition, typed.value)
        return Typed(typed.definition, typed.definition.option.default if isinstance(value, Problem) else value[0])

    def problem(self, definition: Definition) -> Problem | None:
        """Return why the secret of a definition cannot be had, if so.

        Args:
            definition: any.
        """
        if type(definition.raw) is not Reference:
            return None
        value = self._secret(definition, definition.raw)
        return value if isinstance(value, Problem) else None

    def _secret(self, definition: Definition, reference: Reference) -> tuple[object] | Problem:
        option = definition.option
        address = f"{definition.place[0]}.{option.name}"
        try:
            value, faults = convert(option, "set", Text(self.secrets.read(reference)))
        except SecretError as error:
            text, code, hint = str(error), error.code, error.hint
        else:
            if not faults:
                return (value,)
            inner = option.kind.element if option.kind.is_secret and option.kind.element else option.kind
            text, code, hint = f"it is no {inner.label}, or breaks a rule of the option", "TC402", ""
        # What nobody understands may be the secret itself, put in the wrong place.
        quoted = "" if code == "TC403" else f" {str(reference)!r}"
        message = f"the secret{quoted} of '{address}' cannot be had: {text}"
        return Problem(code, message, definition.origin, address, definition.layer.scope.label, hint=hint)
