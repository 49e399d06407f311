"""Run every gate, announce each with one line, and say at the end which failed.

From the shell: `python run.py [NAME ...]` runs all gates, or those whose name starts with one of the given.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from environment import Environment, clean_environ
from interpreters import find
from project import ROOT, lower_bounds, minors, products
from suite import Counts, GateError, SuiteError, run_suite
from wheel import check_wheel

HERE = Environment(ROOT / ".venv")
WORK = ROOT / ".venv" / "gates"
COVERAGE_FILE = WORK / "coverage" / "data"


@dataclass(frozen=True)
class Gate:
    """One thing that must hold.

    Attributes:
        name: short name, also for choosing it on the command line.
        title: what it checks.
        check: does it; returns counts when it ran tests; raises when it fails.
    """

    name: str
    title: str
    check: Callable[[], Counts | None]


@dataclass(frozen=True)
class Outcome:
    """How a gate ended."""

    name: str
    counts: Counts
    seconds: float
    failure: str = ""


def tool(*command: str) -> Callable[[], None]:
    """Return a check that runs an installed tool at the root."""

    def check() -> None:
        program, *arguments = command
        answer = subprocess.run([HERE.program(program), *arguments], cwd=ROOT, env=clean_environ(), check=False)
        if answer.returncode:
            message = f"`{' '.join(command)}` exits {answer.returncode}"
            raise GateError(message)

    return check


def main_suite() -> Counts:
    """Run the tests here, measuring branches."""
    shutil.rmtree(COVERAGE_FILE.parent, ignore_errors=True)
    COVERAGE_FILE.parent.mkdir(parents=True)
    return run_suite(HERE, coverage_file=COVERAGE_FILE)


def branch_coverage() -> None:
    """Report the branches that the tests took; the limit is in pyproject.toml."""
    data = f"--data-file={COVERAGE_FILE}"
    if not any(COVERAGE_FILE.parent.glob("data*")):
        message = "there is nothing to report: the pytest gate measured nothing"
        raise GateError(message)
    if not COVERAGE_FILE.exists():
        tool("coverage", "combine", "-q", data)()
    tool("coverage", "report", data)()


def other_suite(minor: str, interpreter: str) -> Callable[[], Counts]:
    """Return a check that runs the tests on another interpreter."""

    def check() -> Counts:
        environment = Environment(WORK / f"python{minor}", interpreter, exact=True)
        environment.ensure(["all", "test-run"])
        return run_suite(environment)

    return check


def no_extras() -> Counts:
    """Run the tests where no extra is installed."""
    environment = Environment(WORK / "no-extras", exact=True)
    environment.ensure(["test-run"])
    absent = products()
    if "rich" not in absent:
        message = f"the extras name {sorted(absent)}: rich should be among them"
        raise GateError(message)
    present = [name for name in sorted(absent) if _version(environment, name) or _importable(environment, name)]
    if present:
        message = f"meant to be absent, but installed: {', '.join(present)}"
        raise GateError(message)
    print(f"   not installed, as it should be: {', '.join(sorted(absent))}", flush=True)
    return run_suite(environment, skippable=True)


def minimum_versions() -> Counts:
    """Run the tests with the lowest version of every core dependency."""
    bounds = lower_bounds()
    environment = Environment(WORK / "minimum", pins=bounds, exact=True)
    environment.ensure(["all", "test-run"])
    found = {name: _version(environment, name) for name in bounds}
    wrong = {name: version for name, version in found.items() if not _same(version, bounds[name])}
    if wrong:
        message = f"installed {wrong}, wanted {bounds}"
        raise GateError(message)
    print("   " + ", ".join(f"{name} {version}" for name, version in found.items()), flush=True)
    return run_suite(environment)


def _version(environment: Environment, distribution: str) -> str:
    """Return the version installed, or nothing."""
    query = f"import importlib.metadata as m; print(m.version({distribution!r}))"
    answer = subprocess.run([environment.python, "-c", query], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def _importable(environment: Environment, distribution: str) -> bool:
    query = f"import {distribution.replace('-', '_')}"
    answer = subprocess.run([environment.python, "-c", query], capture_output=True, check=False)
    return answer.returncode == 0


def _same(installed: str, bound: str) -> bool:
    """Compare versions as packaging does: trailing zeros say nothing."""
    return installed.removesuffix(".0").removesuffix(".0") == bound.removesuffix(".0").removesuffix(".0")


def gates() -> list[Gate]:
    """Return all gates in order: quick ones first."""
    return [
        Gate("ruff-check", "ruff check: mistakes and style", tool("ruff", "check", ".")),
        Gate("ruff-format", "ruff format: layout", tool("ruff", "format", "--check", ".")),
        Gate("mypy", "mypy strict: traitconf, tests/typing, tests/gates", tool("mypy")),
        Gate("imports", "import-linter: floors, privileges, doors", tool("lint-imports", "--no-logo")),
        Gate("pytest", f"pytest on {sys.version.split()[0]}, warnings are errors", main_suite),
        Gate("coverage", "branch coverage of the floors", branch_coverage),
        *other_interpreters(),
        Gate("no-extras", "pytest without any extra", no_extras),
        Gate("minimum", "pytest with the lowest versions allowed", minimum_versions),
        Gate("wheel", "the built wheel, installed elsewhere", lambda: check_wheel(HERE, WORK / "wheelhouse")),
    ]


def other_interpreters() -> list[Gate]:
    """Return a gate for each other supported interpreter, and say loudly which are missing."""
    found: list[Gate] = []
    running = "{}.{}".format(*sys.version_info)
    for minor in minors():
        if minor == running:
            continue
        interpreter = find(minor)
        if interpreter is None:
            print(f"!! Python {minor} is NOT INSTALLED (or does not run): its tests are skipped", flush=True)
            continue
        print(f"-- Python {minor}: {interpreter}", flush=True)
        name = f"python{minor}"
        found.append(Gate(name, f"pytest on Python {minor}", other_suite(minor, interpreter)))
    return found


def run(gate: Gate) -> Outcome:
    """Run one gate, whatever happens in it."""
    print(f"\n== {gate.name}: {gate.title}", flush=True)
    started = time.monotonic()
    failure = ""
    # A gate without tests of its own counts as one check.
    counts = Counts(passed=1)
    try:
        counts = gate.check() or counts
    except SuiteError as error:
        counts, failure = error.counts, str(error)
    except (GateError, ValueError, OSError, subprocess.SubprocessError) as error:
        counts, failure = Counts(failed=1), str(error)
    if failure:
        print(f"!! {gate.name}: {failure}", flush=True)
    return Outcome(gate.name, counts, time.monotonic() - started, failure)


def report(outcomes: list[Outcome]) -> None:
    """Print every gate's end, which failed, and last the sum of all tests and checks."""
    print("\n== summary")
    for outcome in outcomes:
        verdict = "FAILED" if outcome.failure else "ok"
        counts = outcome.counts
        tests = f"{counts.passed:6} passed {counts.failed:4} failed {counts.skipped:4} skipped"
        print(f"{verdict:6} {outcome.seconds:7.1f} s {tests}  {outcome.name}")
    failed = [outcome.name for outcome in outcomes if outcome.failure]
    print(f"{len(outcomes)} gates ran; failed: {', '.join(failed) or 'none'}")
    passed = sum(outcome.counts.passed for outcome in outcomes)
    print(f"{passed} passed, {sum(outcome.counts.failed for outcome in outcomes)} failed", flush=True)


def main() -> int:
    """Run the gates that the command line names, or all."""
    prefixes = tuple(sys.argv[1:])
    chosen = [gate for gate in gates() if not prefixes or gate.name.startswith(prefixes)]
    if not chosen:
        print(f"no gate is called {', '.join(prefixes)}", file=sys.stderr)
        return 2
    outcomes = [run(gate) for gate in chosen]
    report(outcomes)
    return 1 if any(outcome.failure for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
