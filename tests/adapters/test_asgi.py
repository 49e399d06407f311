"""The ASGI middleware: what an application sees, and who is refused, through a real server."""

from __future__ import annotations

import asyncio
import json
import textwrap
import threading

import pytest

import traitconf as tc
from servers import GENEROUS, ask, serving
from traitconf.adapters.asgi import ContextMiddleware
from traitconf.runtime.runtime import Runtime

APPLICATION = """
import json
import traitconf as tc
from traitconf.adapters.asgi import ContextMiddleware
from traitconf.adapters.tenant_source import Header

@tc.trait
class Shown(tc.TraitBase):
    "What is shown."

    size: int = tc.option(1, doc="A size.")

tc.configure("config", environ={}, complete=True)

async def bare(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    here = tc.current_context()
    told = {"tenant": here.tenant, "size": tc.resolve(Shown).size, "pinned": here.pinned, "id": here.request_id}
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})

"""


@pytest.fixture
def place(tmp_path):
    """A configuration of two tenants."""
    pytest.importorskip("uvicorn", reason="the server comes with the extra [test]")
    for name, size in (("acme", 7), ("globex", 9)):
        file = tmp_path / "config" / "tenants" / f"{name}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"[shown]\nsize = {size}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def served(place):
    """A function that serves the application with a policy, and gives the port."""

    def serve(policy, *options):
        text = APPLICATION + f"app = ContextMiddleware(bare, {policy})\n"
        (place / "served.py").write_text(textwrap.dedent(text), encoding="utf-8")
        return serving(place, "-m", "uvicorn", "--port", "{port}", *options, "served:app")

    return serve


BELIEVED = 'tenant=Header("X-Tenant", trusted=["127.0.0.1"]), required=True'


def test_a_request_runs_for_the_tenant_that_the_proxy_names(served):
    """Tenant, values and id are those of the request, and its snapshot is held."""
    with served(BELIEVED) as port:
        for tenant, size in (("acme", 7), ("globex", 9), ("stranger", 1)):
            answer = ask(port, "/", {"X-Tenant": tenant, "X-Request-ID": "r-1"})
            assert json.loads(answer.body) == {"tenant": tenant, "size": size, "pinned": True, "id": "r-1"}


def code(answer):
    """Return status and code of a refusal, which tells nothing else."""
    told = json.loads(answer.body)
    assert set(told) == {"title", "status", "code"}
    assert told["status"] == answer.status
    return answer.status, told["code"]


def test_who_names_no_tenant_or_two_is_refused(served):
    """A missing tenant, one that comes twice, and a text that is no id have codes of their own."""
    with served(BELIEVED) as port:
        assert code(ask(port)) == (400, "TC720")
        assert code(ask(port, "/", {"X-Tenant": ""})) == (400, "TC720")
        assert code(ask(port, "/", [("X-Tenant", "acme"), ("X-Tenant", "globex")])) == (400, "TC722")
        assert code(ask(port, "/", {"X-Tenant": "acme, globex"})) == (400, "TC722")
        assert code(ask(port, "/", {"X-Tenant": "a" * 201})) == (400, "TC724")


def test_a_forged_header_is_refused(served):
    """A peer that is no trusted proxy cannot name a tenant, whatever else it says."""
    with served('tenant=Header("X-Tenant", trusted=["10.0.0.0/8"])') as port:
        for more in ({}, {"X-Forwarded-For": "10.0.0.1"}, {"Forwarded": "for=10.0.0.1"}, {"X-Real-IP": "10.0.0.1"}):
            assert code(ask(port, "/", {"X-Tenant": "acme"} | more)) == (403, "TC721")
        assert json.loads(ask(port).body)["tenant"] is None


@pytest.mark.parametrize(
    "told", ["10.0.0.1", "10.0.0.1:80", "::ffff:10.0.0.1", "10.0.0.1, 192.0.2.1", "[::ffff:10.0.0.1]:5"]
)
def test_a_server_that_believes_the_client_does_not_help_forgery(served, told):
    """An address that the server took from X-Forwarded-For is not taken for that of a trusted proxy."""
    options = ("--forwarded-allow-ips", "*")
    with served('tenant=Header("X-Tenant", trusted=["10.0.0.0/8"])', *options) as port:
        assert code(ask(port, "/", {"X-Tenant": "acme", "X-Forwarded-For": told})) == (403, "TC721")


def test_unknown_tenants_are_refused_without_a_hint(served, place):
    """Where unknown tenants are an error, the answer says so and names no other tenant."""
    (place / "config" / "runtime.toml").write_text('unknown_tenants = "error"\n', encoding="utf-8")
    with served(BELIEVED) as port:
        answer = ask(port, "/", {"X-Tenant": "acmee"})
        assert code(answer) == (404, "TC701")
        assert b"acme" not in answer.body


