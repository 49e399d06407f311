"""The WSGI middleware: what an application sees, to the end of its answer, and who is refused."""

from __future__ import annotations

import json
import wsgiref.util
from wsgiref.validate import validator

import pytest

import traitconf as tc
from traitconf.adapters.tenant_source import Header
from traitconf.adapters.wsgi import ContextMiddleware


class Client:
    """Calls an application as a server does, and keeps status and headers."""

    def __init__(self, app):
        self.app, self.status, self.headers, self.error = app, "", [], None

    def start(self, status, headers, exc_info=None):
        """Take the beginning of an answer."""
        self.status, self.headers, self.error = status, headers, exc_info
        return lambda data: None

    def answer(self, **variables):
        """Return the iterable of an answer."""
        environ = {"REMOTE_ADDR": "127.0.0.1"} | variables
        wsgiref.util.setup_testing_defaults(environ)
        return self.app(environ, self.start)


def believing(app, **policy):
    """Return an application that believes a header of its neighbours."""
    return ContextMiddleware(app, tenant=Header("X-Tenant", trusted=["127.0.0.1"]), **policy)


def ids(start):
    """Begin an answer, and return what is running."""
    start("200 OK", [("Content-Type", "text/plain")])
    return tc.current_context().tenant


def test_every_part_of_an_answer_runs_for_the_tenant(tc_runtime):
    """Body, stream and close run in the context of the request, and the thread in between does not."""
    seen = []

    class Body:
        def __iter__(self):
            seen.append(tc.current_context().tenant)
            for _ in range(2):
                yield tc.current_context().tenant.encode()

        def close(self):
            seen.append(tc.current_context().tenant)

    def app(environ, start):
        seen.append(ids(start))
        return Body()

    one, other = Client(believing(app)), Client(believing(app))
    first, second = one.answer(HTTP_X_TENANT="acme"), other.answer(HTTP_X_TENANT="globex")
    assert [next(first), next(second), next(first), next(second)] == [b"acme", b"globex"] * 2
    assert tc.current_context().tenant is None
    assert list(first) == []
    first.close()
    second.close()
    assert seen == ["acme", "globex", "acme", "globex", "acme", "globex"]


def test_a_stream_may_enter_contexts_of_its_own(tc_runtime):
    """A context that a generator enters over a yield holds until it leaves it, and never outside."""

    def app(environ, start):
        ids(start)
        with tc.tenant("inner"):
            yield b"1"
            yield tc.current_context().tenant.encode()
        yield tc.current_context().tenant.encode()

    stream = Client(believing(app)).answer(HTTP_X_TENANT="outer")
    seen = []
    for chunk in stream:
        assert tc.current_context().tenant is None
        seen.append(chunk)
    assert seen == [b"1", b"inner", b"outer"]


def test_a_stream_keeps_the_snapshot_of_its_request(tc_config):
    """What is published while an answer is streamed does not change it."""
    from traitconf.traits import Auditable

    def app(environ, start):
        ids(start)
        for _ in range(2):
            yield str(tc.resolve(Auditable).retention_days).encode()

    tc_config({"traits.toml": "[auditable]\nretention_days = 1\n"})
    stream = Client(believing(app)).answer()
    first = next(stream)
    runtime = tc.process_runtime()
    (runtime.paths[0] / "traits.toml").write_text("[auditable]\nretention_days = 2\n", encoding="utf-8")
    runtime.reload()
    assert [first, *stream] == [b"1", b"1"]
    assert next(Client(believing(app)).answer()) == b"2"


def test_ready_answers_and_files_pass_as_they_are(tc_runtime):
    """A list and a file that the server sends in its own way are not wrapped; closing what has no close is nothing."""
    ready, file = [b"x"], wsgiref.util.FileWrapper(None)
    answers = {"list": ready, "file": file, "iterator": iter(ready)}

    def app(environ, start):
        ids(start)
        return answers[environ["QUERY_STRING"]]

    variables = {"wsgi.file_wrapper": wsgiref.util.FileWrapper}
    assert Client(believing(app)).answer(QUERY_STRING="list", **variables) is ready
    assert Client(believing(app)).answer(QUERY_STRING="file", **variables) is file
    stream = Client(believing(app)).answer(QUERY_STRING="iterator", **variables)
    assert list(stream) == ready
    stream.close()


def test_refusals_are_answers(tc_runtime):
    """A missing, a forged and a double tenant are answered with status, code and nothing else."""
    client = Client(believing(lambda environ, start: [ids(start)], required=True))
    told = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_TENANT": "acme"}
    for variables, expected in (
        ({}, ("400 Bad Request", "TC720")),
        (told, ("403 Forbidden", "TC721")),
        (told | {"werkzeug.proxy_fix.orig": told, "REMOTE_ADDR": "127.0.0.1"}, ("403 Forbidden", "TC721")),
        ({"HTTP_X_TENANT": "acme,globex"}, ("400 Bad Request", "TC722")),
    ):
        (body,) = client.answer(**variables)
        assert (client.status, json.loads(body)["code"]) == expected
        assert dict(client.headers)["Content-Length"] == str(len(body))
    assert tc_runtime.services.metrics.counter("traitconf.requests.refused") == 4


def test_a_trait_without_its_tenant_is_a_refusal(tc_runtime):
    """TenantRequired that nobody caught becomes an answer; the server is told of the error."""

    def app(environ, start):
        ids(start)
        raise tc.TenantRequired("Owned needs a tenant")

    client = Client(believing(app))
    (body,) = client.answer()
    assert (client.status, json.loads(body)["code"]) == ("400 Bad Request", "TC720")
    assert client.error[0] is tc.TenantRequired


def test_other_errors_pass(tc_runtime):
    """What the application raises goes on to the server, and nothing stays entered."""

    def app(environ, start):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        Client(believing(app)).answer(HTTP_X_TENANT="acme")
    assert tc.current_context().tenant is None


def test_the_middleware_obeys_the_protocol(tc_runtime):
    """The standard library's validator finds no fault on either side."""

    def app(environ, start):
        ids(start)
        return iter([b"a", b"b"])

    client = Client(validator(believing(validator(app))))
    stream = client.answer(HTTP_X_TENANT="acme", QUERY_STRING="")
    assert list(stream) == [b"a", b"b"]
    stream.close()
