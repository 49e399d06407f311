"""What is wrong with the shape of one layer's table, in words, each fault at its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from traitconf.errors import Problem, did_you_mean
from traitconf.layers.layer import Layer, Path
from traitconf.layers.trust import UNTRUSTED, UNTRUSTED_HINT, refusal
from traitconf.schema.options import Option
from traitconf.schema.spec import TraitSpec
from traitconf.types import Severity

Report = Callable[[Problem], None]


@attrs.frozen
class TableFaults:
    """Finds the words.

    Attributes:
        layer: the layer.
        spec: the trait that the table belongs to.
        report: called with every fault.
    """

    layer: Layer
    spec: TraitSpec
    report: Report

    def successor(self, option: Option, options: Mapping[str, Option], table: Mapping[str, Any], place: Path) -> Option:
        """Return the option that a deprecated one is taken for, with a warning at the place."""
        named = option.successor(options)
        address, here = f"{self.spec.name}.{option.name}", (*place, option.path[-1])
        if named is option:
            text, hint = f"'{address}' is deprecated: {option.meta.deprecated}", ""
        else:
            text = f"'{address}' is deprecated; its value is taken for '{self.spec.name}.{named.name}'"
            hint = f"write {named.path[-1]}"
        self.fault("TC320", text, here, hint, Severity.WARNING)
        if named is not option and named.path[-1] in table:
            text = f"'{address}' and its replacement '{named.path[-1]}' are both given"
            self.fault("TC321", text, here, f"keep {named.path[-1]}")
        return named

    def unknown(self, name: str, options: Mapping[str, Option], place: Path, dollared: tuple[str, ...]) -> None:
        """Report a name that is no option here; perhaps a directive that lacks its dollar sign."""
        address = ".".join(str(part) for part in (*place, name))
        known = did_you_mean(name, options) or f"known are {', '.join(options)}"
        hint = f'in a record, write "${name}"' if len(place) > 1 and f"${name}" in dollared else known
        self.fault("TC101", f"unknown option '{address}'", (*place, name), hint)

    def unknown_directive(self, name: str, option: Option, known: tuple[str, ...], place: Path) -> None:
        """Report a key of a directive table that is no directive."""
        hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
        self.fault("TC105", f"unknown directive {name!r} for '{self.spec.name}.{option.name}'", (*place, name), hint)

    def untrusted(self, name: str, place: Path) -> None:
        """Report a directive that only files and code may use."""
        self.fault(UNTRUSTED, refusal(name), place, UNTRUSTED_HINT)

    def fault(self, code: str, text: str, place: Path, hint: str, severity: Severity = Severity.ERROR) -> None:
        """Report one fault of this table."""
        address, scope = ".".join(str(part) for part in place), self.layer.scope.label
        self.report(Problem(code, text, self.layer.origin(place), address, scope, hint=hint, severity=severity))
