"""What a trait gives to its hosts, and what it puts around, before or after their methods."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Final, Generic, Literal, ParamSpec, Self, TypeVar, cast, overload

from traitconf.schema.caching import Caching, as_key, as_names

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
F = TypeVar("F", bound=Callable[..., Any])
WhenOff = Literal["raise", "skip", "run"]
Flavour = Literal["sync", "async", "generator", "async generator"]
Shape = Literal["method", "classmethod", "staticmethod", "property", "cached_property"]


def flavour_of(function: Callable[..., Any]) -> Flavour:
    """Return which of the four flavours a function has.

    >>> async def work(): ...
    >>> flavour_of(work)
    'async'
    """
    if inspect.isasyncgenfunction(function):
        return "async generator"
    if inspect.iscoroutinefunction(function):
        return "async"
    return "generator" if inspect.isgeneratorfunction(function) else "sync"


class Member(Generic[P, R_co]):
    """A member that a trait gives to its hosts.

    On the typed view `T.of(host)` it is called without trait and host; the type says so.

    Attributes:
        function: `(self, host, …)`: the resolved trait and the object (the class, for a classmethod; neither, for a
            staticmethod).
        shape: what it becomes on the host.
        when_off: what a call does while the trait is off.
        operation: whether it runs through the pipeline of operations.
        cache: whether results are cached.
        caching: how they are.
        queue: whether it runs as a job.
    """

    name = ""

    def __init__(self, target: Any, *, when_off: WhenOff, operation: bool = False, **pipeline: Any) -> None:
        """Take the function out of a classmethod or property and keep what it was."""
        self.shape: Shape = "method"
        self.function: Callable[..., R_co] = target
        if isinstance(target, classmethod):
            self.shape, self.function = "classmethod", target.__func__
        elif isinstance(target, property):
            self.shape, self.function = "property", target.fget  # type: ignore[assignment]  # checked below
        elif isinstance(target, staticmethod):
            self.shape, self.function = "staticmethod", target.__func__
        elif isinstance(target, functools.cached_property):
            self.shape, self.function = "cached_property", target.func
        if not inspect.isfunction(self.function):
            raise TypeError(f"{target!r} cannot be given to a host: give a function, a classmethod or a property")
        if self.shape == "cached_property" and flavour_of(self.function) != "sync":
            raise TypeError(f"{self.function.__qualname__} cannot be cached: only a plain function makes one value")
        self.when_off: WhenOff = when_off
        self.operation = operation
        self.cache: bool = pipeline.get("cache", False)
        self.caching: Caching = pipeline.get("caching", Caching())
        self.queue: bool = pipeline.get("queue", False)
        functools.update_wrapper(cast(Any, self), self.function, updated=())

    def __set_name__(self, owner: type, name: str) -> None:
        """Take the name of the attribute."""
        self.name = name

    @property
    def __closure__(self) -> Any:
        """The function's cells: attrs mends the `__class__` cell when it makes a class anew."""
        return self.function.__closure__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Callable[P, R_co]: ...
    def __get__(self, instance: object, owner: type | None = None) -> Self | Callable[P, R_co]:
        """Return the declaration on the class; on a bare trait, the function that still wants the host."""
        return self if instance is None else MethodType(self.function, instance)


class PropertyMember(Member[[], R_co]):
    """A member that is read like an attribute: to type checkers it has the type of its value on the typed view."""

    if TYPE_CHECKING:

        @overload  # type: ignore[override]  # a value in place of a function is the point
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: object, owner: type | None = None) -> R_co: ...
        def __get__(self, instance: object, owner: type | None = None) -> Any: ...


