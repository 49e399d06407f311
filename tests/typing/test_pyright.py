"""pyright accepts right use of the front door, and reports each of the deliberate mistakes, as mypy does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RIGHT = Path("tests/typing/test_inference.py")
NARROW = Path("tests/typing/test_narrowing.py")
WRONG = Path("tests/typing_faults/mistakes.py")
_EXPECTED = re.compile(r"# E: [\w-]+(?:, [\w-]+)*$")


@cache
def why_not() -> str:
    """Return why pyright cannot run here; nothing when it can."""
    command = [sys.executable, "-m", "pyright", "--version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return "pyright --version does not end: it may be looking for node where there is no network"
    return "" if answer.returncode == 0 else (answer.stderr or answer.stdout).strip().splitlines()[-1]


def pyright(*arguments: str, cwd: Path = ROOT) -> list[dict[str, Any]]:
    """Run pyright and return the errors that it reports; skip the test, loudly, where it cannot run."""
    pytest.importorskip("pyright", reason="pyright is not installed: the extra `test` brings it")
    if reason := why_not():
        message = f"PYRIGHT DOES NOT RUN HERE, so that nothing is known of how it sees the package: {reason}"
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(message, stacklevel=2)
        pytest.skip(message)
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *arguments]
    answer = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    report = json.loads(answer.stdout)
    assert report["summary"]["filesAnalyzed"] > 0, answer.stdout
    return [one for one in report["generalDiagnostics"] if one["severity"] == "error"]


@pytest.fixture(scope="module")
def reported() -> dict[Path, set[int]]:
    """The lines of all errors that pyright reports, by file."""
    found: dict[Path, set[int]] = defaultdict(set)
    for one in pyright(str(RIGHT), str(NARROW), str(WRONG)):
        found[Path(one["file"]).relative_to(ROOT)].add(one["range"]["start"]["line"] + 1)
    return found


def test_right_use_is_accepted(reported: dict[Path, set[int]]) -> None:
    """What users may write has no error for pyright either."""
    assert set(reported) == {WRONG}


def test_every_mistake_is_reported(reported: dict[Path, set[int]]) -> None:
    """Each deliberate mistake is reported on its line; no other line is."""
    lines = (ROOT / WRONG).read_text(encoding="utf-8").splitlines()
    expected = {number for number, line in enumerate(lines, start=1) if _EXPECTED.search(line)}
    assert len(expected) > 25
    assert reported[WRONG] == expected
