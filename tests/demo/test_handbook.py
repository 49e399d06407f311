"""What the handbook is filled with, and how it is counted."""

from __future__ import annotations

import attrs
import pytest

import traitconf as tc
from traitconf.demo.article import Article
from traitconf.demo.handbook import TENANTS, differing, fill, row, title_of, topics
from traitconf.demo.main import shipped_config
from traitconf.demo.shelf import Shelf


@pytest.fixture
def shelf(tc_runtime):
    """An empty shelf, under the configuration that the demonstration ships."""
    tc.configure(shipped_config(), environ={}, complete=True)
    return Shelf()


def test_titles_are_headlines():
    """The title of a topic is its first line with text, without its underline; else its name."""
    assert title_of("\n****\nBoolean operations\n****", "bool") == "Boolean operations"
    assert title_of("\n", "bool") == "bool"


def test_plans_differ(shelf):
    """The same calls leave fewer audit entries on the plan that does not record edits."""
    for tenant in TENANTS:
        fill(shelf, tenant, lambda: None)
    rows = {tenant: row(shelf, tenant) for tenant in TENANTS}
    assert rows["initech"].audit_entries < rows["acme"].audit_entries == rows["globex"].audit_entries
    assert {one.articles for one in rows.values()} == {len(topics())}
    assert rows["acme"].plan == "enterprise"


def test_every_step_is_told(shelf):
    """The progress advances once for each topic."""
    steps = []
    fill(shelf, "acme", lambda: steps.append(1))
    assert len(steps) == len(topics())


def test_a_topic_is_imported_once(shelf):
    """Filling a shelf again edits what is there and adds nothing."""
    fill(shelf, "acme", lambda: None)
    before = [(id(article), article.slug) for article in shelf.articles("acme")]
    fill(shelf, "acme", lambda: None)
    assert [(id(article), article.slug) for article in shelf.articles("acme")] == before


def test_differing_settings_name_their_layer(shelf):
    """A setting that differs for a tenant is shown with its value and the layer that decided it."""
    found = list(differing("acme"))
    assert "auditable.retention_days = 2555  (group enterprise)" in found
    assert not any(line.startswith("soft_deletes.") for line in found)


def test_a_shelf_survives_a_file(shelf, tmp_path):
    """What one shelf writes another reads: text, slug and mark of every article."""
    fill(shelf, "globex", lambda: None)
    shelf.write(tmp_path / "articles.jsonl")
    other = Shelf()
    other.read(tmp_path / "articles.jsonl")
    ignore = attrs.filters.exclude("shelf")
    kept, read = ([attrs.asdict(one, filter=ignore) for one in s.articles("globex")] for s in (shelf, other))
    assert kept
    assert read == kept


def test_a_shelf_without_a_file_is_empty(tmp_path):
    """Reading a file that does not exist gives an empty shelf."""
    shelf = Shelf()
    shelf.read(tmp_path / "none.jsonl")
    assert shelf.articles("acme") == []


def test_removing_needs_soft_deletes_off(shelf, tc_override):
    """While SoftDeletes is off, deleting an article takes it off the shelf."""
    tc_override({"soft_deletes.enabled": False})
    with tc.tenant("acme"):
        article = Article("Short-lived", "", shelf)
        article.save()
        assert shelf.articles("acme") == [article]
        article.delete()
    assert shelf.articles("acme") == []