@overload
def provides(function: Callable[Concatenate[Any, Any, P], R], /) -> Member[P, R]: ...
@overload
def provides(function: property, /) -> Any: ...
@overload
def provides(function: staticmethod[Concatenate[Any, P], R], /) -> Member[P, R]: ...
@overload
def provides(function: functools.cached_property[R], /) -> PropertyMember[R]: ...
@overload
def provides(
    *, shape: Literal["property", "cached_property"], when_off: WhenOff = ...
) -> Callable[[Callable[[Any, Any], R]], PropertyMember[R]]: ...
@overload
def provides(
    *, shape: Literal["method"] = ..., when_off: WhenOff = ...
) -> Callable[[Callable[Concatenate[Any, Any, P], R]], Member[P, R]]: ...
def provides(
    function: Any = None,
    /,
    *,
    shape: Literal["method", "property", "cached_property"] = "method",
    when_off: WhenOff = "raise",
) -> Any:
    """Give a method, property, cached property, classmethod or staticmethod of the trait to the host class.

    A property may be written with `@property` below, which type checkers refuse, or with `shape="property"`. The value
    of a cached property is kept beside the object until the trait is configured differently.

    Args:
        function: `(self, host, …)`; `self` is the trait as it is resolved for the host's model and tenant. A
            staticmethod takes no host.
        shape: `property` for a function that becomes a property of the host, or `cached_property`.
        when_off: what a call does while the trait is off: `raise` TraitDisabled, `skip` (only for a function
            annotated `-> None`), or `run` all the same.

    Raises:
        TypeError: for something that cannot be given, or `skip` where a result is promised.

    >>> @provides
    ... def shout(self, host, mark="!"):
    ...     return host.title.upper() + mark
    >>> shout.when_off
    'raise'
    """
    if function is None:
        dress = _DRESSES[shape]
        return lambda function: provides_with(dress(function), when_off)
    return provides_with(function, when_off)


_DRESSES: Final[dict[str, Callable[[Any], Any]]] = {
    "method": lambda function: function,
    "property": property,
    "cached_property": functools.cached_property,
}


def provides_with(target: Any, when_off: WhenOff, **pipeline: Any) -> Member[Any, Any]:
    """Make the member and check `when_off` against the function's annotation."""
    if when_off not in ("raise", "skip", "run"):
        raise TypeError(f"when_off={when_off!r}: must be 'raise', 'skip' or 'run'")
    kind = PropertyMember if isinstance(target, (property, functools.cached_property)) else Member
    member: Member[Any, Any] = kind(target, when_off=when_off, **pipeline)
    returns = member.function.__annotations__.get("return", inspect.Parameter.empty)
    if when_off == "skip" and returns not in (None, "None"):
        raise TypeError(f"when_off='skip' is only for '-> None', {member.function.__qualname__} promises a result")
    return member


@overload
def operation(function: Callable[Concatenate[Any, Any, P], R], /) -> Member[P, R]: ...
@overload
def operation(
    *,
    cache: bool = ...,
    key: tuple[str, ...] | str | None = ...,
    tags: tuple[str, ...] | str = ...,
    ignore: tuple[str, ...] | str = ...,
    queue: bool = ...,
    when_off: WhenOff = ...,
) -> Callable[[Callable[Concatenate[Any, Any, P], R]], Member[P, R]]: ...
def operation(
    function: Any = None,
    /,
    *,
    cache: bool = False,
    key: tuple[str, ...] | str | None = None,
    tags: tuple[str, ...] | str = (),
    ignore: tuple[str, ...] | str = (),
    queue: bool = False,
    when_off: WhenOff = "raise",
) -> Any:
    """Give a method to the host class, run through the pipeline of operations.

    Args:
        function: `(self, host, …)`; `self` is the trait as it is resolved for the host's model and tenant.
        cache: whether results are cached as the option `cache` says.
        key: names of the host's attributes that identify it in the key, none where it plays no part in the result, or
            `"identity"`, its primary key, which is also looked for when nothing is said.
        tags: what entries are tagged with, for `tc.invalidate`; `{name}` stands for an argument or a part of the key.
        ignore: parameters that play no part in the result.
        queue: whether it runs as a job as the option `queue` says.
        when_off: as in `provides`.

    >>> @operation(key=("body",))
    ... def summary(self, host):
    ...     return host.body[:10]
    >>> summary.operation
    True
    """
    caching = Caching(key=as_key(key), tags=as_names(tags), ignore=as_names(ignore))

    def declare(function: Any) -> Member[Any, Any]:
        return provides_with(function, when_off, operation=True, cache=cache, caching=caching, queue=queue)

    return declare if function is None else declare(function)


