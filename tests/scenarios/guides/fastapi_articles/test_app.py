from __future__ import annotations

import pytest
from app import app, told
from fastapi.testclient import TestClient
from models import Base, engine


@pytest.fixture
def client(tc_runtime):
    """A client that comes from where the proxy stands."""
    with TestClient(app, client=("127.0.0.1", 50000)) as client:
        yield client
    Base.metadata.drop_all(engine)
    told.clear()


def write(client, tenant, title):
    """Write an article, and return the answer."""
    answer = client.post("/articles", json={"title": title}, headers={"X-Tenant": tenant, "X-User": "ana"})
    assert answer.status_code == 200
    return answer.json()


def test_each_tenant_has_its_slugs(client):
    """Acme's slugs are short and have underscores, those of others are as by default."""
    assert write(client, "acme", "Hello, wide world")["slug"] == "hello_wide"
    assert write(client, "globex", "Hello, wide world")["slug"] == "hello-wide-world"


def test_the_actor_is_audited(client):
    """The audit trail knows who sent the request."""
    assert write(client, "acme", "One")["audited"] == ["ana"]


def test_background_and_stream_belong_to_the_tenant(client):
    """What happens after the answer's beginning runs for the same tenant."""
    write(client, "acme", "One")
    write(client, "globex", "Two")
    assert told == ["acme: ana wrote", "globex: ana wrote"]
    assert client.get("/articles", headers={"X-Tenant": "globex"}).text == "two\n"


def test_who_names_no_tenant_is_told_so(client):
    """A request without a tenant is refused with a code; the health check needs none."""
    assert client.get("/health").status_code == 200
    answer = client.get("/articles")
    assert (answer.status_code, answer.json()["code"]) == (400, "TC720")


def test_a_stranger_cannot_be_acme(tc_runtime):
    """A header from somebody who is no proxy is refused."""
    with TestClient(app, client=("192.0.2.1", 50000)) as stranger:
        answer = stranger.get("/articles", headers={"X-Tenant": "acme"})
    assert (answer.status_code, answer.json()["code"]) == (403, "TC721")
