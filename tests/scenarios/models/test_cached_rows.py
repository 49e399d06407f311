"""Results about rows of real products: known by the primary key, taken away by what is saved and deleted."""

from __future__ import annotations

import pytest

import traitconf as tc


@pytest.fixture
def summed(tc_runtime):
    """A trait with a cached operation, and what it computed."""
    computed = []

    @tc.trait(name="summed")
    class Summed(tc.TraitBase):
        """Sum up."""

        @tc.operation(cache=True, key="identity")
        def summary(self, host):
            computed.append(host.title)
            return host.title.upper()

    return Summed, computed


class TestSqlAlchemy:
    @pytest.fixture
    def session(self, summed, database):
        """A session with one stored row."""
        sa = pytest.importorskip("sqlalchemy", reason="sqlalchemy comes with the extra [sqlalchemy]")
        from sqlalchemy import orm

        class Base(orm.DeclarativeBase):
            pass

        @tc.use(summed[0])
        class Post(Base):
            __tablename__ = "cached_post"
            id = orm.mapped_column(sa.Integer, primary_key=True)
            title = orm.mapped_column(sa.String(40))

        engine = sa.create_engine(database)
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        with orm.Session(engine, expire_on_commit=False) as session:
            session.add(Post(id=1, title="one"))
            session.commit()
            session.info["post"] = Post
            yield session
        engine.dispose()

    def test_another_object_of_the_row_is_answered(self, session, summed):
        """Whoever loads the row again is answered without computing."""
        post = session.get(session.info["post"], 1)
        assert (post.summary(), post.summary()) == ("ONE", "ONE")
        session.expunge_all()
        again = session.get(session.info["post"], 1)
        assert again is not post
        assert again.summary() == "ONE"
        assert summed[1] == ["one"]

    def test_an_unsaved_edit_is_never_answered_from_the_store(self, session, summed):
        """An edit is computed for the object that has it; a rollback brings the old answer back."""
        post = session.get(session.info["post"], 1)
        post.summary()
        post.title = "two"
        assert post.summary() == "TWO"
        session.flush()
        assert post.summary() == "TWO"
        session.rollback()
        assert post.title == "one"
        assert post.summary() == "ONE"

    def test_a_saved_change_takes_the_result_away(self, session, summed):
        """After a commit nobody is given what was right before it."""
        post = session.get(session.info["post"], 1)
        post.summary()
        post.title = "two"
        session.commit()
        session.expunge_all()
        assert session.get(session.info["post"], 1).summary() == "TWO"

    def test_a_row_that_takes_the_key_of_a_deleted_one(self, session, summed):
        """A new row is not answered with what was known of a deleted one that had its key."""
        cls = session.info["post"]
        post = session.get(cls, 1)
        post.summary()
        session.delete(post)
        session.commit()
        session.add(cls(id=1, title="new"))
        session.commit()
        assert session.get(cls, 1).summary() == "NEW"


def test_django(summed):
    """A row of Django's is known by its key; a save and an unsaved edit are never answered with what was before."""
    pytest.importorskip("django", reason="django comes with the extra [django]")
    import django_world

    django_world.setup()
    from django.db import models

    trait, computed = summed

    @tc.use(trait)
    class Post(models.Model):
        title = models.CharField(max_length=40)

        class Meta:
            app_label = django_world.app_label()

    with django_world.tables(Post):
        post = Post.objects.create(title="one")
        assert [post.summary(), Post.objects.get(pk=post.pk).summary()] == ["ONE", "ONE"]
        assert computed == ["one"]
        post.title = "two"
        assert post.summary() == "TWO"
        assert Post.objects.get(pk=post.pk).summary() == "ONE"
        post.save()
        assert Post.objects.get(pk=post.pk).summary() == "TWO"
        key = post.pk
        post.delete()
        assert Post.objects.create(pk=key, title="new").summary() == "NEW"
