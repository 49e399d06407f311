from __future__ import annotations

import pytest
from app import create_app, told
from notes import Note, kept

import traitconf as tc


@pytest.fixture
def client(tc_runtime):
    """A client of a new application."""
    yield create_app().test_client()
    kept.clear()
    told.clear()


def write(client, host, text):
    """Write a note, and return the status."""
    return client.post("/notes", data=text, base_url=f"http://{host}").status_code


def test_each_tenant_has_its_limit(client):
    """Acme's notes are short; the reason of a refusal reaches the client."""
    assert write(client, "acme.example.com", "short") == 201
    assert write(client, "acme.example.com", "longer") == 422
    assert write(client, "globex.example.com", "longer") == 201
    assert [note.text for note in kept] == ["short", "longer"]


def test_a_trait_that_needs_a_tenant_gets_one_or_none_is_kept(client):
    """Without a subdomain the trait refuses, with a code, before anything is written."""
    answer = client.post("/notes", data="x", base_url="http://example.com")
    assert (answer.status_code, answer.json["code"], kept) == (400, "TC720", [])


def test_threads_and_streams_belong_to_the_tenant(client):
    """A thread that is given the context, and every part of a stream, run for the tenant."""
    write(client, "acme.example.com", "short")
    assert told == ["acme"]
    assert client.get("/count", base_url="http://acme.example.com").text == "acme 0\nacme 1\nacme 2\n"


def test_an_override_reaches_the_application(client, tc_override):
    """The test client runs in the thread of the test, so an override of the test counts."""
    tc_override({"limited.longest": 1})
    assert write(client, "globex.example.com", "short") == 422


def test_the_trait_by_itself(tc_runtime, tc_tenant):
    """A trait is tested without any framework."""
    tc_tenant("acme")
    with pytest.raises(tc.Veto, match="more than 5"):
        Note("longer").save()
