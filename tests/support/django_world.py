"""Django without a project: settings with one database, made once for the process.

It is a file of SQLite, or the PostgreSQL that the environment variable DJANGO_WORLD_URL names.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
import types
import urllib.parse
from pathlib import Path

URL = "DJANGO_WORLD_URL"
_numbers = itertools.count(1)
_kept: list[object] = []


def setup() -> None:
    """Configure Django, once."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    settings.configure(
        DATABASES={"default": _database()},
        INSTALLED_APPS=["django.contrib.contenttypes"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
    )
    django.setup()


def _database() -> dict[str, object]:
    url = urllib.parse.urlsplit(os.environ.get(URL, ""))
    if url.scheme:
        place = {"NAME": url.path[1:], "USER": url.username, "HOST": url.hostname, "PORT": url.port}
        return {"ENGINE": "django.db.backends.postgresql", **place}
    directory = tempfile.TemporaryDirectory(prefix="tcdj")
    _kept.append(directory)
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(directory.name) / "test.db")}


def app_label() -> str:
    """Return the label of a new application, installed: relations are seen from both sides only then."""
    label = f"world{next(_numbers)}"
    install(label)
    return label


def install(label: str) -> None:
    """Install an application without a package."""
    from django.apps import AppConfig, apps

    module = types.ModuleType(label)
    module.__path__ = [str(Path(__file__).parent)]
    config = AppConfig(label, module)
    config.apps, config.models = apps, apps.all_models[label]
    apps.app_configs[label] = config
    apps.clear_cache()


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
