from __future__ import annotations

import asyncio
import dataclasses
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

import traitconf as tc
from traitconf.traits import Sluggable, SoftDeletes


@pytest.fixture
def article(host):
    """A plain class with the trait."""
    return tc.bind(host, Sluggable)


def saved(cls, title, **given):
    """Make and save an object."""
    one = cls(title, **given)
    assert one.save() == "saved"
    return one


class TestMaking:
    def test_every_kind_of_host(self, any_host):
        """A saved object has the slug of its title, whatever kind of class it is."""
        article = tc.bind(any_host, Sluggable)
        assert saved(article, "Hello, world!").slug == "hello-world"

    def test_a_slug_once_made_is_kept(self, article):
        """A changed title does not change the slug."""
        one = saved(article, "First")
        one.title = "Second"
        one.save()
        assert one.slug == "first"

    def test_refresh_follows_the_title(self, article, told):
        """With `on_update = "refresh"` a changed title gives another slug, an unchanged one does not."""
        heard = told("sluggable.slug_changed")
        with tc.override({"sluggable.on_update": "refresh"}):
            one = saved(article, "First")
            one.save()
            assert one.slug == "first"
            one.title = "Second"
            one.save()
        assert one.slug == "second"
        assert heard == [(one, {"before": "first", "after": "second"})]

    def test_a_numbered_slug_is_kept_on_refresh(self, article):
        """An object that got a number keeps it while its title stays."""
        with tc.override({"sluggable.on_update": "refresh"}):
            first, second = saved(article, "Same"), saved(article, "Same")
            second.save()
        assert (first.slug, second.slug) == ("same", "same-2")

    def test_a_slug_by_hand_stays(self, article):
        """What somebody wrote stays when it can stand in an address, whatever separates its words."""
        assert saved(article, "Title", slug="by_hand").slug == "by_hand"

    def test_a_slug_by_hand_that_cannot_stand(self, article):
        """What cannot stand in an address is made into a slug; when nothing is left of it, the title is."""
        assert saved(article, "Title", slug="By hand!").slug == "by-hand"
        assert saved(article, "Title", slug="!!!").slug == "title"

    def test_a_slug_by_hand_that_is_taken(self, article):
        """A written slug that another object has gets a number."""
        one, two = saved(article, "One", slug="mine"), saved(article, "Two", slug="mine")
        assert (one.slug, two.slug) == ("mine", "mine-2")

    def test_overwrite(self, article):
        """With `overwrite` a written slug gives way to the title."""
        with tc.override({"sluggable.overwrite": True}):
            assert saved(article, "Title", slug="by-hand").slug == "title"

    def test_a_slug_changed_by_hand_lets_the_former_go(self, article):
        """When somebody writes another slug, the former one is free."""
        one = saved(article, "Title")
        one.slug = "other"
        one.save()
        assert one.slug == "other"
        assert article.find_by_slug("title") is None
        assert saved(article, "Title").slug == "title"

    def test_a_slug_taken_away_is_made_again(self, article):
        """An emptied slug is made anew from the title."""
        one = saved(article, "First")
        one.title, one.slug = "Second", None
        one.save()
        assert one.slug == "second"
        assert article.find_by_slug("first") is None

    def test_make_slug(self, article):
        """`make_slug` makes the title's slug anew and returns it."""
        one = saved(article, "First", slug="by-hand")
        one.title = "Second"
        assert one.make_slug() == one.slug == "second"
        assert article.find_by_slug("by-hand") is None

    @pytest.mark.parametrize("title", ["", "!!!", "  ", "…—", None])
    def test_titles_that_give_nothing(self, title, article):
        """What holds no letter and no digit becomes the fallback, with a number from the second on."""
        one, two = saved(article, title), saved(article, title)
        assert (one.slug, two.slug) == ("item", "item-2")

    def test_reserved_slugs(self, article, counted):
        """A reserved slug gets a number, in whatever case it is reserved, and counts as a collision."""
        with tc.override({"sluggable.reserved": ["Admin", "admin-2"]}):
            one, two = saved(article, "admin"), saved(article, "x", slug="admin")
        assert (one.slug, two.slug) == ("admin-3", "admin-4")
        assert counted("sluggable.collisions") == 4

    def test_unicode(self, article):
        """Letters are folded to ASCII, or stay in their own script."""
        assert saved(article, "Crème brûlée Łódź").slug == "creme-brulee-lodz"
        assert saved(article, "Ünïcödé \uff21\uff22\uff23").slug == "unicode-abc"
        assert saved(article, "日本語").slug == "item"
        with tc.override({"sluggable.ascii": False}):
            assert saved(article, "日本語 のタイトル").slug == "日本語-のタイトル"
            assert saved(article, "हिन्दी").slug == "हिन्दी"

    def test_options_of_the_form(self, article):
        """Separator, length and case are configured."""
        with tc.override({"sluggable": {"separator": "_", "max_length": 9, "lowercase": False}}):
            one, two = saved(article, "One Two Three"), saved(article, "One Two Four")
        assert (one.slug, two.slug) == ("One_Two", "One_Two_2")

    def test_source_and_target(self):
        """The source may be an attribute or a method, the target any attribute."""

        @tc.use(Sluggable(source="headline", target="path"))
        class Page:
            path = ""

            def headline(self):
                return "From a method"

            def save(self): ...

        page = Page()
        page.save()
        assert page.path == "from-a-method"

    def test_a_source_that_is_no_text(self, article):
        """A source that is no text is taken by how it shows itself."""
        assert saved(article, 2026).slug == "2026"

    def test_events_and_counters(self, article, told, counted):
        """A first slug is told as `slugged`; what is made is counted."""
        heard = told("sluggable.slugged")
        one = saved(article, "Title")
        one.save()
        two = saved(article, "Title")
        assert heard == [(one, {"slug": "title"}), (two, {"slug": "title-2"})]
        assert counted("sluggable.made") == 2
        assert counted("sluggable.collisions") == 1


