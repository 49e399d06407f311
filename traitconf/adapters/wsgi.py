"""Middleware for WSGI: every request runs in a context of its own, under one snapshot.

    app.wsgi_app = ContextMiddleware(app.wsgi_app, tenant=Subdomain("example.com"), required=True)

A streamed answer is made in that context too, though the server asks for its parts only when the application has
returned; so is what the application does when the answer is closed.
"""

from __future__ import annotations

import contextlib
import http
import sys
from collections.abc import Callable, Iterable
from typing import Any, Unpack

from traitconf.adapters.admission import Admission, Policy
from traitconf.adapters.carried import Stream
from traitconf.adapters.request import Refused, from_environ
from traitconf.errors import TenantRequired

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


class ContextMiddleware:
    """A WSGI application around another one.

    Args:
        app: the application.
        **policy: of `Admission`: tenant, required, actor, request_id, runtime.
    """

    def __init__(self, app: App, **policy: Unpack[Policy]) -> None:
        """Hold the application and the policy."""
        self.app, self.admission = app, Admission(**policy)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request."""
        request = from_environ(environ)
        try:
            with contextlib.ExitStack() as stack:
                self.admission.enter(stack, request)
                return _carried(self.app(environ, start_response), environ)
        except (Refused, TenantRequired) as error:
            refused = self.admission.refused(error, request)
            status = f"{refused.status} {http.HTTPStatus(refused.status).phrase}"
            # The server raises the error again where a part of another answer is sent already.
            start_response(status, refused.headers, sys.exc_info())
            return [refused.body]


def _carried(answer: Iterable[bytes], environ: Environ) -> Iterable[bytes]:
    """Return an answer that is made in the running context, however late."""
    wrapper = environ.get("wsgi.file_wrapper")
    is_file = isinstance(wrapper, type) and isinstance(answer, wrapper)  # the server sends it in its own way
    return answer if is_file or isinstance(answer, list | tuple) else Stream(answer)
