"""The decorator `cached`, for functions that belong to no trait."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, Literal, ParamSpec, TypeVar, overload

import attrs

import traitconf.runtime.invalidate
import traitconf.runtime.verbs  # noqa: F401 -- a call needs a runtime
from traitconf.bind.context import current
from traitconf.bind.generate import dispatcher
from traitconf.bind.joinpoint import JoinPoint, joinpoints
from traitconf.bind.shape import signature_of
from traitconf.runtime.cache_key import digest, encode
from traitconf.runtime.cache_link import Shape, cache_link
from traitconf.runtime.cache_recipe import Recipe
from traitconf.runtime.cache_slot import cached_call, check_names, lifetimes_of, records
from traitconf.runtime.caches import space
from traitconf.schema.caching import Caching, as_key, as_names, placeholders
from traitconf.schema.members import flavour_of
from traitconf.schema.records import CacheOptions
from traitconf.types import duration

P = ParamSpec("P")
R = TypeVar("R")
Duration = timedelta | str
DURATIONS: Final = frozenset({"ttl", "stale", "stale_if_error", "negative_ttl"})


@attrs.frozen(eq=False)
class CachedFunction:
    """What stands behind a decorated function, in the place where a join point has what a trait governs.

    Attributes:
        options: how long, and where, its results are kept.
        caching: what identifies a call.
    """

    options: CacheOptions
    caching: Caching

    def body(self, point: JoinPoint, profile: Any, _model: type) -> Callable[..., Any]:
        """Return what answers the calls for the tenants of a profile.

        Args:
            point: of the function.
            profile: answers for a group of tenants.
        """
        settings, function = profile.snapshot.settings, point.body
        assert function is not None
        names = self.caching.names
        check_names(point.name, names)
        is_typed = not point.signature.static
        shape = Shape(point.signature, names, self.caching.ignore, typed=is_typed, shared=not profile.is_of_one)
        recipe = Recipe(
            space=space(settings),
            trait="-",
            operation=f"{function.__module__}.{function.__qualname__}",
            model="",
            epoch=digest(encode(self.caching.version), 4),
            names=shape.names,
            tags=self.caching.tags,
            vary=self.options.vary,
            lifetimes=lifetimes_of(self.options, self.caching),
            records=records(function),
        )
        cached = cached_call(recipe, self.options.store, settings, profile.snapshot.resolver._services, shape)
        return cache_link(shape, point.flavour, (point.index, -1), cached, function)


class Functions:
    """The owner of the join points of functions that belong to no trait."""


@overload
def cached(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def cached(
    *,
    ttl: Duration = ...,
    key: tuple[str, ...] | None = ...,
    tags: tuple[str, ...] | str = ...,
    ignore: tuple[str, ...] | str = ...,
    stale: Duration = ...,
    stale_if_error: Duration = ...,
    negative_ttl: Duration = ...,
    jitter: float = ...,
    store: Literal["default", "memory", "redis"] = ...,
    vary: tuple[str, ...] | str = ...,
    version: str = ...,
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def cached(
    function: Any = None,
    /,
    *,
    key: tuple[str, ...] | None = None,
    tags: tuple[str, ...] | str = (),
    ignore: tuple[str, ...] | str = (),
    version: str = "",
    **options: Any,
) -> Any:
    """Keep the results of a function, sync or async, each for the tenant for which it was called.

    Args:
        function: a function of a module or of a class.
        key: for a method, the attributes of the object on which the result depends; `()` for none. Without it every
            argument is part of the key, the object too.
        tags: what results are tagged with, for `invalidate`; `{name}` stands for an argument or a part of the key.
        ignore: parameters that play no part in the result.
        version: another one retires the results that are kept.
        **options: as the option `cache` of a trait has them: `ttl`, `stale`, `stale_if_error` and `negative_ttl`,
            each a timedelta or a text such as `5m`; `jitter`, `store`, `vary`.

    Raises:
        TypeError: for a function that cannot be cached, or an argument that makes no sense.

    >>> import traitconf as tc
    >>> @tc.cached(ttl="1h")
    ... def square(number):
    ...     print("computed")
    ...     return number * number
    >>> square(3), square(number=3)
    computed
    (9, 9)
    """
    caching = Caching(key=as_key(key), tags=as_names(tags), ignore=as_names(ignore), version=version)
    kept = _options(options)
    _check(kept, caching)
    if function is not None:
        return _decorated(function, kept, caching)
    return lambda function: _decorated(function, kept, caching)


def _options(given: dict[str, Any]) -> CacheOptions:
    """Return the record of the options that are given; those of a function that is decorated are on."""
    known = {field.name for field in attrs.fields(CacheOptions)} - {"enabled"}
    if strange := set(given) - known:
        raise TypeError(f"cached() does not know {', '.join(sorted(strange))}; known are {', '.join(sorted(known))}")
    kept: dict[str, Any] = {name: _duration(value) if name in DURATIONS else value for name, value in given.items()}
    return CacheOptions(**kept | {"vary": as_names(given.get("vary", ()))})


def _duration(value: Duration) -> timedelta:
    found = duration(value) if isinstance(value, str) else value
    if found < timedelta(0):
        raise TypeError(f"a result cannot be kept for {value}")
    return found


def _check(options: CacheOptions, caching: Caching) -> None:
    if isinstance(caching.key, str):
        raise TypeError('key="identity" is for operations of traits: nobody would say that the object was saved')
    if options.store not in ("default", "memory", "redis"):
        raise TypeError(f"store={options.store!r}: must be 'default', 'memory' or 'redis'")
    if not 0 <= options.jitter <= 1:
        raise TypeError(f"jitter={options.jitter!r}: must be between 0 and 1")
    if strangers := set(options.vary) - {"actor", "request_id"}:
        raise TypeError(f"vary names {', '.join(sorted(strangers))}; known are actor and request_id")


def _decorated(function: Any, options: CacheOptions, caching: Caching) -> Any:
    if not inspect.isfunction(function):
        raise TypeError(f"{function!r} is no function; stand below @classmethod, @staticmethod and @property")
    flavour = flavour_of(function)
    if flavour.endswith("generator"):
        raise TypeError(f"{function.__qualname__} cannot be cached: it is {flavour}; let it return what it makes")
    shown = function.__name__ if function.__name__.isidentifier() else "function"
    signature = signature_of(function, shown, static=caching.key is None)
    known = {name for name, _ in signature.parameters} | {*caching.names}
    strange = {name for tag in caching.tags for name in placeholders(tag)} | {*caching.ignore}
    if strange - known:
        names = ", ".join(sorted(strange - known))
        raise TypeError(f"{function.__qualname__} has no {names}: tags and ignore name arguments or parts of the key")
    behind: Any = CachedFunction(options, caching)
    point = JoinPoint(Functions, shown, function, signature, flavour, "none", adopted=behind)
    joinpoints.add(point)
    made = dispatcher(signature, flavour, current, point.index, function.__globals__)
    # CPython 3.13 calls a function slowly for ever once its defaults are set, even to none.
    if function.__defaults__ is not None:
        made.__defaults__ = function.__defaults__
    if function.__kwdefaults__ is not None:
        made.__kwdefaults__ = function.__kwdefaults__
    functools.update_wrapper(made, function)
    made.__traitconf_cached__ = point  # type: ignore[attr-defined]  # it lives as long as the function
    return made
