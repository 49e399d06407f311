"""Mapped classes with a `save` and `delete` of their own: hooks run once for each save, by whatever way it is done."""

from __future__ import annotations

import asyncio

import pytest

import traitconf as tc

sa = pytest.importorskip("sqlalchemy", reason="sqlalchemy comes with the extra [sqlalchemy]")
from sqlalchemy import orm  # noqa: E402 -- after the skip


@pytest.fixture
def world(tc_runtime, database):
    """A class that saves and deletes itself, a trait that notes what it sees, and a session."""
    log = []

    class Base(orm.DeclarativeBase):
        pass

    @tc.trait
    class Noted(tc.TraitBase):
        """Note what is saved and deleted."""

        keep: bool = tc.option(False, doc="Whether nothing is deleted.")

        @tc.before("save")
        def begin(self, host, /):
            log.append(f"save {host.title}")

        @tc.after("save")
        def end(self, host, _result, /):
            log.append(f"saved {host.title}")

        @tc.around("delete")
        def hold(self, host, proceed, /):
            log.append(f"delete {host.title}")
            return None if self.keep else proceed()

    class Page(Base):
        __tablename__ = "methods_page"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        title = orm.mapped_column(sa.String(40))
        flushes = fails = False

        def save(self):
            if self.fails:
                raise OSError("full")
            made = orm.object_session(self) or session
            made.add(self)
            if self.flushes:
                made.flush()
            return self

        def delete(self):
            orm.object_session(self).delete(self)

    tc.bind(Page, Noted)
    engine = sa.create_engine(database)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        names = {"Base": Base, "Page": Page, "Noted": Noted, "session": session, "log": log}
        yield type("World", (), names)
    engine.dispose()


def rows(world):
    """The titles of all rows."""
    return list(world.session.scalars(sa.select(world.Page.title).order_by(world.Page.id)))


@pytest.mark.parametrize("flushes", [False, True])
def test_a_save_by_the_method_runs_the_hooks_once(flushes, world):
    """Hooks run around the method, and not again in its flush, nor in the flush that comes after it."""
    page = world.Page(title="one")
    page.flushes = flushes
    assert page.save() is page
    assert world.log == ["save one", "saved one"]
    world.session.commit()
    assert world.log == ["save one", "saved one"]
    assert rows(world) == ["one"]
    page.title = "two"
    page.save()
    world.session.commit()
    assert world.log[2:] == ["save two", "saved two"]
    assert rows(world) == ["two"]


def test_a_save_past_the_method_runs_the_hooks_as_well(world):
    """What the session is told to write without the method is saved with the hooks, in the flush, once."""
    world.session.add(world.Page(title="one"))
    world.session.commit()
    assert world.log == ["save one", "saved one"]


@pytest.mark.parametrize("flushes", [False, True])
def test_a_change_after_the_method_is_another_save(flushes, world):
    """What is changed between the method and the flush has not been seen by the hooks, which run for it."""
    page = world.Page(title="one")
    page.flushes = flushes
    page.save()
    page.title = "two"
    world.session.commit()
    assert world.log == ["save one", "saved one", "save two", "saved two"]
    page.title = "three"
    world.session.commit()
    assert world.log[4:] == ["save three", "saved three"]


def test_the_same_change_after_a_flush_is_another_save(world):
    """What a flush has written is done with: the same change again, without the method, has its hooks."""
    world.session.add(page := world.Page(title="one"))
    world.session.commit()
    for turn in ("by the method", "by the session"):
        page.title = "two"
        world.log.clear()
        if turn == "by the method":
            page.save()
        world.session.commit()
        assert (turn, world.log) == (turn, ["save two", "saved two"])
        with tc.muted(world.Noted):
            page.title = "one"
            world.session.commit()


@pytest.mark.parametrize("saved", ["at once", "in a savepoint"])
def test_what_was_rolled_back_is_another_save(saved, world):
    """What the hooks have seen went with the rollback: the same change again, without the method, has its hooks."""
    world.session.add(page := world.Page(title="one"))
    world.session.commit()
    assert page.title == "one"
    inner = world.session.begin_nested() if saved == "in a savepoint" else world.session
    page.title = "two"
    page.save()
    inner.rollback()
    world.log.clear()
    assert page.title == "one"
    page.title = "two"
    world.session.commit()
    assert world.log == ["save two", "saved two"]


