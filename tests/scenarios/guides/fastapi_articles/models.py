from __future__ import annotations

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.pool import StaticPool

import traitconf as tc
from traitconf.traits import Auditable, Sluggable

engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
sessions = sessionmaker(engine)


class Base(DeclarativeBase):
    """The root of the mapped classes."""


@tc.use(Sluggable(source="title"), Auditable)
class Article(Base):
    """An article of one tenant."""

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    title: Mapped[str]
    slug: Mapped[str | None]

    def save(self, session: Session) -> None:
        session.add(self)
        session.flush()
