"""The phase committed, with the transactions of SQLAlchemy and Django."""

from __future__ import annotations

import pytest

import traitconf as tc


@pytest.fixture
def booked(tc_runtime):
    """A trait with one operation."""

    @tc.trait(name="booked")
    class Booked(tc.TraitBase):
        """Book."""

        @tc.operation()
        def book(self, host, seats):
            return seats

    return Booked


@pytest.fixture
def heard(booked):
    """The phases and results that were told, in order, with the tenant of the call."""
    told = []
    for phase in ("after", "committed"):
        tc.on(f"booked.book.{phase}")(lambda event: told.append((event.phase, event.result, event.tenant)))
    return told


class TestSqlAlchemy:
    @pytest.fixture
    def engine(self):
        """A database in memory."""
        sqlalchemy = pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed here")
        engine = sqlalchemy.create_engine("sqlite://")
        yield engine
        engine.dispose()

    @pytest.fixture
    def show(self, booked, engine):
        """A mapped class that has the operation."""
        from sqlalchemy import Integer, orm

        class Base(orm.DeclarativeBase):
            """The base."""

        @tc.use(booked)
        class Show(Base):
            """A show."""

            __tablename__ = "shows"
            id = orm.mapped_column(Integer, primary_key=True)

        Base.metadata.create_all(engine)
        return Show

    @pytest.fixture
    def session(self, engine):
        """A session."""
        from sqlalchemy import orm

        with orm.Session(engine) as session:
            yield session

    def test_after_the_commit(self, show, session, heard):
        """`committed` is told once the session has committed, under the tenant of the call."""
        one = show()
        session.add(one)
        with tc.tenant("acme"):
            one.book(2)
        assert heard == [("after", 2, "acme")]
        session.commit()
        assert heard == [("after", 2, "acme"), ("committed", 2, "acme")]

    def test_never_after_a_rollback(self, show, session, heard):
        """What is rolled back, a savepoint or all, is never told."""
        one = show()
        session.add(one)
        session.flush()
        savepoint = session.begin_nested()
        one.book(1)
        savepoint.rollback()
        one.book(2)
        session.rollback()
        session.commit()
        assert [phase for phase, *_ in heard] == ["after", "after"]

    def test_without_session(self, show, heard):
        """An object in no session has no transaction: it is told at once."""
        show().book(3)
        assert heard == [("after", 3, None), ("committed", 3, None)]


class TestDjango:
    @pytest.fixture
    def show(self, booked):
        """A model that has the operation, and a database in memory."""
        pytest.importorskip("django", reason="Django is not installed here")
        import django_world

        django_world.setup()
        from django.db import connections, models

        @tc.use(booked)
        class EventedShow(models.Model):
            """A show."""

            class Meta:
                """Of an application of its own."""

                app_label = django_world.app_label()

        yield EventedShow
        connections.close_all()

    def test_after_the_commit(self, show, heard):
        """`committed` is told once the outermost block has ended well, and at once without one."""
        from django.db import transaction

        with transaction.atomic():
            with transaction.atomic(), tc.tenant("acme"):
                show().book(2)
            assert heard == [("after", 2, "acme")]
        assert heard == [("after", 2, "acme"), ("committed", 2, "acme")]
        show().book(1)
        assert heard[2:] == [("after", 1, None), ("committed", 1, None)]

    def test_never_after_a_rollback(self, show, heard):
        """What is rolled back is never told."""
        from django.db import transaction

        with transaction.atomic():
            show().book(2)
            transaction.set_rollback(True)
        with transaction.atomic():
            pass
        assert heard == [("after", 2, None)]
