"""Middleware for ASGI: every request runs in a context of its own, under one snapshot.

    app.add_middleware(ContextMiddleware, tenant=Header("X-Tenant", trusted=["10.0.0.0/8"]), required=True)

What the application does while it answers is covered: streams, background tasks that the framework runs with the
response, threads that it starts with a copy of the context, tasks that are created meanwhile. A connection that stays
open, a websocket, has tenant, actor and id as well, and follows what is published.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Unpack

from traitconf.adapters.admission import Admission, Policy
from traitconf.adapters.request import Refused, Request
from traitconf.errors import TenantRequired

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_POLICY_VIOLATION = 1008


class ContextMiddleware:
    """An ASGI application around another one.

    Args:
        app: the application.
        **policy: of `Admission`: tenant, required, actor, request_id, runtime.
    """

    def __init__(self, app: App, **policy: Unpack[Policy]) -> None:
        """Hold the application and the policy."""
        self.app, self.admission = app, Admission(**policy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        request, started = from_scope(scope), False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            with contextlib.ExitStack() as stack:
                await self.admission.enter_async(stack, request, hold=scope["type"] == "http")
                await self.app(scope, receive, sending)
        except (Refused, TenantRequired) as error:
            if started:
                raise
            await _answer(self.admission.refused(error, request), scope, send)


def from_scope(scope: Scope) -> Request:
    """Return the request of an ASGI scope.

    Args:
        scope: of a connection.
    """
    client = scope.get("client")

    def values(name: str) -> Sequence[str]:
        wanted = name.encode("latin-1")
        return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == wanted]

    return Request(values, scope["path"], client[0] if client else None, scope)


async def _answer(refused: Refused, scope: Scope, send: Send) -> None:
    kind = "http.response"
    if scope["type"] == "websocket":
        kind = "websocket.http.response"
        if kind not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": refused.code})
            return
    headers = [(name.lower().encode(), value.encode()) for name, value in refused.headers]
    await send({"type": f"{kind}.start", "status": refused.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": refused.body})
