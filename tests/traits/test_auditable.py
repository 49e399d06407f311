from __future__ import annotations

import asyncio
import datetime
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

import traitconf as tc
from traitconf.traits import Auditable
from traitconf.traits.audit_entry import AuditEntry
from traitconf.traits.audit_trail import AuditTrail


@pytest.fixture
def article(host):
    """A plain class with the trait."""
    return tc.bind(host, Auditable)


@pytest.fixture
def stopped(clock):
    """The clock of this runtime's trail, which only the test moves."""
    tc.resolve(Auditable).shared(AuditTrail).clock = clock
    return clock


def operations(entries):
    return [entry.operation for entry in entries]


class TestEntries:
    def test_every_kind_of_host(self, any_host):
        """A save is recorded with every field, whatever kind of class the object is of."""
        one = tc.bind(any_host, Auditable)("Hello", "World")
        assert one.save() == "saved"
        (entry,) = one.audit_trail()
        assert entry.operation == "save"
        assert dict(entry.changes) == {"title": (None, "Hello"), "body": (None, "World"), "slug": (None, None)}

    def test_who_when_and_where(self, article, stopped):
        """An entry says when, what, of which model, for which tenant, by whom and for which request."""
        with tc.context(tenant="acme", actor=tc.Actor("7", "Ana"), request_id="r1"):
            one = article("Hello", slug="hello")
            one.save()
            (entry,) = one.audit_trail()
        assert entry == AuditEntry(
            at=stopped.now,
            operation="save",
            model="Article",
            key="hello",
            tenant="acme",
            actor=tc.Actor("7", "Ana"),
            request_id="r1",
            changes=tc.FrozenMap({"title": (None, "Hello"), "body": (None, ""), "slug": (None, "hello")}),
        )

    def test_later_saves_list_what_differs(self, article):
        """Later entries list what differs from the last successful one, each with its value before and after."""
        one = article("Hello", "World")
        one.save()
        one.title = "Bye"
        one.extra = 1
        one.save()
        del one.extra
        one.save()
        one.save()
        changes = [dict(entry.changes) for entry in one.audit_trail()[1:]]
        assert changes == [{"title": ("Hello", "Bye"), "extra": (None, 1)}, {"extra": (1, None)}, {}]

    def test_what_a_save_changes_is_in_its_entry(self):
        """What the method itself writes belongs to its entry."""

        @tc.use(Auditable)
        @attrs.define
        class Counter:
            saves: int = 0

            def save(self):
                self.saves += 1

        one = Counter()
        one.save()
        one.save()
        assert [dict(entry.changes) for entry in one.audit_trail()] == [{"saves": (None, 1)}, {"saves": (1, 2)}]

    def test_a_delete_without_a_save(self, article):
        """A first entry that is no save lists what the call itself changed."""
        one = article("Hello")
        one.delete()
        (entry,) = one.audit_trail()
        assert (entry.operation, dict(entry.changes)) == ("delete", {})

    def test_a_failed_call_is_recorded_and_fails(self, host):
        """A call that raises leaves a failed entry, and raises the very same error."""
        error = ValueError("disk full")

        @tc.use(Auditable)
        class Failing(host):
            def save(self):
                self.title = "half"
                raise error

        one = Failing("Hello")
        with pytest.raises(ValueError, match="disk full") as caught:
            one.save()
        assert caught.value is error
        (entry,) = one.audit_trail()
        assert (entry.outcome, entry.error) == ("failed", "ValueError: disk full")
        assert entry.changes["title"] == (None, "half")

    def test_changes_since_the_last_successful_entry(self, host):
        """What a failed call left behind is listed again by the next successful one."""

        class Sometimes(host):
            fail = False

            def save(self):
                if self.fail:
                    raise OSError("no")

        tc.bind(Sometimes, Auditable)
        one = Sometimes("one")
        one.save()
        one.title, one.fail = "two", True
        with pytest.raises(OSError, match="no"):
            one.save()
        one.fail = False
        one.save()
        assert [entry.changes.get("title") for entry in one.audit_trail()] == [
            (None, "one"),
            ("one", "two"),
            ("one", "two"),
        ]

    def test_what_ends_a_program_is_recorded_too(self, host):
        """Also what is no `Exception` is recorded as a failure."""

        class Ending(host):
            def save(self):
                raise SystemExit(3)

        tc.bind(Ending, Auditable)
        one = Ending()
        with pytest.raises(SystemExit):
            one.save()
        assert one.audit_trail()[0].error == "SystemExit: 3"

    def test_values_are_copies(self, article):
        """What is recorded does not change when the object's containers do."""
        one = article(["a"], {"k": {1}})
        one.save()
        one.title.append("b")
        one.body["k"].add(2)
        (entry,) = one.audit_trail()
        assert entry.changes["title"] == (None, ("a",))
        assert entry.changes["body"] == (None, {"k": frozenset({1})})
        one.save()
        assert one.audit_trail()[1].changes["title"] == (("a",), ("a", "b"))

    def test_foreign_objects_are_short_texts(self, article):
        """An object that cannot be copied is recorded as its representation, also when that fails."""

        class Foreign:
            def __repr__(self):
                return "F" * 1000

        class Broken:
            def __repr__(self):
                raise RuntimeError

        one = article(Foreign(), Broken())
        one.save()
        changes = one.audit_trail()[0].changes
        assert len(changes["title"][1]) == 200
        assert changes["body"][1] == "<Broken that cannot be shown>"

    def test_an_unreadable_field_breaks_nothing(self):
        """A field whose reading fails is recorded as unreadable."""

        @tc.use(Auditable)
        class Odd:
            __slots__ = ("__weakref__", "x")

            def __getattribute__(self, name):
                if name == "x":
                    raise RuntimeError
                return object.__getattribute__(self, name)

            def save(self):
                return "saved"

        one = Odd()
        assert one.save() == "saved"
        assert one.audit_trail()[0].changes["x"] == (None, "<unreadable: RuntimeError>")

    def test_private_fields_are_left_out(self, article):
        """Names with a leading underscore are not recorded."""
        one = article()
        one._secret = 1
        one.save()
        assert "_secret" not in one.audit_trail()[0].changes

    def test_the_key(self):
        """The key is the primary key, also one that the call itself gives."""

        @tc.use(Auditable)
        @attrs.define
        class Row:
            id: int | None = None

            def save(self):
                self.id = 7

            def delete(self):
                self.id = None

        one = Row()
        one.save()
        one.delete()
        assert [entry.key for entry in one.audit_trail()] == ["7", "7"]


