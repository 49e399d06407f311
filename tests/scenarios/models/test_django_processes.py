"""Django in processes of its own: its migrations as a project sees them, and the scenarios on another database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("django", reason="django comes with the extra [django]")
import django_world

HERE = Path(__file__).parent
SETTINGS = """
SECRET_KEY = "none"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.db"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
"""
MODELS = """
import datetime
import os

from django.db import models

import traitconf as tc


@tc.trait
class Trashed(tc.TraitBase):
    "Keep deleted rows, hidden."

    @tc.around("delete")
    def mark(self, host, proceed, /, *args, **kwargs):
        host.save()

    @tc.scope
    def untrashed(self, model):
        return tc.where("deleted_at", "is null")


class Titled(models.QuerySet):
    def titled(self):
        return self.exclude(title="")


class Shown(models.Manager.from_queryset(Titled)):
    use_in_migrations = True


class Article(models.Model):
    title = models.CharField(max_length=40)
    objects = Shown()
    plain = models.Manager()


if "column" in os.environ["STEP"]:
    tc.adapter_of(Article).add_column(Article, tc.Column(name="deleted_at", type=datetime.datetime, index=True))
if "traits" in os.environ["STEP"]:
    tc.bind(Article, Trashed)
"""


@pytest.fixture
def manage(tmp_path):
    """A function that runs `manage.py` in a new project, bound or not, and returns the exit code and the output."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (tmp_path / "settings.py").write_text(SETTINGS)
    (shop / "__init__.py").write_text("")
    (shop / "models.py").write_text(MODELS)

    def run(step, *arguments):
        command = [sys.executable, "-W", "error", "-m", "django", *arguments]
        environ = os.environ | {"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(tmp_path), "STEP": step}
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def test_makemigrations_sees_an_added_column_once_and_a_binding_never(manage):
    """`makemigrations --check` is content with a bound model, wants a migration for an added column, and no second."""
    code, text = manage("", "makemigrations", "shop")
    assert (code, "Create model Article" in text) == (0, True), text
    check = ("makemigrations", "--check", "--dry-run")
    for step, expected in (("", 0), ("traits", 0), ("column", 1), ("traits, column", 1)):
        code, text = manage(step, *check)
        assert (step, code) == (step, expected), text
    code, text = manage("traits, column", "makemigrations", "shop")
    assert (code, "Add field deleted_at to article" in text) == (0, True), text
    for step in ("column", "traits, column"):
        code, text = manage(step, *check)
        assert (step, code) == (step, 0), text
    code, text = manage("traits, column", "migrate")
    assert code == 0, text


def test_the_scenarios_hold_on_postgresql(request):
    """What holds for Django's models on SQLite holds on PostgreSQL too; the same tests say so."""
    url = request.getfixturevalue("postgresql")
    files = [str(HERE / name) for name in ("test_django.py", "test_django_relations.py")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *files]
    environ = os.environ | {django_world.URL: url}
    done = subprocess.run(command, cwd=HERE, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    last = done.stdout.strip().splitlines()[-1]
    assert "passed" in last, last
    assert "skipped" not in last, last