def test_a_method_that_fails_leaves_the_flush_its_hooks(world):
    """Hooks that ran around a method which raised have not seen a save: the flush runs them."""
    page = world.Page(title="one")
    page.fails = True
    world.session.add(page)
    with pytest.raises(OSError, match="full"):
        page.save()
    assert world.log == ["save one"]
    world.session.commit()
    assert world.log == ["save one", "save one", "saved one"]


def test_what_was_off_at_the_method_acts_in_the_flush(world):
    """A trait that was muted around the method has not acted, so that it acts where the row is written."""
    page = world.Page(title="one")
    with tc.muted(world.Noted):
        page.save()
    assert world.log == []
    world.session.commit()
    assert world.log == ["save one", "saved one"]


def test_a_delete_by_the_method_runs_the_hooks_once(world):
    """A hook that goes on lets the row go, once; one that does not keeps it, and the session knows of nothing."""
    world.Page(title="one").save()
    world.session.commit()
    (page,) = world.session.scalars(sa.select(world.Page))
    world.log.clear()
    with tc.override({"noted.keep": True}):
        page.delete()
        world.session.commit()
    assert (world.log, rows(world)) == (["delete one"], ["one"])
    page.delete()
    world.session.commit()
    assert (world.log, rows(world)) == (["delete one", "delete one"], [])


def test_a_delete_past_the_method_runs_the_hooks_as_well(world):
    """What the session is told to delete is held by the hooks, also after the method was held."""
    world.Page(title="one").save()
    world.session.commit()
    (page,) = world.session.scalars(sa.select(world.Page))
    world.log.clear()
    with tc.override({"noted.keep": True}):
        page.delete()
        world.session.delete(page)
        world.session.commit()
    assert (world.log, rows(world)) == (["delete one", "delete one"], ["one"])


def test_an_override_that_calls_super_saves_once(world):
    """A subclass that extends the method has the hooks once, around its own."""

    class Special(world.Page):
        def save(self):
            self.title += "!"
            return super().save()

    Special(title="one").save()
    world.session.commit()
    assert world.log == ["save one", "saved one!"]


def test_a_hook_that_saves_again_runs_once_more(world):
    """A save within a save is one more of the method, and the flush has nothing to add."""

    @tc.trait
    class Twice(tc.TraitBase):
        """Save again what has just been saved."""

        @tc.after("save")
        def again(self, host, _result, /):
            if host.title == "one":
                host.title = "two"
                host.save()

    tc.bind(world.Page, Twice)
    world.Page(title="one").save()
    world.session.commit()
    assert [text for text in world.log if text.startswith("save ")] == ["save one", "save two"]
    assert rows(world) == ["two"]


def test_a_hook_that_wants_arguments_is_refused_in_a_flush(world):
    """TC668, and no row: a hook on `save(note)` cannot run where nobody has called the method with one."""

    @tc.trait
    class Wanting(tc.TraitBase):
        """Want a note."""

        @tc.before("save")
        def note(self, host, /, note):
            host.title = note

    class Letter(world.Base):
        __tablename__ = "methods_letter"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        title = orm.mapped_column(sa.String(40))

        def save(self, note):
            world.session.add(self)

    tc.bind(Letter, Wanting)
    Letter.__table__.create(world.session.connection())
    Letter().save("by hand")
    world.session.commit()
    world.session.add(Letter(title="past it"))
    with pytest.raises(tc.ModelError, match="'note'") as raised:
        world.session.commit()
    assert raised.value.problem.code == "TC668"
    world.session.rollback()
    assert list(world.session.scalars(sa.select(Letter.title))) == ["by hand"]


def test_a_coroutine_method_runs_the_hooks_once(world):
    """An async method has its hooks awaited around it, and the flush does not run them again."""

    class Letter(world.Base):
        __tablename__ = "methods_async_letter"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        title = orm.mapped_column(sa.String(40))

        async def save(self):
            await asyncio.sleep(0)
            world.session.add(self)

    tc.bind(Letter, world.Noted)
    Letter.__table__.create(world.session.connection())
    asyncio.run(Letter(title="one").save())
    world.session.commit()
    assert world.log == ["save one", "saved one"]
    world.session.add(Letter(title="two"))
    world.session.commit()
    assert world.log[2:] == ["save two", "saved two"]
