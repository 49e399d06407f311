"""Two tenants, and Django's models of every shape: many to many, one to one, inheritance, proxies, further managers."""

from __future__ import annotations

import contextlib

import pytest

import traitconf as tc

pytest.importorskip("django", reason="django comes with the extra [django]")
import django_world

django_world.setup()
from django.core import serializers  # noqa: E402 -- Django wants its settings first
from django.db import models, transaction  # noqa: E402 -- as above


@pytest.fixture
def world(tc_runtime):
    """A group with a member of each tenant, by every kind of relation."""

    class Options:
        app_label = django_world.app_label()

    @tc.trait(tenant="required", guard=True)
    class Owned(tc.TraitBase):
        """Rows belong to the tenant under which they are written."""

        @tc.before("save")
        def stamp(self, host, /, *args, **kwargs):
            host.owner = host.owner or tc.current_context().tenant

        @tc.scope
        def own(self, model):
            return tc.where("owner", "=", tc.current_context().tenant)

    class Titled(models.QuerySet):
        def titled(self):
            return self.exclude(title="")

    @tc.use(Owned)
    class Member(models.Model):
        title = models.CharField(max_length=40)
        note = models.TextField(default="note")
        owner = models.CharField(max_length=20, null=True)
        boss = models.ForeignKey("self", models.SET_NULL, null=True, related_name="staff")
        objects = Titled.as_manager()
        plain = models.Manager()
        Meta = Options

    class Guest(Member):
        until = models.CharField(max_length=20, default="")
        Meta = Options

    class Proxy(Member):
        class Meta(Options):
            proxy = True

    class Visitor(Guest):
        class Meta(Options):
            proxy = True

    class Group(models.Model):
        members = models.ManyToManyField(Member, related_name="groups")
        Meta = Options

    class Desk(models.Model):
        member = models.OneToOneField(Member, models.CASCADE, related_name="desk")
        Meta = Options

    made = {name: value for name, value in locals().items() if isinstance(value, type)}
    with django_world.tables(Member, Guest, Group, Desk):
        group = Group.objects.create()
        for tenant in ("acme", "globex"):
            with tc.tenant(tenant):
                guest = Guest.objects.create(title=tenant, boss_id=1)
                group.members.add(guest.pk)
                Desk.objects.create(member_id=guest.pk)
        yield type("World", (), made)


def _ids(rows):
    return [row.pk for row in rows]


def _mine():
    return {"acme": 1, "globex": 2}[tc.current_context().tenant]


def _existing(rows, key):
    with contextlib.suppress(models.ObjectDoesNotExist):
        return rows.get(pk=key)


