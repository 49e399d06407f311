"""The middleware of Django, in a project of its own behind a preforking WSGI server and behind an ASGI server."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from servers import ask, fetch, serving

SITE = """
import asyncio
import os
import sys

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

import traitconf as tc
from traitconf.adapters.tenant_source import Header

settings.configure(
    ALLOWED_HOSTS=["localhost"], ROOT_URLCONF=__name__, SECRET_KEY="x", DEBUG=False,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", "traitconf.adapters.django_requests.ContextMiddleware"],
    TRAITCONF_REQUESTS={
        "tenant": Header("X-Tenant", trusted=["127.0.0.1"]),
        "required": lambda request: not request.path.startswith("/open"),
        "actor": lambda request: request.raw.headers.get("X-User"),
    },
)

@tc.trait(tenant="required")
class Shown(tc.TraitBase):
    "What is shown."

    size: int = tc.option(1, doc="A size.")

    @tc.around("save")
    def look(self, host, proceed, /):
        return self.size

@tc.use(Shown)
class Card:
    def save(self):
        return 0

tc.configure("config", environ={}, complete=True)

def seen():
    here = tc.current_context()
    return f"{here.tenant} {here.actor} {Card().save()} {here.pinned}\\n"

def plain(request):
    return HttpResponse(seen())

async def awaited(request):
    await asyncio.sleep(0)
    return HttpResponse(seen() + await asyncio.to_thread(seen))

def streamed(request):
    def chunks():
        with tc.tenant("globex"):
            yield seen()
        yield seen()
    return StreamingHttpResponse(chunks())

def streamed_async(request):
    async def chunks():
        with tc.tenant("globex"):
            yield seen()
            await asyncio.sleep(0)
        yield seen()
    return StreamingHttpResponse(chunks())

urlpatterns = [path(view.__name__, view) for view in (plain, awaited, streamed, streamed_async)]
urlpatterns.append(path("open/plain", plain))
wsgi, asgi = get_wsgi_application(), get_asgi_application()
"""
CLOSED = """
import site_of_ours
from django.test import Client

tenants = []

def endless(request):
    def chunks():
        try:
            while True:
                yield site_of_ours.tc.current_context().tenant
        finally:
            tenants.append(site_of_ours.tc.current_context().tenant)
    return site_of_ours.StreamingHttpResponse(chunks())

site_of_ours.urlpatterns.append(site_of_ours.path("endless", endless))
answer = Client(REMOTE_ADDR="127.0.0.1").get("/endless", headers={"X-Tenant": "acme", "Host": "localhost"})
print(next(iter(answer)), site_of_ours.tc.current_context().tenant)
answer.close()
print(tenants)
"""
SERVERS = {
    "gunicorn": ("-m", "gunicorn", "-w", "2", "-b", "127.0.0.1:{port}", "site_of_ours:wsgi"),
    "uvicorn": ("-m", "uvicorn", "--port", "{port}", "--lifespan", "off", "site_of_ours:asgi"),
}
ANA = {"X-Tenant": "acme", "X-User": "ana"}


@pytest.fixture(scope="module", params=SERVERS)
def port(request, tmp_path_factory):
    """The port on which the project is served."""
    pytest.importorskip("django", reason="it comes with the extra [django]")
    pytest.importorskip(request.param, reason="the server comes with the extra [test]")
    place = tmp_path_factory.mktemp("project")
    (place / "site_of_ours.py").write_text(SITE, encoding="utf-8")
    (place / "config").mkdir()
    text = "[tenants.acme.shown]\nsize = 7\n[tenants.globex.shown]\nsize = 9\n"
    (place / "config" / "all.toml").write_text(text, encoding="utf-8")
    with serving(place, *SERVERS[request.param]) as port:
        yield request.param, port


def test_views_run_for_the_tenant(port):
    """Synchronous and asynchronous views, and their threads, see tenant, actor and values of the request."""
    assert ask(port[1], "/plain", ANA).body == b"acme ana 7 True\n"
    assert ask(port[1], "/awaited", ANA).body == b"acme ana 7 True\n" * 2
    assert ask(port[1], "/plain", {"X-Tenant": "globex"}).body == b"globex None 9 True\n"


def test_streams_run_for_the_tenant(port):
    """A stream is made in the request's context, and may enter others meanwhile."""
    server, number = port
    path = "/streamed" if server == "gunicorn" else "/streamed_async"
    assert ask(number, path, ANA).body == b"globex ana 9 True\nacme ana 7 True\n"


def test_a_stream_that_is_given_up_is_closed_for_the_tenant(port, tmp_path):
    """What a stream does at its end, when nobody reads any more, is done in the request's context."""
    (tmp_path / "site_of_ours.py").write_text(SITE, encoding="utf-8")
    (tmp_path / "config").mkdir()
    (tmp_path / "closed.py").write_text(CLOSED, encoding="utf-8")
    command = [sys.executable, "-W", "error", "closed.py"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (answer.stdout, answer.stderr) == ("b'acme' None\n['acme']\n", "")


def test_requests_beside_each_other_do_not_mix(port):
    """Of many concurrent requests each sees its own tenant."""
    import asyncio

    async def crowd():
        tenants = [("acme", "globex")[number % 2] for number in range(100)]
        path = "/streamed" if port[0] == "gunicorn" else "/awaited"
        return tenants, await asyncio.gather(*(fetch(port[1], path, {"X-Tenant": one}) for one in tenants))

    tenants, answers = asyncio.run(crowd())
    assert [answer.body.decode().splitlines()[-1].split()[0] for answer in answers] == tenants


def test_refusals_are_answers(port):
    """A request without a tenant, or with two, and a trait without one, are answered with their codes."""
    for path, headers, expected in (
        ("/plain", {}, (400, "TC720")),
        ("/plain", [("X-Tenant", "acme"), ("X-Tenant", "globex")], (400, "TC722")),
        ("/open/plain", {}, (400, "TC720")),
    ):
        answer = ask(port[1], path, headers)
        assert (answer.status, json.loads(answer.body)["code"]) == expected
    assert ask(port[1], "/nowhere", ANA).status == 404
