from __future__ import annotations

from io import StringIO

from django.core.management import call_command


def write(client, tenant, title):
    """Write an article, and return the answer."""
    path = f"/t/{tenant}/articles"
    answer = client.post(path, data=title, content_type="text/plain", headers={"X-User": "ana"})
    assert answer.status_code == 201
    return answer.json()


def test_each_tenant_has_its_slugs(client):
    """Acme's slugs have underscores, those of others hyphens; the trail knows the actor."""
    assert write(client, "acme", "Hello, world") == {"slug": "hello_world", "by": "ana"}
    assert write(client, "globex", "Hello, world")["slug"] == "hello-world"


def test_a_stream_belongs_to_its_tenant(client):
    """Rows that are read while the answer is sent are those of the tenant."""
    write(client, "acme", "One")
    write(client, "globex", "Two")
    assert client.get("/t/globex/articles").getvalue() == b"two\n"


def test_who_names_no_tenant_is_told_so(client):
    """A path without a tenant is refused with a code; the health check needs none."""
    assert client.get("/health").content == b"ok"
    answer = client.get("/elsewhere")
    assert (answer.status_code, answer.json()["code"]) == (400, "TC720")


def test_a_test_may_override(client, tc_override):
    """The client runs in the thread of the test, so an override counts."""
    tc_override({"sluggable.max_length": 5})
    assert write(client, "globex", "Hello, world")["slug"] == "hello"


def test_the_binding_needs_no_migration(client):
    """Django sees the model as it is written."""
    said = StringIO()
    call_command("makemigrations", "articles", "--dry-run", stdout=said)
    assert "Create model Article" in said.getvalue()
    assert said.getvalue().count("+") == 1
