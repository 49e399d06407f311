"""Classes that declare `tenant_of`: their objects know themselves to which tenant they belong.

A call on such an object runs for that tenant. Generated code compares it with the running one, which costs next to
nothing where they are the same; what happens where they differ is said by the runtime, through the port below.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import AbstractContextManager
from typing import Any, Final

from traitconf.bind.context import current
from traitconf.bind.generate import Tenant
from traitconf.bind.hosts import fields_of, has_member, raw_member
from traitconf.errors import Problem, did_you_mean
from traitconf.types import MISSING, Origin

DECLARATION: Final = "tenant_of"
ASKS: Final = "tenant_of()"


class _Port:
    """What the runtime furnishes."""

    def __init__(self) -> None:
        self.enter: Callable[[str], AbstractContextManager[Any]] = self._missing

    @staticmethod
    def _missing(tenant: str) -> AbstractContextManager[Any]:
        raise RuntimeError(f"no runtime is loaded to run for {tenant!r}; import traitconf and use its front door")


port: Final = _Port()


def declared_tenant(cls: type) -> str:
    """Return what generated code writes behind an object and a dot to know its tenant; empty where nobody declares it.

    Args:
        cls: any class.

    >>> class Invoice:
    ...     tenant_of = "account.tenant"
    >>> declared_tenant(Invoice)
    'account.tenant'
    """
    raw = raw_member(cls, DECLARATION)
    if raw is MISSING:
        return ""
    if isinstance(raw, str):
        return raw
    return ASKS if inspect.isfunction(raw) else DECLARATION


def tenant_code(cls: type) -> Tenant | None:
    """Return how generated code knows the tenant of a class's objects, if they say it.

    Args:
        cls: any class.
    """
    declared = declared_tenant(cls)
    return Tenant(declared, declared == ASKS, _STEPS) if declared else None


def tenancy_problems(cls: type, origin: Origin) -> list[Problem]:
    """Return why the tenant of a class's objects cannot be known as it is declared.

    Args:
        cls: any class.
        origin: who binds.
    """
    declared = declared_tenant(cls)
    if not declared or declared in (ASKS, DECLARATION):
        return []
    first = declared.partition(".")[0]
    if all(part.isidentifier() for part in declared.split(".")) and has_member(cls, first):
        return []
    text = f"{cls.__qualname__}.tenant_of names {declared!r}, which its objects do not have"
    hint = did_you_mean(first, fields_of(cls)) or "name an attribute, or make tenant_of a method"
    return [Problem("TC632", text, origin, hint=hint)]


def tenant_of(host: object) -> str | None:
    """Return the tenant that an object belongs to, as its class declares it.

    Args:
        host: any object.
    """
    declared = declared_tenant(type(host))
    found: Any = host
    if declared == ASKS:
        return _id(found.tenant_of())
    for name in filter(None, declared.split(".")):
        found = getattr(found, name, None)
    return _id(found) if declared else None


def entered(tenant: Any) -> AbstractContextManager[Any]:
    """Return a block that runs for the tenant of an object.

    Args:
        tenant: as the object says it; an object that belongs to nobody runs for whomever runs.
    """
    wanted = _id(tenant)
    if wanted is None or wanted == current().tenant:
        return contextlib.nullcontext()
    return port.enter(wanted)


def stepped(tenant: Any, inner: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """Run a generator for a tenant, step by step: between its steps the caller's context runs.

    Args:
        tenant: as the object says it.
        inner: the generator.
    """
    step: Callable[[], Any] = lambda: next(inner)  # noqa: E731 -- replaced by every step
    try:
        while True:
            with entered(tenant):
                item = step()
            try:
                sent = yield item
            except GeneratorExit:
                raise
            except BaseException as error:  # noqa: BLE001 -- whatever is thrown in belongs to the generator
                step = lambda error=error: inner.throw(error)  # type: ignore[misc]  # noqa: E731
            else:
                step = lambda sent=sent: inner.send(sent)  # type: ignore[misc]  # noqa: E731
    except StopIteration as stop:
        return stop.value
    finally:
        with entered(tenant):
            inner.close()


async def stepped_async(tenant: Any, inner: Any) -> AsyncIterator[Any]:
    """Run an async generator for a tenant, step by step.

    Args:
        tenant: as the object says it.
        inner: the async generator.
    """
    step: Callable[[], Any] = inner.__anext__
    try:
        while True:
            with entered(tenant):
                item = await step()
            try:
                sent = yield item
            except GeneratorExit:
                raise
            except BaseException as error:  # noqa: BLE001 -- as above
                step = lambda error=error: inner.athrow(error)  # type: ignore[misc]  # noqa: E731
            else:
                step = lambda sent=sent: inner.asend(sent)  # type: ignore[misc]  # noqa: E731
    except StopAsyncIteration:
        return
    finally:
        with entered(tenant):
            await inner.aclose()


_STEPS: Final = (("_tc_entered", entered), ("_tc_stepped", stepped), ("_tc_stepped_async", stepped_async))


def _id(tenant: Any) -> str | None:
    return None if tenant is None else str(tenant)