class TestTrail:
    def test_the_trail_of_an_object(self, article):
        """Each object has its own entries, oldest first."""
        one, other = article("1"), article("2")
        one.save()
        other.save()
        one.delete()
        assert operations(one.audit_trail()) == ["save", "delete"]
        assert operations(other.audit_trail()) == ["save"]

    def test_objects_with_one_key_share_their_trail(self):
        """Entries of another object with the same primary key are its own, also after the first is gone."""

        @tc.use(Auditable)
        @attrs.define
        class Row:
            id: int

            def save(self): ...

        Row(1).save()
        again = Row(1)
        again.save()
        Row(2).save()
        assert [entry.key for entry in again.audit_trail()] == ["1", "1"]

    def test_objects_without_a_key_do_not_share(self, article):
        """An object at the address of a former one does not inherit its entries."""
        for _ in range(20):
            one = article("x")
            one.save()
            assert len(one.audit_trail()) == 1

    def test_the_log_of_a_class(self, article):
        """A class's log holds the entries of all its objects, and of no other class."""

        class Special(article): ...

        article("1").save()
        Special("2").save()
        article("3").save()
        assert [entry.changes["title"][1] for entry in article.audit_log()] == ["1", "3"]
        assert [entry.changes["title"][1] for entry in Special.audit_log()] == ["2"]

    def test_tenants_are_apart(self, article):
        """A tenant sees its own entries only."""
        one = article("x")
        for tenant in ("acme", "globex"):
            with tc.tenant(tenant):
                one.save()
        with tc.tenant("acme"):
            assert [entry.tenant for entry in one.audit_trail()] == ["acme"]
            assert [entry.tenant for entry in article.audit_log()] == ["acme"]
        assert one.audit_trail() == ()

    def test_retention(self, article, stopped):
        """Entries older than the retention are gone, for objects and classes."""
        one = article("x")
        one.save()
        stopped.forward(days=30)
        one.delete()
        assert operations(one.audit_trail()) == ["save", "delete"]
        stopped.forward(seconds=1)
        assert operations(one.audit_trail()) == ["delete"]
        stopped.forward(days=30)
        assert article.audit_log() == ()

    def test_retention_of_each_tenant(self, article, stopped, tc_config):
        """How long entries are kept is configured for tenants."""
        tc_config({"tenants/acme.toml": "[auditable]\nretention_days = 1\n"})
        tc.resolve(Auditable).shared(AuditTrail).clock = stopped
        one = article("x")
        for tenant in ("acme", "globex"):
            with tc.tenant(tenant):
                one.save()
        stopped.forward(days=2)
        with tc.tenant("acme"):
            assert one.audit_trail() == ()
        with tc.tenant("globex"):
            assert len(one.audit_trail()) == 1

    def test_a_runtime_has_its_own_trail(self, article, tc_config):
        """A new runtime begins with an empty trail; a reload keeps it."""
        runtime = tc_config({"traits.toml": ""})
        one = article("x")
        one.save()
        runtime.reload()
        assert len(one.audit_trail()) == 1
        tc_config({"traits.toml": ""})
        assert one.audit_trail() == ()

    def test_eight_threads(self, article):
        """Saves in eight threads leave one entry each."""
        barrier = threading.Barrier(8)

        def save_some():
            barrier.wait()
            for _ in range(25):
                article("x").save()

        with ThreadPoolExecutor(8) as pool:
            for future in [pool.submit(save_some) for _ in range(8)]:
                future.result()
        assert len(article.audit_log()) == 200


