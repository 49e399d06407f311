"""Run the own test suite of any package of PyPI, as it is and with a trait bound to all its public classes.

From the shell: `python foreign_suites.py NAME==VERSION [--tests ARGUMENTS] [--bind PACKAGE ...]` says whether the
results are the same and how many calls ran within the trait.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(sys.prefix) / "foreign"
SUPPORT = Path(__file__).resolve().parents[1] / "support"
_OPTIONS = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-o", "addopts=")


@dataclass(frozen=True)
class Package:
    """A package whose sdist holds its tests.

    Attributes:
        requirement: name and version.
        sha256: of the sdist; not looked at when it is empty.
        tests: arguments of pytest, below the sdist's root.
        bind: the packages whose public classes are bound.
    """

    requirement: str
    sha256: str = ""
    tests: tuple[str, ...] = ()
    bind: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name without the version."""
        return self.requirement.partition("==")[0]


@dataclass(frozen=True)
class Run:
    """How a suite ended.

    Attributes:
        outcomes: of every test.
        classes: for every public class, `bound` or the code of the refusal.
        calls: how many ran within the trait.
    """

    outcomes: Mapping[str, str]
    classes: Mapping[str, str]
    calls: int

    def summary(self) -> str:
        """Return it in one line."""
        counted = Counter(self.outcomes.values())
        tests = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counted.items()))
        bound = sum(state == "bound" for state in self.classes.values())
        refused = {name: code for name, code in self.classes.items() if code != "bound"}
        return f"{tests}; {bound} classes bound, {self.calls:,} calls" + (f"; refused: {refused}" if refused else "")


class ForeignError(Exception):
    """A suite could not be run."""


def fetch(package: Package, cache: Path = CACHE) -> Path:
    """Return the sdist of a package, fetched when it is not there yet.

    Args:
        package: what to fetch.
        cache: where sdists are kept.

    Raises:
        ForeignError: when it cannot be fetched, or is another file than the one that was meant.
    """
    place = cache / package.requirement
    if not list(place.glob("*.tar.gz")):
        command = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "download", "--no-deps"]
        command += ["--no-binary", package.name, "-d", str(place), package.requirement]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise ForeignError(f"{package.requirement} cannot be fetched: {answer.stderr.strip()}")
    (sdist,) = place.glob("*.tar.gz")
    if package.sha256 and hashlib.sha256(sdist.read_bytes()).hexdigest() != package.sha256:
        raise ForeignError(f"{sdist.name} is not the file that was meant")
    return sdist


def unpack(sdist: Path, directory: Path) -> Path:
    """Unpack an sdist, and return its root.

    Args:
        sdist: a tar file.
        directory: where to.
    """
    with tarfile.open(sdist) as archive:
        archive.extractall(directory, filter="data")
    (root,) = (entry for entry in directory.iterdir() if entry.is_dir())
    return root


def run(root: Path, package: Package, *, bound: bool) -> Run:
    """Run a suite in a process of its own.

    Args:
        root: of the unpacked sdist.
        package: what is run.
        bound: whether the trait is bound to its classes.

    Raises:
        ForeignError: when no test ran at all.
    """
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.json"
        paths = [str(path) for path in (SUPPORT, root / "src", root) if path.is_dir()]
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
        variables |= {"PYTHONPATH": os.pathsep.join(paths), "TC_FOREIGN_REPORT": str(report)}
        variables |= {"TC_FOREIGN_BIND": ",".join(package.bind) if bound else "", "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-m", "pytest", *_OPTIONS, "-p", "foreign_binder", *package.tests]
        answer = subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=False)
        found = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {"outcomes": {}}
    if not found["outcomes"]:
        raise ForeignError(f"no test of {package.requirement} ran: {answer.stdout[-2000:]} {answer.stderr[-2000:]}")
    return Run(found["outcomes"], found["classes"], found["calls"])


def compare(package: Package) -> tuple[Run, Run]:
    """Run a package's suite as it is, and bound.

    Args:
        package: what is run.
    """
    with tempfile.TemporaryDirectory() as directory:
        root = unpack(fetch(package), Path(directory))
        return run(root, package, bound=False), run(root, package, bound=True)


def differences(bare: Run, bound: Run) -> list[str]:
    """Return the tests that ended differently when the trait was bound.

    doctest looks at a function once, whatever names it has in a class; bound, each name has a function of its own, so
    that it finds more examples: these must pass.

    Args:
        bare: as the package is.
        bound: with the trait.
    """
    expected = dict.fromkeys(bound.outcomes, "passed") | dict(bare.outcomes)
    return sorted(name for name, outcome in expected.items() if bound.outcomes.get(name) != outcome)


def main() -> int:
    """Compare what the command line names."""
    parser = argparse.ArgumentParser(description="Run the suite of a package of PyPI unbound and bound.")
    parser.add_argument("requirement", help="NAME==VERSION")
    parser.add_argument("--tests", default="", help="arguments of pytest, as one text, below the sdist's root")
    parser.add_argument("--bind", nargs="*", help="packages whose classes are bound (default: the name)")
    asked = parser.parse_args()
    name = asked.requirement.partition("==")[0]
    package = Package(
        asked.requirement, "", tuple(shlex.split(asked.tests)), tuple(asked.bind or [name.replace("-", "_")])
    )
    try:
        bare, bound = compare(package)
    except ForeignError as error:
        print(error, file=sys.stderr)  # noqa: T201 -- a program
        return 2
    different = differences(bare, bound)
    for title, one in (("unbound", bare), ("bound", bound)):
        print(f"{package.requirement} {title:8} {one.summary()}")  # noqa: T201 -- a program
    print(f"different: {', '.join(different) or 'none'}")  # noqa: T201 -- a program
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
