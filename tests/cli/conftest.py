"""A project to work in, and two ways to run the command line there: in this process, and as the real program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from traitconf.cli.main import program

# Commands that run in this process see what other tests have defined, so these names are nobody else's.
CONFIG = {
    "config/traits.toml": "[auditable]\nretention_days = 90\n",
    "config/models/Leaflet.toml": "[auditable]\nretention_days = 365\n",
    "config/groups/enterprise.toml": "[auditable]\nretention_days.lock = 2555\n",
    "config/tenants/acme.toml": (
        'extends = ["enterprise"]\n[sluggable]\nmax_length = 40\n[models.Leaflet.sluggable]\nseparator = "_"\n'
    ),
}
APPLICATION = '''\
from __future__ import annotations

import attrs

import traitconf as tc
from traitconf.traits import Auditable, Sluggable


class Document:
    def save(self) -> None: ...


@attrs.define
@tc.use(Sluggable(source="title"), Auditable)
class Leaflet(Document):
    title: str
    slug: str | None = None


@tc.trait
class Telepathic(tc.TraitBase):
    """Find documents."""

    fuzzy: bool = tc.option(False, doc="Whether slips are forgiven.")
    token: str = tc.option("initial", secret=True, doc="What the search engine wants to see.")
'''


@dataclass(frozen=True)
class Ended:
    """How a command line ended."""

    code: int
    out: str
    err: str


class Project:
    """A directory with files, which is the working directory of whatever runs in it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, files: Mapping[str, str]) -> None:
        """Write text files by their path below the directory."""
        for name, text in files.items():
            path = self.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """No variable of ours, and none that asks for another look, is set."""
    for name in [name for name in os.environ if name.startswith(("TRAITCONF_", "_TRAITCONF_"))]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "PYTHONIOENCODING", "PYTHONUTF8"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """An empty project; it is the working directory."""
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


@pytest.fixture
def handbook(project) -> Project:
    """A project with a small configuration of every scope."""
    project.write(CONFIG)
    return project


@pytest.fixture
def shop(handbook) -> Project:
    """The same with the application `shop`, which defines a model with a base, and a trait."""
    handbook.write({"shop.py": APPLICATION})
    return handbook


@pytest.fixture
def cli() -> Callable[..., Ended]:
    """A function that runs a command line in this process."""

    def run(*words: str, **variables: str) -> Ended:
        result = CliRunner(env=variables).invoke(program, words, prog_name="traitconf")
        return Ended(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def traitconf() -> Callable[..., Ended]:
    """A function that runs the real program in the working directory."""

    def run(*words: str, **variables: str) -> Ended:
        command = [sys.executable, "-m", "traitconf", *words]
        environ = os.environ | variables
        done = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", timeout=60, check=False)
        return Ended(done.returncode, done.stdout, done.stderr)

    return run
