"""Wrong configuration, as an operator meets it: everything in one run, coded, placed, with a hint, and no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import traitconf as tc

APP = """
import attrs
import traitconf as tc
from traitconf.traits import Auditable, Sluggable

@tc.use(Auditable, Sluggable)
@attrs.define
class Article:
    title: str
    slug: str | None = None
    def save(self) -> None: ...
"""
# Path of the file, its content, and (code, line, column, part of the hint) of each fault in it.
FAULTY = {
    "config/traits.toml": (
        b"[auditable]\nretention_dayz = 3\nretention_days = 0\nonly_changes = 'yes'\n[auditible]\nenabled = true\n",
        [
            ("TC101", 2, 1, "did you mean 'retention_days'?"),
            ("TC104", 3, 1, "1..36500"),
            ("TC103", 4, 1, "write true or false"),
            ("TC102", 5, 2, "did you mean 'auditable'?"),
        ],
    ),
    "config/models/Artikel.toml": (b"[sluggable]\nmax_length = 40\n", [("TC131", 1, 1, "did you mean 'Article'?")]),
    "config/models/Article.toml": (
        b"[sluggable]\nseparator = '!'\nmax_length = '40'\nreserved = 'index'\n",
        [("TC104", 2, 1, ""), ("TC103", 3, 1, ""), ("TC103", 4, 1, 'write ["index"]')],
    ),
    "config/groups/gold.toml": (b"extends = ['silver']\n", []),
    "config/groups/silver.toml": (
        b"extends = ['gold']\n[auditable]\nretention_days.lock = 90\n",
        [("TC111", 1, 1, "drop one of them")],
    ),
    "config/tenants/acme.toml": (
        b"extends = ['platinum', 'silver']\n[auditable]\nretention_days = 30\nfields.appendd = ['a']\n",
        [
            ("TC110", 1, 12, "silver"),
            ("TC210", 3, 1, "remove this definition"),
            ("TC105", 4, 1, "did you mean 'append'?"),
        ],
    ),
    "config/tenants/broken.toml": (b"[auditable\nenabled = true\n", [("TC004", 1, 11, "")]),
    "config/tenants/latin.toml": (b"# caf\xe9\n", [("TC003", 1, 6, "save it as UTF-8")]),
    "config/tenants/loose.toml": (b"auditable = 5\n", [("TC103", 1, 1, "")]),
}


@pytest.fixture
def project(tmp_path):
    """A directory with the application and every faulty file."""
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    for name, (content, _) in FAULTY.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


def traitconf(project, *arguments, **variables):
    """Run the command line in a project, with a clean environment and the given variables."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRAITCONF_", "DYNACONF_"))}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "traitconf", *arguments],
        cwd=project,
        env=environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_fault_is_found_in_one_run(project):
    """Each fault of each file has its code, line, column and hint, all in one run with exit code 4."""
    answer = traitconf(project, "validate", "--app", "app", "--json")
    assert (answer.returncode, answer.stderr) == (4, "")
    found = json.loads(answer.stdout)["diagnostics"]
    places = {(d["file"], d["code"], d["line"], d["column"]): d for d in found if d["severity"] == "error"}
    wanted = {
        (file, code, line, column): hint for file, (_, faults) in FAULTY.items() for code, line, column, hint in faults
    }
    assert set(places) == set(wanted)
    assert not [place for place, hint in wanted.items() if hint not in places[place]["hint"]]


def test_people_see_a_caret_under_every_fault(project):
    """The text shows each place with its line and a caret, a summary, and no traceback."""
    answer = traitconf(project, "validate", "--app", "app")
    assert answer.returncode == 4
    text = answer.stdout + answer.stderr
    assert "Traceback" not in text
    assert "  --> config/traits.toml:2:1\n   |\n  2| retention_dayz = 3\n   | ^^^^^^^^^^^^^^ did you mean" in text
    count = sum(len(faults) for _, faults in FAULTY.values())
    assert f"{count} errors" in text


@pytest.mark.parametrize("command", [("get", "auditable.enabled"), ("list",), ("explain", "auditable.enabled")])
def test_no_command_answers_from_faulty_files(project, command):
    """Every command that needs the configuration refuses it in the same way."""
    answer = traitconf(project, *command, "--app", "app")
    assert (answer.returncode, answer.stdout) == (4, "")
    assert "error[TC101]" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_program_starts_with_nothing_half_applied(project, monkeypatch):
    """A failed configure leaves the configuration that was there before, bindings included."""
    monkeypatch.chdir(project)
    script = (
        "import traitconf as tc, app\n"
        "tc.configure('good', environ={})\n"
        "before = tc.process_runtime()\n"
        "try:\n    tc.configure('config', environ={}, complete=True)\n"
        "except tc.ConfigError as error:\n    print(len(error.problems) > 10)\n"
        "print(tc.process_runtime() is before, tc.resolve(app.Auditable).retention_days)\n"
    )
    (project / "good").mkdir()
    (project / "good/traits.toml").write_text("[auditable]\nretention_days = 77\n", encoding="utf-8")
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (answer.stdout, answer.stderr) == ("True\nTrue 77\n", "")