def call(app, scope=(), receive=()):
    """Call an ASGI application in this process, and return what it sent."""
    sent, incoming = [], iter(receive)

    async def receiving():
        return next(incoming)

    async def sending(message):
        sent.append(message)

    http = {"type": "http", "path": "/", "headers": [], "client": ("127.0.0.1", 50000)}
    asyncio.run(app(http | dict(scope), receiving, sending))
    return sent


def seeing(seen):
    """Return an application that keeps what it sees."""

    async def bare(scope, receive, send):
        seen.append(tc.current_context())
        await send({"type": "http.response.start", "status": 200, "headers": []})

    return bare


def test_functions_may_be_asynchronous(tc_runtime):
    """Tenant and actor may come from functions that are awaited; the actor may be an id or an Actor."""

    async def tenant(request):
        await asyncio.sleep(0)
        return request.header("x-a")

    async def actor(request):
        return tc.Actor("ana", request.path)

    seen = []
    call(ContextMiddleware(seeing(seen), tenant=tenant, actor=actor), {"headers": [(b"X-A", b"acme")]})
    call(ContextMiddleware(seeing(seen), actor=lambda request: "bo"))
    assert [(one.tenant, one.actor, one.pinned) for one in seen] == [
        ("acme", tc.Actor("ana", "/"), True),
        (None, tc.Actor("bo"), True),
    ]
    assert len({one.request_id for one in seen}) == 2


def test_nothing_is_left_behind(tc_runtime):
    """A request runs for nobody when it names nobody, whatever ran around it, and afterwards all is as before."""
    seen = []
    with tc.context(tenant="left over", actor="somebody", request_id="old") as around:
        call(ContextMiddleware(seeing(seen)))
        assert tc.current_context() is around
    assert (seen[0].tenant, seen[0].actor) == (None, None)
    assert seen[0].request_id not in {"", "old"}


def test_a_runtime_of_ones_own_counts(tc_runtime):
    """Requests run under the runtime that is given, not under the process-wide one."""
    seen, mine = [], Runtime(environ={}).start()
    call(ContextMiddleware(seeing(seen), runtime=mine))
    assert seen[0].snapshot is mine.snapshot


def test_a_trait_that_requires_a_tenant_answers_like_a_missing_one(tc_runtime):
    """TenantRequired that nobody caught is a refusal, as long as nothing was sent."""

    @tc.trait(tenant="required")
    class Owned(tc.TraitBase):
        """Belongs to a tenant."""

        @tc.before("save")
        def look(self, host, /):
            """Do nothing."""

    @tc.use(Owned)
    class Card:
        def save(self):
            return 1

    async def bare(scope, receive, send):
        if scope["path"] == "/late":
            await send({"type": "http.response.start", "status": 200, "headers": []})
        Card().save()

    start, body = call(ContextMiddleware(bare))
    assert (start["status"], json.loads(body["body"])["code"]) == (400, "TC720")
    assert tc_runtime.services.metrics.counter("traitconf.requests.refused") == 1
    with pytest.raises(tc.TenantRequired):
        call(ContextMiddleware(bare), {"path": "/late"})
    assert call(ContextMiddleware(bare, tenant=lambda request: "acme")) == []


def test_websockets_are_refused_and_follow(tc_runtime):
    """A websocket without its tenant is closed or answered; one that is served follows what is published."""
    seen, socket = [], {"type": "websocket"}
    strict = ContextMiddleware(seeing(seen), tenant=lambda request: None, required=True)
    assert call(strict, socket) == [{"type": "websocket.close", "code": 1008, "reason": "TC720"}]
    start, body = call(strict, socket | {"extensions": {"websocket.http.response": {}}})
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 400)
    assert body["type"] == "websocket.http.response.body"
    call(ContextMiddleware(seeing(seen), tenant=lambda request: "acme"), socket)
    assert [(one.tenant, one.pinned) for one in seen] == [("acme", False)]


def test_lifespan_is_none_of_our_business(tc_runtime):
    """What is no connection passes through as it is."""
    seen = []
    call(ContextMiddleware(seeing(seen), tenant=lambda request: None, required=True), {"type": "lifespan"})
    assert len(seen) == 1


def test_a_slow_directory_does_not_hold_the_event_loop(tc_config):
    """While a tenant's groups are asked for, other tasks of the loop run."""
    asked, ran = threading.Event(), threading.Event()

    class Plans:
        def groups(self, tenant):
            asked.set()
            assert ran.wait(GENEROUS)
            return ("gold",)

    tc_config({"groups/gold.toml": "", "runtime.toml": "[directory]\ntimeout = '60s'\n"}, directory=Plans())
    seen = []

    async def beside():
        while not asked.is_set():  # noqa: ASYNC110 -- a thread sets it
            await asyncio.sleep(0.001)
        ran.set()

    async def both():
        scope = {"type": "http", "path": "/", "headers": [], "client": None}
        app = ContextMiddleware(seeing(seen), tenant=lambda request: "acme")

        async def send(message):
            """Send nothing."""

        await asyncio.gather(app(scope, None, send), beside())

    asyncio.run(both())
    assert [one.tenant for one in seen] == ["acme"]
