"""Small traits on Django models, on SQLite: hidden rows, tenants, transactions, bulk statements, migrations."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import warnings
from typing import Literal

import pytest

import traitconf as tc

pytest.importorskip("django", reason="django comes with the extra [django]")
import django_world

django_world.setup()
from django.db import IntegrityError, models, transaction  # noqa: E402 -- Django wants its settings first

from traitconf.errors import TenantMismatchWarning  # noqa: E402 -- as above
from traitconf.runtime.bulk import BulkWarning  # noqa: E402 -- as above

Bulk = Literal["refuse", "warn", "expand", "ignore"]


@pytest.fixture
def world(tc_runtime):
    """Authors, articles and comments of two tenants, and a log that a hook writes."""

    class Options:
        app_label = django_world.app_label()

    class Log(models.Model):
        text = models.CharField(max_length=40)
        Meta = Options

    @tc.trait
    class Trashed(tc.TraitBase):
        """Keep deleted rows, hidden."""

        bulk: Bulk = tc.option("refuse", doc="What statements over many rows do.")

        @tc.around("delete")
        def mark(self, host, proceed, /, *args, **kwargs):
            host.deleted_at = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
            host.save(update_fields=["deleted_at"])
            Log.objects.create(text=f"deleted {host.pk}")

        @tc.provides(when_off="run")
        def restore(self, host):
            host.deleted_at = None
            host.save()

        @tc.after("save")
        def note(self, host, _result, /, *args, **kwargs):
            pass

        @tc.scope
        def untrashed(self, model):
            return tc.where("deleted_at", "is null")

    @tc.trait(tenant="required", guard=True)
    class Owned(tc.TraitBase):
        """Rows belong to the tenant under which they are written."""

        mismatch: Literal["error", "warn", "instance"] = tc.option("error", doc="What a foreign object does.")
        bulk: Bulk = tc.option("ignore", doc="Filters hold there as well.")

        @tc.around("save", "delete")
        def check(self, host, proceed, /, *args, **kwargs):
            owner = tc.tenant_for(host, self.mismatch)
            host.owner = host.owner or owner
            with tc.tenant(owner):
                return proceed(*args, **kwargs)

        @tc.scope
        def own(self, model):
            return tc.where("owner", "=", tc.current_context().tenant)

    class Author(models.Model):
        Meta = Options

    @tc.use(Trashed, Owned)
    class Article(models.Model):
        title = models.CharField(max_length=40)
        owner = models.CharField(max_length=20, null=True)
        deleted_at = models.DateTimeField(null=True)
        author = models.ForeignKey(Author, models.CASCADE, related_name="articles")
        tenant_of = "owner"
        Meta = Options

    class Comment(models.Model):
        article = models.ForeignKey(Article, models.CASCADE, related_name="comments", null=True)
        Meta = Options

    made = {name: value for name, value in locals().items() if isinstance(value, type)}
    with django_world.tables(Author, Article, Comment, Log):
        author = Author.objects.create()
        for number, tenant in enumerate(("acme", "globex", "acme")):
            with tc.tenant(tenant):
                article = Article.objects.create(title=f"{tenant} {number + 1}", author=author)
                Comment.objects.create(article=article)
        with tc.tenant("acme"):
            Article.objects.get(id=3).delete()
        yield type("World", (), made)


ROUTES = {
    "all": lambda w: [a.id for a in w.Article.objects.all()],
    "get": lambda w: [a.id for i in (1, 2, 3) for a in [w.Article.objects.filter(pk=i).first()] if a],
    "load by the adapter": lambda w: [a.id for i in (1, 2, 3) if (a := tc.adapter_of(w.Article).load(w.Article, i))],
    "values": lambda w: list(w.Article.objects.values_list("id", flat=True)),
    "count": lambda w: [0] * w.Article.objects.count(),
    "exists": lambda w: [i for i in (1, 2, 3) if w.Article.objects.filter(id=i).exists()],
    "in_bulk": lambda w: list(w.Article.objects.in_bulk([1, 2, 3])),
    "or": lambda w: [a.id for a in w.Article.objects.filter(models.Q(owner="acme") | models.Q(owner="globex"))],
    "union": lambda w: [a.id for a in w.Article.objects.all().union(w.Article.objects.all())],
    "exclude": lambda w: [a.id for a in w.Article.objects.exclude(id=99)],
    "aggregate": lambda w: [0] * w.Article.objects.aggregate(n=models.Count("id"))["n"],
    "collection": lambda w: [a.id for a in w.Author.objects.get().articles.all()],
    "prefetch": lambda w: [a.id for a in w.Author.objects.prefetch_related("articles").get().articles.all()],
    "many to one": lambda w: [c.article.id for c in w.Comment.objects.all() if _reachable(c)],
    "prefetch many to one": lambda w: [
        c.article.id for c in w.Comment.objects.prefetch_related("article") if _reachable(c)
    ],
    "select_related": lambda w: [c.article.id for c in w.Comment.objects.select_related("article") if _reachable(c)],
    "join": lambda w: list(
        w.Comment.objects.filter(article__title__contains=" ").values_list("article__id", flat=True)
    ),
    "joined values": lambda w: [i for i in w.Author.objects.values_list("articles__id", flat=True) if i],
    "annotate": lambda w: [0] * w.Author.objects.annotate(n=models.Count("articles")).get().n,
    "subquery": lambda w: [c.article_id for c in w.Comment.objects.filter(article__in=w.Article.objects.all())],
    "iterator": lambda w: [a.id for a in w.Article.objects.iterator()],
    "async": lambda w: asyncio.run(_ids(w.Article.objects.all())),
    "update": lambda w: _allowed(w, lambda: [0] * w.Article.objects.update(title="x")),
    "delete": lambda w: _allowed(w, lambda: [0] * w.Article.objects.all().delete()[1].get(w.Article._meta.label, 0)),
}


async def _ids(queryset):
    return [one.id async for one in queryset]


def _reachable(comment):
    with contextlib.suppress(models.ObjectDoesNotExist):
        return comment.article


def _allowed(w, work):
    with tc.override({"trashed.bulk": "ignore"}):
        return work()


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("tenant", ["acme", "globex"])
def test_no_route_shows_hidden_or_foreign_rows(route, tenant, world):
    """Each of the listed routes shows a tenant its own article that is not deleted."""
    with tc.tenant(tenant):
        found = ROUTES[route](world)
    assert found in ([{"acme": 1, "globex": 2}[tenant]], [0])


def test_a_queryset_is_filtered_where_it_is_read(world):
    """A queryset that was made for one tenant, or for none, shows the rows of the tenant that reads it."""
    with tc.tenant("acme"):
        articles = world.Article.objects.filter(id__gt=0)
    with tc.tenant("globex"):
        assert [article.id for article in articles] == [2]


def test_a_deleted_row_comes_back(world):
    """What is restored is seen again; saving a hidden object makes no second row."""
    with tc.tenant("acme"):
        with tc.unscoped(world.Trashed):
            gone = world.Article.objects.get(id=3)
        gone.title = "still gone"
        gone.save()
        gone.refresh_from_db()
        assert gone.title == "still gone"
        assert world.Article.objects.count() == 1
        gone.restore()
        assert world.Article.objects.count() == 2


def test_without_a_tenant_nothing_is_read_or_written(world):
    """A trait that needs a tenant refuses queries and saves where there is none; other models are as ever."""
    with pytest.raises(tc.TenantRequired):
        list(world.Article.objects.all())
    with pytest.raises(tc.TenantRequired):
        world.Article(author_id=1).save()
    assert world.Comment.objects.count() == 3


def test_a_foreign_object_cannot_be_refreshed(world):
    """An object that is held in the context of another tenant does not get at its row."""
    with tc.tenant("acme"):
        article = world.Article.objects.get(id=1)
    with tc.tenant("globex"), pytest.raises(world.Article.DoesNotExist):
        article.refresh_from_db()


@pytest.mark.parametrize("policy", ["error", "warn", "instance"])
def test_a_mismatch_obeys_the_policy(policy, world, tc_override):
    """Saving an object of another tenant is refused, warned of, or done for its own tenant."""
    tc_override({"runtime.tenant_mismatch": policy})
    with tc.tenant("acme"):
        article = world.Article.objects.get(id=1)
    article.title = "changed"
    with tc.tenant("globex"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(tc.TenantMismatch) if policy == "error" else contextlib.nullcontext():
            article.save()
    assert [one.category for one in caught] == [TenantMismatchWarning] * (policy == "warn")
    with tc.tenant("acme"):
        assert (world.Article.objects.get(id=1).title == "changed") == (policy != "error")


def test_what_a_hook_writes_goes_with_a_rollback(world):
    """The row of a hook is in the transaction of the object, and what waits for its commit is dropped with it."""
    told = []
    with tc.tenant("acme"):
        article = world.Article.objects.get(id=1)
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            article.delete()
            tc.adapter_of(article).after_commit(article, lambda: told.append("rolled back"))
            1 / 0  # noqa: B018 -- whatever goes wrong
        assert world.Log.objects.count() == 1
        with transaction.atomic():
            tc.adapter_of(article).after_commit(article, lambda: told.append(tc.current_context().tenant))
            assert told == []
    assert told == ["acme"]


@pytest.mark.parametrize("policy", ["refuse", "warn", "expand", "ignore"])
@pytest.mark.parametrize("kind", ["update", "delete", "bulk_create", "bulk_update"])
def test_statements_over_many_rows_obey_the_policy(policy, kind, world, tc_override):
    """A bulk statement is refused before it writes, warned of, done object by object with hooks, or left alone."""
    tc_override({"trashed.bulk": policy})
    articles = world.Article.objects
    with tc.tenant("acme"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        calls = {
            "update": lambda: articles.update(title="x"),
            "delete": lambda: articles.all().delete(),
            "bulk_create": lambda: articles.bulk_create([world.Article(author_id=1, owner="acme", title="new")]),
            "bulk_update": lambda: articles.bulk_update(articles.all(), ["title"]),
        }
        with pytest.raises(tc.ModelError, match="TC664") if policy == "refuse" else contextlib.nullcontext():
            calls[kind]()
        with tc.unscoped(world.Trashed):
            rows = sorted(articles.values_list("id", "title"))
    assert [one.category for one in caught] == [BulkWarning] * (policy == "warn")
    expected = {
        "update": [(1, "x"), (3, "acme 3")],
        "delete": [(1, "acme 1"), (3, "acme 3")] if policy == "expand" else [(3, "acme 3")],
        "bulk_create": [(1, "acme 1"), (3, "acme 3"), (4, "new")],
        "bulk_update": [(1, "acme 1"), (3, "acme 3")],
    }[kind]
    assert rows == (expected if policy != "refuse" else [(1, "acme 1"), (3, "acme 3")])
    assert world.Log.objects.count() == (2 if (kind, policy) == ("delete", "expand") else 1)


def test_a_saved_row_of_another_tenant_is_not_overwritten(world):
    """A key that belongs to another tenant is refused by the database, not updated."""
    with tc.tenant("globex"), pytest.raises(IntegrityError), transaction.atomic():
        world.Article(id=1, owner="globex", title="mine", author_id=1).save()
    with tc.tenant("acme"):
        assert world.Article.objects.get(id=1).title == "acme 1"


def test_an_upsert_does_not_reach_another_tenants_row(world, tc_override):
    """An upsert is filtered by nothing, so that it is refused where a trait filters."""
    tc_override({"trashed.bulk": "ignore"})
    rows = [world.Article(id=1, owner="globex", title="mine", author_id=1)]
    with tc.tenant("globex"), pytest.raises(tc.ModelError, match="TC664"):
        world.Article.objects.bulk_create(rows, update_conflicts=True, update_fields=["title"], unique_fields=["id"])
    with tc.tenant("acme"):
        assert world.Article.objects.get(id=1).title == "acme 1"


def test_columns_are_added_once_and_migrations_see_no_difference(tc_runtime):
    """A field that somebody asks for is part of the model's state once; asking again changes nothing."""
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.state import ModelState, ProjectState

    @tc.trait
    class Silent(tc.TraitBase):
        """Do nothing, with a filter."""

        @tc.scope
        def all(self, model):
            return None

    class Page(models.Model):
        title = models.CharField(max_length=40)

        class Meta:
            app_label = django_world.app_label()

    def state():
        made = ProjectState()
        made.add_model(ModelState.from_model(Page))
        return made

    def differences(before):
        return MigrationAutodetector(before, state())._detect_changes()

    before = state()
    tc.bind(Page, Silent)
    assert differences(before) == {}
    adapter = tc.adapter_of(Page)
    adapter.add_column(Page, tc.Column(name="deleted_at", type=dt.datetime, index=True))
    ((migration,),) = differences(before).values()
    assert [type(one).__name__ for one in migration.operations] == ["AddField"]
    after = state()
    adapter.add_column(Page, tc.Column(name="deleted_at", type=dt.datetime, index=True))
    assert differences(after) == {}
    with pytest.raises(tc.ModelError, match="TC666"):
        adapter.add_column(Page, tc.Column(name="title", type=int))


