"""A thousand concurrent requests of two tenants through real servers, with a reload in the middle."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from servers import GENEROUS, serving, stream

REQUESTS = 1000
TENANTS = ("acme", "globex")

SHARED = """
import asyncio
import json
import time
import os
import time

import traitconf as tc
from traitconf.adapters.asgi import ContextMiddleware as ForAsgi
from traitconf.adapters.tenant_source import Header
from traitconf.adapters.wsgi import ContextMiddleware as ForWsgi

@tc.trait
class Labelled(tc.TraitBase):
    "What is shown."

    label: str = tc.option("nobody", doc="A text of the tenant's own.")
    again: str = tc.option("nobody", doc="The same text.")

    @tc.around("save")
    def look(self, host, proceed, /):
        return proceed(), self.label, self.again

@tc.use(Labelled)
class Card:
    def save(self):
        return tc.current_context().tenant

runtime = tc.configure("config", environ={}, complete=True)
POLICY = dict(tenant=Header("X-Tenant", trusted=["127.0.0.1"]), required=True, runtime=runtime)

def reading():
    here = tc.current_context()
    tenant, label, again = Card().save()
    assert (tenant, label) == (here.tenant, tc.resolve(Labelled, Card).label), "two ways differ"
    assert label == again, "torn"
    return [os.getpid(), tenant, label, here.snapshot.generation, here.request_id]

def after(first):
    with open("after.txt", "a") as file:
        file.write(json.dumps([first, reading()]) + chr(10))

def line(value):
    return (json.dumps(value) + chr(10)).encode()
"""

ASGI = """
from shared import *

async def bare(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    first = reading()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": line(first), "more_body": True})
    while runtime.snapshot.generation == 1:
        await asyncio.sleep(0.02)
    threaded = await asyncio.to_thread(reading)
    await send({"type": "http.response.body", "body": line(threaded), "more_body": True})
    task = asyncio.create_task(later(first))
    await send({"type": "http.response.body", "body": line(reading())})
    after(first)
    await task

async def later(first):
    await asyncio.sleep(0.01)
    after(first)

app = ForAsgi(bare, **POLICY)
"""

WSGI = """
from shared import *

class Body:
    def __init__(self, first):
        self.first, self.parts = first, iter([self.at_once, self.when_reloaded, reading])
    def __iter__(self):
        return self
    def __next__(self):
        return line(next(self.parts)())
    def at_once(self):
        return self.first
    def when_reloaded(self):
        while runtime.snapshot.generation == 1:
            time.sleep(0.02)
        return reading()
    def close(self):
        after(self.first)

def bare(environ, start):
    start("200 OK", [("Content-Type", "application/json")])
    return Body(reading())

app = ForWsgi(bare, **POLICY)
"""
WATCH = "[watch]\nenabled = true\ninterval = '50ms'\ndebounce = '20ms'\n"
SERVERS = {
    "uvicorn": (ASGI, 500, ("-m", "uvicorn", "--port", "{port}", "--log-level", "warning", "served:app")),
    "gunicorn": (
        WSGI,
        50,
        (
            *("-m", "gunicorn", "--preload", "-w", "2", "-k", "gthread", "--threads", "50", "-t", "120"),
            *("-b", "127.0.0.1:{port}", "served:app"),
        ),
    ),
}


def write(place: Path, number: str) -> None:
    """Let every tenant's text end with a number, in one step."""
    text = "".join(
        f'[tenants.{name}.labelled]\nlabel = "{name} {number}"\nagain = "{name} {number}"\n' for name in TENANTS
    )
    (place / "new.txt").write_text(text, encoding="utf-8")
    (place / "new.txt").replace(place / "config" / "all.toml")


@pytest.fixture(params=SERVERS)
def served(request, tmp_path):
    """Directory and port of an application behind a server, and how many of its answers begin before the reload."""
    pytest.importorskip(request.param, reason="the server comes with the extra [test]")
    code, before, command = SERVERS[request.param]
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "runtime.toml").write_text(WATCH, encoding="utf-8")
    (tmp_path / "shared.py").write_text(SHARED, encoding="utf-8")
    (tmp_path / "served.py").write_text(code, encoding="utf-8")
    write(tmp_path, "one")
    with serving(tmp_path, *command) as port:
        yield request.param, tmp_path, port, before


async def crowd(place: Path, port: int, before: int) -> list[tuple[str, str, list[list]]]:
    """Send all requests at once; when some answers have begun, change the file; then return all readings."""
    begun = 0

    async def one(number: int) -> tuple[str, str, list[list]]:
        nonlocal begun
        tenant, chunks = TENANTS[number % 2], []
        async for chunk in stream(port, "/", {"X-Tenant": tenant, "X-Request-ID": f"r{number}"}):
            assert chunk.status == 200
            chunks.append(chunk.body)
            if len(chunks) == 1:
                begun += 1
                if begun == before:
                    write(place, "two")
        return tenant, f"r{number}", [json.loads(text) for text in b"".join(chunks).splitlines()]

    answers = await asyncio.gather(*(one(number) for number in range(REQUESTS)))
    return [*answers, *[await one(number) for number in range(REQUESTS, REQUESTS + 20)]]


def told_afterwards(place: Path, number: int) -> list[str]:
    """Wait until background work of all requests has written what it saw, and return it."""
    end = time.monotonic() + GENEROUS
    while (text := (place / "after.txt").read_text(encoding="utf-8")).count("\n") != number:
        assert time.monotonic() < end, f"{text.count(chr(10))} of {number}"
        time.sleep(0.05)
    return text.splitlines()


def test_no_request_sees_another_tenant_or_two_snapshots(served):
    """Of a thousand requests each sees its own tenant only, one snapshot to its end and after, and none fails."""
    server, place, port, before = served
    answers = asyncio.run(crowd(place, port, before))
    assert len(answers) == REQUESTS + 20
    for tenant, name, readings in answers:
        assert len(readings) == 3
        pid, who, label, generation, request_id = readings[0]
        assert readings == [readings[0]] * 3, "a request has seen two snapshots"
        assert (who, label, request_id) == (tenant, f"{tenant} {'one' if generation == 1 else 'two'}", name)
        assert pid
    seen = [readings[0][3] for _, _, readings in answers]
    assert seen.count(1) >= before
    assert seen[-20:] == [2] * 20
    assert len({readings[0][0] for _, _, readings in answers}) == (2 if server == "gunicorn" else 1)
    lines = told_afterwards(place, len(answers) * (2 if server == "uvicorn" else 1))
    assert all(first == later for first, later in map(json.loads, lines))
    assert "Traceback" not in (place / "server.log").read_text(encoding="utf-8")
