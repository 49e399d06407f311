"""The programs, not Python packages, that some tests start: they are installed where that is possible.

From the shell: `python programs.py`. Nothing is done when all are there. A missing program is no failure here: the
tests that need it are skipped, and the gate that runs them fails when a whole group of tests is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

# Program → the package of Debian and its kin that brings it.
PROGRAMS: Mapping[str, str] = {"redis-server": "redis-server"}
_QUIETLY = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}  # the last one: start no service


def missing() -> dict[str, str]:
    """Return program → package of what is not there."""
    return {program: package for program, package in PROGRAMS.items() if shutil.which(program) is None}


def obstacle() -> str:
    """Return why nothing can be installed, or nothing."""
    if shutil.which("apt-get") is None:
        return "there is no apt-get"
    return "" if os.geteuid() == 0 else "that takes root"


def install(packages: list[str]) -> str:
    """Install packages, and return what went wrong, or nothing."""
    environ = {**os.environ, **_QUIETLY}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "--no-install-recommends", *packages]):
        full = [*command, "-y"] if command[1] == "install" else command
        answer = subprocess.run(full, env=environ, capture_output=True, text=True, check=False)
        if answer.returncode and command[1] == "install":
            return answer.stderr.strip().splitlines()[-1] if answer.stderr.strip() else "apt-get fails"
    return ""


def main() -> int:
    """Install what is missing; say loudly what stays missing."""
    wanted = missing()
    if not wanted:
        return 0
    reason = obstacle()
    if not reason:
        print(f"   installing {', '.join(sorted(wanted.values()))}", flush=True)
        reason = install(sorted(wanted.values()))
    for program, package in missing().items():
        print(f"!! {program} is missing and could not be installed ({reason or 'it is not in the package'}):")
        print(f"!! tests that need it are SKIPPED; install the package {package}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
