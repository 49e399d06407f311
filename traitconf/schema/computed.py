"""Computed defaults: `option(default=lambda self: …)` takes the other options of the resolved trait into account."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any

from traitconf.errors import ConfigError, Problem
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


def compute_defaults(trait: str, options: Mapping[str, Option], instance: Any) -> None:
    """Put values into an instance where computed defaults still stand, in the order of the options.

    Where a required option has no value yet, nothing can be computed: `MISSING` stands there too.

    Args:
        trait: the trait's name.
        options: its options.
        instance: of the trait, complete but for these values.

    Raises:
        ConfigError: when a function fails or returns what its option cannot hold, placed at the option.
    """
    incomplete = any(getattr(instance, name) is MISSING for name in options)
    for name, option in options.items():
        if is_computed(option.default) and getattr(instance, name) is option.default:
            object.__setattr__(instance, name, MISSING if incomplete else _computed(trait, option, instance))


def _computed(trait: str, option: Option, instance: Any) -> Any:
    from traitconf.schema.given import option_problems, typed

    try:
        value = typed(option.kind, option.default(instance))
    except Exception as error:
        text = f"the default of '{trait}.{option.name}' cannot be computed: {type(error).__name__}: {error}"
        raise ConfigError([Problem("TC125", text, option.meta.origin)]) from error
    if problems := option_problems(trait, option, value, option.meta.origin):
        raise ConfigError(problems)
    return value