def test_loading_in_an_event_loop_is_refused(world):
    """What would block the event loop is refused with a code; awaited it works."""
    adapter = tc.adapter_of(world.Article)

    async def work():
        with tc.tenant("acme"):
            with pytest.raises(tc.ModelError, match="TC663"):
                adapter.load(world.Article, 1)
            return await adapter.aload(world.Article, 1)

    assert asyncio.run(work()).id == 1


def test_traits_of_an_abstract_model_hold_for_its_models(tc_runtime):
    """What is bound to an abstract model is filtered and hooked once in the models made of it."""
    loaded = []

    @tc.trait
    class Hidden(tc.TraitBase):
        """Hide what nobody owns, and note what is loaded."""

        @tc.after("load")
        def note(self, host, _result, /):
            loaded.append(host.pk)

        @tc.scope
        def shown(self, model):
            return tc.where("owner", "is not null")

    label = django_world.app_label()

    @tc.use(Hidden)
    class Abstract(models.Model):
        owner = models.CharField(max_length=20, null=True)

        class Meta:
            abstract = True
            app_label = label

    class Page(Abstract):
        class Meta:
            app_label = label

    with django_world.tables(Page):
        Page.objects.create()
        Page.objects.create(owner="acme")
        assert [page.pk for page in Page.objects.all()] == [2]
    assert loaded == [2]
