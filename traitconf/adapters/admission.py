"""`Admission`: decides for whom a request runs, and enters its context. The middleware of all frameworks shares it."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, TypedDict

import attrs

from traitconf.adapters.request import Refused, Request
from traitconf.adapters.tenant_source import Source
from traitconf.errors import ConfigError, TenantRequired, brief
from traitconf.layers.grammar import LONGEST_ID
from traitconf.runtime.context import Entered, running
from traitconf.runtime.runtime import Runtime
from traitconf.runtime.snapshot import Snapshot
from traitconf.runtime.verbs import process_runtime
from traitconf.types import Actor

log: Final = logging.getLogger("traitconf.requests")
Who = Actor | str | None
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_REFUSED: Final = "traitconf.requests.refused"


class Policy(TypedDict, total=False):
    """What middleware takes by name: the arguments of `Admission`."""

    tenant: Source | Iterable[Source] | None
    required: bool | Callable[[Request], bool]
    actor: Callable[[Request], Who | Awaitable[Who]] | None
    request_id: str
    runtime: Runtime | None


def sources_of(given: Source | Iterable[Source] | None) -> tuple[Source, ...]:
    """Return sources, however many are given.

    Args:
        given: one, several, or none.

    Raises:
        TypeError: for something that is no function.
    """
    found = () if given is None else (given,) if callable(given) else tuple(given)
    for source in found:
        if not callable(source):
            raise TypeError(f"a source of the tenant is a function of the request, got {source!r}")
    return found


@attrs.frozen(kw_only=True)
class Admission:
    """For whom requests run.

    Args:
        tenant: where a request names its tenant: one source, or several, which must agree.
        required: whether a request without a tenant is refused (TC720), or a function of the request that says so.
        actor: a function of the request that says who acts; it may return the actor's id.
        request_id: header with the request's id; without one, or without a proper one, an id is made up.
        runtime: whose configuration counts; the process-wide one when not given.

    >>> Admission(tenant=lambda request: "acme").required
    False
    """

    tenant: tuple[Source, ...] = attrs.field(default=None, converter=sources_of)
    required: bool | Callable[[Request], bool] = attrs.field(default=False)
    actor: Callable[[Request], Who | Awaitable[Who]] | None = None
    request_id: str = "X-Request-ID"
    runtime: Runtime | None = None

    @required.validator
    def _can_be_met(self, attribute: Any, value: Any) -> None:  # noqa: ARG002 -- attrs' signature
        if value and not self.tenant:
            raise ValueError("a tenant is required, and nothing says where a request names it: give tenant=")

    def enter(self, stack: contextlib.ExitStack, request: Request, *, hold: bool = True) -> None:
        """Enter the context of a request.

        Args:
            stack: what leaves it again.
            request: the request.
            hold: whether one snapshot is held until then.

        Raises:
            Refused: when the request is not served.
            TypeError: when a function is asynchronous.
        """
        tenant = self._agreed([_settled(source(request)) for source in self.tenant], request)
        actor = _settled(self.actor(request)) if self.actor is not None else None
        self._enter(stack, tenant, actor, request, hold=hold)

    async def enter_async(self, stack: contextlib.ExitStack, request: Request, *, hold: bool = True) -> None:
        """Enter the context of a request, in the running task; functions may be asynchronous.

        Args:
            stack: what leaves it again.
            request: the request.
            hold: whether one snapshot is held until then.

        Raises:
            Refused: when the request is not served.
        """
        answers = [await _awaited(source(request)) for source in self.tenant]
        tenant = self._agreed(answers, request)
        actor = await _awaited(self.actor(request)) if self.actor is not None else None
        await _ask_directory(self._snapshot(), tenant)
        self._enter(stack, tenant, actor, request, hold=hold)

    def refused(self, error: Refused | TenantRequired, request: Request) -> Refused:
        """Log and count a refusal, and return it.

        Args:
            error: what was raised.
            request: the request.
        """
        found = error if isinstance(error, Refused) else Refused("TC720", str(error))
        log.warning("%s: %s; %s from %s", found.code, found.problem.message, found.detail or "refused", request.peer)
        self._runtime.services.metrics.count(_REFUSED)
        return found

    def _agreed(self, answers: Iterable[Any], request: Request) -> str | None:
        """Return the one tenant that all sources name which name any."""
        named = {answer for answer in answers if answer is not None}
        for answer in named:
            if not isinstance(answer, str):
                raise TypeError(f"a source of the tenant returns text or None, got {answer!r}")
            if not (0 < len(answer) <= LONGEST_ID and answer.isprintable()):
                raise Refused("TC724", brief(answer))
        if len(named) > 1:
            raise Refused("TC722", f"the sources name {', '.join(sorted(map(brief, named)))}")
        if not named and (self.required(request) if callable(self.required) else self.required):
            raise Refused("TC720")
        return named.pop() if named else None

    def _enter(
        self, stack: contextlib.ExitStack, tenant: str | None, actor: Who, request: Request, *, hold: bool
    ) -> None:
        who = Actor(actor) if isinstance(actor, str) else actor
        block = Entered(tenant, who, self._id(request), self._snapshot(), hold=hold)
        try:
            stack.enter_context(block)
        except ConfigError as error:  # its hint names other tenants
            raise Refused("TC701", brief(tenant)) from error

    def _id(self, request: Request) -> str:
        found = request.values(self.request_id.lower()) if self.request_id else ()
        return found[0] if len(found) == 1 and _REQUEST_ID.fullmatch(found[0]) else uuid.uuid4().hex

    @property
    def _runtime(self) -> Runtime:
        return self.runtime or process_runtime()

    def _snapshot(self) -> Snapshot:
        """Return the snapshot that holds now; an override around the caller counts, as in tests."""
        runtime = self._runtime
        snapshot = runtime.snapshot if self.runtime is not None else running().snapshot
        return snapshot if snapshot.contexts.moment is None else snapshot.contexts.in_time(snapshot)


def _settled(answer: Any) -> Any:
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        raise TypeError("an asynchronous function was given to middleware that is not")
    return answer


async def _awaited(answer: Any) -> Any:
    return await answer if inspect.isawaitable(answer) else answer


async def _ask_directory(snapshot: Snapshot, tenant: str | None) -> None:
    """Have the tenant's groups asked for in a thread: the event loop does not wait for a database."""
    directory = snapshot.contexts.directory
    if directory is not None and tenant is not None and snapshot.graph.edge(("tenant", tenant)) is None:
        await asyncio.get_running_loop().run_in_executor(None, directory.groups, tenant)
