from __future__ import annotations

import gc

import pytest

from traitconf.traits.slug_index import SlugIndex
from traitconf.traits.slug_text import SlugRules

SCOPE = ("acme", "app:Article")
RULES = SlugRules()


class Host:
    def __init__(self, key=None):
        self.id = key


@pytest.fixture
def index():
    """An empty index."""
    return SlugIndex()


def claim(index, host, slug, scope=SCOPE, rules=RULES):
    return index.claim(scope, host, slug, slug, rules)


def test_the_first_free_slug(index):
    """A claim gives the wanted slug, else the smallest free number, and says how many it tried in vain."""
    hosts = [Host() for _ in range(3)]
    assert [claim(index, host, "x") for host in hosts] == [("x", 0), ("x-2", 1), ("x-3", 2)]
    assert len(index) == 3


def test_what_one_has_is_free_for_one(index):
    """An object may claim again what it has."""
    host = Host()
    assert claim(index, host, "x") == claim(index, host, "x") == ("x", 0)


def test_a_released_number_is_given_again(index):
    """A released slug is the next one to be given."""
    hosts = [Host() for _ in range(4)]
    for host in hosts:
        claim(index, host, "x")
    index.release(SCOPE, hosts[1], "x-2")
    assert claim(index, Host(), "x")[0] == "x-2"


def test_only_the_owner_releases(index):
    """Somebody else's release, or one of an unknown slug, does nothing."""
    host, other = Host(), Host()
    claim(index, host, "x")
    index.release(SCOPE, other, "x")
    index.release(SCOPE, other, "unknown")
    assert index.find(SCOPE, "x") is host


def test_scopes_are_apart(index):
    """Tenants and classes have slugs of their own."""
    one, other = Host(), Host()
    claim(index, one, "x")
    assert claim(index, other, "x", scope=("globex", "app:Article")) == ("x", 0)
    assert index.find(SCOPE, "x") is one
    assert index.find((None, "app:Article"), "x") is None


def test_nothing_is_kept_alive(index):
    """A slug goes with its object, and an empty scope with its last slug."""
    host = Host()
    claim(index, host, "x")
    del host
    gc.collect()
    assert index.find(SCOPE, "x") is None
    assert len(index) == 0
    assert index._taken == {}


def test_the_death_of_a_former_owner_changes_nothing(index):
    """When an object whose slug somebody else has by now dies, the slug stays with the other."""
    former, now = Host(1), Host(1)
    claim(index, former, "x")
    claim(index, now, "x")
    del former
    gc.collect()
    assert index.find(SCOPE, "x") is now


def test_noting_shares(index):
    """Noting never refuses; the first that was noted is found."""
    one, other = Host(), Host()
    index.note(SCOPE, one, "x")
    index.note(SCOPE, other, "x")
    assert index.find(SCOPE, "x") is one


def test_no_room_is_said(index):
    """When no number fits, a claim is a LookupError."""
    rules = SlugRules(max_length=1)
    hosts = [Host() for _ in range(9)]
    given = [claim(index, host, "x", rules=rules)[0] for host in hosts]
    assert given == ["x", *"23456789"]
    with pytest.raises(LookupError):
        claim(index, Host(), "x", rules=rules)
