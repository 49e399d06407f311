"""One model of each product, and how it is handled there: what the conformance suite wants."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import attrs

from traitconf.testing.models import Harness


def plain(adapter=None) -> Harness:
    """An attrs class that keeps itself in a dictionary."""
    from traitconf.adapters.plain import PlainModels

    store: dict[int, Any] = {}
    numbers = itertools.count(1)

    @attrs.define(eq=False)
    class Note:
        name: str
        owner: str
        id: int = 0
        tenant_of = "owner"

        def save(self) -> None:
            self.id = self.id or next(numbers)
            store[self.id] = attrs.evolve(self)

        def delete(self) -> None:
            del store[self.id]

        @classmethod
        def load(cls, key):
            return attrs.evolve(store[key]) if key in store else None

    return _of_methods(adapter or PlainModels(), Note)


def pydantic() -> Harness:
    """A Pydantic model that keeps itself in a dictionary."""
    from pydantic import BaseModel

    from traitconf.adapters.pydantic import PydanticModels

    store: dict[int, Any] = {}
    numbers = itertools.count(1)

    class Note(BaseModel):
        name: str
        owner: str
        id: int = 0

        def save(self) -> None:
            self.id = self.id or next(numbers)
            store[self.id] = self.model_copy()

        def delete(self) -> None:
            del store[self.id]

        @classmethod
        def load(cls, key):
            return store[key].model_copy() if key in store else None

    Note.tenant_of = "owner"
    return attrs.evolve(_of_methods(PydanticModels(), Note), stranger=int)


def _of_methods(adapter, model) -> Harness:
    from traitconf.adapters.plain import stored

    def save(host):
        host.save()
        stored(host)

    def delete(host):
        host.delete()

    return Harness(adapter=adapter, model=model, make=model, save=save, delete=delete)


def sqlalchemy(url: str = "sqlite://") -> Harness:
    """A mapped class in one session."""
    import sqlalchemy as sa
    from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

    from traitconf.adapters.sqlalchemy import SqlAlchemyModels

    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "conformance_note"
        id = mapped_column(sa.Integer, primary_key=True)
        name = mapped_column(sa.String(40))
        owner = mapped_column(sa.String(40))
        tenant_of = "owner"

    engine = sa.create_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    _open.callback(engine.dispose)
    session = _open.enter_context(Session(engine))
    inside: list[bool] = []

    def save(host):
        session.add(host)
        if not session._flushing:
            session.flush() if inside else session.commit()
            session.refresh(host)

    def delete(host):
        session.delete(host)
        session.flush() if inside else session.commit()

    @contextlib.contextmanager
    def transaction():
        inside.append(True)
        try:
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            inside.pop()

    return Harness(
        adapter=SqlAlchemyModels(),
        model=Note,
        make=Note,
        save=save,
        delete=delete,
        source=session,
        names=lambda: list(session.scalars(sa.select(Note.name))),
        transaction=transaction,
        forget=lambda: (session.commit(), session.expunge_all()),
        stranger=int,
    )


def django() -> Harness:
    """A Django model on SQLite."""
    import django_world

    django_world.setup()
    from django.db import models, transaction

    from traitconf.bind.models import adapter_of

    class Note(models.Model):
        name = models.CharField(max_length=40)
        owner = models.CharField(max_length=40)
        tenant_of = "owner"

        class Meta:
            app_label = django_world.app_label()

    adapter = adapter_of(Note)
    _open.enter_context(django_world.tables(Note))
    return Harness(
        adapter=adapter,
        model=Note,
        make=Note,
        save=lambda host: host.save(),
        delete=lambda host: host.delete(),
        names=lambda: list(Note.objects.values_list("name", flat=True)),
        transaction=transaction.atomic,
        stranger=int,
    )


_open = contextlib.ExitStack()
HARNESSES = {"django": django, "plain": plain, "pydantic": pydantic, "sqlalchemy": sqlalchemy}
