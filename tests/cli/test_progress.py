"""What a terminal on stderr shows while something takes long: nothing at first, and nothing afterwards."""

from __future__ import annotations

import io
import threading

import pytest

from traitconf.cli import progress
from traitconf.cli.progress import working


class Terminal(io.StringIO):
    """A stderr that is a terminal, and that tells when something is written."""

    def __init__(self):
        super().__init__()
        self.written = threading.Event()

    def isatty(self):
        return True

    def write(self, text):
        count = super().write(text)
        self.written.set()
        return count


@pytest.fixture
def opened(monkeypatch):
    """A function that puts a terminal in the place of stderr; pytest puts its own there before each test."""

    def put():
        monkeypatch.setenv("TERM", "xterm")
        found = Terminal()
        monkeypatch.setattr("sys.stderr", found)
        return found

    return put


def test_long_work_is_told_of(opened):
    """After some patience one line says what goes on; at the end it is wiped out."""
    terminal = opened()
    with working("counting sheep", patience=0):
        assert terminal.written.wait(30)
    text = terminal.getvalue()
    assert "counting sheep, 0 s" in text
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_short_work_is_not(opened):
    """What ends within the patience leaves no trace."""
    terminal = opened()
    with working("counting sheep", patience=3600):
        pass
    assert terminal.getvalue() == ""


def test_elsewhere_nothing_is_shown(monkeypatch):
    """Where stderr is no terminal, no thread is even started."""
    monkeypatch.setattr("sys.stderr", io.StringIO())
    before = threading.active_count()
    with working("counting sheep", patience=0):
        assert threading.active_count() == before
    assert progress.sys.stderr.getvalue() == ""


def test_a_failure_passes(opened):
    """What goes wrong inside comes out, and the line is wiped out all the same."""
    terminal = opened()

    def fail():
        assert terminal.written.wait(30)
        raise KeyError("black sheep")

    with pytest.raises(KeyError), working("counting sheep", patience=0):
        fail()
    assert terminal.getvalue().endswith("\r\x1b[K")
