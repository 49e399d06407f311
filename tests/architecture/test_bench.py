"""The table of budgets measures what it says; how long anything takes is not tested here."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
# The rows of the design whose feature exists, by the table that measures them.
BUDGETS = {
    "calls": {"unbound", "off", "named", "starred"},
    "hosts": {"tenant_of"},
    "events": {"nobody", "after", "before"},
    "telemetry": {"counter", "duration"},
    "cache": {"hit", "async hit"},
    "everything": {"nobody", "one"},
    "reads": {"held", "reader"},
    "reads through peers": set(),
    "toggles": {"enabled"},
    "imports": {"traitconf"},
    "commands": {"help", "get"},
    "reads, 200 tenants held": {"held", "reader"},
    "toggles, 200 tenants held": {"enabled"},
    "load JSON": {"load 100", "load 200", "load"},
    "load TOML": {"load 100", "load 200", "load"},
    "load through peers": set(),
    "memory": {"five", "none"},
    "collector": {"held"},
    "change": {"one 200", "global 200"},
}


@pytest.fixture(scope="module")
def quick():
    """The exit code and the record of one round of everything, with few tenants."""
    command = [sys.executable, str(BENCH / "run.py"), "--json", "--rounds", "1", "--tenants", "200"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode in {0, 1}, answer.stderr
    return answer.returncode, json.loads(answer.stdout)


@pytest.fixture
def bench(monkeypatch):
    """Import a module of the bench, which is no package."""
    monkeypatch.syspath_prepend(BENCH)
    return importlib.import_module


def test_every_row_that_exists_has_a_budget(quick):
    """Each table holds its rows of the design with a budget, and says of every other row why it has none."""
    _, record = quick
    rows = {table["name"]: table["rows"] for table in record["tables"]}
    assert {name: {row["contender"] for row in found if row["budget"]} for name, found in rows.items()} == BUDGETS
    assert all(row["budget"] or row["aside"] for found in rows.values() for row in found)


def test_every_row_is_measured(quick):
    """Every row has a figure, without a fault, and the peers stand beside it; one that is not installed is named."""
    _, record = quick
    rows = [row for table in record["tables"] for row in table["rows"]]
    there = [row for row in rows if not (row["fault"] or "").startswith("not installed: ") or row["budget"]]
    assert not [row["work"] for row in there if row["fault"] or row["figure"] is None]
    peers = {"dynaconf", "OmegaConf", "pydantic-settings", "typed-settings", "traitlets"}
    peers |= {"cachetools", "dogpile.cache", "cashews"}
    assert peers <= {row["contender"] for row in rows if row["aside"] == "peer"}
    assert {"functools.wraps", "wrapt"} <= {row["contender"] for row in rows if row["aside"] == "peer"}


def test_the_record_names_its_environment(quick):
    """A record says on what it was measured and when, and its verdict is the exit code."""
    code, record = quick
    assert {"python", "platform", "cpu_count", "versions", "date"} <= set(record["environment"])
    assert record["ok"] is (code == 0)


def test_a_ratio_is_the_median_of_the_rounds_ratios(bench):
    """What a whole round is slowed down by does not change the figure."""
    samples = bench("samples").Samples({"one": [3.0, 30.0, 5.0], "base": [1.0, 10.0, 1.0]})
    row = bench("row").Row("work", "unit", "one", "base", 3.5)
    result = bench("row").Result(row, samples)
    assert result.spread[1] == 3.0
    assert result.holds


@pytest.mark.parametrize(("second", "holds"), [(2.0, True), (4.0, False)])
def test_a_broken_budget_is_measured_again(bench, second, holds):
    """A table is measured twice, the second time for longer, before a row counts as broken."""
    asked = []

    def measure(rounds: int):
        asked.append(rounds)
        return bench("samples").Samples({"one": [4.0 if len(asked) == 1 else second] * 3, "base": [1.0] * 3})

    row = bench("row").Row("work", "unit", "one", "base", 3)
    (result,) = bench("table").Table("name", "method", (row,), 5, measure).results()
    assert asked == [5, 10]
    assert (result.holds, result.tries) == (holds, 2)


def test_what_cannot_be_measured_is_broken(bench):
    """A program that is not there breaks its budget and is named in the table."""
    samples = bench("samples").Samples({"base": [1.0]}, {"one": "not there: traitconf"})
    row = bench("row").Row("traitconf --help", "unit", "one", "base", 3)
    table = bench("table").Table("name", "method", (row,), 1, lambda rounds: samples)
    results = table.results()
    assert not results[0].holds
    assert "BROKEN: not there: traitconf" in "\n".join(bench("report").lines(table, results))
