"""Subscribers of the phase `committed` on models of real products: told after the commit, never after a rollback."""

from __future__ import annotations

import contextlib

import pytest

import traitconf as tc


@pytest.fixture
def publishable(tc_runtime):
    """A trait with an operation, and what its subscribers of two phases were told."""

    @tc.trait(name="publishable")
    class Publishable(tc.TraitBase):
        """Make public."""

        @tc.operation()
        def publish(self, host):
            host.title = host.title.upper()
            return host.title

    told = []
    tc.on("publishable.publish.after")(lambda event: told.append(("after", event.result)))
    tc.on("publishable.publish.committed")(lambda event: told.append(("committed", event.result)))
    return Publishable, told


def test_sqlalchemy(publishable, database):
    """In a session they are told when it commits, once; after a rollback they never are."""
    sa = pytest.importorskip("sqlalchemy", reason="sqlalchemy comes with the extra [sqlalchemy]")
    from sqlalchemy import orm

    class Base(orm.DeclarativeBase):
        pass

    trait, told = publishable

    @tc.use(trait)
    class Post(Base):
        __tablename__ = "committed_post"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        title = orm.mapped_column(sa.String(40))

    engine = sa.create_engine(database)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    try:
        with orm.Session(engine) as session:
            post = Post(id=1, title="one")
            session.add(post)
            post.publish()
            assert told == [("after", "ONE")]
            session.commit()
            assert told == [("after", "ONE"), ("committed", "ONE")]
            told.clear()
            post.title = "two"
            post.publish()
            session.rollback()
            session.commit()
            assert told == [("after", "TWO")]
            assert post.title == "ONE"
    finally:
        engine.dispose()


def test_django(publishable):
    """In an atomic block they are told when it ends; when it fails they never are."""
    pytest.importorskip("django", reason="django comes with the extra [django]")
    import django_world

    django_world.setup()
    from django.db import models, transaction

    trait, told = publishable

    @tc.use(trait)
    class Post(models.Model):
        title = models.CharField(max_length=40)

        class Meta:
            app_label = django_world.app_label()

    with django_world.tables(Post):
        with transaction.atomic():
            Post(title="one").publish()
            assert told == [("after", "ONE")]
        assert told == [("after", "ONE"), ("committed", "ONE")]
        told.clear()
        with contextlib.suppress(LookupError), transaction.atomic():
            Post(title="two").publish()
            raise LookupError
        assert told == [("after", "TWO")]


def test_a_plain_object_is_in_no_transaction(publishable):
    """Where nobody knows of a transaction they are told right after the operation."""
    trait, told = publishable

    @tc.use(trait)
    class Post:
        title = "one"

    Post().publish()
    assert told == [("after", "ONE"), ("committed", "ONE")]
