from __future__ import annotations

import pytest
from behaviours import Slugged
from models import Article

import traitconf as tc


@pytest.fixture
def differences(tc_runtime):
    """What the comparison finds in this test."""
    found = []
    tc.on("slugged.differs")(lambda event: found.append((event.payload["theirs"], event.payload["mine"])))
    return found


def saved(title):
    """Save an article, and return its slug."""
    article = Article(title)
    article.save()
    return article.slug


def test_shadow_the_mixin_still_acts(differences):
    """Nobody sees a difference while the trait only compares."""
    assert saved("Hello, wide world") == "hello,-wide-"


def test_compare_differences_are_told(differences, tc_runtime):
    """Every slug is compared, and those that differ are told with both values."""
    saved("Hello world")
    saved("Hello, wide world")
    assert differences == [("hello,-wide-", "hello-wide-w")]
    assert tc_runtime.services.metrics.counter("slugged.compared") == 2


def test_switch_one_tenant_at_a_time(differences, tc_tenant):
    """For acme the trait acts, for everybody else the mixin still does."""
    tc_tenant("acme")
    assert saved("Hello, wide world") == "hello-wide-w"
    tc_tenant("globex")
    assert saved("Hello, wide world") == "hello,-wide-"


def test_and_back(tc_runtime, tc_override, tc_tenant):
    """Switching back is a line of configuration."""
    tc_tenant("acme")
    tc_override({"slugged.acts": False})
    assert saved("Hello, wide world") == "hello,-wide-"


@pytest.mark.parametrize("title", ["One", "A b c", "Long, long, long, long title"])
def test_the_old_option_became_an_option(tc_runtime, title):
    """What was a class attribute is configured for the model now."""
    length = tc.resolve(Slugged, Article).length
    assert length == Article.slug_length
    with tc.override({"slugged.acts": True}):
        assert len(saved(title)) <= length
