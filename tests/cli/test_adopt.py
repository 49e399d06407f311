"""`traitconf adopt`: scan shows, plan compares, apply writes two files and touches nothing else."""

from __future__ import annotations

import hashlib
import itertools
import json
import sys

import pytest

_numbers = itertools.count()
MIXINS = """
class PagingMixin:
    page_size = 20
    __cursor__ = "after"

    def paginate(self, rows): ...

class Listing(PagingMixin): ...
"""


@pytest.fixture
def legacy(project):
    """A module with a mixin, under a name that nobody has imported; the name of its trait is nobody else's either."""
    name = f"legacy_{next(_numbers)}"
    project.write({f"{name}.py": MIXINS.replace("PagingMixin", f"Paging{name[7:]}Mixin")})
    yield name
    sys.modules.pop(name, None)
    sys.path[:] = [path for path in sys.path if path != str(project.directory)]


@pytest.fixture
def trait(legacy):
    """The name of the trait."""
    return f"paging{legacy[7:]}"


def everything(directory):
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_scan_shows_what_could_be_governed(cli, legacy, trait):
    """Each mixin is shown with options, methods, hosts, and what must be named."""
    ended = cli("adopt", "scan", legacy)
    assert (ended.code, ended.err) == (0, "")
    assert f"→  {trait}" in ended.out
    assert "options  page_size = 20 (int)" in ended.out
    assert "methods  paginate(self, rows)" in ended.out
    assert "by name  __cursor__" in ended.out
    assert "hosts    Listing" in ended.out


def test_scan_for_programs(cli, legacy, trait):
    """The document names class, trait, options with types, methods and hosts."""
    document = json.loads(cli("adopt", "scan", legacy, "--json").out)
    assert (document["command"], document["ok"]) == ("adopt scan", True)
    (mixin,) = document["data"]["mixins"]
    assert mixin["trait"] == trait
    assert mixin["options"]["page_size"] == {"option": "page_size", "type": "int", "private": False}
    assert mixin["methods"] == ["paginate"]
    assert mixin["hosts"] == [f"{legacy}:Listing"]


def test_json_may_stand_before_the_command(cli, legacy):
    """What all commands share may stand on either side of the command, below a group too."""
    assert cli("--json", "adopt", "scan", legacy) == cli("adopt", "scan", legacy, "--json")
    assert cli("adopt", "--json", "scan", legacy) == cli("adopt", "scan", legacy, "--json")


def test_plan_writes_nothing(cli, project, legacy, trait):
    """The plan is a diff of both files, and the directory is as before; the exit code tells when asked to."""
    before = everything(project.directory)
    ended = cli("adopt", "plan", legacy)
    assert ended.code == 0
    assert f'+tc.adopt("{legacy}:Paging{legacy[7:]}Mixin", as_trait="{trait}")' in ended.out.splitlines()
    assert f"+[traits.{trait}]" in ended.out.splitlines()
    assert everything(project.directory) == before
    assert cli("adopt", "plan", legacy, "--exit-code").code == 3


def test_apply_writes_two_files_that_work(cli, traitconf, project, legacy, trait):
    """The module adopts, the configuration puts the trait in shadow; both are valid, and nothing else has changed."""
    before = everything(project.directory)
    assert cli("adopt", "apply", legacy).code == 0
    after = everything(project.directory)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"adopted.py", "config/adopted.toml"}
    assert traitconf("validate", "--app", "adopted").code == 0
    assert traitconf("get", f"{trait}.shadow", "--app", "adopted").out == "true\n"
    assert cli("adopt", "plan", legacy, "--exit-code").code == 0
    assert cli("adopt", "apply", legacy).out == "nothing to do\n"


def test_apply_adds_to_what_was_applied(cli, project, legacy, trait):
    """A later run keeps earlier calls, changes what is asked for anew, and does not put a trait back into shadow."""
    cli("adopt", "apply", legacy)
    (project.directory / "config/adopted.toml").write_text("# all of them act\n", encoding="utf-8")
    other = f"{legacy}_more"
    project.write({f"{other}.py": f"class Sorting{legacy[7:]}Mixin:\n    key = 'x'\n"})
    assert cli("adopt", "apply", other).code == 0
    text = (project.directory / "adopted.py").read_text(encoding="utf-8")
    assert text.count("tc.adopt(") == 2
    configuration = (project.directory / "config/adopted.toml").read_text(encoding="utf-8")
    assert configuration == f"# all of them act\n\n[traits.sorting{legacy[7:]}]\nshadow = true\n"
    assert cli("adopt", "apply", legacy, "--also", "__cursor__").code == 0
    text = (project.directory / "adopted.py").read_text(encoding="utf-8")
    assert text.count("tc.adopt(") == 2
    assert '"__cursor__"' in text
    assert (project.directory / "config/adopted.toml").read_text(encoding="utf-8") == configuration
    sys.modules.pop(other, None)


