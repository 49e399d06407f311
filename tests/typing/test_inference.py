"""What type checkers infer: mypy strict checks every `assert_type` here, and pytest runs the same lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal, Protocol, assert_type

import attrs
import pytest

import traitconf as tc
from traitconf.runtime.context import Context
from traitconf.traits import Auditable, Sluggable, SoftDeletes
from traitconf.traits.audit_entry import AuditEntry


class HasBody(Protocol):
    body: str


@pytest.fixture(autouse=True)
def _isolated(tc_runtime: tc.Runtime) -> None:
    """Every test has a runtime and a catalog of its own."""


def test_use_keeps_the_type_of_the_class() -> None:
    """Above or below `attrs.define`, `@use` leaves the class what it is to a checker, constructor included."""

    @tc.use(Sluggable(source="title"), Auditable)
    @attrs.define
    class Above:
        title: str
        slug: str | None = None

        def save(self, note: str = "") -> int:
            return len(note)

    @attrs.define
    @tc.use(SoftDeletes)
    class Below:
        title: str

        def delete(self) -> None: ...

    article = Above("Hello")
    assert_type(article, Above)
    assert_type(article.title, str)
    assert_type(article.save("ab"), int)
    assert_type(Below(title="x").title, str)
    assert article.save("ab") == 2


def test_bind_keeps_the_type_of_the_class() -> None:
    """`bind` returns the class that it is given; by name, some class."""

    class Article:
        title = "x"

        def delete(self) -> None: ...

    bound = tc.bind(Article, SoftDeletes)
    assert_type(bound, type[Article])
    assert_type(bound().title, str)
    by_name: Callable[[str], type] = tc.bind
    assert bound is Article
    assert by_name is tc.bind


def test_the_view_of_built_in_traits() -> None:
    """`T.of(host)` has the trait's members without trait and host, its properties as values, its options."""

    @tc.use(Sluggable, Auditable, SoftDeletes)
    @attrs.define(eq=False)
    class Article:
        title: str
        slug: str | None = None

        def save(self) -> None: ...

        def delete(self) -> None: ...

    article = Article("Hello")
    article.save()
    assert_type(SoftDeletes.of(article).trashed, bool)
    assert_type(SoftDeletes.of(article).column, str)
    assert_type(Sluggable.of(article).make_slug(), str)
    assert_type(Sluggable.of(article).max_length, int)
    assert_type(Auditable.of(article).audit_trail(), tuple[AuditEntry, ...])
    assert_type(Auditable.of(Article).audit_log(), tuple[AuditEntry, ...])
    assert Sluggable.of(article).find_by_slug("hello", with_trashed=False) is article
    SoftDeletes.of(article).restore()
    assert SoftDeletes.of(article).trashed is False
    assert len(Auditable.of(article).audit_trail()) == len(Auditable.of(Article).audit_log()) == 2


def test_the_view_of_a_trait_of_ones_own() -> None:
    """Arguments and results of operations, methods, properties and classmethods are typed, async ones as coroutines."""

    @tc.trait
    class Summarisable(tc.TraitBase):
        """Keep a summary."""

        sentences: int = tc.option(1, ge=1, doc="Sentences kept.")

        refreshed = tc.event(doc="A summary was computed.")
        words = tc.histogram(unit="1", doc="Words per summary.")
        made = tc.counter(doc="Summaries made.")

        @tc.operation()
        def summary(self, host: HasBody, mark: str = ".", *, upper: bool = False) -> str:
            """Return the first sentences."""
            text = ". ".join(host.body.split(". ")[: self.sentences]) + mark
            self.refreshed.emit(host, words=len(text.split()))
            self.words.record(len(text.split()))
            self.made.add()
            return text.upper() if upper else text

        @tc.operation(when_off="run")
        async def awaited(self, host: HasBody) -> int:
            """Return the length."""
            return len(host.body)

        @tc.provides(shape="property")
        def size(self, host: HasBody) -> int:
            """The length."""
            return len(host.body)

        @tc.provides
        @classmethod
        def kind(cls, model: type, suffix: str) -> str:
            """Name the class."""
            return model.__name__ + suffix

        @tc.provides(when_off="skip")
        def note(self, host: HasBody) -> None:
            """Do nothing."""

        @tc.provides
        def untyped_host(self, host: Any, times: int) -> list[str]:
            """Return the body."""
            return [host.body] * times

    @tc.use(Summarisable)
    class Note:
        body = "One. Two"

    note = Note()
    seen = Summarisable.of(note)
    assert_type(seen, Summarisable)
    assert_type(seen.summary("!", upper=True), str)
    assert_type(seen.size, int)
    assert_type(seen.kind("?"), str)
    assert_type(seen.untyped_host(2), list[str])
    assert_type(seen.sentences, int)
    assert_type(asyncio.run(seen.awaited()), int)
    seen.note()
    assert (seen.summary("!", upper=True), seen.size, seen.kind("?")) == ("ONE!", 8, "Note?")
    assert (seen.untyped_host(2), asyncio.run(seen.awaited())) == (["One. Two"] * 2, 8)


def test_options_have_the_types_of_their_defaults() -> None:
    """`option()` takes its default's type, a computed default's too; a required option has its annotation."""

    @tc.trait
    class Typed(tc.TraitBase):
        """Many types."""

        number: int = tc.option(1, doc="A number.")
        maybe: float | None = tc.option(None, doc="A number or none.")
        names: tuple[str, ...] = tc.option((), doc="Names.")
        computed: int = tc.option(lambda self: self.number * 2, doc="Twice the number.")
        needed: str = tc.option(doc="Required.")

    typed = Typed(number=2, needed="x")
    assert_type(typed.number, int)
    assert_type(typed.maybe, float | None)
    assert_type(typed.names, tuple[str, ...])
    assert_type(typed.computed, int)
    assert_type(typed.needed, str)
    assert (typed.number, typed.maybe, typed.names, typed.needed) == (2, None, (), "x")


def test_what_is_resolved_is_typed() -> None:
    """`resolve` and `reader` return the trait that they are asked for, base options included."""
    resolved = tc.resolve(Auditable, "Article", tenant="acme")
    assert_type(resolved, Auditable)
    assert_type(resolved.retention_days, int)
    assert_type(resolved.mask, frozenset[str])
    assert_type(resolved.events.enabled, bool)
    assert_type(tc.resolve(Sluggable).on_update, Literal["keep", "refresh"])
    assert_type(tc.reader(Sluggable)().separator, str)
    assert resolved.retention_days == 30
    assert tc.reader(Sluggable)().separator == "-"


def test_verbs_are_typed() -> None:
    """The verbs of the front door have the types that they are documented with."""
    assert_type(tc.enabled(Auditable), bool)
    assert_type(tc.decide(Auditable), tc.Decision)
    assert_type(tc.explain("auditable.enabled"), tc.Explanation)
    has_it: bool = tc.has_trait(3, Auditable)
    assert not has_it
    assert_type(tc.traits_of(3), tuple[type[tc.TraitBase], ...])
    with tc.tenant("acme") as context:
        assert_type(context, Context)
        assert_type(tc.current_context().tenant, str | None)
    with tc.override({"auditable.retention_days": 7}):
        assert tc.resolve(Auditable).retention_days == 7
    assert tc.enabled(Auditable)
    assert tc.decide(Auditable).value is True
    assert tc.explain("auditable.enabled").value is True
