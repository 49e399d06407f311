"""A configuration that was broken at random is valid or refused: never a traceback, never a hang.

`FUZZ_EDITS` sets how many edits are made; some go through the real program.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FUZZER = Path(__file__).resolve().parents[1] / "support" / "fuzzer.py"
EDITS = int(os.environ.get("FUZZ_EDITS", "10000"))
# Measuring branches would take longer than the edits.
FOREIGN = ("TRAITCONF_", "DYNACONF_", "COVERAGE_")


def fuzz(directory, kind, edits, seed):
    """Run the fuzzer, and return what it found."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    command = [sys.executable, "-W", "error", str(FUZZER), kind, str(edits), str(seed)]
    answer = subprocess.run(command, cwd=directory, env=environ, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    return json.loads(answer.stdout)


@pytest.mark.parametrize("seed", [0, 1])
def test_edited_files_are_valid_or_refused(tmp_path, seed):
    """After random edits of any file, in three formats, `validate` exits 0 or 4, with a code and a true place each."""
    found = fuzz(tmp_path, "files", EDITS // 2, seed)
    assert found["faults"] == []
    assert found["edits"] >= EDITS // 2
    assert set(found["codes"]) == {"0", "4"}


def test_odd_variables_are_valid_or_refused(tmp_path):
    """With random variables of random values, `validate` exits 0 or 4."""
    found = fuzz(tmp_path, "variables", EDITS // 10, 2)
    assert found["faults"] == []
    assert set(found["codes"]) == {"0", "4"}


def test_the_real_program_does_as_well(tmp_path):
    """The installed program, started for every edited configuration, ends in the same two ways."""
    found = fuzz(tmp_path, "programs", EDITS // 100, 3)
    assert found["faults"] == []
    assert set(found["codes"]) <= {"0", "4"}
