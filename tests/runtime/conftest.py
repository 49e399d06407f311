"""What the tests of the runtime share: a small trait, a bound class, and Python processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import traitconf as tc


@pytest.fixture
def badge(tc_runtime):
    """A trait with options, a hook, signals and members of which nothing is promised but their answers."""

    @tc.trait(name="badge")
    class Badge(tc.TraitBase):
        """Wear a badge."""

        size: int = tc.option(1, le=100, doc="How large.")
        label: str = tc.option("plain", doc="What it says.")
        shown = tc.event(doc="It was shown.")
        shows = tc.counter(doc="How often it was shown.")
        width = tc.histogram(unit="1", doc="How wide it was.")

        @tc.around("save")
        def note(self, host, proceed, /, *args, **kwargs):
            return [f"{self.label}:{self.size}", proceed(*args, **kwargs)]

        @tc.provides
        def wear(self, host):
            return self.size

    return Badge


@pytest.fixture
def card(badge):
    """A class that has the badge."""

    @tc.use(badge)
    class Card:
        def save(self):
            return "saved"

    return Card


@pytest.fixture
def python(tmp_path):
    """A function that runs a program in a Python process of its own and returns what it prints."""

    def run(program, **variables):
        environ = {name: value for name, value in os.environ.items() if not name.startswith("TRAITCONF_")}
        script = tmp_path / "program.py"
        script.write_text(program, encoding="utf-8")
        answer = subprocess.run(
            [sys.executable, "-W", "error", str(script)],
            cwd=tmp_path,
            env=environ | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    return run