ROUTES = {
    "get": lambda w: [i for i in (1, 2) if _existing(w.Member.objects, i)],
    "plain manager": lambda w: _ids(w.Member.plain.all()),
    "default manager": lambda w: _ids(w.Member._default_manager.all()),
    "own queryset": lambda w: _ids(w.Member.objects.titled()),
    "using": lambda w: _ids(w.Member.objects.using("default")),
    "first": lambda w: [w.Member.objects.first().pk],
    "last": lambda w: [w.Member.objects.order_by("pk").last().pk],
    "latest": lambda w: [w.Member.objects.latest("pk").pk],
    "earliest": lambda w: [w.Member.objects.earliest("pk").pk],
    "slice": lambda w: _ids(w.Member.objects.order_by("pk")[:2]),
    "distinct": lambda w: [pk for (pk,) in w.Member.objects.values_list("pk").distinct()],
    "only": lambda w: _ids(w.Member.objects.only("title")),
    "get_or_create": lambda w: [w.Member.objects.get_or_create(owner=tc.current_context().tenant)[0].pk],
    "select_for_update": lambda w: _locked(w.Member.objects.all()),
    "difference": lambda w: _ids(w.Member.objects.difference(w.Member.objects.filter(pk=9))),
    "intersection": lambda w: _ids(w.Member.objects.intersection(w.Member.plain.all())),
    "contains": lambda w: [i for i in (1, 2) if w.Member.objects.contains(w.Member(pk=i))],
    "child": lambda w: _ids(w.Guest.objects.all()),
    "child by its parent's field": lambda w: _ids(w.Guest.objects.filter(title__in=["acme", "globex"])),
    "parent to child": lambda w: [one.guest.pk for one in w.Member.objects.all()],
    "proxy of a child": lambda w: _ids(w.Visitor.objects.filter(title__gt="")),
    "proxy": lambda w: _ids(w.Proxy.objects.all()),
    "many to many": lambda w: _ids(w.Group.objects.get().members.all()),
    "many to many count": lambda w: [_mine()] * w.Group.objects.get().members.count(),
    "many to many prefetched": lambda w: _ids(w.Group.objects.prefetch_related("members").get().members.all()),
    "chosen prefetch": lambda w: _ids(
        w.Group.objects.prefetch_related(models.Prefetch("members", w.Member.plain.all())).get().members.all()
    ),
    "join over many to many": lambda w: [i for i in w.Group.objects.values_list("members__id", flat=True) if i],
    "filter over many to many": lambda w: [
        i for i in (1, 2) if w.Group.objects.filter(members__id=i, members__title__gt="").exists()
    ],
    "annotated": lambda w: [_mine()] * w.Group.objects.annotate(n=models.Count("members")).get().n,
    "filtered relation": lambda w: [
        i
        for i in w.Group.objects.annotate(
            one=models.FilteredRelation("members", condition=models.Q(members__title__gt=""))
        ).values_list("one__id", flat=True)
        if i
    ],
    "one to one": lambda w: [desk.member_id for desk in w.Desk.objects.all() if _of(desk, "member")],
    "select_related": lambda w: [
        desk.member.pk for desk in w.Desk.objects.select_related("member") if _of(desk, "member")
    ],
    "reverse one to one": lambda w: [one.desk.member_id for one in w.Member.objects.all()],
    "itself": lambda w: [one.pk for one in w.Member.objects.all() if (_of(one, "boss") is not None) == (one.pk == 1)],
    "staff": lambda w: [
        one.pk for one in w.Member.objects.all() if _ids(one.staff.all()) == ([1] if one.pk == 1 else [])
    ],
    "outer reference": lambda w: list(
        w.Group.objects.annotate(
            one=models.Subquery(w.Member.objects.filter(groups=models.OuterRef("pk")).values("pk")[:1])
        ).values_list("one", flat=True)
    ),
    "exists": lambda w: [
        i for i in (1, 2) if w.Group.objects.filter(models.Exists(w.Member.objects.filter(pk=i))).exists()
    ],
    "serialised": lambda w: [
        int(one.object.pk)
        for one in serializers.deserialize("json", serializers.serialize("json", w.Member.plain.all()))
    ],
    "aggregate": lambda w: [w.Member.objects.aggregate(n=models.Max("pk"), m=models.Min("pk"))["n"]],
    "explain": lambda w: [_mine()] * bool(w.Member.objects.all().explain()),
}


def _locked(rows):
    with transaction.atomic():
        return _ids(rows.select_for_update())


def _of(host, name):
    try:
        return getattr(host, name)
    except models.ObjectDoesNotExist:
        return None


@pytest.mark.parametrize("tenant", ["acme", "globex"])
@pytest.mark.parametrize("route", ROUTES)
def test_no_shape_of_a_model_leads_to_another_tenant(route, tenant, world):
    """By every manager, relation and kind of query a tenant sees its own member only."""
    with tc.tenant(tenant):
        assert ROUTES[route](world) == [_mine()]


def test_a_deferred_field_of_another_tenants_object_is_not_loaded(world):
    """What is left of a held object of another tenant is not fetched behind the back of the guard."""
    with tc.tenant("acme"):
        member = world.Member.objects.only("title").get()
    with tc.tenant("globex"), pytest.raises(models.ObjectDoesNotExist):
        member.note  # noqa: B018 -- reading it loads it
    with tc.tenant("acme"):
        assert member.note == "note"


def test_a_relation_does_not_reach_another_tenants_rows_for_writing(world):
    """What is taken out of a relation is of the running tenant."""
    group = world.Group.objects.get()
    with tc.tenant("globex"):
        group.members.clear()
        assert list(group.members.all()) == []
    with tc.tenant("acme"):
        assert _ids(group.members.all()) == [1]