HookKind = Literal["around", "before", "after"]
LEADING: Final[dict[HookKind, int]] = {"around": 3, "before": 2, "after": 3}


class Hook:
    """Code of a trait that runs around, before or after methods that the host already has.

    Attributes:
        kind: around, before or after.
        targets: names of the methods, or globs.
        function: `(self, host, proceed, /, …)`, `(self, host, /, …)` or `(self, host, result, /, …)`.
        optional: whether a host may lack the methods.
        twins: the same hook for other flavours of methods.
    """

    name = ""

    def __init__(
        self, kind: HookKind, targets: tuple[str, ...], function: Callable[..., Any], *, optional: bool
    ) -> None:
        """Check the shape of the function and keep it."""
        self.kind: HookKind = kind
        self.targets = targets
        self.function = function
        self.optional = optional
        self.twins: dict[Flavour, Callable[..., Any]] = {flavour_of(function): function}
        if len(_positional(function)) < LEADING[kind] and not _takes_star(function):
            wanted = {"around": "self, host, proceed", "before": "self, host", "after": "self, host, result"}[kind]
            raise TypeError(f"{kind} hook {function.__qualname__} must take ({wanted}, /, …)")
        functools.update_wrapper(cast(Any, self), function, updated=())

    def __set_name__(self, owner: type, name: str) -> None:
        """Take the name of the attribute."""
        self.name = name

    @property
    def __closure__(self) -> Any:
        """The function's cells: attrs mends the `__class__` cell when it makes a class anew."""
        return self.function.__closure__

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Return the declaration on the class, the bound function on a trait."""
        return self if instance is None else MethodType(self.function, instance)

    def twin(self, function: F) -> F:
        """Add the same hook for methods of another flavour, for example an async one.

        Args:
            function: with the same leading parameters.
        """
        self.twins[flavour_of(function)] = function
        return function


def _positional(function: Callable[..., Any]) -> list[inspect.Parameter]:
    parameters = inspect.signature(function).parameters.values()
    return [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _takes_star(function: Callable[..., Any]) -> bool:
    return any(p.kind is p.VAR_POSITIONAL for p in inspect.signature(function).parameters.values())


def _hook(kind: HookKind, targets: tuple[str, ...], *, optional: bool) -> Callable[[Callable[..., Any]], Hook]:
    if not targets or not all(isinstance(target, str) for target in targets):
        raise TypeError(f"{kind}() needs the name of at least one method")
    return lambda function: Hook(kind, targets, function, optional=optional)


def around(*targets: str, optional: bool = False) -> Callable[[Callable[..., Any]], Hook]:
    """Run a hook `(self, host, proceed, /, …)` around methods of the host.

    Args:
        *targets: names of methods, or globs; `"*"` is every public method found when binding.
        optional: a host may lack them.

    >>> @around("save")
    ... def timed(self, host, proceed, /, *args, **kwargs):
    ...     return proceed(*args, **kwargs)
    >>> timed.targets
    ('save',)
    """
    return _hook("around", targets, optional=optional)


def before(*targets: str, optional: bool = False) -> Callable[[Callable[..., Any]], Hook]:
    """Run a hook `(self, host, /, …)` before methods of the host; a sync one suits every flavour.

    Args:
        *targets: as in `around`.
        optional: as in `around`.

    >>> before("save")(lambda self, host, /: None).kind
    'before'
    """
    return _hook("before", targets, optional=optional)


def after(*targets: str, optional: bool = False) -> Callable[[Callable[..., Any]], Hook]:
    """Run a hook `(self, host, result, /, …)` after methods of the host returned; a sync one suits every flavour.

    Args:
        *targets: as in `around`.
        optional: as in `around`.

    >>> after("save")(lambda self, host, result, /: None).kind
    'after'
    """
    return _hook("after", targets, optional=optional)
