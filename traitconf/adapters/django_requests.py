"""Middleware for Django: every request runs in a context of its own, under one snapshot.

    MIDDLEWARE = ["traitconf.adapters.django_requests.ContextMiddleware", ...]
    TRAITCONF_REQUESTS = {"tenant": Subdomain("example.com"), "required": True}

It serves WSGI and ASGI, and streamed answers of both. A function that is given as tenant or actor finds Django's own
request in `request.raw`; what needs the session or the user stands below their middleware in the list.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any, ClassVar

import attrs
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django import conf
from django.http import HttpRequest, HttpResponse
from django.http.response import StreamingHttpResponse

from traitconf.adapters.admission import Admission
from traitconf.adapters.carried import Carried, Stream
from traitconf.adapters.request import Refused, Request, from_environ
from traitconf.errors import TenantRequired

Answer = Any
"""A response of Django, or what is awaited for one: Django ships no types."""


class ContextMiddleware:
    """A middleware of Django; the setting `TRAITCONF_REQUESTS` holds what `Admission` takes.

    Args:
        get_response: what comes next.
    """

    sync_capable: ClassVar = True
    async_capable: ClassVar = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        """Read the setting."""
        self.get_response = get_response
        self.admission = Admission(**getattr(conf.settings, "TRAITCONF_REQUESTS", {}))
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        """Serve a request."""
        if self._is_async:
            return self._call_async(request)
        try:
            with contextlib.ExitStack() as stack:
                self.admission.enter(stack, _request(request))
                return _carried(self.get_response(request))
        except Refused as error:
            return self._answer(error, request)

    async def _call_async(self, request: HttpRequest) -> Any:
        try:
            with contextlib.ExitStack() as stack:
                await self.admission.enter_async(stack, _request(request))
                return _carried(await self.get_response(request))
        except Refused as error:
            return self._answer(error, request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view in which a trait needs a tenant that there is not.

        Args:
            request: the request.
            exception: what the view raised.
        """
        return self._answer(exception, request) if isinstance(exception, Refused | TenantRequired) else None

    def _answer(self, error: Refused | TenantRequired, request: HttpRequest) -> HttpResponse:
        refused = self.admission.refused(error, _request(request))
        return HttpResponse(refused.body, status=refused.status, headers=dict(refused.headers))


def _request(request: HttpRequest) -> Request:
    return attrs.evolve(from_environ(request.META, request), path=request.path)


def _carried(response: Any) -> Any:
    """Return a response whose stream is made in the running context."""
    if not isinstance(response, StreamingHttpResponse) or getattr(response, "file_to_stream", None) is not None:
        return response  # a file is sent by the server in its own way
    carried, chunks = Carried(), response.streaming_content
    response.streaming_content = carried.stream_async(chunks) if response.is_async else Stream(chunks, carried)
    response.close = functools.partial(carried.run, response.close)
    return response
