"""`Governing`: methods that a host has of itself, and that a trait makes operations of its own where it is told so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import attrs

from traitconf.schema.caching import Caching
from traitconf.schema.members import Flavour, Hook, WhenOff

Governor = Callable[[Any, str], Caching | None]


@attrs.frozen(eq=False)
class GovernedMethod:
    """Record: a method of the host, as the pipeline of operations sees it.

    Attributes:
        name: of the method.
        function: the method.
        caching: how its results are cached.
        cache: whether they are.
        operation: whether its calls are counted and have events.
        queue: whether it runs as a job.
        when_off: what a call does while the trait is off; then nothing is governed.
        is_own: whether results depend on the options of the trait.
    """

    name: str
    function: Callable[..., Any]
    caching: Caching
    cache: bool = True
    operation: bool = True
    queue: bool = False
    when_off: WhenOff = "run"
    is_own: bool = False


class Governing(Hook):
    """A hook that decides once, when a call is compiled, whether a method is an operation of its trait."""

    def __init__(self, targets: tuple[str, ...], function: Governor) -> None:
        """Stand on every flavour: those that cannot be governed are left alone."""
        super().__init__("around", targets, _alone, optional=True)
        self.twins = dict.fromkeys(get_args(Flavour), function)
        self.function = function
        self.__doc__ = function.__doc__
        self.__name__, self.__qualname__ = function.__name__, function.__qualname__

    def method(self, trait: Any, name: str, body: Callable[..., Any]) -> GovernedMethod | None:
        """Return what a method is for a trait, or nothing where it is left alone.

        Args:
            trait: as it is resolved.
            name: of the method.
            body: the method.
        """
        caching = self.function(trait, name)
        return None if caching is None else GovernedMethod(name, body, caching)


def _alone(self: Any, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG001 -- the shape of a hook
    """Do what the method does: the hook around what is left alone."""
    return proceed(*args, **kwargs)


def governs(*targets: str) -> Callable[[Governor], Governing]:
    """Let a trait decide which methods that a host already has are operations of its own.

    The decorated function, `(self, name) -> Caching | None`, is asked once for each method and profile, when a call is
    compiled; what it leaves alone costs nothing more.

    Args:
        *targets: names of methods, or globs; `"*"` is every public method found when binding.

    >>> governs("*")(lambda self, name: None).targets
    ('*',)
    """
    return lambda function: Governing(targets, function)