class TestOptions:
    def test_operations(self, article):
        """Only the chosen operations are recorded."""
        with tc.override({"auditable.operations": ["delete"]}):
            one = article("x")
            assert one.save() == "saved"
            assert one.delete() == "deleted"
            assert operations(one.audit_trail()) == ["delete"]

    def test_fields_and_exclude(self, article):
        """`fields` names the only fields, `exclude` those that are left out."""
        one = article("x", "y")
        with tc.override({"auditable.fields": ["title", "slug"], "auditable.exclude": ["slug"]}):
            one.save()
        assert set(one.audit_trail()[0].changes) == {"title"}

    def test_a_field_that_is_excluded_later(self, article):
        """A field that is no longer recorded is no change, and its former value is not shown."""
        one = article("x", "confidential")
        one.save()
        one.title = "z"
        with tc.override({"auditable.exclude": ["body"]}):
            one.save()
        assert dict(one.audit_trail()[1].changes) == {"title": ("x", "z")}

    def test_mask(self, article):
        """Of a masked field only the change is recorded."""
        one = article("x", "pa55word")
        with tc.override({"auditable.mask": ["body"]}):
            one.save()
            one.save()
            one.body = "pa55word2"
            one.save()
            changes = [entry.changes.get("body") for entry in one.audit_trail()]
        assert changes == [(None, "•••"), None, ("•••", "•••")]
        assert "pa55word" not in repr(one.audit_trail())

    def test_a_field_that_is_masked_later(self, article):
        """Masking a field that was recorded in clear is no change of it, and hides both values from then on."""
        one = article("x", "pa55word")
        one.save()
        with tc.override({"auditable.mask": ["body"]}):
            one.save()
            one.body = "other"
            one.save()
        assert [entry.changes.get("body") for entry in one.audit_trail()[1:]] == [None, ("•••", "•••")]

    def test_masked_values_in_errors(self, host):
        """A masked value is hidden in the recorded error too, which the caller gets in clear."""

        class Telling(host):
            def save(self):
                raise ValueError(f"bad {self.body}")

        tc.bind(Telling, Auditable(mask={"body"}))
        one = Telling("x", "pa55word")
        with pytest.raises(ValueError, match="bad pa55word"):
            one.save()
        assert one.audit_trail()[0].error == "ValueError: bad •••"

    def test_an_error_that_cannot_be_shown(self, host):
        """An error whose text cannot be had is recorded by its type."""

        class Odd(Exception):
            def __str__(self):
                raise RuntimeError

        class Failing(host):
            def save(self):
                raise Odd

        tc.bind(Failing, Auditable)
        one = Failing()
        with pytest.raises(Odd):
            one.save()
        assert one.audit_trail()[0].error == "Odd"

    def test_a_slot_without_a_value(self):
        """A slot that has no value yet is no field of the entry."""

        @tc.use(Auditable)
        class Page:
            __slots__ = ("__weakref__", "title")

            def save(self): ...

        page = Page()
        page.save()
        page.title = "x"
        page.save()
        assert [dict(entry.changes) for entry in page.audit_trail()] == [{}, {"title": (None, "x")}]

    def test_secrets_are_masked(self, article):
        """A Secret is masked wherever it stands, and its change is noticed."""
        one = article([tc.Secret("a")])
        one.save()
        one.title = [tc.Secret("b")]
        one.save()
        assert [entry.changes.get("title") for entry in one.audit_trail()] == [
            (None, ("•••",)),
            (("•••",), ("•••",)),
        ]

    def test_only_changes(self, article):
        """With `only_changes` a save that changed nothing leaves no entry; a delete always does."""
        with tc.override({"auditable.only_changes": True}):
            one = article("x")
            one.save()
            one.save()
            one.delete()
        assert operations(one.audit_trail()) == ["save", "delete"]

    def test_the_log_sink(self, article, caplog):
        """The sink `log` writes one line with fields; without `memory` nothing is kept."""
        caplog.set_level(logging.INFO, "traitconf.trait.auditable")
        with (
            tc.override({"auditable.sinks": {"append": ["log"], "remove": ["memory"]}}),
            tc.context(tenant="acme", actor="ana"),
        ):
            one = article("x", slug="s")
            one.save()
            assert one.audit_trail() == ()
        (record,) = caplog.records
        assert record.getMessage() == "save Article s: ok"
        assert (record.tc_operation, record.tc_tenant, record.tc_actor, record.tc_outcome) == (
            "save",
            "acme",
            "ana",
            "ok",
        )
        assert record.tc_changes["title"] == (None, "x")

    def test_events_and_counters(self, article, told, counted):
        """Every entry is told and counted."""
        heard = told("auditable.recorded")
        one = article("x")
        one.save()
        assert heard == [(one, {"entry": one.audit_trail()[0]})]
        assert counted("auditable.entries") == 1

    def test_off(self, article):
        """While the trait is off nothing is recorded; what was recorded can be read."""
        one = article("x")
        one.save()
        with tc.override({"auditable.enabled": False}):
            assert one.save() == "saved"
            assert len(one.audit_trail()) == len(article.audit_log()) == 1

    @pytest.mark.parametrize("given", [{"retention_days": 0}, {"operations": ("read",)}, {"sinks": "memory"}])
    def test_wrong_options(self, given):
        """A wrong option is refused when the trait is written."""
        with pytest.raises(tc.ConfigError):
            Auditable(**given)


