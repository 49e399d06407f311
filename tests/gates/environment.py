"""A virtual environment with the project installed editable, made again only when something changed.

From the shell: `python environment.py DIRECTORY [EXTRA ...]`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from project import PYPROJECT, ROOT

_STAMP = ".traitconf-stamp.json"
# Variables that would let the caller's shell decide what a gate sees.
_FOREIGN = ("PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS", "VIRTUAL_ENV", "PYTEST_ADDOPTS", "COVERAGE_FILE")
_FOREIGN_PREFIXES = ("TRAITCONF_", "DYNACONF_")


def clean_environ() -> dict[str, str]:
    """Return the environment variables without those that change what the project does."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _FOREIGN and not name.startswith(_FOREIGN_PREFIXES) and not name.endswith("_FOR_DYNACONF")
    }


@dataclass(frozen=True)
class Environment:
    """One virtual environment.

    Attributes:
        path: its directory.
        interpreter: the Python that it is made with.
        pins: distribution → exact version, where versions matter.
        exact: start afresh on every change, so that nothing of an earlier installation stays.
    """

    path: Path
    interpreter: str = sys.executable
    pins: Mapping[str, str] = field(default_factory=dict)
    exact: bool = False

    @property
    def python(self) -> Path:
        """The environment's own interpreter."""
        return self.program("python")

    def program(self, name: str) -> Path:
        """Return the path of an installed program."""
        return self.path / "bin" / name

    def ensure(self, extras: Sequence[str] = ()) -> None:
        """Make the environment hold the project with these extras; do nothing when it does already."""
        stamp = self._stamp()
        identity, content = self._identity(), self._content()
        same_place = stamp.get("identity") == identity
        same_content = same_place and stamp.get("content") == content
        held = set(stamp.get("extras", ())) if same_content else set()
        if same_content and held.issuperset(extras):
            return
        self._stamp_file.unlink(missing_ok=True)
        if not same_place or (self.exact and not same_content):
            self._create()
        self._install(sorted(held.union(extras)))
        record = {"identity": identity, "content": content, "extras": sorted(held.union(extras))}
        self._stamp_file.write_text(json.dumps(record), encoding="utf-8")

    @property
    def _stamp_file(self) -> Path:
        return self.path / _STAMP

    def _stamp(self) -> dict[str, Any]:
        """Return what the last complete installation recorded; nothing when it never completed."""
        try:
            record: dict[str, Any] = json.loads(self._stamp_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record if self.python.exists() else {}

    def _identity(self) -> str:
        """Say where the environment lies and what made it: scripts hold absolute paths."""
        query = "import sys; print(sys.version, sys.base_prefix)"
        answer = subprocess.run([self.interpreter, "-c", query], capture_output=True, text=True, check=True)
        return f"{self.path.resolve()} {answer.stdout.strip()}"

    def _content(self) -> str:
        pins = json.dumps(dict(self.pins), sort_keys=True)
        return hashlib.sha256(PYPROJECT.read_bytes() + pins.encode()).hexdigest()

    def _create(self) -> None:
        print(f"   creating {self.path}", flush=True)
        command = [self.interpreter, "-m", "venv", "--clear", str(self.path)]
        subprocess.run(command, check=True, env=clean_environ())

    def _install(self, extras: Sequence[str]) -> None:
        print(f"   installing {', '.join(extras) or 'the core'} into {self.path}", flush=True)
        target = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
        pins = [f"{name}=={version}" for name, version in self.pins.items()]
        self.pip("install", "--editable", target, *pins)

    def pip(self, *arguments: str) -> None:
        """Run the environment's pip; it speaks only of errors."""
        command = [str(self.python), "-m", "pip", "-qq", "--disable-pip-version-check", *arguments]
        subprocess.run(command, check=True, env=clean_environ())


def main() -> int:
    """Make the environment that the command line names."""
    directory, *extras = sys.argv[1:]
    try:
        Environment(Path(directory)).ensure(extras)
    except subprocess.CalledProcessError as error:
        # pip has said why; a traceback would bury it.
        print(f"could not make {directory}: exit code {error.returncode}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
