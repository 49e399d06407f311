"""Where the configuration is found, and how."""

from __future__ import annotations

import json
import os

import pytest

TRAIT = "[auditable]\nretention_days = {days}\n"


@pytest.fixture
def places(project):
    """A project with a configuration in every place where one may be."""
    project.write(
        {
            "config/traits.toml": TRAIT.format(days=1),
            "project/traits.toml": TRAIT.format(days=2),
            "variable/traits.toml": TRAIT.format(days=3),
            "flag/traits.toml": TRAIT.format(days=4),
            "pyproject.toml": '[tool.traitconf]\nconfig = "project"\n',
        }
    )
    return project


def test_the_nearest_word_wins(places, cli):
    """--config beats TRAITCONF_CONFIG, that beats pyproject.toml, that beats config/."""
    words = ("get", "auditable.retention_days")
    assert cli(*words, "--config", "flag", TRAITCONF_CONFIG="variable").out == "4\n"
    assert cli(*words, TRAITCONF_CONFIG="variable").out == "3\n"
    assert cli(*words, TRAITCONF_CONFIG="").out == "2\n"
    (places.directory / "pyproject.toml").unlink()
    assert cli(*words).out == "1\n"


def test_the_variable_may_name_several(places, cli):
    """TRAITCONF_CONFIG holds paths as PATH does, the weakest first."""
    both = os.pathsep.join(("flag", "variable"))
    assert cli("get", "auditable.retention_days", TRAITCONF_CONFIG=both).out == "3\n"


def test_pyproject_may_name_several(places, cli):
    """`config` in pyproject.toml may be a list, the weakest first."""
    places.write({"pyproject.toml": '[tool.traitconf]\nconfig = ["flag", "variable"]\n'})
    assert cli("get", "auditable.retention_days").out == "3\n"


def test_pyproject_is_found_from_below(places, cli, monkeypatch):
    """In a subdirectory the project's pyproject.toml counts, and its paths are relative to it."""
    inner = places.directory / "src" / "app"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    ended = cli("explain", "auditable.retention_days")
    assert ended.out.startswith("auditable.retention_days = 2 ")
    assert str(places.directory / "project/traits.toml:2:1") in ended.out


def test_a_pyproject_without_a_word_about_us_changes_nothing(places, cli):
    """Where pyproject.toml says nothing of traitconf, config/ is read, and what it does say is not our business."""
    places.write({"pyproject.toml": "[project]\nname = 'x'\n"})
    assert cli("get", "auditable.retention_days").out == "1\n"
    places.write({"pyproject.toml": "this is no TOML"})
    assert cli("get", "auditable.retention_days").out == "1\n"


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ("[tool.traitconf\n", "TC004", (1, 16), "syntax error"),
        ("[tool.traitconf]\nconfg = 'x'\n", "TC101", (2, 1), "unknown setting 'tool.traitconf.confg'"),
        ("[tool.traitconf]\nconfig = 3\n", "TC103", (2, 1), "must be a path or a list of paths"),
        ("[tool.traitconf]\nconfig = ['a', 3]\n", "TC103", (2, 1), "must be a path or a list of paths"),
        ("[tool]\ntraitconf = 3\n", "TC103", (2, 1), "must be a table"),
    ],
)
def test_a_wrong_pyproject_is_a_fault_with_its_place(project, cli, text, code, place, message):
    """What pyproject.toml says of traitconf is checked like every file."""
    project.write({"pyproject.toml": text})
    ended = cli("list", "--json")
    found = json.loads(ended.out)["diagnostics"]
    assert ended.code == 4
    assert [(one["code"], one["file"], (one["line"], one["column"])) for one in found] == [
        (code, "pyproject.toml", place)
    ]
    assert message in found[0]["message"]


def test_a_pyproject_that_is_not_utf8_is_a_fault(project, cli):
    """Bytes that are not UTF-8 are a fault with line and column, no traceback."""
    (project.directory / "pyproject.toml").write_bytes(b"[tool.traitconf]\nconfig = '\xff'\n")
    ended = cli("list")
    assert ended.code == 4
    assert "error[TC003]" in ended.err
    assert "pyproject.toml:2:11" in ended.err
