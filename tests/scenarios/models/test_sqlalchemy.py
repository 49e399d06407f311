"""Small traits on mapped classes, as an application would write them, on real databases."""

from __future__ import annotations

import contextlib
import datetime as dt
import warnings
from typing import Literal

import pytest

import traitconf as tc

sa = pytest.importorskip("sqlalchemy", reason="sqlalchemy comes with the extra [sqlalchemy]")
from sqlalchemy import orm  # noqa: E402 -- after the skip

from traitconf.runtime.bulk import BulkWarning  # noqa: E402 -- as above

Bulk = Literal["refuse", "warn", "expand", "ignore"]


@pytest.fixture
def shop(tc_runtime, database):
    """Models of a shop with two traits on them, and an empty database."""
    made = make_shop(database)
    yield made
    made.engine.dispose()


@pytest.fixture
def session(shop):
    """A session on the shop's database."""
    with orm.Session(shop.engine) as session:
        yield session


def make_shop(url):
    class Base(orm.DeclarativeBase):
        pass

    class Log(Base):
        __tablename__ = "scenario_log"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        text = orm.mapped_column(sa.String(80))

    @tc.trait
    class Trashed(tc.TraitBase):
        """Keep deleted rows, hidden."""

        column: str = tc.option("deleted_at", doc="Field for the time.")
        bulk: Bulk = tc.option("refuse", doc="What statements over many rows do.")

        @tc.around("delete")
        def mark(self, host, proceed, /):
            if host.forced:
                return proceed()
            setattr(host, self.column, dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
            return None

        @tc.provides(when_off="run")
        def restore(self, host):
            setattr(host, self.column, None)

        @tc.scope
        def untrashed(self, model):
            return tc.where(self.column, "is null")

    @tc.trait
    class Logged(tc.TraitBase):
        """Write down what is done, in the same transaction, and tell the world after it."""

        bulk: Bulk = tc.option("expand", doc="What statements over many rows do.")
        told = tc.event(doc="A change was committed.")

        @tc.after("save")
        def note_save(self, host, _result, /):
            self._note(host, f"saved {host.id}")

        @tc.before("delete")
        def note_delete(self, host, /):
            self._note(host, f"deleted {host.id}")

        def _note(self, host, text):
            orm.object_session(host).add(Log(text=text))
            tc.adapter_of(host).after_commit(host, lambda: self.told.emit(host, text=text))

    @tc.use(Trashed, Logged)
    class Article(Base):
        __tablename__ = "scenario_article"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        title = orm.mapped_column(sa.String(40))
        deleted_at = orm.mapped_column(sa.DateTime(timezone=True))
        author_id = orm.mapped_column(sa.ForeignKey("scenario_author.id"))
        author = orm.relationship("Author", back_populates="articles")
        comments = orm.relationship("Comment", back_populates="article", cascade="all, delete-orphan")
        forced = False

    class Author(Base):
        __tablename__ = "scenario_author"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        articles = orm.relationship("Article", back_populates="author")

    class Comment(Base):
        __tablename__ = "scenario_comment"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        article_id = orm.mapped_column(sa.ForeignKey("scenario_article.id", ondelete="CASCADE"), nullable=False)
        article = orm.relationship("Article", back_populates="comments")

    orm.configure_mappers()
    engine = sa.create_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    found = {name: value for name, value in locals().items() if isinstance(value, type)}
    return type("Shop", (), found | {"engine": engine})


def filled(shop, session):
    """Two articles of one author, the first with a comment and deleted."""
    author = shop.Author(id=1)
    session.add_all(
        [
            shop.Article(id=1, title="gone", author=author, comments=[shop.Comment(id=1)]),
            shop.Article(id=2, title="there", author=author, comments=[shop.Comment(id=2)]),
        ]
    )
    session.commit()
    session.delete(session.get(shop.Article, 1))
    session.commit()


ROUTES = {
    "select": lambda s, m: [a.id for a in s.scalars(sa.select(m.Article))],
    "columns": lambda s, m: list(s.scalars(sa.select(m.Article.id))),
    "query": lambda s, m: [a.id for a in s.query(m.Article)],
    "get": lambda s, m: [a.id for i in (1, 2) if (a := s.get(m.Article, i))],
    "get from the identity map": lambda s, m: _held(s, m) and [a.id for i in (1, 2) if (a := s.get(m.Article, i))],
    "count": lambda s, m: [2] * s.scalar(sa.select(sa.func.count()).select_from(m.Article)),
    "query count": lambda s, m: [2] * s.query(m.Article).count(),
    "exists": lambda s, m: [
        i for i in (1, 2) if s.scalar(sa.select(sa.select(m.Article).where(m.Article.id == i).exists()))
    ],
    "alias": lambda s, m: [a.id for a in s.scalars(sa.select(orm.aliased(m.Article)))],
    "subquery": lambda s, m: list(s.scalars(sa.select(sa.select(m.Article.id).subquery().c.id))),
    "cte": lambda s, m: list(s.scalars(sa.select(sa.select(m.Article.id).cte().c.id))),
    "union": lambda s, m: list(s.scalars(sa.union(sa.select(m.Article.id), sa.select(m.Article.id)))),
    "join": lambda s, m: list(s.scalars(sa.select(m.Comment.article_id).join(m.Article))),
    "outer join": lambda s, m: [
        i for i in s.scalars(sa.select(m.Article.id).select_from(m.Comment).outerjoin(m.Article)) if i
    ],
    "has": lambda s, m: [c.article_id for c in s.scalars(sa.select(m.Comment).where(m.Comment.article.has()))],
    "any": lambda s, m: (
        [2]
        if s.scalars(sa.select(m.Author).where(m.Author.articles.any(m.Article.id == 2))).all()
        and not s.scalars(sa.select(m.Author).where(m.Author.articles.any(m.Article.id == 1))).all()
        else []
    ),
    "collection": lambda s, m: [a.id for a in s.get(m.Author, 1).articles],
    "many to one": lambda s, m: [c.article.id for c in s.scalars(sa.select(m.Comment)) if c.article],
    "many to one, held": lambda s, m: (
        _held(s, m) and [c.article.id for c in s.scalars(sa.select(m.Comment)) if c.article]
    ),
    "joinedload": lambda s, m: _eager(s, m, orm.joinedload),
    "selectinload": lambda s, m: _eager(s, m, orm.selectinload),
    "subqueryload": lambda s, m: _eager(s, m, orm.subqueryload),
    "contains_eager": lambda s, m: [
        a.id
        for author in s.scalars(
            sa.select(m.Author).join(m.Author.articles).options(orm.contains_eager(m.Author.articles))
        ).unique()
        for a in author.articles
    ],
    "yield_per": lambda s, m: [a.id for a in s.scalars(sa.select(m.Article).execution_options(yield_per=1))],
}


def _held(s, m):
    with tc.unscoped(m.Trashed):
        s.info["held"] = s.scalars(sa.select(m.Article)).all()
    return len(s.info["held"]) == 2


def _eager(s, m, how):
    return [
        a.id
        for author in s.scalars(sa.select(m.Author).options(how(m.Author.articles))).unique()
        for a in author.articles
    ]


@pytest.mark.parametrize("route", ROUTES)
def test_soft_deleted_rows_vanish_from_every_route_and_come_back(route, shop, session):
    """By every route that the ORM offers a deleted row is gone, is there where the filter is lifted, and comes back."""
    filled(shop, session)
    assert ROUTES[route](session, shop) == [2]
    session.expunge_all()
    with tc.unscoped(shop.Trashed):
        gone = session.get(shop.Article, 1)
        gone.restore()
        session.commit()
    session.expunge_all()
    if "count" in route:
        assert len(ROUTES[route](session, shop)) == 2
    elif route == "any":
        assert ROUTES[route](session, shop) == []
    else:
        assert sorted(ROUTES[route](session, shop)) == [1, 2]


def test_a_kept_row_keeps_what_would_have_gone_with_it(shop, session):
    """The comments of an article that is only marked are not deleted by the cascade."""
    filled(shop, session)
    assert sorted(session.scalars(sa.select(shop.Comment.id))) == [1, 2]


def test_a_forced_delete_deletes(shop, session):
    """A hook that goes on deletes the row and what hangs on it."""
    filled(shop, session)
    article = session.get(shop.Article, 2)
    article.forced = True
    session.delete(article)
    session.commit()
    with tc.unscoped(shop.Trashed):
        assert list(session.scalars(sa.select(shop.Article.id))) == [1]
    assert list(session.scalars(sa.select(shop.Comment.id))) == [1]


def test_what_a_hook_writes_goes_with_a_rollback(shop, session):
    """The row of a hook stands in the transaction of the object's row, and in that of a savepoint."""
    session.add(shop.Article(id=1, title="a"))
    session.flush()
    session.flush()
    assert session.scalars(sa.select(shop.Log.text)).all() == ["saved 1"]
    session.rollback()
    assert session.scalars(sa.select(shop.Log.text)).all() == []
    session.add(shop.Article(id=2, title="b"))
    session.flush()
    savepoint = session.begin_nested()
    session.add(shop.Article(id=3, title="c"))
    session.flush()
    savepoint.rollback()
    session.commit()
    assert session.scalars(sa.select(shop.Log.text)).all() == ["saved 2"]


def test_after_commit_never_sees_what_was_rolled_back(shop, session):
    """Told is what a commit made true: nothing that was rolled back, and of a released savepoint with the outer one."""
    told = []
    tc.on("logged.told")(lambda event: told.append(event.payload["text"]))
    session.add(shop.Article(id=1, title="a"))
    session.flush()
    session.rollback()
    assert told == []
    with session.begin():
        session.add(shop.Article(id=2, title="b"))
        session.flush()
        with contextlib.suppress(ZeroDivisionError), session.begin_nested():
            session.add(shop.Article(id=3, title="c"))
            session.flush()
            1 / 0  # noqa: B018 -- whatever goes wrong
        with session.begin_nested():
            session.add(shop.Article(id=4, title="d"))
        assert told == []
    assert told == ["saved 2", "saved 4"]
    assert sorted(session.scalars(sa.select(shop.Article.id))) == [2, 4]


def test_after_commit_may_use_the_session(shop, session):
    """What runs after the commit sees the committed row, in a new transaction; its failure is logged, not raised."""
    seen = []
    article = shop.Article(id=1, title="a")
    session.add(article)
    adapter = tc.adapter_of(shop.Article)
    adapter.after_commit(article, lambda: 1 / 0)
    adapter.after_commit(article, lambda: seen.extend(session.scalars(sa.select(shop.Article.title))))
    session.commit()
    assert seen == ["a"]


@pytest.mark.parametrize("policy", ["refuse", "warn", "expand", "ignore"])
@pytest.mark.parametrize("kind", ["update", "query update", "delete", "insert"])
def test_statements_over_many_rows_obey_the_policy(policy, kind, shop, session, tc_override):
    """A bulk statement is refused before it writes, warned of, done object by object with hooks, or left alone."""
    filled(shop, session)
    session.execute(sa.delete(shop.Log))
    session.commit()
    tc_override({"trashed.bulk": policy, "logged.bulk": policy})
    statements = {
        "update": lambda: session.execute(sa.update(shop.Article).values(title=shop.Article.title + "!")),
        "query update": lambda: session.query(shop.Article).update({"title": "there!"}),
        "delete": lambda: session.execute(sa.delete(shop.Article).where(shop.Article.id == 2)),
        "insert": lambda: session.execute(sa.insert(shop.Article), [{"id": 7, "title": "new"}]),
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if policy == "refuse":
            with pytest.raises(tc.ModelError, match="TC664"):
                statements[kind]()
        else:
            done = statements[kind]()
            assert kind == "insert" or (done if isinstance(done, int) else done.rowcount) == 1
        session.commit()
    assert [one.category for one in caught] == [BulkWarning] * (policy == "warn")
    with tc.unscoped(shop.Trashed):
        rows = dict(map(tuple, session.execute(sa.select(shop.Article.id, shop.Article.title)).all()))
    expected = {
        "update": {1: "gone", 2: "there!"},
        "query update": {1: "gone", 2: "there!"},
        "delete": {1: "gone", 2: "there"} if policy == "expand" else {1: "gone"},
        "insert": {1: "gone", 2: "there", 7: "new"},
    }[kind]
    assert rows == (expected if policy != "refuse" else {1: "gone", 2: "there"})
    logs = session.scalars(sa.select(shop.Log.text)).all()
    assert bool(logs) == (policy == "expand")


def test_a_trait_that_is_off_or_muted_lets_statements_pass(shop, session, tc_override):
    """Nothing is passed by where no hook acts."""
    filled(shop, session)
    with tc.muted(shop.Trashed, shop.Logged):
        session.execute(sa.update(shop.Article).values(title="muted"))
    tc_override({"trashed.enabled": False, "logged.enabled": False})
    session.execute(sa.update(shop.Article).values(title="off"))
    assert session.scalars(sa.select(shop.Article.title)).all() == ["off"]