def test_an_unknown_trait_is_only_pending_without_its_application(project):
    """Without an application an unknown trait is a warning with its place; warnings alone exit 0."""
    for name in FAULTY:
        (project / name).unlink()
    (project / "config/traits.toml").write_text("[searchable]\nenabled = true\n", encoding="utf-8")
    answer = traitconf(project, "validate", "--json")
    assert answer.returncode == 0
    (found,) = json.loads(answer.stdout)["diagnostics"]
    assert (found["severity"], found["code"], found["line"]) == ("warning", "TC102", 1)
    assert traitconf(project, "validate", "--app", "app").returncode == 4


@pytest.mark.parametrize(
    ("variables", "code", "hint"),
    [
        ({"TRAITCONF_TRAITS__AUDITABEL__ENABLED": "false"}, "TC142", "did you mean 'AUDITABLE'?"),
        ({"TRAITCONF_TRAITS__AUDITABLE__ENABELD": "false"}, "TC101", "did you mean 'ENABLED'?"),
        ({"TRAITCONF_TRAITS__AUDITABLE__ENABLED": "maybe"}, "TC103", ""),
        ({"TRAITCONF_TENANTS__ACME__AUDITABLE__RETENTION_DAYS": "7"}, "TC210", "remove this definition"),
        ({"TRAITCONF_GROUPS__GOLDD__AUDITABLE__ENABLED": "false"}, "TC110", "did you mean 'GOLD'?"),
    ],
)
def test_a_wrong_variable_is_an_error(project, variables, code, hint):
    """A misspelt, badly typed or forbidden variable is a coded error that names it, with exit code 4."""
    for name in FAULTY:
        (project / name).unlink()
    (project / "config/groups/gold.toml").write_text("[auditable]\nretention_days.lock = 90\n", encoding="utf-8")
    (project / "config/tenants/acme.toml").write_text('extends = ["gold"]\n', encoding="utf-8")
    answer = traitconf(project, "validate", "--app", "app", "--json", **variables)
    assert answer.returncode == 4
    (found,) = json.loads(answer.stdout)["diagnostics"]
    assert (found["code"], hint in found["hint"]) == (code, True)
    assert next(iter(variables)) in json.dumps(found)


def test_variables_and_locks_follow_their_scopes(project):
    """A variable beats a tenant's file, a tenant's variable the global one, and a narrower lock shadows a variable."""
    for name in FAULTY:
        (project / name).unlink()
    (project / "config/groups/gold.toml").write_text("[auditable]\nretention_days.lock = 90\n", encoding="utf-8")
    (project / "config/tenants/acme.toml").write_text(
        'extends = ["gold"]\n[auditable]\nenabled = true\n', encoding="utf-8"
    )

    def value(option, **variables):
        answer = traitconf(project, "get", option, "--tenant", "acme", "--app", "app", **variables)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    everywhere, mine = "TRAITCONF_TRAITS__AUDITABLE__ENABLED", "TRAITCONF_TENANTS__ACME__AUDITABLE__ENABLED"
    assert value("auditable.enabled") == "true"
    assert value("auditable.enabled", **{everywhere: "false"}) == "false"
    assert value("auditable.enabled", **{everywhere: "false", mine: "true"}) == "true"
    assert value("auditable.retention_days", TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS="7") == "90"


def test_a_name_that_shadows_is_refused_where_it_is_declared(tc_runtime):
    """An option that hides a method of every trait is a coded fault of the declaration."""
    with pytest.raises(tc.ConfigError) as caught:

        @tc.trait
        class Odd(tc.TraitBase):
            """An odd one."""

            state: str = tc.option("x", doc="Hides a method.")

    assert [problem.code for problem in caught.value.problems] == ["TC124"]


@pytest.mark.parametrize("where", ["nowhere", "config/traits.toml/deeper"])
def test_a_missing_configuration_is_an_error(project, where):
    """A configured path that does not exist is an error, never silence."""
    answer = traitconf(project, "validate", "--config", where)
    assert answer.returncode == 4
    assert "error[TC001]" in answer.stdout + answer.stderr
