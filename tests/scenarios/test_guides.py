"""The guides of docs/guides: their projects run as readers would run them, and the pages quote them word by word."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from servers import ask, serving

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = ROOT / "tests" / "scenarios" / "guides"
PAGES = sorted((ROOT / "docs" / "guides").glob("*.md"))
NEEDS = {
    "fastapi_articles": ("fastapi", "httpx2", "sqlalchemy"),
    "django_articles": ("django",),
    "flask_notes": ("flask",),
    "plain_script": (),
    "from_mixins": (),
}
_BLOCK = re.compile(r"^(?P<before>[^\n]*)\n```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"^<!-- not executed: quoted from (?P<project>tests/scenarios/guides/\w+), which is run -->$")


@pytest.fixture
def project(tmp_path):
    """A function that copies a project to where nothing else is, and returns the place."""

    def copied(name):
        for product in NEEDS[name]:
            if find_spec(product) is None:
                pytest.skip(f"{product} comes with the extras [all] and [test]")
        ignored = shutil.ignore_patterns("__pycache__", ".*", "*.sqlite3")
        return Path(shutil.copytree(PROJECTS / name, tmp_path / name, ignore=ignored))

    return copied


def environ():
    """Return the environment of a reader."""
    foreign = ("TRAITCONF_", "DYNACONF_", "PYTEST_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def run(place, *command):
    """Run a Python command in a project."""
    return subprocess.run(
        [sys.executable, *command], cwd=place, env=environ(), capture_output=True, text=True, check=False, timeout=300
    )


def test_every_project_has_its_page_and_its_tests():
    """No project is left out here, and none stands without tests or a page that quotes it."""
    found = {path.name for path in PROJECTS.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert found == set(NEEDS)
    assert all(list((PROJECTS / name).glob("test_*.py")) for name in NEEDS)
    assert {project.rpartition("/")[2] for page in PAGES for project, _ in quotations(page)} == found


@pytest.mark.parametrize("name", NEEDS)
def test_the_tests_of_a_project_pass(project, name):
    """A reader's copy of the project passes its own tests, and warns of nothing."""
    answer = run(project(name), "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert re.search(r"[5-9] passed", answer.stdout), answer.stdout


def test_the_script_runs(project):
    """The script does its work for the tenants that are named."""
    answer = run(project("plain_script"), "report.py", "acme")
    assert (answer.stdout, answer.stderr) == ("SALES OF ACME\n  5\n  3\n", "")


@pytest.mark.parametrize(
    ("name", "command", "path", "headers", "expected"),
    [
        ("fastapi_articles", ("uvicorn", "--port", "{port}", "app:app"), "/articles", {"X-Tenant": "acme"}, b""),
        (
            "flask_notes",
            ("gunicorn", "-w", "2", "-b", "127.0.0.1:{port}", "app:create_app()"),
            "/count",
            {"Host": "acme.example.com"},
            b"acme 0\nacme 1\nacme 2\n",
        ),
        ("django_articles", ("gunicorn", "-w", "2", "-b", "127.0.0.1:{port}", "wsgi"), "/health", {}, b"ok"),
    ],
)
def test_a_project_is_served(project, name, command, path, headers, expected):
    """The servers that the pages name serve the projects."""
    pytest.importorskip(command[0], reason="the server comes with the extra [test]")
    with serving(project(name), "-m", *command) as port:
        answer = ask(port, path, headers)
        assert (answer.status, answer.body) == (200, expected)


def quotations(page):
    """Yield project and text of every block of a page that is quoted."""
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        quoted = _QUOTED.match(match["before"])
        if quoted:
            yield quoted["project"], match["text"]


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_pages_quote_their_projects(page):
    """Every block of code or configuration begins with its file's name and is found in that file, word by word."""
    blocks = [
        match
        for match in _BLOCK.finditer(page.read_text(encoding="utf-8"))
        if match["language"] in {"ini", "python", "toml"}
    ]
    assert blocks
    assert len(list(quotations(page))) == len(blocks), "a block is not quoted"
    for project, text in quotations(page):
        heading, _, rest = text.partition("\n")
        file = (ROOT / project / heading.removeprefix("# ")).read_text(encoding="utf-8")
        assert rest.strip("\n") in file, f"{page.name}: not in {heading}:\n{rest}"
