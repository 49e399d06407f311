"""The ASGI middleware: what an application sees, and who is refused, through a real server."""

from __future__ import annotations

import json
import textwrap

import pytest

from servers import ask, serving

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
