"""What a configuration may say, and yet probably should not: every finding TC303 to TC316, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath
from typing import Final

import attrs

from traitconf.errors import Problem
from traitconf.layers.companions import moment_text
from traitconf.layers.definition import Definition
from traitconf.layers.layer import NONE
from traitconf.layers.secrets import Reference
from traitconf.resolve.hidden import Hidden
from traitconf.resolve.inventory import FILES, Entry, Inventory
from traitconf.resolve.precedence import Precedence
from traitconf.resolve.redundant import Overruled, Redundant
from traitconf.resolve.resolver import Resolver
from traitconf.resolve.shadowed import Shadowed
from traitconf.resolve.unused import Unbound, unused_groups
from traitconf.schema.catalog import Catalog
from traitconf.types import Band, Origin, Severity, Source

BANDS: Final = {Band.FORCE: ("TC303", "forced"), Band.LOCK: ("TC304", "locked")}


def _nothing(cls: type) -> Iterable[str]:  # noqa: ARG001 -- stands for a function that looks at the class
    return ()


@attrs.frozen
class Surroundings:
    """What is known beside the graph.

    Attributes:
        local: the files that were read and are meant for one machine only.
        tracked: of all files that were read, those that git tracks.
        bound: returns the names of the traits that a class has.
    """

    local: frozenset[str] = frozenset()
    tracked: frozenset[str] = frozenset()
    bound: Callable[[type], Iterable[str]] = _nothing


def lint(resolver: Resolver, catalog: Catalog, surroundings: Surroundings) -> list[Problem]:
    """Return every finding, in the order of their places.

    Args:
        resolver: over a graph without errors.
        catalog: the known traits and models.
        surroundings: what is known beside the graph.
    """
    inventory = Inventory(resolver, catalog)
    precedence = Precedence(inventory)
    shadowed = Shadowed(inventory, precedence)
    hidden = Hidden(inventory, precedence)
    redundant = Redundant(inventory, precedence, shadowed)
    overruled = Overruled(inventory, shadowed)
    found: list[Problem] = []
    for entry, siblings in inventory.all_entries():
        for check in (shadowed, hidden, redundant, overruled):
            found += check.see(entry, siblings)
        if entry.band in BANDS and shadowed.reason(entry, siblings) is None:
            found.append(_marked(entry))
        found += _exposed(entry, surroundings)
    found += [*shadowed.end(), *hidden.end(), *redundant.end(), *unused_groups(inventory, precedence)]
    unbound = Unbound(inventory, surroundings.bound)
    for layer in resolver.graph.all_layers():
        found += unbound.problems(layer)
        found += _deprecated(inventory, layer.tables, layer.origin)
    found += [*_expiring(resolver), *_tracked_local(surroundings)]
    return sorted(found, key=place_of)


def place_of(problem: Problem) -> tuple[str, int, int, str]:
    """Return the sort key of a problem: where it stands.

    Args:
        problem: any.
    """
    origin = problem.origin
    return (
        (origin.file or origin.name, origin.line, origin.column, problem.code) if origin else ("", 0, 0, problem.code)
    )


def _marked(entry: Entry) -> Problem:
    """Return the note of an active force or lock."""
    code, verb = BANDS[entry.band]
    text = f"'{entry.address}' is {verb} for {_whom(entry)}{_because(entry.definition)}"
    return Problem(code, text, entry.origin, entry.address, entry.scope.label, severity=Severity.NOTE)


def _whom(entry: Entry) -> str:
    return "everybody" if entry.scope.label == "global" else entry.scope.label


def _because(definition: Definition) -> str:
    """Return why a definition was made, where that is said."""
    words = ", ".join(word for word in (definition.companions.reason, definition.companions.ticket) if word)
    return f" ({words})" if words else ""


def _expiring(resolver: Resolver) -> Iterator[Problem]:
    """Yield a problem for every definition that has expired, and a note for those that will."""
    for layer, trait, contribution in resolver.marked():
        for definition in (typed.definition for typed in contribution):
            until = definition.companions.until
            if until is None or layer.source is Source.OVERRIDE:
                continue
            address, place = f"{trait}.{definition.option.name}", definition.origin
            is_over = definition.companions.expired(resolver.now)
            verb = "expired on" if is_over else "holds until"
            text = f"'{address}' {verb} {moment_text(until)}{_because(definition)}"
            code, severity = ("TC305", Severity.WARNING) if is_over else ("TC316", Severity.NOTE)
            hint = "remove it, or give it more time" if is_over else ""
            yield Problem(code, text, place, address, layer.scope.label, hint=hint, severity=severity)


def _exposed(entry: Entry, surroundings: Surroundings) -> Iterator[Problem]:
    """Yield a problem for a secret in clear in a file that git tracks."""
    if not entry.option.is_secret or entry.source not in FILES or entry.definition.operation == "unset":
        return
    raw = entry.definition.raw
    if type(raw) is Reference or raw in ("", NONE, None) or not surroundings.tracked:
        return
    origin = entry.origin
    if origin.file in surroundings.tracked:
        text = f"the secret '{entry.address}' stands in clear in a file that git tracks"
        hint = "move it to .secrets.toml, which git ignores, and change it: it is known"
        yield Problem("TC310", text, origin, entry.address, entry.scope.label, hint=hint, severity=Severity.WARNING)


def _deprecated(
    inventory: Inventory, tables: Iterable[str], origin: Callable[[tuple[str | int, ...]], Origin]
) -> Iterator[Problem]:
    """Yield a problem for every table of a deprecated trait."""
    for name in tables:
        spec = inventory.catalog.find(name)
        if spec is not None and spec.deprecated:
            text = f"the trait '{name}' is deprecated"
            yield Problem("TC313", text, origin((name,)), name, hint=spec.deprecated, severity=Severity.WARNING)


def _tracked_local(surroundings: Surroundings) -> Iterator[Problem]:
    """Yield a problem for every file that is for one machine only and tracked all the same."""
    for file in sorted(surroundings.local & surroundings.tracked):
        text = f"git tracks {PurePath(file).name}, which is meant for one machine"
        hint = "git rm --cached it, and let .gitignore name it"
        yield Problem("TC315", text, Origin(Source.LOCAL, file, 1, 1), hint=hint, severity=Severity.WARNING)
