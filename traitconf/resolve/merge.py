"""The merge laws: what a definition does to the value below it. Pure functions, associative laws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from traitconf.schema.options import MergeLaw, Option
from traitconf.types import MISSING, FrozenMap

BUILDS_ON_DEFAULT: Final = frozenset({"append", "prepend", "unique", "union"})


def _unique(below: tuple[Any, ...], value: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*below, *value)))


LAWS: Final[Mapping[MergeLaw, Callable[[Any, Any], Any]]] = {
    "replace": lambda below, value: value,
    "atomic": lambda below, value: value,
    "min": lambda below, value: value if below is None or (value is not None and value < below) else below,
    "max": lambda below, value: value if below is None or (value is not None and value > below) else below,
    "and": lambda below, value: below and value,
    "or": lambda below, value: below or value,
    "append": lambda below, value: (*below, *value),
    "prepend": lambda below, value: (*value, *below),
    "unique": _unique,
    "union": lambda below, value: below | value,
    "intersection": lambda below, value: below & value,
    "merge": lambda below, value: FrozenMap({**below, **value}),
}

_OPERATIONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "replace": lambda below, value: value,
    "append": lambda below, value: (*below, *value),
    "prepend": lambda below, value: (*value, *below),
    "add": lambda below, value: below | value,
}


def base_of(option: Option) -> Any:
    """Return what the first definition builds on: the default for laws that build on it, else `MISSING`."""
    builds = option.law in BUILDS_ON_DEFAULT or (option.kind.form == "mapping" and option.law == "merge")
    return option.default if builds and option.default is not None else MISSING


def apply(option: Option, operation: str, below: Any, value: Any) -> Any:
    """Return the value after one definition.

    Args:
        option: the option, for its law and default.
        operation: what the definition does.
        below: the value so far, `MISSING` where nothing is defined.
        value: the definition's typed value.

    >>> from traitconf.schema.settings import RUNTIME
    >>> apply(RUNTIME.options["default_extends"], "append", ("a",), ("b",))
    ('a', 'b')
    """
    if operation == "set":
        return value if below is MISSING or below is None or value is None else LAWS[option.law](below, value)
    if operation == "unset":
        return base_of(option)
    if operation == "replace":
        return value
    standing = option.default if below is MISSING else below
    if standing is None or standing is MISSING:
        standing = FrozenMap() if option.kind.form == "mapping" else () if option.kind.form == "tuple" else frozenset()
    if operation == "remove":
        return _without(option, standing, value)
    return _OPERATIONS[operation](standing, value)


def _without(option: Option, standing: Any, value: Any) -> Any:
    if option.kind.form == "mapping":
        return FrozenMap({key: element for key, element in standing.items() if key not in value})
    if option.kind.form == "set":
        return frozenset(standing) - frozenset(value)
    return tuple(element for element in standing if element not in value)
