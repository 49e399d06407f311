"""Spans and lines of the log around the calls of operations, where the configuration asks for them."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Final

from traitconf.bind.operation import Operation
from traitconf.runtime.context import running
from traitconf.schema.spec import spec_of

GROUP: Final = "traitconf.tracers"
Span = Callable[..., AbstractContextManager[Any]]


@functools.cache
def _span() -> Span:
    """Return what makes a span; that it is installed was checked with the configuration."""
    import importlib.metadata

    entry = next(iter(importlib.metadata.entry_points(group=GROUP, name="otel")))
    made: Span = entry.load()
    return made


def traced(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call within a span of its own.

    Args:
        operation: what is called.
        position: of the slot in the pipeline.
        call: what it encloses.
    """
    span, is_current = _span(), operation.flavour in ("sync", "async")
    what = {
        "traitconf.trait": spec_of(operation.trait).name,
        "traitconf.operation": operation.member.name,
        "traitconf.model": operation.model.__name__,
    }

    def begun() -> AbstractContextManager[Any]:
        tenant = running().tenant
        about = what if tenant is None else {**what, "traitconf.tenant": tenant}
        return span(operation.name, about, is_current=is_current)

    return operation.around(position, _INTERCEPTORS[operation.flavour](begun), call)


def logged(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call of which a line at DEBUG tells the outcome and the time.

    Args:
        operation: what is called.
        position: of the slot in the pipeline.
        call: what it encloses.
    """
    trait, name = operation.trait, operation.name
    fields = {"operation": operation.member.name, "model": operation.model.__name__}

    @contextlib.contextmanager
    def begun() -> Iterator[None]:
        began, outcome = time.perf_counter(), "ok"
        try:
            yield
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            taken = round((time.perf_counter() - began) * 1000, 3)
            trait.logger.debug("%s: %s", name, outcome, outcome=outcome, duration_ms=taken, **fields)

    return operation.around(position, _INTERCEPTORS[operation.flavour](begun), call)


Begun = Callable[[], AbstractContextManager[Any]]


def _sync(begun: Begun) -> Any:
    def around(_trait: Any, _host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        with begun():
            return proceed(*args, **kwargs)

    return around


def _async(begun: Begun) -> Any:
    async def around(_trait: Any, _host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        with begun():
            return await proceed(*args, **kwargs)

    return around


def _generator(begun: Begun) -> Any:
    def around(_trait: Any, _host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        with begun():
            return (yield from proceed(*args, **kwargs))

    return around


def _async_generator(begun: Begun) -> Any:
    async def around(_trait: Any, _host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        with begun():
            async for value in proceed(*args, **kwargs):
                yield value

    return around


_INTERCEPTORS: Final = {
    "sync": _sync,
    "async": _async,
    "generator": _generator,
    "async generator": _async_generator,
}
