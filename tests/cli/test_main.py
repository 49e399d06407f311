"""The program as a whole: help, version, what it imports, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import traitconf as tc
from traitconf.cli.main import SUMMARIES, program

HEAVY = {"attr", "cachetools", "cattrs", "dynaconf", "pyrsistent", "rich", "statsd", "traitconf.runtime.runtime"}
TELL_IMPORTS = """\
import atexit, sys
heavy = set(sys.argv.pop(1).split(","))
atexit.register(lambda: print("imported:", *sorted(heavy & set(sys.modules)), file=sys.stderr))
from traitconf.cli.main import main
main()
"""


def test_help_lists_every_command_with_its_summary(cli):
    """The help page shows each command and what it is for, each on one line."""
    for flag in ("--help", "-h"):
        ended = cli(flag)
        assert ended.code == 0
        for name, summary in SUMMARIES.items():
            assert any(line.split() == [name, *summary.split()] for line in ended.out.splitlines())


@pytest.mark.parametrize("name", SUMMARIES)
def test_each_command_explains_itself(cli, name):
    """The help page of each command says what all commands share, and gives examples that begin with it."""
    ended = cli(name, "-h")
    assert ended.code == 0
    assert "--json" in ended.out
    examples = ended.out.partition("Examples:\n")[2].split("\n\n")[0].splitlines()
    assert examples
    assert all(line.split()[:2] == ["traitconf", name] for line in examples)


def test_the_version_is_told(cli):
    """`--version` names the program and its version."""
    assert cli("--version") == cli("--version")
    assert cli("--version").out == f"traitconf {tc.__version__}\n"


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["--help"], {}),
        (["--version"], {}),
        (["get", "--help"], {}),
        ([], {"_TRAITCONF_COMPLETE": "bash_source"}),
        ([], {"_TRAITCONF_COMPLETE": "zsh_complete", "COMP_WORDS": "traitconf e", "COMP_CWORD": "1"}),
    ],
    ids=["help", "version", "help of a command", "completion script", "completion of a command"],
)
def test_nothing_heavy_is_imported_for_what_must_be_quick(project, words, variables):
    """Help, version and completion import neither a dependency but click, nor the runtime."""
    command = [sys.executable, "-c", TELL_IMPORTS, ",".join(HEAVY), *words]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout
    assert done.stderr == "imported:\n"


def test_a_real_command_imports_what_it_needs(handbook):
    """The check above can fail: a command that reads a configuration imports more, yet no more than it needs."""
    command = [sys.executable, "-c", TELL_IMPORTS, ",".join(HEAVY), "get", "auditable.enabled"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "true\n"
    imported = set(done.stderr.split())
    assert {"cattrs", "pyrsistent", "traitconf.runtime.runtime"} <= imported
    assert imported.isdisjoint({"dynaconf", "rich"})


def test_the_installed_program_is_the_module():
    """The console script runs the same program as `python -m traitconf`."""
    script = Path(sys.executable).with_name("traitconf")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=False)
    assert done.stdout == f"traitconf {tc.__version__}\n"


def test_an_unknown_command_is_answered_with_a_suggestion(cli):
    """A slip in a command's name is answered with the nearest one and exit code 2."""
    ended = cli("explan", "auditable.enabled")
    assert (ended.code, ended.out) == (2, "")
    assert "There is no command 'explan'; did you mean 'explain'?" in ended.err


def test_a_strange_command_is_answered_with_those_that_exist(cli):
    """Where no command is near, all of them are named."""
    assert f"known are {', '.join(SUMMARIES)}" in cli("frobnicate").err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["get"], "Missing argument 'ADDRESS'."),
        (["list", "a", "b"], "Got unexpected extra argument (b)"),
        (["gett"], "There is no command 'gett'; did you mean 'get'?"),
        ([], "There is no command"),
    ],
)
def test_misuse_is_one_document_for_programs(cli, words, message):
    """With --json, wrong usage is a diagnostic in the envelope, on either side of the command."""
    for line in ([*words, "--json"], ["--json", *words]):
        ended = cli(*line)
        document = json.loads(ended.out)
        assert (ended.code, document["ok"], document["data"]) == (2, False, None)
        assert document["schema"] == "traitconf.cli/1"
        assert [(one["code"], one["severity"]) for one in document["diagnostics"]] == [("TC010", "error")]
        assert document["diagnostics"][0]["message"] == message
        assert document["command"] == (words[0] if words and words[0] in SUMMARIES else "")


