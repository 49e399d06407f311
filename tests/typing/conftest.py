"""How the tests here run pyright, and how they say that it does not run."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
Errors = list[dict[str, Any]]


@cache
def why_not() -> str:
    """Return why pyright cannot run here; nothing when it can."""
    command = [sys.executable, "-m", "pyright", "--version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return "pyright --version does not end: it may be looking for node where there is no network"
    said = (answer.stderr or answer.stdout).strip().splitlines() or ["it says nothing"]
    return "" if answer.returncode == 0 else said[-1]


def pyright(*arguments: str, cwd: Path = ROOT) -> Errors:
    """Run pyright and return the errors that it reports; skip the test, loudly, where it cannot run."""
    pytest.importorskip("pyright", reason="pyright is not installed: the extra `test` brings it, with node")
    if reason := why_not():
        message = f"PYRIGHT DOES NOT RUN HERE, so nothing is known of how it sees the package: {reason}"
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(message, stacklevel=2)
        pytest.skip(message)
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *arguments]
    answer = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    report = json.loads(answer.stdout)
    assert report["summary"]["filesAnalyzed"] > 0, answer.stdout
    return [one for one in report["generalDiagnostics"] if one["severity"] == "error"]


@pytest.fixture(scope="session")
def pyright_errors() -> Callable[..., Errors]:
    """A function that runs pyright on paths, in `cwd`, and returns the errors that it reports."""
    return pyright
