"""How output looks on a terminal, and that it is plain elsewhere."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys

import pytest

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
HAS_RICH = importlib.util.find_spec("rich") is not None


@pytest.fixture
def on_terminal(handbook):
    """A function that runs the real program on a terminal of some width and returns what it shows there."""

    def run(*words: str, columns: int = 120, **variables: str) -> str:
        main, side = pty.openpty()
        environ = os.environ | {"TERM": "xterm-256color", "COLUMNS": str(columns)} | variables
        command = [sys.executable, "-m", "traitconf", *words]
        with subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=environ) as process:
            os.close(side)
            shown = b"".join(iter(lambda: _read(main), b""))
        os.close(main)
        assert process.returncode in (0, 4)
        return shown.decode("utf-8").replace("\r\n", "\n")

    return run


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so when the other side is closed
        return b""


def test_what_counts_is_green_and_what_is_shadowed_faint(on_terminal, traitconf):
    """An explanation is coloured line by line, and says the same as without colours."""
    words = ("explain", "auditable.retention_days", "--model", "Leaflet", "--tenant", "acme")
    shown = on_terminal(*words)
    assert re.search(r"\x1b\[32m\S*  ● group enterprise", shown)
    assert re.search(r"\x1b\[2m  ○ global", shown)
    assert ANSI.sub("", shown) == traitconf(*words).out


def test_faults_are_coloured(on_terminal, handbook, traitconf):
    """The head of a fault and its carets are red; the text is the same as without colours."""
    handbook.write({"config/traits.toml": "[auditable]\nretention_dayz = 90\n"})
    shown = on_terminal("validate")
    assert re.search(r"\x1b\[31m\S*error\[TC101\]", shown)
    assert re.search(r"\x1b\[31m   \| \^+ did you mean", shown)
    assert ANSI.sub("", shown) == traitconf("validate").out


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_colours_can_be_declined(on_terminal, traitconf, variables):
    """NO_COLOR and a dumb terminal get the same plain text as a file."""
    assert on_terminal("list", "--changed", **variables) == traitconf("list", "--changed").out
    assert on_terminal("about", **variables) == traitconf("about").out


@pytest.mark.skipif(not HAS_RICH, reason="tables are drawn by rich, which is not installed")
@pytest.mark.parametrize("columns", [70, 90, 120])
def test_a_table_fits_its_terminal(on_terminal, columns):
    """No line is wider than the terminal, and neither an option nor a place is broken where there is room."""
    shown = ANSI.sub("", on_terminal("list", "--changed", "--tenant", "acme", columns=columns))
    lines = shown.splitlines()
    assert max(map(len, lines)) <= columns
    assert lines[0].split()[:2] == ["option", "value"]
    assert set(lines[1]) == {"─"}
    assert any(line.startswith("auditable.retention_days ") for line in lines)
    assert any("config/groups/enterprise.toml:2:1" in line for line in lines)


def test_a_value_that_looks_like_markup_is_shown_as_it_is(on_terminal, handbook):
    """Square brackets in a value are no markup."""
    handbook.write({"config/traits.toml": '[auditable]\nexclude = ["[bold]x[/bold]"]\n'})
    assert "[bold]x[/bold]" in ANSI.sub("", on_terminal("list", "--changed"))
