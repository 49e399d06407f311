"""Checks the arguments of a trait written in code: unknown names, wrong types, broken rules, all at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from traitconf.errors import Problem, did_you_mean, raise_errors
from traitconf.schema.options import Option, violation
from traitconf.schema.spec import spec_of
from traitconf.types import FrozenMap, Origin, Source

if TYPE_CHECKING:
    from traitconf.schema.base import TraitBase


def checked(trait: type[TraitBase], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given values, containers made immutable.

    Args:
        trait: the trait's class.
        given: the arguments.

    Raises:
        ConfigError: with every fault, placed at the calling line.
    """
    spec = spec_of(trait)
    problems: list[Problem] = []
    values = {}
    for name, value in given.items():
        option = spec.options.get(name)
        if option is None:
            hint = did_you_mean(name, spec.options)
            problems.append(Problem("TC101", f"unknown option '{spec.name}.{name}'", caller(), hint=hint))
        else:
            values[name] = frozen(value)
            problems += option_problems(spec.name, option, values[name], None)
    if problems:
        raise_errors(problems)
    return values


def option_problems(trait: str, option: Option, value: Any, origin: Origin | None) -> list[Problem]:
    """Return what is wrong with a typed value of an option, record fields included.

    Args:
        trait: the trait's name.
        option: the option.
        value: what is given for it.
        origin: where it is given; the calling line when `None`.
    """
    address = f"{trait}.{option.name}"
    if not option.kind.accepts(value):
        got = type(value).__name__ if option.kind.is_secret else f"{type(value).__name__} {value!r}"
        text = f"expected {option.kind.label} for '{address}', got {got}"
        return [Problem("TC103", text, origin or caller(), address, expected=option.label, got=got)]
    wrong = violation(option, value)
    found = []
    if wrong:
        got = "•••" if option.kind.is_secret else repr(value)
        found = [Problem("TC104", f"'{address}' {wrong[0]}, got {got}", origin or caller(), address, expected=wrong[1])]
    for name, field in option.fields.items():
        found += option_problems(trait, field, getattr(value, name), origin)
    return found


def frozen(value: Any) -> Any:
    """Return an immutable value: lists become tuples, sets frozensets, dicts FrozenMaps.

    >>> frozen({"a": [1]})
    {'a': (1,)}
    """
    if isinstance(value, list):
        return tuple(frozen(element) for element in value)
    if isinstance(value, set):
        return frozenset(value)
    if isinstance(value, dict):
        return FrozenMap({key: frozen(element) for key, element in value.items()})
    return value


def caller() -> Origin:
    """Return the nearest place in the call stack that is not part of the declaring machinery."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_MACHINERY):
        frame = frame.f_back
    return Origin(Source.DECORATOR, frame.f_code.co_filename, frame.f_lineno)


_MACHINERY = ("traitconf.schema.", "traitconf.bind.", "traitconf.runtime.", "attr.")
