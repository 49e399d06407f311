from __future__ import annotations

import os

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()


@pytest.fixture(scope="session")
def database():
    """A database of the tests."""
    from django.db import connection

    name = connection.creation.create_test_db(verbosity=0)
    yield
    connection.creation.destroy_test_db(name, verbosity=0)


@pytest.fixture
def client(database, tc_runtime):
    """A client of the project; what it writes goes with the test."""
    from django.db import transaction
    from django.test import Client

    with transaction.atomic():
        yield Client()
        transaction.set_rollback(True)
