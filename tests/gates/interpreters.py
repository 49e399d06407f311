"""The other interpreters of this machine that really run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

# A shim may be on the PATH and refuse to run, and a distribution may ship Python without venv: ask both.
_PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def find(minor: str) -> str | None:
    """Return an interpreter of this minor version that runs and can make environments, or `None`."""
    return next((path for path in _candidates(minor) if _answers(path, minor)), None)


def _candidates(minor: str) -> Iterator[str]:
    named = shutil.which(f"python{minor}")
    if named:
        yield named
    pyenv = shutil.which("pyenv")
    if pyenv:
        answer = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False)
        versions = Path(answer.stdout.strip() or ".") / "versions"
        # Newest patch first: 3.12.10 before 3.12.9.
        found = sorted(versions.glob(f"{minor}.*/bin/python"), key=lambda path: _patch(path.parts[-3]))
        yield from (str(path) for path in reversed(found))


def _patch(version: str) -> int:
    digits = version.rpartition(".")[2]
    return int(digits) if digits.isdigit() else -1


def _answers(path: str, minor: str) -> bool:
    try:
        answer = subprocess.run([path, "-c", _PROBE], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and answer.stdout.strip() == minor