class TestUniqueness:
    def test_numbers(self, article):
        """Living objects with one title get one slug and then numbers."""
        alive = [saved(article, "Same") for _ in range(4)]
        assert [one.slug for one in alive] == ["same", "same-2", "same-3", "same-4"]

    def test_a_slug_is_free_when_its_object_is_gone(self, article):
        """The index keeps no object alive, and a slug no longer than its object."""
        one = saved(article, "Same")
        del one
        gc.collect()
        assert saved(article, "Same").slug == "same"

    def test_deleting_releases(self, article):
        """The slug of an object that was really deleted is free, while the object still lives."""
        one = saved(article, "Same")
        assert one.delete() == "deleted"
        two = saved(article, "Same")
        assert two.slug == "same"
        assert article.find_by_slug("same") is two

    def test_a_delete_that_fails_keeps(self, host):
        """When `delete` raises, the slug stays taken."""

        class Stubborn(host):
            def delete(self):
                raise OSError

        tc.bind(Stubborn, Sluggable)
        one = saved(Stubborn, "Same")
        with pytest.raises(OSError):
            one.delete()
        assert Stubborn.find_by_slug("same") is one

    def test_tenants_are_apart(self, article):
        """Each tenant has its own slugs, and nobody finds another's."""
        found = {}
        for tenant in ("acme", "globex", None):
            with tc.tenant(tenant):
                found[tenant] = saved(article, "Same")
                assert found[tenant].slug == "same"
                assert article.find_by_slug("same") is found[tenant]
        with tc.tenant("initech"):
            assert article.find_by_slug("same") is None

    def test_classes_are_apart(self, host):
        """Each class has its own slugs, a subclass too."""
        article = tc.bind(host, Sluggable)

        class Special(article): ...

        one, other = saved(article, "Same"), saved(Special, "Same")
        assert (one.slug, other.slug) == ("same", "same")
        assert article.find_by_slug("same") is one
        assert Special.find_by_slug("same") is other

    def test_eight_threads_save_the_same_title(self, article):
        """Objects saved at once in eight threads get different slugs, without a gap."""
        barrier = threading.Barrier(8)

        def save_some():
            barrier.wait()
            return [saved(article, "Same") for _ in range(25)]

        with ThreadPoolExecutor(8) as pool:
            made = [one for future in [pool.submit(save_some) for _ in range(8)] for one in future.result()]
        slugs = {one.slug for one in made}
        assert slugs == {"same", *(f"same-{number}" for number in range(2, 201))}

    def test_without_unique(self, article):
        """With `unique = false` objects may share a slug, and the first with it is found."""
        with tc.override({"sluggable.unique": False}):
            one, two = saved(article, "Same"), saved(article, "Same")
            assert one.slug == two.slug == "same"
            assert article.find_by_slug("same") is one

    def test_two_objects_with_one_key(self):
        """Two objects of one class with one primary key are the same thing, and share their slug."""

        @tc.use(Sluggable)
        @attrs.define
        class Row:
            id: int
            title: str = "Same"
            slug: str | None = None

            def save(self): ...

        first, again, other = Row(1), Row(1), Row(2)
        for row in (first, again, other):
            row.save()
        assert [row.slug for row in (first, again, other)] == ["same", "same", "same-2"]

    def test_no_slug_is_free(self, article):
        """When not even a number fits, the save is vetoed with the way out, and nothing is written."""
        with tc.override({"sluggable": {"max_length": 1, "reserved": list("x23456789")}}):
            one = article("x")
            with pytest.raises(tc.Veto, match=r"raise sluggable\.max_length \(1\)"):
                one.save()
        assert one.slug is None


