from __future__ import annotations

import threading
from collections.abc import Iterator

from flask import Flask, Response, request
from notes import Note

import traitconf as tc
from traitconf.adapters.tenant_source import Subdomain
from traitconf.adapters.wsgi import ContextMiddleware

told: list[str | None] = []


def create_app() -> Flask:
    tc.configure("config/", complete=True)
    app = Flask(__name__)
    app.wsgi_app = ContextMiddleware(app.wsgi_app, tenant=Subdomain("example.com"))
    app.add_url_rule("/notes", view_func=write, methods=["POST"])
    app.add_url_rule("/count", view_func=count)
    app.register_error_handler(tc.Veto, lambda error: ({"reason": error.reason}, 422))
    # Flask answers for every exception itself, so it also answers where a trait lacks its tenant.
    app.register_error_handler(tc.TenantRequired, lambda error: ({"code": "TC720"}, 400))
    return app


def write() -> tuple[dict[str, object], int]:
    note = Note(request.get_data(as_text=True))
    note.save()
    # A thread begins without a context; this one takes that of the request along.
    thread = threading.Thread(target=tc.propagate(tell))
    thread.start()
    thread.join()
    return {"audited": len(note.audit_trail())}, 201


def tell() -> None:
    told.append(tc.current_context().tenant)


def count() -> Response:
    def numbers() -> Iterator[str]:
        for number in range(3):
            yield f"{tc.current_context().tenant} {number}\n"

    return Response(numbers(), mimetype="text/plain")