def test_what_all_commands_share_may_stand_before_the_command(cli, handbook):
    """`--config`, `--app` and `--json` work on both sides of the command, with and without an equals sign."""
    handbook.write({"other/traits.toml": "[auditable]\nretention_days = 7\n"})
    assert cli("--config", "other", "get", "auditable.retention_days").out == "7\n"
    assert cli("--config=other", "--app=", "get", "auditable.retention_days").out == "7\n"
    assert cli("get", "auditable.retention_days", "--config", "other").out == "7\n"
    assert json.loads(cli("--json", "get", "auditable.retention_days").out)["data"]["value"] == 90


def test_a_fault_of_ours_ends_with_70_and_no_traceback(cli, handbook, monkeypatch):
    """An unexpected exception is one line with a hint; the traceback is shown to those who ask."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("one too many")

    monkeypatch.setattr("traitconf.cli.session.find_place", fail)
    ended = cli("list")
    assert (ended.code, ended.out) == (70, "")
    assert ended.err.startswith("error[TC799]: internal error: ZeroDivisionError: one too many\n")
    assert "TRAITCONF_DEBUG" in ended.err
    assert "Traceback" not in ended.err
    assert "Traceback (most recent call last)" in cli("list", "--traceback").err
    assert "Traceback (most recent call last)" in cli("list", TRAITCONF_DEBUG="1").err
    document = json.loads(cli("list", "--json").out)
    assert (document["ok"], document["diagnostics"][0]["code"]) == (False, "TC799")


def test_an_interrupt_ends_quietly(cli, handbook, monkeypatch):
    """Ctrl-C ends with 130, as shells expect, without a traceback."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("traitconf.cli.session.find_place", interrupt)
    ended = cli("list")
    assert (ended.code, ended.out.strip(), ended.err.strip()) == (130, "", "")


@pytest.mark.parametrize(
    ("words", "code"),
    [(["list"], 0), (["list", "--json"], 0), (["validate", "--config", "x"], 4), (["demo", "--plain"], 0)],
)
def test_a_reader_that_stops_reading_is_no_error(handbook, words, code):
    """A closed pipe ends the program quietly, with the code that it would have ended with."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "traitconf", *words]
    environ = os.environ | {"PYTHONUNBUFFERED": "1"}  # the demonstration notices at its first line, not at its last
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, env=environ, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (code, "")


def test_output_that_cannot_be_written_is_told(handbook):
    """A full disk is named as what it is, and not taken for a fault of ours."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    command = [sys.executable, "-m", "traitconf", "list"]
    with full.open("w", encoding="utf-8") as stdout:
        done = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (70, "error: the output cannot be written: No space left on device\n")


def test_a_poor_encoding_loses_nothing(handbook, traitconf):
    """Where stdout is Latin-1, signs that it lacks are escaped, and JSON stays the same document."""
    ended = traitconf("explain", "auditable.enabled", PYTHONIOENCODING="latin-1")
    assert (ended.code, ended.err) == (0, "")
    assert r"\u25cf default" in ended.out
    handbook.write({"config/traits.toml": '[auditable]\nexclude = ["élan"]\n'})
    ended = traitconf("get", "auditable.exclude", "--json", PYTHONIOENCODING="latin-1")
    assert json.loads(ended.out)["data"]["value"] == ["élan"]


def test_every_command_can_be_had():
    """Each name of the help page is a command of that name."""
    for name in SUMMARIES:
        command = program.get_command(None, name)
        assert command is not None
        assert command.name == name
