from __future__ import annotations

import asyncio
import datetime

import attrs
import pytest

import traitconf as tc
from traitconf.schema.compose import hook_order
from traitconf.traits import Auditable, Sluggable, SoftDeletes


@pytest.fixture(params=["above", "below"])
def article(request):
    """An attrs class with all three traits, in whatever order they are written."""
    use = tc.use(SoftDeletes, Sluggable, Auditable)

    class Article:
        title: str
        slug: str | None = None
        deleted_at: datetime.datetime | None = None

        def save(self):
            return "saved"

        def delete(self):
            return "deleted"

    return use(attrs.define(Article)) if request.param == "above" else attrs.define(use(Article))


def test_the_order_is_the_same_everywhere():
    """Auditable stands outside of SoftDeletes, which stands outside of Sluggable."""
    order, problems = hook_order([trait.__traitconf_spec__ for trait in (Sluggable, SoftDeletes, Auditable)])
    assert [spec.name for spec in order] == ["auditable", "soft_deletes", "sluggable"]
    assert problems == []


def test_a_new_slug_is_in_the_audit_entry(article):
    """The slug that a save made is part of what the save changed, and the entry's key."""
    one = article("Hello")
    one.save()
    (entry,) = one.audit_trail()
    assert entry.changes["slug"] == (None, "hello")
    assert entry.key == "hello"


def test_a_soft_delete_is_audited_as_a_delete(article):
    """A delete that only marks is a delete in the trail, with the mark as its change; so is the restore."""
    one = article("Hello")
    one.save()
    assert one.delete() is None
    one.restore()
    _, deleted, restored = one.audit_trail()
    assert (deleted.operation, restored.operation) == ("delete", "restore")
    assert list(deleted.changes) == list(restored.changes) == ["deleted_at"]
    before, after = deleted.changes["deleted_at"]
    assert before is None
    assert isinstance(after, datetime.datetime)
    assert restored.changes["deleted_at"] == (after, None)


def test_a_delete_by_force_is_audited_once(article):
    """A delete by force leaves one entry, and lets the slug go."""
    one = article("Hello")
    one.save()
    assert one.force_delete() == "deleted"
    assert [entry.operation for entry in one.audit_trail()] == ["save", "delete"]
    assert article.find_by_slug("hello") is None


def test_a_vetoed_save_is_audited_as_failed(article):
    """What a hook inside refuses is recorded as a failure."""
    with tc.override({"sluggable": {"max_length": 1, "reserved": list("h23456789")}}):
        one = article("h")
        with pytest.raises(tc.Veto):
            one.save()
    (entry,) = one.audit_trail()
    assert entry.outcome == "failed"
    assert entry.error.startswith("Veto: no slug like 'h' is free")


def test_three_tenants_three_behaviours(article, tc_config):
    """One class behaves for each tenant as its configuration says."""
    tc_config(
        {
            "traits.toml": "[auditable]\nretention_days = 90\n",
            "tenants/acme.toml": "[sluggable]\nseparator = '_'\n",
            "tenants/globex.toml": "[auditable]\nenabled = false\n\n[soft_deletes]\nenabled = false\n",
        }
    )
    seen = {}
    for tenant in ("acme", "globex", "initech"):
        with tc.tenant(tenant):
            one = article("Hello world")
            one.save()
            seen[tenant] = (one.slug, one.delete(), one.trashed, len(one.audit_trail()))
    assert seen == {
        "acme": ("hello_world", None, True, 2),
        "globex": ("hello-world", "deleted", False, 0),
        "initech": ("hello-world", None, True, 2),
    }


def test_all_three_on_an_async_host(async_host):
    """The three traits act on awaited methods as on others."""
    article = tc.bind(async_host, Auditable, Sluggable, SoftDeletes)

    async def run():
        one = article("Hello")
        await one.save()
        await one.delete()
        return one

    one = asyncio.run(run())
    assert (one.slug, one.trashed) == ("hello", True)
    assert [entry.operation for entry in one.audit_trail()] == ["save", "delete"]


def test_unbinding_all_leaves_nothing(host):
    """After unbinding, the class's namespace is as before, though its objects have a history."""
    before = dict(vars(host))
    tc.bind(host, Auditable, Sluggable, SoftDeletes)
    one = host("Hello")
    one.save()
    one.delete()
    tc.unbind(host)
    assert dict(vars(host)) == before
    assert one.delete() == "deleted"


@pytest.mark.parametrize("trait", [Auditable, Sluggable, SoftDeletes])
def test_the_traits_are_found_by_name(trait, tc_runtime):
    """Each built-in trait is in the catalog under its name, with a document for the whole and for every option."""
    spec = trait.__traitconf_spec__
    assert tc_runtime.catalog.find(spec.name) is spec
    assert spec.doc
    assert all(option.meta.doc for option in spec.options.values())
