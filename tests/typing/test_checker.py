"""mypy strict accepts right use of the front door, and reports each of the deliberate mistakes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

pytest.importorskip("mypy", reason="mypy is not installed")

ROOT = Path(__file__).resolve().parents[2]
RIGHT = Path("tests/typing/test_inference.py")
NARROW = Path("tests/typing/test_narrowing.py")
WRONG = Path("tests/typing_faults/mistakes.py")
_REPORT = re.compile(r"(?P<file>.+?):(?P<line>\d+): error: .*\[(?P<code>[\w-]+)\]$")
_EXPECTED = re.compile(r"# E: (?P<codes>[\w-]+(?:, [\w-]+)*)$")

Codes = dict[int, list[str]]


@pytest.fixture(scope="module")
def reported() -> dict[Path, Codes]:
    """The codes of all errors that mypy reports, by file and line."""
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", "--no-error-summary"]
    answer = subprocess.run(
        [*command, str(RIGHT), str(NARROW), str(WRONG)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1, answer.stdout + answer.stderr
    found: dict[Path, Codes] = defaultdict(lambda: defaultdict(list))
    for line in answer.stdout.splitlines():
        match = _REPORT.match(line)
        if match is not None:
            found[Path(match["file"])][int(match["line"])].append(match["code"])
    assert found, answer.stdout + answer.stderr
    return found


def test_right_use_is_accepted(reported: dict[Path, Codes]) -> None:
    """What users may write passes mypy strict, and nothing in the package fails it."""
    assert set(reported) == {WRONG}


def test_every_mistake_is_reported(reported: dict[Path, Codes]) -> None:
    """Each deliberate mistake is reported on its line, with its code; no other line is."""
    expected = {}
    for number, line in enumerate((ROOT / WRONG).read_text(encoding="utf-8").splitlines(), start=1):
        match = _EXPECTED.search(line)
        if match is not None:
            expected[number] = match["codes"].split(", ")
    assert len(expected) > 25
    assert {number: sorted(codes) for number, codes in reported[WRONG].items()} == expected
