"""The databases of the scenarios: SQLite everywhere, PostgreSQL where it is installed."""

from __future__ import annotations

import pytest

import postgres


@pytest.fixture(scope="session")
def postgresql():
    """The URL of a private PostgreSQL, without driver."""
    pytest.importorskip("psycopg", reason="psycopg comes with the extra [test]")
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """The URL of a real database, as SQLAlchemy writes it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return request.getfixturevalue("postgresql").replace("postgresql:", "postgresql+psycopg:")
