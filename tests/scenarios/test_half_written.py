"""A request that is refused in its middle, with FastAPI and SQLAlchemy: an answer with a code, and no row."""

from __future__ import annotations

from typing import Any

import pytest

import traitconf as tc
from traitconf.adapters.asgi import ContextMiddleware
from traitconf.adapters.tenant_source import Header

sqlalchemy = pytest.importorskip("sqlalchemy", reason="it comes with the extra [sqlalchemy]")
pytest.importorskip("httpx2", reason="the client comes with the extra [test]")
fastapi = pytest.importorskip("fastapi", reason="the framework comes with the extra [test]")


@pytest.fixture
def client(tc_runtime, tmp_path):
    """A client of an application that writes two rows, the second of a class whose trait requires a tenant."""
    from fastapi.testclient import TestClient
    from sqlalchemy.orm import DeclarativeBase, sessionmaker

    class Base(DeclarativeBase):
        """The root of the mapped classes."""

    @tc.trait(tenant="required")
    class Owned(tc.TraitBase):
        """Stamp the tenant on what is saved."""

        @tc.before("save")
        def stamp(self, host: Any, /, session: Any) -> None:
            host.text = f"{tc.current_context().tenant}: {host.text}"

    class Plain(Base):
        __tablename__ = "plain"
        id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
        text = sqlalchemy.Column(sqlalchemy.Text)

    @tc.use(Owned)
    class Kept(Base):
        __tablename__ = "kept"
        id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
        text = sqlalchemy.Column(sqlalchemy.Text)

        def save(self, session: Any) -> None:
            session.add(self)

    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/rows.sqlite")
    Base.metadata.create_all(engine)
    sessions = sessionmaker(engine)
    app = fastapi.FastAPI()

    @app.get("/write")
    def write() -> str:
        with sessions.begin() as session:
            session.add(Plain(text="first"))
            session.flush()
            Kept(text="second").save(session)
        return "written"

    app.add_middleware(ContextMiddleware, tenant=Header("X-Tenant", trusted=["10.0.0.1"]))

    def rows() -> list[str]:
        with sessions() as session:
            return [*session.scalars(sqlalchemy.select(Plain.text)), *session.scalars(sqlalchemy.select(Kept.text))]

    yield lambda peer: TestClient(app, client=(peer, 50000)), rows
    engine.dispose()


def test_a_trait_that_lacks_its_tenant_leaves_no_row(client):
    """The trait refuses after the first row was flushed: both are gone, and the answer has the code."""
    connect, rows = client
    answer = connect("10.0.0.1").get("/write")
    assert (answer.status_code, answer.json()["code"]) == (400, "TC720")
    assert rows() == []


def test_a_forged_tenant_writes_nothing(client):
    """Somebody who is no proxy is refused before the endpoint runs."""
    connect, rows = client
    answer = connect("192.0.2.1").get("/write", headers={"X-Tenant": "acme"})
    assert (answer.status_code, answer.json()["code"]) == (403, "TC721")
    assert rows() == []


def test_with_its_tenant_both_rows_are_there(client):
    """The same request with a tenant that is believed is served."""
    connect, rows = client
    assert connect("10.0.0.1").get("/write", headers={"X-Tenant": "acme"}).json() == "written"
    assert rows() == ["first", "acme: second"]
