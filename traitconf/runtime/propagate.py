"""`propagate()`: takes the running context along to where Python would lose it, such as the threads of an executor."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from traitconf.bind.context import current, variable

P = ParamSpec("P")
R = TypeVar("R")


def propagate(function: Callable[P, R], /) -> Callable[P, R]:
    """Return a function that does the same in the context that is running now, wherever it is called.

    New threads and the threads of executors begin without tenant, actor and request id. The context is the very one
    that is running, so that it follows what is published, unless it is pinned. Other context variables are not
    carried.

    Args:
        function: any function, awaited or not, method or other callable.

    Raises:
        TypeError: for a generator function, which runs a little in one place and a little in another.

    >>> import traitconf as tc
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> def whose():
    ...     return tc.current_context().tenant
    >>> with ThreadPoolExecutor() as pool, tc.tenant("acme"):
    ...     pool.submit(whose).result(), pool.submit(tc.propagate(whose)).result()
    (None, 'acme')
    """
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        name = getattr(function, "__qualname__", repr(function))
        raise TypeError(f"{name} is a generator function; propagate the function that runs through it")
    context = current()

    @functools.wraps(function)
    def carried(*args: P.args, **kwargs: P.kwargs) -> R:
        token = variable.set(context)
        try:
            return function(*args, **kwargs)
        finally:
            variable.reset(token)

    @functools.wraps(function)
    async def carried_async(*args: P.args, **kwargs: P.kwargs) -> Any:
        token = variable.set(context)
        try:
            return await cast(Any, function(*args, **kwargs))
        finally:
            variable.reset(token)

    return cast("Callable[P, R]", carried_async) if inspect.iscoroutinefunction(function) else carried
