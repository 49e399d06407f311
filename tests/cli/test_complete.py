"""What the shell offers while somebody types."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.fixture
def offered(handbook):
    """A function that returns what bash is offered behind a beginning of a command line."""

    def complete(line: str) -> list[str]:
        words = line.split(" ")
        variables = {
            "_TRAITCONF_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
        command = [sys.executable, "-m", "traitconf"]
        done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return [text.partition(",")[2] for text in done.stdout.splitlines() if text]

    return complete


def test_the_script_for_a_shell_can_be_had(handbook):
    """Bash gets a script that asks the program itself."""
    environ = os.environ | {"_TRAITCONF_COMPLETE": "bash_source"}
    done = subprocess.run([sys.executable, "-m", "traitconf"], env=environ, capture_output=True, text=True, check=False)
    assert "_TRAITCONF_COMPLETE=bash_complete" in done.stdout


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("traitconf ex", ["explain"]),
        ("traitconf list --ch", ["--changed"]),
        ("traitconf explain slug", ["sluggable"]),
        ("traitconf get runt", ["runtime"]),
        ("traitconf get auditable.ret", ["auditable.retention_days"]),
        ("traitconf get runtime.ap", ["runtime.app"]),
        ("traitconf get nothing.", []),
        ("traitconf get x --tenant ", ["acme"]),
        ("traitconf list --model L", ["Leaflet"]),
        ("traitconf --config config list --tenant a", ["acme"]),
        ("traitconf list --config elsewhere --tenant a", []),
    ],
)
def test_what_may_follow_is_offered(offered, line, expected):
    """Commands, flags, traits, options, and the models and tenants that have files are offered."""
    assert offered(line) == expected


def test_a_broken_project_disturbs_nobody_who_types(offered, handbook):
    """Where pyproject.toml is wrong nothing is offered, and nothing is complained about."""
    handbook.write({"pyproject.toml": "[tool.traitconf\n"})
    assert offered("traitconf list --tenant ") == []


def test_a_broken_package_disturbs_nobody_who_types(offered, handbook, monkeypatch):
    """A trait that an installed package advertises but cannot deliver is offered by name, and has no options."""
    handbook.write(
        {
            "site/broken-1.0.dist-info/METADATA": "Metadata-Version: 2.4\nName: broken\nVersion: 1.0\n",
            "site/broken-1.0.dist-info/entry_points.txt": "[traitconf.traits]\nbroken = no_such_module:Broken\n",
        }
    )
    monkeypatch.setenv("PYTHONPATH", str(handbook.directory / "site"))
    assert offered("traitconf get bro") == ["broken"]
    assert offered("traitconf get broken.") == []
