"""`traitconf doctor`: what it finds, what it checked, and how it ends."""

from __future__ import annotations

import json

import pytest

WELL = """\
import traitconf as tc
from traitconf.traits import SoftDeletes


@tc.use(SoftDeletes)
class Ticket:
    def delete(self) -> None: ...
"""
ILL = """
from concurrent.futures import ThreadPoolExecutor

Ticket.delete = lambda self: None


class Draft(Ticket):
    restore: bool = False


def send_all(addresses):
    with ThreadPoolExecutor() as pool:
        pool.map(print, addresses)
"""


@pytest.fixture
def ill(project):
    """An application in which something is wrong."""
    project.write({"desk.py": WELL + ILL})
    return project


def codes(ended):
    """Return the codes of a JSON reply."""
    return [one["code"] for one in json.loads(ended.out)["diagnostics"]]


def test_a_sound_application_is_well(project, traitconf):
    """Where nothing is wrong, it is said what was checked, and the exit code is 0."""
    project.write({"desk.py": WELL})
    ended = traitconf("doctor", "--app", "desk")
    assert (ended.code, ended.out, ended.err) == (0, "nothing found (1 class and 1 file checked)\n", "")


def test_faults_are_shown_with_place_and_fix(ill, traitconf):
    """Each fault has its place and its fix, subclasses and threads included; the exit code is 1."""
    ended = traitconf("doctor", "--app", "desk")
    assert (ended.code, ended.err) == (1, "")
    for line in (
        "error[TC641]: Ticket.delete was replaced after binding, so that calls pass by SoftDeletes",
        "   = help: assign it before binding, or call tc.rebind(Ticket) behind the assignment",
        "error[TC642]: the field Draft.restore hides the member 'restore' that SoftDeletes gives Ticket",
        "warning[TC645]: print is handed to another thread by map() and runs there without tenant and context",
        "   = help: hand over tc.propagate(print)",
        "3 findings (2 classes and 1 file checked); traitconf rule CODE says more",
    ):
        assert line in ended.out.splitlines()
    assert "  --> desk.py:20:18" in ended.out.splitlines()


def test_codes_are_chosen(ill, traitconf):
    """`--select` and `--ignore` choose codes, and only what is shown counts."""
    assert codes(traitconf("doctor", "--app", "desk", "--json")) == ["TC641", "TC642", "TC645"]
    assert codes(traitconf("doctor", "--app", "desk", "--json", "--select", "TC645")) == ["TC645"]
    ended = traitconf("doctor", "--app", "desk", "--ignore", "TC64", "--json")
    assert (ended.code, codes(ended)) == (0, [])
    assert traitconf("doctor", "--app", "desk", "--ignore", "TC99").code == 2


def test_json_tells_what_was_checked(ill, traitconf):
    """The document's data counts classes, files and findings."""
    document = json.loads(traitconf("doctor", "--app", "desk", "--json").out)
    assert (document["command"], document["ok"]) == ("doctor", False)
    assert document["data"] == {"classes": 2, "files": 1, "application": "desk", "findings": 3}


def test_other_forms(ill, traitconf):
    """SARIF and workflow annotations carry the findings too."""
    sarif = json.loads(traitconf("doctor", "--app", "desk", "--format", "sarif").out)
    assert [one["ruleId"] for one in sarif["runs"][0]["results"]] == ["TC641", "TC642", "TC645"]
    assert traitconf("doctor", "--app", "desk", "--format", "github").out.count("::error ") == 2


def test_without_application_it_says_how_to_name_one(project, traitconf):
    """Nothing to look at is no silence."""
    ended = traitconf("doctor")
    assert ended.code == 0
    assert "(0 classes and 0 files checked); --app names the module" in ended.out


def test_an_application_that_fails_is_reported(project, traitconf):
    """Where the application cannot be imported, the exit code is that of an invalid configuration."""
    project.write({"desk.py": "1 / 0\n"})
    ended = traitconf("doctor", "--app", "desk", "--json")
    assert (ended.code, codes(ended)) == (4, ["TC614"])


def test_the_demonstration_is_looked_at_without_the_framework(project, traitconf):
    """An application of our own package is its part only: the framework's threads are to run without tenant."""
    ended = traitconf("doctor", "--app", "traitconf.demo.handbook")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("nothing found (1 class and ")