def test_only_what_is_chosen(cli, legacy):
    """`--only` chooses by class name; nothing chosen is nothing to do."""
    ended = cli("adopt", "plan", legacy, "--only", "Never*")
    assert (ended.code, ended.out, ended.err) == (0, "", "Nothing to do.\n")


@pytest.mark.parametrize("mine", ["import this_is_mine\n", "changed"])
def test_apply_overwrites_nobodys_work(cli, project, legacy, mine):
    """A module that somebody wrote, or changed, is a conflict that names it; no file is written."""
    if mine == "changed":
        cli("adopt", "apply", legacy)
        mine = (project.directory / "adopted.py").read_text(encoding="utf-8") + "x = 1\n"
    project.write({"adopted.py": mine})
    before = everything(project.directory)
    ended = cli("adopt", "apply", legacy, "--also", "__cursor__")
    assert (ended.code, ended.out) == (5, "")
    assert "TC652" in ended.err
    assert "adopted.py" in ended.err
    assert everything(project.directory) == before
    assert cli("adopt", "apply", legacy, "--to", "others.py").code == 0


def test_a_file_that_cannot_be_written(cli, project, legacy):
    """A target below a file, not a directory, is reported, and leaves no draft."""
    project.write({"taken": ""})
    ended = cli("adopt", "apply", legacy, "--to", "taken/adopted.py")
    assert (ended.code, "TC652" in ended.err) == (4, True)


def test_a_mixin_that_cannot_be_adopted_is_left_out(cli, project, legacy):
    """Plan and apply name what they leave out, and why, as warnings."""
    project.write({f"{legacy}.py": "class OddMixin:\n    cache = True\n\n    def of(self): ...\n"})
    ended = cli("adopt", "plan", legacy, "--json")
    document = json.loads(ended.out)
    assert ended.code == 0
    assert [(one["code"], one["severity"]) for one in document["diagnostics"]] == [("TC650", "warning")]
    assert document["data"]["traits"] == {}


def test_a_name_that_is_taken_gets_a_prefix(cli, project, legacy):
    """A mixin called like a trait that exists becomes one with the name of its package before it."""
    project.write({f"{legacy}.py": "class AuditableMixin:\n    size = 1\n"})
    document = json.loads(cli("adopt", "plan", legacy, "--json").out)
    assert list(document["data"]["traits"]) == [f"{legacy}_auditable"]


def test_a_single_file_as_configuration(cli, project, legacy):
    """Where the configuration is one file, it is not changed, and it is said what to write there."""
    project.write({"one.toml": "# mine\n"})
    ended = cli("adopt", "apply", legacy, "--config", "one.toml")
    assert ended.code == 0
    assert "shadow = true" in ended.err + ended.out
    assert (project.directory / "one.toml").read_text(encoding="utf-8") == "# mine\n"


def test_a_package_without_mixins(cli, project, legacy):
    """Nothing found is said, and is no fault."""
    project.write({f"{legacy}.py": "x = 1\n"})
    ended = cli("adopt", "scan", legacy)
    assert (ended.code, ended.out, ended.err) == (0, "", f"{legacy} has no mixins.\n")


def test_a_package_that_cannot_be_imported(cli, project):
    """A package that is not there is an error, with the way it was looked for."""
    ended = cli("adopt", "scan", "never_written_anywhere")
    assert (ended.code, ended.out) == (4, "")
    assert "TC614" in ended.err


def test_the_group_lists_its_commands(cli):
    """The help page of the group has one line for each command."""
    ended = cli("adopt", "--help")
    assert ended.code == 0
    for name in ("scan", "plan", "apply"):
        assert any(line.split()[:1] == [name] for line in ended.out.splitlines())
        assert f"traitconf adopt {name}" in cli("adopt", name, "--help").out
    assert cli("adopt", "nothing").code == 2