class TestHosts:
    def test_an_async_host(self, async_host):
        """Awaited calls are recorded when they end, failed ones as failed."""
        article = tc.bind(async_host, Auditable(operations=("save",)))

        async def run():
            one = article("x")
            assert await one.save() == "saved"
            one.fail = True
            with pytest.raises(OSError, match="disk full"):
                await one.save()
            assert await one.delete() == "deleted"
            return one

        one = asyncio.run(run())
        assert [(entry.operation, entry.outcome) for entry in one.audit_trail()] == [("save", "ok"), ("save", "failed")]

    def test_awaited_deletes_and_restores(self):
        """Awaited deletes and restores are recorded."""

        @tc.use(Auditable)
        class Article:
            async def delete(self):
                self.gone = True

            async def restore(self):
                self.gone = False

        async def run():
            one = Article()
            await one.delete()
            await one.restore()
            return one

        trail = asyncio.run(run()).audit_trail()
        assert [(entry.operation, dict(entry.changes)) for entry in trail] == [
            ("delete", {"gone": (None, True)}),
            ("restore", {"gone": (True, False)}),
        ]

    def test_a_cancelled_save(self):
        """A save that is cancelled is recorded as failed."""

        @tc.use(Auditable)
        class Article:
            async def save(self):
                await asyncio.Event().wait()

        async def run():
            one = Article()
            task = asyncio.ensure_future(one.save())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return one

        (entry,) = asyncio.run(run()).audit_trail()
        assert (entry.outcome, entry.error) == ("failed", "CancelledError: ")

    def test_a_host_without_the_methods(self):
        """A class may lack save, delete or restore; what it has is recorded."""

        @tc.use(Auditable)
        class Log:
            def restore(self): ...

        one = Log()
        one.restore()
        assert operations(one.audit_trail()) == ["restore"]

    def test_a_host_without_weakref(self):
        """A host that cannot be referred to weakly is a TypeError that says what to add, before the call."""
        done = []

        @tc.use(Auditable)
        class Page:
            __slots__ = ()

            def save(self):
                done.append(1)

        with pytest.raises(TypeError, match="add '__weakref__' to its __slots__, or weakref_slot=True"):
            Page().save()
        assert done == []

    def test_a_frozen_host(self):
        """A frozen host is recorded: nothing is written into it."""

        @tc.use(Auditable)
        @attrs.frozen
        class Page:
            title: str

            def save(self): ...

        page = Page("x")
        page.save()
        assert dict(page.audit_trail()[0].changes) == {"title": (None, "x")}


def test_an_entry_is_a_record():
    """Entries are immutable and hashable."""
    entry = AuditEntry(at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), operation="save", model="Article")
    assert hash(entry) == hash(attrs.evolve(entry))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        entry.model = "Other"
