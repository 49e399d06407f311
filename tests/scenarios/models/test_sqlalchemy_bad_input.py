"""What goes wrong with mapped classes, objects and sessions: coded errors, no leak, no half-written row."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading

import pytest

import traitconf as tc

sa = pytest.importorskip("sqlalchemy", reason="sqlalchemy comes with the extra [sqlalchemy]")
from sqlalchemy import orm  # noqa: E402 -- after the skip


@pytest.fixture
def models(tc_runtime):
    """A class with a simple key, one with a composite key, and one that is not mapped."""

    class Base(orm.DeclarativeBase):
        pass

    @tc.trait
    class Marked(tc.TraitBase):
        """Write a mark when an object is saved."""

        @tc.before("save")
        def mark(self, host, /):
            host.mark = "marked"

    @tc.use(Marked)
    class Page(Base):
        __tablename__ = "bad_page"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        owner = orm.mapped_column(sa.String(20))
        mark = orm.mapped_column(sa.String(20))
        tenant_of = "owner"

    class Line(Base):
        __tablename__ = "bad_line"
        order = orm.mapped_column(sa.Integer, primary_key=True)
        number = orm.mapped_column(sa.Integer, primary_key=True)

    class Unmapped:
        id = 0

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    names = {"Page": Page, "Line": Line, "Unmapped": Unmapped, "Marked": Marked, "Base": Base, "engine": engine}
    yield type("Models", (), names)
    engine.dispose()


def refused(code, call, *args):
    """Check that a call is refused with a code."""
    with pytest.raises(tc.ModelError) as raised:
        call(*args)
    assert raised.value.problem.code == code
    assert raised.value.problem.hint


def test_an_unmapped_class_is_refused(models):
    """The adapter for mapped classes knows nothing of another one, and says so; a hook on `save` finds no method."""
    adapter = tc.adapter_of(models.Page)
    assert not adapter.claims(models.Unmapped)
    refused("TC660", adapter.fields, models.Unmapped)
    refused("TC660", adapter.key, models.Unmapped())
    refused("TC660", adapter.add_column, models.Base, tc.Column(name="x", type=int))
    with pytest.raises(tc.ConfigError) as raised:
        tc.bind(models.Unmapped, models.Marked)
    assert [problem.code for problem in raised.value.problems] == ["TC601"]


def test_a_composite_key_is_a_tuple(models):
    """A key of two parts is loaded by both, in order or by name, and by nothing else."""
    adapter = tc.adapter_of(models.Line)
    with orm.Session(models.engine) as session:
        session.add(models.Line(order=7, number=1))
        session.commit()
        assert adapter.key_names(models.Line) == ("order", "number")
        for key in ((7, 1), {"number": 1, "order": 7}):
            assert adapter.key(adapter.load(models.Line, key, session)) == (7, 1)
        for key in (7, (7,), (7, 1, 2), {"order": 7}, (7, None)):
            refused("TC662", adapter.load, models.Line, key, session)


def test_a_detached_or_expired_object_is_told_from_a_healthy_one(models):
    """The key of a detached, expired object is known; its tenant, changes of the store and a commit are not."""
    adapter = tc.adapter_of(models.Page)
    with orm.Session(models.engine) as session:
        page = models.Page(id=1, owner="acme")
        refused("TC661", adapter.after_commit, page, print)
        session.add(page)
        session.commit()
        session.expire(page)
        assert adapter.tenant(page) == "acme"
        session.expire(page)
    assert adapter.key(page) == (1,)
    assert dict(adapter.changes(page)) == {}
    refused("TC661", adapter.tenant, page)
    refused("TC661", adapter.after_commit, page, print)
    refused("TC661", adapter.load, models.Page, 1)


def test_an_object_whose_row_is_gone_is_told(models):
    """An expired object whose row somebody else deleted does not say whose it is."""
    with orm.Session(models.engine) as session:
        page = models.Page(id=1, owner="acme")
        session.add(page)
        session.commit()
        session.execute(sa.delete(models.Page.__table__))
        session.expire(page)
        refused("TC661", tc.adapter_of(page).tenant, page)


def test_a_scope_on_a_missing_column_is_refused(models):
    """A query that would be filtered by a column that there is not is refused, not left unfiltered."""

    @tc.trait
    class Hidden(tc.TraitBase):
        """Hide."""

        @tc.scope
        def shown(self, model):
            return tc.where("deleted_at", "is null")

    tc.bind(models.Page, Hidden)
    with orm.Session(models.engine) as session:
        refused("TC667", session.scalars, sa.select(models.Page))


def test_a_version_that_cannot_filter_everything_is_refused(models, monkeypatch):
    """With a SQLAlchemy that leaves `any()` unfiltered, a query that a trait filters fails instead of leaking."""

    @tc.trait
    class Hidden(tc.TraitBase):
        """Hide."""

        @tc.scope
        def shown(self, model):
            return tc.where("owner", "is null")

    tc.bind(models.Page, Hidden)
    with orm.Session(models.engine) as session:
        assert session.scalars(sa.select(models.Page)).all() == []
        monkeypatch.setattr(sa, "__version__", "2.0.58")
        with pytest.raises(tc.AdapterRequired, match=r"2\.1 or later"):
            session.scalars(sa.select(models.Page))


def test_a_failing_hook_writes_nothing(models):
    """A hook that refuses leaves no row of the flush behind."""

    @tc.trait
    class Refusing(tc.TraitBase):
        """Refuse the second page."""

        @tc.before("save")
        def refuse(self, host, /):
            if host.id == 2:
                raise tc.Veto("one is enough")

    tc.bind(models.Page, Refusing)
    with orm.Session(models.engine) as session:
        session.add_all([models.Page(id=1), models.Page(id=2)])
        with pytest.raises(tc.Veto):
            session.commit()
        session.rollback()
        assert session.scalars(sa.select(models.Page)).all() == []


def test_columns_are_added_once_and_alembic_sees_no_difference(models):
    """A column is added where somebody asks, as often as one likes; a database made from it needs no migration."""
    pytest.importorskip("alembic", reason="alembic comes with the extra [test]")
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    adapter = tc.adapter_of(models.Page)
    with models.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, models.Base.metadata) == []
        for _ in range(2):
            adapter.add_column(models.Page, tc.Column(name="deleted_at", type=dt.datetime, index=True))
        assert sorted(change[0] for change in compare_metadata(context, models.Base.metadata)) == [
            "add_column",
            "add_index",
        ]
        models.Base.metadata.drop_all(connection)
        models.Base.metadata.create_all(connection)
        for _ in range(2):
            assert compare_metadata(context, models.Base.metadata) == []
    refused("TC666", adapter.add_column, models.Page, tc.Column(name="owner", type=int))
    refused("TC666", adapter.add_column, models.Page, tc.Column(name="odd", type=complex))


@pytest.fixture
def sessions(models, tmp_path):
    """A maker of async sessions on SQLite."""
    pytest.importorskip("aiosqlite", reason="aiosqlite comes with the extra [test]")
    pytest.importorskip("greenlet", reason="greenlet comes with the extra [test]")
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'async.db'}")

    async def prepare():
        async with engine.begin() as connection:
            await connection.run_sync(models.Base.metadata.create_all)

    def run(work):
        async def whole():
            await prepare()
            try:
                async with AsyncSession(engine, expire_on_commit=False) as session:
                    return await work(session)
            finally:
                await engine.dispose()

        return asyncio.run(whole())

    return run


def test_an_async_session_works_as_a_sync_one(models, sessions):
    """Hooks, loading by key and what waits for the commit are the same in an async session."""
    told = []

    async def work(session):
        page = models.Page(id=1, owner="acme")
        session.add(page)
        adapter = tc.adapter_of(page)
        adapter.after_commit(page, lambda: told.append("first"), session)
        await session.commit()
        adapter.after_commit(page, lambda: told.append("second"))
        await session.rollback()
        session.expunge_all()
        return await adapter.aload(models.Page, 1, session)

    assert sessions(work).mark == "marked"
    assert told == ["first"]


def test_an_async_session_is_refused_where_nobody_awaits(models, sessions):
    """Loading with an async session as if it were a sync one is refused with a code."""

    async def work(session):
        adapter = tc.adapter_of(models.Page)
        refused("TC663", adapter.load, models.Page, 1, session)
        refused("TC663", adapter.load, models.Page, 1, session.sync_session)

    sessions(work)


def test_an_async_session_is_refused_in_another_thread(models, sessions):
    """A thread that runs a loop of its own reads nothing and writes no row with the session of another loop."""
    raised = []

    def elsewhere(session):
        async def use():
            session.add(models.Page(id=2))
            await session.flush()

        try:
            asyncio.run(use())
        except tc.ModelError as error:
            raised.append(error.problem.code)

    async def work(session):
        session.add(models.Page(id=1))
        await session.commit()
        thread = threading.Thread(target=elsewhere, args=(session,))
        thread.start()
        thread.join()
        session.expunge_all()
        return [page.id for page in await session.scalars(sa.select(models.Page))]

    assert sessions(work) == [1]
    assert raised == ["TC663"]


def test_traits_of_a_mixin_or_an_abstract_base_hold_for_what_is_mapped_later(tc_runtime):
    """What is bound to a mixin, an abstract base, or a class that is mapped afterwards is filtered and hooked."""

    @tc.trait
    class Hidden(tc.TraitBase):
        """Hide what nobody owns, and note what is saved."""

        @tc.before("save", optional=True)
        def mark(self, host, /):
            host.mark = "marked"

        @tc.scope
        def shown(self, model):
            return tc.where("owner", "is not null")

    @tc.use(Hidden)
    class Mixin:
        id = orm.mapped_column(sa.Integer, primary_key=True)
        owner = orm.mapped_column(sa.String(20))
        mark = orm.mapped_column(sa.String(20))

    class Base(orm.DeclarativeBase):
        pass

    @tc.use(Hidden)
    class Abstract(Base):
        __abstract__ = True
        id = orm.mapped_column(sa.Integer, primary_key=True)
        owner = orm.mapped_column(sa.String(20))
        mark = orm.mapped_column(sa.String(20))

    class OfMixin(Mixin, Base):
        __tablename__ = "of_mixin"

    class OfAbstract(Abstract):
        __tablename__ = "of_abstract"

    @tc.use(Hidden)
    class Later:
        def __init__(self, **values):
            for name, value in values.items():
                setattr(self, name, value)

        def save(self):
            raise AssertionError("nobody calls it")

    columns = [sa.Column("id", sa.Integer, primary_key=True), *(sa.Column(n, sa.String(20)) for n in ("owner", "mark"))]
    Base.registry.map_imperatively(Later, sa.Table("later", Base.metadata, *columns))
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        for cls in (OfMixin, OfAbstract, Later):
            session.add_all([cls(id=1), cls(id=2, owner="acme")])
            session.commit()
            assert [(one.id, one.mark) for one in session.scalars(sa.select(cls))] == [(2, "marked")]
            assert session.get(cls, 1) is None
    engine.dispose()


def test_a_hook_that_must_be_awaited_is_refused(models):
    """A hook for coroutines only would never run in a flush, so that it is refused when it is bound."""

    @tc.trait
    class Awaited(tc.TraitBase):
        """Wait before a save."""

        @tc.before("save")
        async def wait(self, host, /): ...

    with pytest.raises(tc.ConfigError) as raised:
        tc.bind(models.Page, Awaited)
    assert [problem.code for problem in raised.value.problems] == ["TC608"]
