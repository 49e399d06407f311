"""`Cacheable`: caches the results of methods that a class already has; and `cacheable`, which says so at the method."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

import attrs

import traitconf as tc

F = TypeVar("F", bound=Callable[..., Any])


@attrs.frozen(kw_only=True)
class CachedMethod:
    """Record: how the results of one method are cached."""

    key: tuple[str, ...] | None = tc.option(
        None, doc="Attributes of the object on which the result depends; without it the primary key is looked for."
    )
    tags: tuple[str, ...] = tc.option(
        (), doc="Tags of the results; {name} stands for an argument or an attribute of the key."
    )
    ignore: tuple[str, ...] = tc.option((), doc="Parameters that play no part in the result.")
    ttl: datetime.timedelta | None = tc.option(None, doc="How long a result is fresh, instead of cache.ttl.")


@tc.trait(name="cacheable")
class Cacheable(tc.TraitBase):
    """Cache the results of methods.

    `methods` names them; how long, where and for whom results are kept is said by the option `cache`, which every
    trait has. A method that is not named, for the tenant or at all, runs as it ever did.

    >>> @tc.use(Cacheable(methods={"area": CachedMethod(key=("side",))}))
    ... class Square:
    ...     side = 3
    ...     def area(self):
    ...         print("computed")
    ...         return self.side ** 2
    >>> Square().area(), Square().area()
    computed
    (9, 9)
    """

    methods: Mapping[str, CachedMethod] = tc.option(
        tc.FrozenMap(), doc="The methods whose results are cached, by name.", important=True
    )

    @tc.governs("*")
    def caching(self, name: str) -> tc.Caching | None:
        """Say how the results of a method are cached, if they are."""
        method = self.methods.get(name)
        if method is None:
            return None
        return tc.Caching(key=method.key, tags=method.tags, ignore=method.ignore, ttl=method.ttl)


class _Marked:
    """A method with the mark, until its class is there."""

    def __init__(self, function: Any, method: CachedMethod) -> None:
        self.function, self.method = function, method

    def __set_name__(self, owner: type, name: str) -> None:
        """Bind the class, once for all of its marked methods."""
        marked = {key: value for key, value in vars(owner).items() if isinstance(value, _Marked)}
        if not marked:
            return
        for key, value in marked.items():
            setattr(owner, key, value.function)
        tc.use(Cacheable(methods={key: value.method for key, value in marked.items()}))(owner)


@overload
def cacheable(function: F, /) -> F: ...
@overload
def cacheable(
    *,
    ttl: datetime.timedelta | str | None = ...,
    key: tuple[str, ...] | None = ...,
    tags: tuple[str, ...] = ...,
    ignore: tuple[str, ...] = ...,
) -> Callable[[F], F]: ...
def cacheable(
    function: Any = None,
    /,
    *,
    ttl: datetime.timedelta | str | None = None,
    key: tuple[str, ...] | None = None,
    tags: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
) -> Any:
    """Cache the results of a method: its class gets the trait Cacheable, and files govern the rest.

    Args:
        function: the method, sync or async.
        ttl: how long a result is fresh, a timedelta or a text such as `5m`; else as the option `cache.ttl` says.
        key: attributes of the object on which the result depends, `()` for none; without it the primary key.
        tags: what results are tagged with, for `tc.invalidate`.
        ignore: parameters that play no part in the result.

    Raises:
        TypeError: for something that is no method.

    >>> class Circle:
    ...     radius = 1
    ...     @cacheable(ttl="5m", key=("radius",))
    ...     def area(self):
    ...         print("computed")
    ...         return 3.14 * self.radius ** 2
    >>> Circle().area(), Circle().area()
    computed
    (3.14, 3.14)
    """
    life = tc.duration(ttl) if isinstance(ttl, str) else ttl
    method = CachedMethod(key=None if key is None else tuple(key), tags=tuple(tags), ignore=tuple(ignore), ttl=life)

    def mark(function: Any) -> Any:
        if not inspect.isfunction(function):
            raise TypeError(f"{function!r} is no function; cacheable stands directly above the def of a method")
        return _Marked(function, method)

    return mark(function) if function is not None else mark
