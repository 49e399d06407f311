"""Computed defaults: `option(default=lambda self: …)` takes the other options of the resolved trait into account."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any

from traitconf.errors import Problem
from traitconf.types import MISSING

if TYPE_CHECKING:
    from traitconf.schema.options import Option


def is_computed(default: object) -> bool:
    """Whether a default is a function of the trait instead of a value."""
    return isinstance(default, FunctionType)


def default_of(option: Option, instance: Any) -> Any:
    """Return the default of an option as it is for an instance, `MISSING` where it cannot be computed.

    Args:
        option: the option.
        instance: of its trait.
    """
    if not is_computed(option.default):
        return option.default
    try:
        return option.default(instance)
    except Exception:  # noqa: BLE001 -- the trait author's code, on an instance that may lack required options
        return MISSING


def compute_defaults(trait: str, options: Mapping[str, Option], instance: Any) -> list[Problem]:
    """Put values into an instance where computed defaults still stand, in the order of the options.

    Where a required option has no value yet, nothing can be computed: `MISSING` stands there too. It also stands where
    a function fails, or returns what its option cannot hold, and behind it: later functions may look at that value.

    Args:
        trait: the trait's name.
        options: its options.
        instance: of the trait, complete but for these values.

    Returns:
        the failure, placed at its option; what the function said is left out where the trait has secrets.
    """
    problems: list[Problem] = []
    waiting = [
        option
        for name, option in options.items()
        if is_computed(option.default) and getattr(instance, name) is option.default
    ]
    blocked = bool(waiting) and any(getattr(instance, name) is MISSING for name in options)
    for option in waiting:
        value, faults = (MISSING, []) if blocked else _computed(trait, options, option, instance)
        object.__setattr__(instance, option.path[0], value)
        problems += faults
        blocked = blocked or bool(faults)
    return problems


def _computed(trait: str, options: Mapping[str, Option], option: Option, instance: Any) -> tuple[Any, list[Problem]]:
    from traitconf.schema.given import option_problems, typed

    try:
        value = typed(option.kind, option.default(instance))
    except Exception as error:  # noqa: BLE001 -- the trait author's code
        hidden = any(one.is_secret for one in options.values())
        why = type(error).__name__ if hidden else f"{type(error).__name__}: {error}"
        address = f"{trait}.{option.name}"
        text = f"the default of '{address}' cannot be computed: {why}"
        return MISSING, [Problem("TC125", text, option.meta.origin, address)]
    problems = option_problems(trait, option, value, option.meta.origin)
    return MISSING if problems else value, problems
