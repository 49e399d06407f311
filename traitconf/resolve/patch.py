"""Patches: new values in a trait that is resolved already, so that nothing else is folded again.

Only the plain case is known here: bare values that replace whatever stands below. For everything else there is the
fold, which gives the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import attrs

from traitconf.errors import Problem
from traitconf.layers.graph import Node
from traitconf.layers.layer import Layer
from traitconf.resolve.convert import convert
from traitconf.resolve.fold import Typed
from traitconf.resolve.good import good_table
from traitconf.resolve.order import Model, applies, scopes_of
from traitconf.schema.base import altered
from traitconf.schema.options import Option
from traitconf.schema.spec import TraitSpec
from traitconf.types import Band

Made = tuple[Any, tuple[Problem, ...]]
"""A resolved trait, and what is wrong with it."""
Path = tuple[str, ...]
Locked = frozenset[tuple[str, Path]]
"""Every option that is locked somewhere: the name of its trait, and its path."""


def is_patchable(spec: TraitSpec) -> bool:
    """Whether the options of a trait do not depend on each other."""
    return spec.is_trait and not (spec.has_computed or spec.aliases or spec.dependent)


def patched(spec: TraitSpec, below: Made, found: Sequence[Typed], band: Band, guarded: Collection[Path]) -> Made | None:
    """Return a trait with the values that some definitions set, or nothing where all must be folded.

    Args:
        spec: the trait; it is patchable.
        below: the trait without the definitions.
        found: the definitions, weakest first; they stand above all others.
        band: the one that they must have.
        guarded: options of which something stronger may be defined below.
    """
    trait, problems = below
    if not found:
        return below
    if problems:
        return None
    values: dict[str, Any] = {}
    for typed in found:
        definition = typed.definition
        name, *rest = path = definition.option.path
        bare = definition.is_bare and definition.place == (spec.name, *path) and definition.option.law == "replace"
        if (
            not bare
            or definition.band is not band
            or path in guarded
            or path == ("enabled",)
            or (rest and _is_in_optional(spec, path))
        ):
            return None
        standing = values[name] if name in values else getattr(trait, name)
        values[name] = _with(standing, spec.options[name], rest, typed.value)
    return altered(trait, values), ()


def written(spec: TraitSpec, below: Made, tables: Sequence[Any], guarded: Collection[Path]) -> Made | None:
    """Return a trait with the values of tables that stand above all others, or nothing where all must be folded.

    Args:
        spec: the trait; it is patchable.
        below: the trait without the tables.
        tables: as they were read, weakest first.
        guarded: options of which something stronger may be defined below.
    """
    trait, problems = below
    if not tables:
        return below
    test = good_table(spec)
    if problems or not all(test(table) for table in tables):
        return None
    try:
        for table in tables:
            trait = altered(trait, _changes(trait, spec.options, table, guarded))
    except _DependsError:
        return None
    return trait, ()


class _DependsError(Exception):
    """A value depends on what else is defined of its option."""


def _changes(standing: Any, options: Mapping[str, Option], table: Any, guarded: Collection[Path]) -> dict[str, Any]:
    """Return the new values of options or fields; tables and values are known to be good."""
    changes = {}
    for name, raw in table.items():
        option = options[name]
        if option.fields:
            if option.kind.optional:
                raise _DependsError
            record = getattr(standing, name)
            fields = {field: getattr(record, field) for field in option.fields}
            changes[name] = option.kind.annotation(**fields | _changes(record, option.fields, raw, guarded))
        elif option.law != "replace" or option.path in guarded or option.path == ("enabled",):
            raise _DependsError
        else:
            changes[name] = raw if type(raw) is option.kind.annotation else convert(option, "set", raw)[0]
    return changes


def _is_in_optional(spec: TraitSpec, path: Path) -> bool:
    """Whether an option stands in a record that may be none."""
    options: Mapping[str, Option] = spec.options
    for name in path[:-1]:
        if options[name].kind.optional:
            return True
        options = options[name].fields
    return False


def _with(standing: Any, option: Option, path: Sequence[str], value: Any) -> Any:
    """Return a value for what stands there; of a record, the same with a value at a path inside."""
    if not path:
        return value
    fields = {name: getattr(standing, name) for name in option.fields}
    fields[path[0]] = _with(fields[path[0]], option.fields[path[0]], path[1:], value)
    return option.kind.annotation(**fields)


@attrs.frozen(eq=False)
class Added:
    """The layers of an override.

    Attributes:
        layers: they stand above all others.
        locked: the options that are locked, by these layers or below.
    """

    layers: tuple[Layer, ...]
    locked: Locked

    def speaking(self, spec: TraitSpec, model: Model | None, lineage: tuple[Node, ...]) -> Sequence[Layer]:
        """Return the layers that speak of a trait and apply, weakest first.

        Args:
            spec: the trait.
            model: the model, or none.
            lineage: a tenant and what it extends, nearest first.
        """
        found = [layer for layer in self.layers if spec.name in layer.tables and applies(layer.scope, lineage, model)]
        if len(found) < 2:
            return found
        return [layer for aliases in scopes_of(lineage, model) for layer in found if layer.scope in aliases]

    def locked_in(self, spec: TraitSpec) -> Collection[Path]:
        """Return the paths of a trait's options that are locked."""
        return {path for name, path in self.locked if name == spec.name} if self.locked else ()
