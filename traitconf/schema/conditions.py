"""What a trait says about the rows of a model that queries may see: conditions that every product can express."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, cast

import attrs

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "is null", "is not null"]
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, among: value in among,
}


@attrs.frozen
class Condition:
    """What one field of a row must be; as in SQL, no comparison with null holds.

    Attributes:
        field: name of the model's field.
        operator: how it is compared.
        value: with what; nothing for `is null` and `is not null`, a tuple for `in`.
    """

    field: str
    operator: Operator
    value: Any = None

    def accepts(self, value: Any) -> bool:
        """Whether a value of the field fulfils the condition.

        Args:
            value: what an object has there.

        >>> Condition("age", ">", 17).accepts(None)
        False
        """
        if self.operator in ("is null", "is not null"):
            return (value is None) == (self.operator == "is null")
        if value is None or self.value is None:
            return False
        return bool(_COMPARISONS[self.operator](value, self.value))


def where(field: str, operator: Operator, value: Any = None) -> Condition:
    """Return a condition, for the result of a `@tc.scope`.

    Args:
        field: name of the model's field.
        operator: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `is null` or `is not null`.
        value: what the field is compared with.

    Raises:
        ValueError: for another operator.

    >>> where("deleted_at", "is null").accepts(None)
    True
    """
    if operator not in (*_COMPARISONS, "is null", "is not null"):
        raise ValueError(f"{operator!r} is no comparison; they are {', '.join(_COMPARISONS)}, is null, is not null")
    return Condition(field, operator, tuple(value) if operator == "in" else value)


class Scope:
    """A method of a trait that says which rows of a model queries may see."""

    def __init__(self, function: Callable[[Any, type], Any]) -> None:
        """Check the shape of the function and keep it."""
        if len(inspect.signature(function).parameters) != 2 or inspect.iscoroutinefunction(function):
            name = getattr(function, "__qualname__", function)
            raise TypeError(f"the scope {name} must be def …(self, model)")
        self.function = function
        functools.update_wrapper(cast(Any, self), function, updated=())

    @property
    def __closure__(self) -> Any:
        """The function's cells: attrs mends the `__class__` cell when it makes a class anew."""
        return getattr(self.function, "__closure__", None)


def scope(function: Callable[[Any, type], Any]) -> Any:
    """Let a method `(self, model)` of a trait say which rows of a bound model queries may see.

    It is asked for every query, in the running context; `self` is the resolved trait. It returns a condition, several
    in a tuple, or none. A filter stays while the trait is off, unless the method looks at `self.enabled` itself.

    Args:
        function: a method of the trait.

    Raises:
        TypeError: for another signature.

    >>> @scope
    ... def untrashed(self, model):
    ...     return where("deleted_at", "is null")
    >>> untrashed.__name__
    'untrashed'
    """
    return Scope(function)


def scopes_of(trait: type) -> Iterator[Callable[[Any, type], Any]]:
    """Yield the scopes of a trait, those of its bases first."""
    found: dict[str, Any] = {}
    for base in reversed(trait.__mro__):
        found |= {name: value for name, value in vars(base).items() if name in found or isinstance(value, Scope)}
    return (value.function for value in found.values() if isinstance(value, Scope))
