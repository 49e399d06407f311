"""`@on_config`: what a trait does when its configuration is about to change; it may refuse."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, cast

Reaction = Callable[[Any, Any, Any], object]


class ConfigHook:
    """Code of a trait that sees its old and its new options before a new configuration is published."""

    def __init__(self, function: Reaction) -> None:
        """Check the shape of the function and keep it."""
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        taken = [one for one in inspect.signature(function).parameters.values() if one.kind in kinds]
        if len(taken) != 3 or inspect.iscoroutinefunction(function):
            name = getattr(function, "__qualname__", function)
            raise TypeError(f"the on_config hook {name} must be def …(self, old, new)")
        self.function = function
        functools.update_wrapper(cast(Any, self), function, updated=())

    @property
    def __closure__(self) -> Any:
        """The function's cells: attrs mends the `__class__` cell when it makes a class anew."""
        return getattr(self.function, "__closure__", None)


def on_config(function: Reaction) -> Any:
    """Run a method `(self, old, new)` of a trait before a new configuration is published that changes its options.

    It runs once for each model and profile in use for which something is different; `self` is the trait as it will
    be. It may raise `Veto(reason)`: then nothing is published. Whatever else it raises refuses as well.

    Args:
        function: a method of the trait.

    Raises:
        TypeError: for another signature.

    >>> @on_config
    ... def check(self, old, new): ...
    >>> check.__name__
    'check'
    """
    return ConfigHook(function)


def reactions_of(trait: type) -> Iterator[Reaction]:
    """Yield the hooks of a trait, those of its bases first."""
    found: dict[str, Any] = {}
    for base in reversed(trait.__mro__):
        found |= {name: value for name, value in vars(base).items() if name in found or isinstance(value, ConfigHook)}
    return (value.function for value in found.values() if isinstance(value, ConfigHook))
