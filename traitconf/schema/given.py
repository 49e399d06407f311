"""Checks the arguments of a trait written in code: unknown names, wrong types, broken rules, all at once."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from traitconf.errors import Problem, did_you_mean, raise_errors
from traitconf.schema.deprecated import renamed
from traitconf.schema.kinds import Kind
from traitconf.schema.options import Option, violation
from traitconf.schema.spec import spec_of
from traitconf.types import FrozenMap, Origin, Source

if TYPE_CHECKING:
    from traitconf.schema.base import TraitBase


def checked(trait: type[TraitBase], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given values by the present names of their options, containers made immutable.

    Args:
        trait: the trait's class.
        given: the arguments.

    Raises:
        ConfigError: with every fault, placed at the calling line.
    """
    spec = spec_of(trait)
    given, problems = renamed(spec, given)
    values = {}
    for name, value in given.items():
        option = spec.options.get(name)
        if option is None:
            hint = did_you_mean(name, spec.options)
            problems.append(Problem("TC101", f"unknown option '{spec.name}.{name}'", caller(), hint=hint))
        else:
            values[name] = typed(option.kind, value)
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
    # The fields of a record are looked at one by one below.
    if not (option.fields and type(value) is option.kind.annotation) and not option.kind.accepts(value):
        got = type(value).__name__ if option.is_secret else f"{type(value).__name__} {value!r}"
        text = f"expected {option.kind.label} for '{address}', got {got}"
        return [Problem("TC103", text, origin or caller(), address, expected=option.label, got=got)]
    wrong = violation(option, value)
    found = []
    if wrong:
        got = "•••" if option.is_secret else repr(value)
        text = f"'{address}' {wrong[0]}, got {got}"
        found = [Problem("TC104", text, origin or caller(), address, expected=wrong[1], got=got)]
    for name, field in option.fields.items() if value is not None else ():
        found += option_problems(trait, field, getattr(value, name), origin)
    return found


def typed(kind: Kind, value: Any) -> Any:
    """Return a value from code as an option holds it: containers immutable, and a float where an int will do.

    Args:
        kind: what it is meant for.
        value: any object; one that does not suit comes back as it is.

    >>> from traitconf.schema.kinds import kind_of
    >>> typed(kind_of(tuple[float, ...]), [1, 2.5])
    (1.0, 2.5)
    """
    if kind.annotation is float and type(value) is int:
        return float(value)
    if kind.form == "record" and type(value) is kind.annotation:
        return _typed_record(kind, value)
    element = kind.element
    if element is None or kind.is_secret:
        return value
    if kind.form == "mapping" and isinstance(value, Mapping):
        return FrozenMap({key: typed(element, inner) for key, inner in value.items()})
    if kind.form == "tuple" and isinstance(value, (list, tuple)):
        return tuple(typed(element, inner) for inner in value)
    if kind.form == "set" and isinstance(value, (set, frozenset)):
        return frozenset(typed(element, inner) for inner in value)
    return value


def _typed_record(kind: Kind, record: Any) -> Any:
    changed = {}
    for name, inner in kind.fields.items():
        value = getattr(record, name)
        if (better := typed(inner, value)) is not value:
            changed[name] = better
    if not changed:
        return record
    return attrs.evolve(record, **changed) if attrs.has(kind.annotation) else dataclasses.replace(record, **changed)


def caller(source: Source = Source.DECORATOR, name: str = "") -> Origin:
    """Return the nearest place in the call stack that is not part of the declaring machinery.

    Args:
        source: what that place is.
        name: of what stands there.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_MACHINERY):
        frame = frame.f_back
    return Origin(source, frame.f_code.co_filename, frame.f_lineno, name=name)


_MACHINERY = ("traitconf.schema.", "traitconf.bind.", "traitconf.runtime.", "traitconf.traits.cacheable", "attr.")
