"""What guards metrics and logs: in a copy of the package one guard is taken away, and a named test notices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
METERED, FAMILY, FEED = "tests/runtime/test_metered.py", "tests/runtime/test_family.py", "tests/runtime/test_feed.py"
STATSD, LOGGER = "tests/statsd/test_statsd.py::test_addresses_are_cleaned", "tests/schema/test_logger.py"
# Guard → file, what stands there, what takes its place, and the test that must fail then.
GUARDS = {
    "a call's tenant": (
        "bind/measured.py",
        "_tc_table[('_tc_current' or 0)().tenant]",
        "_tc_table['acme']",
        f"{METERED}::test_no_call_is_counted_for_another_tenant",
    ),
    "a value's tenant": (
        "runtime/services.py",
        "measure(self.metrics, trait, histogram, value, running().tenant)",
        "measure(self.metrics, trait, histogram, value, 'acme')",
        f"{METERED}::test_no_call_is_counted_for_another_tenant",
    ),
    "a line's tenant": (
        "runtime/services.py",
        '{"tenant": here.tenant,',
        '{"tenant": "acme",',
        f"{LOGGER}::test_no_line_is_of_another_tenant",
    ),
    "no tenant unless asked for": (
        "runtime/metered.py",
        'trait.metrics.tenant_tag != "off"',
        "True",
        f"{METERED}::test_the_tenant_is_a_tag_only_where_it_was_asked_for",
    ),
    "metrics that are off": (
        "runtime/metered.py",
        "if operation.trait.metrics.enabled:",
        "if True:",
        f"{METERED}::test_metrics_off_the_chain_is_the_body",
    ),
    "settling on the way": (
        "bind/measured.py",
        "& 1023",
        "& 1048575",
        f"{METERED}::test_many_calls_are_settled_on_the_way",
    ),
    "clean names": ("adapters/statsd.py", '_UNSAFE.sub("_", text[:LONGEST])', "text[:LONGEST]", STATSD),
    "a digest where a name was cleaned": ("adapters/statsd.py", "if safe == text:", "if True:", STATSD),
    "the budget of series": (
        "runtime/family.py",
        "if len(self.cells) < self.budget:",
        "if True:",
        f"{FAMILY}::test_the_budget_counts_the_excess_together",
    ),
    "tenants beyond the budget are not remembered": (
        "runtime/family.py",
        "if is_own:  #",
        "if True:  #",
        f"{FAMILY}::test_beyond_the_budget_no_tenant_is_remembered",
    ),
    "candidates are few": (
        "runtime/family.py",
        "if len(self._candidates) < CANDIDATES or tenant in self._candidates:",
        "if True:",
        f"{FAMILY}::test_a_million_names_cost_no_memory",
    ),
    "closed tags": (
        "runtime/family.py",
        "if not set(tags) <= set(self.instrument.tags):",
        "if False:",
        f"{FAMILY}::test_tags_are_a_closed_list",
    ),
    "a look does not count": ("runtime/cell.py", "self._begun += 1", "pass", f"{FEED}::test_only_what_is_new_is_told"),
    "a child begins at zero": (
        "runtime/telemetry.py",
        "                cell.clear()",
        "                pass",
        f"{FEED}::test_a_child_tells_only_its_own",
    ),
    "a sink's errors stay in its feed": (
        "runtime/feed.py",
        "except Exception as error:",
        "except ZeroDivisionError as error:",
        f"{FEED}::test_a_sink_that_raises_is_told_again",
    ),
    "a slow sink's values are limited": (
        "runtime/point.py",
        "kept += batch[:room]",
        "kept += batch",
        f"{FEED}::test_values_that_nobody_takes_are_dropped_and_counted",
    ),
    "only the program's runtime sends": (
        "runtime/outlet.py",
        "if is_root:",
        "if True:",
        "tests/runtime/test_outlet.py::test_only_the_programs_runtime_has_sinks",
    ),
    "one line a minute": (
        "runtime/limited.py",
        "if now - since < PAUSE:",
        "if False:",
        "tests/runtime/test_limited.py::test_one_line_a_minute",
    ),
    "prefixed fields": (
        "schema/logger.py",
        "name if name.startswith(PREFIX) else PREFIX + name:",
        "name:",
        f"{LOGGER}::test_fields_are_never_those_of_a_record",
    ),
    "redaction by type": ("schema/logger.py", "isinstance(value, Secret) or", "", f"{LOGGER}::test_secrets_are_dots"),
    "redaction by name": (
        "schema/logger.py",
        "or (name and _SECRET.search(name))",
        "",
        f"{LOGGER}::test_secrets_are_dots",
    ),
}


def outcome(package, tests):
    """Run tests against a copy of the package and return pytest's exit code and what it printed."""
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environ |= {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout


@pytest.fixture
def package(tmp_path):
    """A copy of the package."""
    pytest.importorskip("statsd")
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(ROOT / "traitconf", tmp_path / "traitconf", ignore=ignored))


def test_with_all_guards_the_tests_pass(package):
    """The named tests run against the copy, not the original, and pass."""
    tests = sorted({test for *_, test in GUARDS.values()})
    code, text = outcome(package, tests)
    assert code == 0, text
    where = [sys.executable, "-P", "-c", "import traitconf; print(traitconf.__file__)"]
    environ = {**os.environ, "PYTHONPATH": str(package.parent)}
    done = subprocess.run(where, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(str(package))


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_is_missed(package, name):
    """Without the guard, the named test fails; it does not merely not run."""
    file, old, new, test = GUARDS[name]
    path = package / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    code, printed = outcome(package, [test])
    assert code == 1, printed
    assert "failed" in printed.splitlines()[-1]
