from __future__ import annotations

import asyncio
import dataclasses
import datetime

import attrs
import pytest

import traitconf as tc
from traitconf.traits import SoftDeletes


@pytest.fixture
def article(host):
    """A plain class with the trait."""
    return tc.bind(host, SoftDeletes)


@pytest.fixture
def marked():
    """A class that has a field for the mark."""

    @tc.use(SoftDeletes)
    @attrs.define(eq=False)
    class Article:
        deleted_at: datetime.datetime | None = None

        def delete(self, *, hard=False):
            return ("deleted", hard)

    return Article


class TestMark:
    def test_every_kind_of_host(self, any_host):
        """Deleting marks the object, restoring takes the mark away, whatever kind of class it is."""
        one = tc.bind(any_host, SoftDeletes)()
        assert one.trashed is False
        assert one.delete() is None
        assert one.trashed is True
        assert one.restore() is None
        assert one.trashed is False

    def test_the_mark_is_the_time_in_the_field(self, marked):
        """Where the object has the field, it holds the aware time of the deletion, or none."""
        one = marked()
        before = datetime.datetime.now(datetime.UTC)
        one.delete()
        assert before <= one.deleted_at <= datetime.datetime.now(datetime.UTC)
        assert one.deleted_at.tzinfo is datetime.UTC
        one.restore()
        assert one.deleted_at is None

    def test_the_mark_beside_the_object(self, article):
        """Without such a field nothing is written into the object."""
        one = article()
        fields = dict(vars(one))
        one.delete()
        assert one.trashed
        assert vars(one) == fields
        assert not article().trashed

    def test_a_field_of_another_name(self):
        """The option `column` names the field."""

        @tc.use(SoftDeletes(column="gone"))
        class Article:
            gone = None

            def delete(self): ...

        one = Article()
        one.delete()
        assert isinstance(one.gone, datetime.datetime)

    def test_deleting_twice_keeps_the_first_time(self, marked, told):
        """An object that is marked already stays as it is, and nothing is told."""
        heard = told("soft_deletes.deleted")
        one = marked()
        one.delete()
        first = one.deleted_at
        one.delete()
        assert one.deleted_at is first
        assert heard == [(one, {})]

    def test_restoring_what_is_not_marked(self, article, told):
        """An object without a mark stays as it is, and nothing is told."""
        heard = told("soft_deletes.restored")
        one = article()
        one.restore()
        assert heard == []
        one.delete()
        one.restore()
        assert heard == [(one, {})]

    def test_a_mark_set_by_others_counts(self, marked):
        """An object that comes from a store with a mark is trashed."""
        one = marked(deleted_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
        assert one.trashed
        one.restore()
        assert one.deleted_at is None


class TestForce:
    def test_force_delete(self, marked, told):
        """`force_delete` runs the class's own delete with its arguments, marked or not, and returns its result."""
        heard = told("soft_deletes.purged")
        one, two = marked(), marked()
        two.delete()
        assert one.force_delete(hard=True) == ("deleted", True)
        assert two.force_delete() == ("deleted", False)
        assert heard == [(one, {}), (two, {})]

    def test_only_that_object_is_forced(self):
        """What the class's delete deletes besides is only marked."""

        @tc.use(SoftDeletes)
        class Node:
            def __init__(self, *children):
                self.children = children

            def delete(self):
                for child in self.children:
                    child.delete()
                return "deleted"

        child = Node()
        assert Node(child).force_delete() == "deleted"
        assert child.trashed

    def test_a_force_that_fails(self):
        """When the class's delete raises, nothing is told, and the next delete marks again."""

        @tc.use(SoftDeletes)
        class Stubborn:
            def delete(self):
                raise OSError("no")

        one = Stubborn()
        with pytest.raises(OSError, match="no"):
            one.force_delete()
        assert one.delete() is None
        assert one.trashed


class TestToggle:
    def test_off_deletes_again(self, article):
        """While the trait is off `delete` deletes; what was marked before stays so and can be restored."""
        old, new = article(), article()
        old.delete()
        with tc.override({"soft_deletes.enabled": False}):
            assert new.delete() == "deleted"
            assert (old.trashed, new.trashed) == (True, False)
            assert new.force_delete() == "deleted"
            old.restore()
            assert not old.trashed

    def test_each_tenant_as_configured(self, article, tc_config):
        """Whether a delete marks is decided for the running tenant."""
        tc_config({"tenants/acme.toml": "[soft_deletes]\nenabled = false\n"})
        with tc.tenant("acme"):
            assert article().delete() == "deleted"
        with tc.tenant("globex"):
            assert article().delete() is None


class TestHosts:
    def test_an_async_host(self, async_host, told):
        """An awaited delete marks; an awaited force deletes."""
        article = tc.bind(async_host, SoftDeletes)
        heard = told("soft_deletes.purged")

        async def run():
            one = article("x")
            assert await one.delete() is None
            assert one.trashed
            assert await one.force_delete() == "deleted"
            assert heard == [(one, {})]

        asyncio.run(run())

    def test_two_tasks_force_different_objects(self, async_host):
        """What one task deletes by force is marked when another task deletes it."""
        article = tc.bind(async_host, SoftDeletes)

        async def run():
            one, two = article("1"), article("2")
            return await asyncio.gather(one.force_delete(), two.delete(), one.delete())

        assert asyncio.run(run()) == ["deleted", None, None]

    def test_a_host_without_delete(self):
        """A class without `delete` cannot be bound."""

        class Page: ...

        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Page, SoftDeletes)
        assert [problem.code for problem in error.value.problems] == ["TC601"]

    def test_a_frozen_host(self):
        """A host whose mark cannot be written, which binding did not see, is a TypeError with the way out."""

        @dataclasses.dataclass(frozen=True)
        @tc.use(SoftDeletes)
        class Page:
            deleted_at: datetime.datetime | None = None

            def delete(self): ...

        with pytest.raises(TypeError, match=r"let soft_deletes\.column name another one"):
            Page().delete()

    def test_a_frozen_host_without_the_field(self):
        """A frozen host without the field is marked beside the object."""

        @tc.use(SoftDeletes)
        @attrs.frozen(eq=False)
        class Page:
            title: str = ""

            def delete(self): ...

        page = Page()
        page.delete()
        assert page.trashed

    def test_a_host_without_weakref(self):
        """A host without weak references needs the field; a file that names another is told at the call."""

        class Page:
            __slots__ = ("deleted_at",)

            def delete(self): ...

        with pytest.raises(tc.ConfigError) as error:
            tc.bind(Page, SoftDeletes(column="gone"))
        assert [problem.code for problem in error.value.problems] == ["TC630"]
        tc.bind(Page, SoftDeletes)
        with (
            tc.override({"soft_deletes.column": "gone"}),
            pytest.raises(TypeError, match="add '__weakref__' to its __slots__"),
        ):
            Page().delete()

    def test_a_slot_for_the_mark_is_enough(self):
        """A slotted host with the field needs no weak references."""

        @tc.use(SoftDeletes)
        class Page:
            __slots__ = ("deleted_at",)

            def delete(self): ...

        page = Page()
        assert not page.trashed
        page.delete()
        assert page.trashed