class TestFinding:
    def test_find_by_slug(self, article):
        """A class finds its living object by slug, or none."""
        one = saved(article, "Title")
        assert article.find_by_slug("title") is one
        assert article.find_by_slug("other") is None

    def test_soft_deleted_objects(self, host):
        """A soft-deleted object keeps its slug; it is found only when asked for, and again when it is restored."""
        article = tc.bind(host, Sluggable, SoftDeletes)
        one = saved(article, "Title")
        one.delete()
        assert article.find_by_slug("title") is None
        assert article.find_by_slug("title", with_trashed=True) is one
        two = saved(article, "Title")
        assert two.slug == "title-2"
        one.restore()
        assert article.find_by_slug("title") is one

    def test_force_delete_releases(self, host):
        """An object that is deleted by force lets its slug go."""
        article = tc.bind(host, Sluggable, SoftDeletes)
        one = saved(article, "Title")
        one.delete()
        assert one.force_delete() == "deleted"
        assert saved(article, "Title").slug == "title"


class TestHosts:
    def test_an_async_host(self, async_host):
        """An awaited save makes a slug, an awaited delete releases it."""
        article = tc.bind(async_host, Sluggable)

        async def run():
            one, two = article("Same"), article("Same")
            await asyncio.gather(one.save(), two.save())
            assert {one.slug, two.slug} == {"same", "same-2"}
            assert await one.delete() == "deleted"
            assert article.find_by_slug("same") is None

        asyncio.run(run())

    def test_a_host_without_its_source(self):
        """A host that has no title is a TypeError that names the option."""

        @tc.use(Sluggable)
        class Page:
            slug = None

            def save(self): ...

        with pytest.raises(TypeError, match=r"Page has no 'title' to make a slug of; let sluggable\.source name"):
            Page().save()

    def test_a_frozen_host(self):
        """A host whose slug cannot be written, which binding did not see, is a TypeError, and takes no slug."""

        @dataclasses.dataclass(frozen=True)
        @tc.use(Sluggable)
        class Page:
            title: str
            slug: str | None = None

            def save(self): ...

        page = Page("Title")
        with pytest.raises(TypeError, match=r"slug cannot be written: .*or let sluggable\.target name another one"):
            page.save()
        assert Page.find_by_slug("title") is None

    def test_a_host_without_weakref(self):
        """A host that cannot be referred to weakly is not bound, and the message says what to add."""

        class Page:
            __slots__ = ("slug", "title")

            def save(self): ...

        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Page, Sluggable)
        (problem,) = error.value.problems
        assert problem.code == "TC630"
        assert "add '__weakref__' to its __slots__, or weakref_slot=True" in problem.hint

    def test_a_host_without_save(self):
        """A class without `save` cannot be bound."""

        class Page: ...

        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Page, Sluggable)
        assert [problem.code for problem in error.value.problems] == ["TC601"]


class TestToggle:
    def test_off(self, article):
        """While the trait is off, saving makes no slug, `make_slug` is refused, and finding still works."""
        one = saved(article, "First")
        with tc.override({"sluggable.enabled": False}):
            assert saved(article, "Second").slug is None
            with pytest.raises(tc.TraitDisabled, match="Sluggable is off here"):
                one.make_slug()
            assert article.find_by_slug("first") is one

    def test_each_tenant_as_configured(self, article, tc_config):
        """The slugs of each tenant look as its configuration says."""
        tc_config({"traits.toml": "[sluggable]\nmax_length = 12\n", "tenants/acme.toml": "sluggable.separator = '_'\n"})
        with tc.tenant("acme"):
            assert saved(article, "One two three").slug == "one_two"
        with tc.tenant("globex"):
            assert saved(article, "One two three").slug == "one-two"

    @pytest.mark.parametrize(
        "given", [{"separator": "/"}, {"max_length": 0}, {"fallback": "-"}, {"on_update": "never"}, {"sorce": "x"}]
    )
    def test_wrong_options(self, given):
        """A wrong option is refused when the trait is written."""
        with pytest.raises(tc.ConfigError):
            Sluggable(**given)
