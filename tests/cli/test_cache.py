"""`traitconf cache` where results are in memory; tests/redis/test_cache_command.py has the rest."""

from __future__ import annotations

import json

import pytest

from traitconf.cli.cache import Key, Wanted


@pytest.mark.parametrize("words", [("stats",), ("keys",), ("clear", "--yes"), ("explain", "tc1:{a/b}:t:s:o:e:d")])
def test_memory_cannot_be_looked_into(handbook, traitconf, words):
    """Each command says that results are in the memory of processes, and what to do; that is no failure."""
    ended = traitconf("cache", *words, "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["data"], document["command"]) == (0, {"store": "memory"}, f"cache {words[0]}")
    (problem,) = document["diagnostics"]
    assert (problem["code"], problem["severity"]) == ("TC764", "note")
    assert 'runtime.cache.store = "redis"' in problem["hint"]


def test_a_tag_is_of_a_tenant(handbook, cli):
    """A tag together with a trait makes no sense."""
    assert cli("cache", "clear", "--tag", "feed", "--trait", "sluggable").code == 2


def test_keys_are_read_as_they_are_written():
    """A key is taken apart into what it was made of; something else is no key."""
    key = Key.parse("tc1:{shop/live}:a%3Ab:summed:words:01234567:ff")
    assert (key.space, key.tenant, key.trait, key.operation) == ("shop/live", "a:b", "summed", "words")
    assert Key.parse("tc1:{shop/live}::#") is None
    assert Key.parse("tc2:{shop/live}:a:b:c:d:e") is None


def test_patterns():
    """What is not said matches everything; a name cannot bring a pattern of its own."""
    assert Wanted().pattern("shop/-") == "tc1:{shop/-}:*:*:*:*:*"
    assert Wanted("a*b", "summed").pattern("shop/-") == "tc1:{shop/-}:a%2Ab:summed:*:*:*"
