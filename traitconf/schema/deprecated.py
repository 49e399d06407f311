"""Options that others took the place of: the old name goes on working, and says what to write instead."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from traitconf.errors import Problem

if TYPE_CHECKING:
    from traitconf.schema.options import Option
    from traitconf.schema.spec import TraitSpec

Path = tuple[str, ...]
_CALLING = 4
"""The line that makes a trait, seen from here: past `renamed`, `checked` and `TraitBase.__init__`."""


def aliases_of(options: Mapping[str, Option]) -> Mapping[Path, Path]:
    """Return, for the path of every folded option that another took the place of, the other's path.

    Args:
        options: of a trait.
    """
    direct = dict(_aliases(options))
    return {old: direct.get(new, new) for old, new in direct.items()}


def _aliases(options: Mapping[str, Option]) -> Iterator[tuple[Path, Path]]:
    for option in options.values():
        successor = option.successor(options)
        if successor is option:
            yield from _aliases(option.fields)
        else:
            yield from zip(_paths(option), _paths(successor), strict=False)  # where they differ, it is a fault


def _paths(option: Option) -> list[Path]:
    return [leaf.path for leaf in option.leaves()]


def alias_faults(options: Mapping[str, Option]) -> Iterator[tuple[Option, str]]:
    """Yield every option that cannot hand its values on, with the reason.

    Args:
        options: of a trait, or the fields of a record.
    """
    for option in options.values():
        successor = option.successor(options)
        if successor is not option and successor.meta.deprecated:
            yield option, f"deprecated={successor.path[-1]!r} names an option that is deprecated itself"
        elif successor is not option and (option.kind.annotation, option.law) != (
            successor.kind.annotation,
            successor.law,
        ):
            text = f"a {successor.kind.label} with the law {successor.law}, while this is a {option.kind.label}"
            yield option, f"deprecated={successor.path[-1]!r} names {text} with the law {option.law}"
        elif successor is option and option.meta.deprecated == option.path[-1]:
            yield option, "is deprecated in favour of itself"
        yield from alias_faults(option.fields)


def renamed(spec: TraitSpec, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return arguments under their present names, warning of each deprecated one at the line that makes the trait.

    Args:
        spec: the trait.
        given: the arguments.
    """
    from traitconf.schema.given import caller

    found: dict[str, Any] = {}
    problems = []
    for name, value in given.items():
        option = spec.options.get(name)
        if option is None or not option.meta.deprecated:
            found[name] = value
            continue
        successor = option.successor(spec.options).path[-1]
        instead = f"use {successor}" if successor != name else option.meta.deprecated
        text = f"{spec.name}.{name} is deprecated: {instead}"
        warnings.warn(text, DeprecationWarning, stacklevel=_CALLING)
        if successor != name and successor in given:
            text = f"'{spec.name}.{name}' and its replacement '{successor}' are both given"
            problems.append(Problem("TC321", text, caller(), f"{spec.name}.{name}", hint=f"keep {successor}"))
        found.setdefault(successor, value)
    return found, problems
