"""Django without a project: settings with one database file, made once for the process."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from pathlib import Path

_numbers = itertools.count(1)
_kept: list[object] = []


def setup() -> None:
    """Configure Django, once."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    directory = tempfile.TemporaryDirectory(prefix="tcdj")
    _kept.append(directory)
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(directory.name) / "test.db")}},
        INSTALLED_APPS=["django.contrib.contenttypes"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
    )
    django.setup()


def app_label() -> str:
    """Return a label of an application that nobody has used."""
    return f"world{next(_numbers)}"


@contextlib.contextmanager
def tables(*classes):
    """A block in which the tables of models exist."""
    from django.db import connection, connections

    with connection.schema_editor() as editor:
        for cls in classes:
            editor.create_model(cls)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            for cls in reversed(classes):
                editor.delete_model(cls)
        connections.close_all()
