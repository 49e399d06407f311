"""`traitconf stubs build` and `stubs check` as the shell sees them."""

from __future__ import annotations

import json

import pytest

APPLICATION = """\
import traitconf as tc
from traitconf.traits import SoftDeletes


@tc.use(SoftDeletes)
class Parcel:
    def delete(self) -> None: ...
"""


@pytest.fixture
def depot(project):
    """A project with an application."""
    project.write({"depot.py": APPLICATION})
    return project


def test_stubs_are_built_and_then_up_to_date(depot, traitconf):
    """Building writes, says what mypy must be told, and checking agrees; building again changes nothing."""
    assert traitconf("stubs", "check", "--app", "depot").code == 1
    ended = traitconf("stubs", "build", "--app", "depot")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[:2] == ["written  typings/depot.pyi", "1 change in 1 file"]
    assert '    exclude = ["^depot\\\\.py$", "^typings/"]' in lines
    assert "class Parcel:" in (depot.directory / "typings/depot.pyi").read_text(encoding="utf-8")
    ended = traitconf("stubs", "check", "--app", "depot")
    assert (ended.code, ended.out) == (0, "1 stub up to date in typings/\n")
    assert traitconf("stubs", "build", "--app", "depot").out.splitlines()[0] == "unchanged  typings/depot.pyi"


def test_a_difference_is_shown_and_counts(depot, traitconf):
    """A stub that is out of date is shown as a diff, with exit code 1, and nothing is written."""
    traitconf("stubs", "build", "--app", "depot", "--out", "made")
    path = depot.directory / "made/depot.pyi"
    path.write_text(path.read_text(encoding="utf-8").replace("restore", "restored"), encoding="utf-8")
    ended = traitconf("stubs", "check", "--app", "depot", "--out", "made")
    assert ended.code == 1
    assert "-    def restored(self) -> None:" in ended.out.splitlines()
    assert "+    def restore(self) -> None:" in ended.out.splitlines()
    assert "restored" in path.read_text(encoding="utf-8")


def test_json_lists_the_files(depot, traitconf):
    """The document's data has each file with its state, and the settings are left to people."""
    document = json.loads(traitconf("stubs", "check", "--app", "depot", "--json").out)
    assert (document["command"], document["ok"]) == ("stubs check", False)
    (file,) = document["data"]["files"]
    assert (file["file"], file["module"], file["state"]) == ("typings/depot.pyi", "depot", "missing")
    assert document["data"]["modules"] == ["depot"]


def test_without_application_it_says_how_to_name_one(project, traitconf):
    """Nothing to write is said on stderr, and a directory that holds nothing is up to date."""
    ended = traitconf("stubs", "check")
    assert (ended.code, ended.out) == (0, "0 stubs up to date in typings/\n")
    assert "--app names the module" in ended.err
