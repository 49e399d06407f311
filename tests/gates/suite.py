"""One run of the test suite in one environment, with its counts."""

from __future__ import annotations

import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from environment import Environment, clean_environ
from project import ROOT


class GateError(Exception):
    """A gate found something wrong; the message says what."""


LESS: Final = {"FUZZ_EDITS": "1000", "RELOADS": "1000"}
"""How often random and endurance tests repeat in all gates but the first, which takes their full numbers."""

LEFT_OUT: Final = (
    "tests/architecture/test_bench.py",
    "tests/architecture/test_rules.py",
    "tests/architecture/test_shape.py",
    "tests/scenarios/test_foreign_suites.py",
    "tests/scenarios/test_guides.py",
    "tests/typing",
)
"""What only the first gate runs: whole suites of others, projects that start their own servers and tests, and what is
the same wherever it runs: the shape of the source, the examples of the rules, what type checkers say."""


@dataclass
class Counts:
    """How many tests of a run, or of one group of it, ended in which way.

    Attributes:
        passed: as expected.
        failed: failures and errors, those of collection included.
        skipped: skipped, or expected to fail.
        groups: the same for each directory below tests/.
    """

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    groups: dict[str, Counts] = field(default_factory=dict)


def run_suite(environment: Environment, *, coverage_file: Path | None = None, skippable: bool = False) -> Counts:
    """Run every test, print pytest's own output, and return the counts.

    Args:
        environment: where to run.
        coverage_file: measure branches into this file, and take the full numbers of random tests.
        skippable: whether a whole group may be skipped, for runs that lack its dependencies on purpose.

    Raises:
        GateError: a test failed, none passed, or all tests of a group were skipped.
    """
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "junit.xml"
        code = _pytest(environment, report, coverage_file)
        counts = _read(report) if report.exists() else Counts(failed=1)
    problems = [] if skippable else _idle_groups(counts)
    if not counts.passed:
        problems.append("no test passed")
    if code or counts.failed:
        problems.append(f"pytest exit code {code}")
    if problems:
        counts.failed = max(counts.failed, 1)
        raise SuiteError("; ".join(problems), counts)
    return counts


class SuiteError(GateError):
    """A run of the suite failed; it still has counts."""

    def __init__(self, message: str, counts: Counts) -> None:
        super().__init__(message)
        self.counts = counts


def _pytest(environment: Environment, report: Path, coverage_file: Path | None) -> int:
    variables = clean_environ()
    if coverage_file is None:
        variables |= LESS
    measure: Sequence[str] = ()
    left_out: Sequence[str] = [f"--ignore={path}" for path in LEFT_OUT]
    if coverage_file is not None:
        left_out = ()
        variables["COVERAGE_FILE"] = str(coverage_file)
        measure = ("-m", "coverage", "run")
    # A seed: generated examples are the same in every run of a gate, the order of tests is not.
    options = ("-q", "-n", "2", "--hypothesis-seed=0", f"--junitxml={report}", *left_out)
    command = [str(environment.python), *measure, "-m", "pytest", *options]
    return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode


def _read(report: Path) -> Counts:
    """Count the cases of a JUnit report."""
    groups: dict[str, Counts] = defaultdict(Counts)
    for group, outcome in _cases(report):
        counts = groups[group]
        setattr(counts, outcome, getattr(counts, outcome) + 1)
    return Counts(
        passed=sum(group.passed for group in groups.values()),
        failed=sum(group.failed for group in groups.values()),
        skipped=sum(group.skipped for group in groups.values()),
        groups=dict(groups),
    )


def _cases(report: Path) -> Iterator[tuple[str, str]]:
    """Yield (group, outcome) for each case."""
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - our own pytest wrote it a moment ago
        # A module skipped as a whole has no class name; its own name is the dotted path.
        path = (case.get("classname") or case.get("name") or "").split(".")
        group = path[1] if len(path) > 2 else "tests"
        if case.find("failure") is not None or case.find("error") is not None:
            yield group, "failed"
        elif case.find("skipped") is not None:
            yield group, "skipped"
        else:
            yield group, "passed"


def _idle_groups(counts: Counts) -> list[str]:
    return [
        f"all {group.skipped} tests of tests/{name}/ were skipped"
        for name, group in sorted(counts.groups.items())
        if group.skipped and not group.passed and not group.failed
    ]
