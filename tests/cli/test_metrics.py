"""`traitconf metrics`: what programs have written, and what is generated."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from traitconf.cli.metrics import percentile, seconds

SHOP = '''\
from __future__ import annotations

import sys

import traitconf as tc


@tc.trait
class Tolling(tc.TraitBase):
    """Know prices."""

    quotes = tc.counter(doc="Prices told.")

    @tc.operation()
    def price(self, host, count):
        self.quotes.add()
        return 1 / count


@tc.use(Tolling)
class Cart: ...


if __name__ == "__main__":
    tc.configure("config/")
    for tenant in ("acme", "globex"):
        with tc.tenant(tenant):
            for count in range(int(sys.argv[1])):
                try:
                    Cart().price(count)
                except ZeroDivisionError:
                    pass
'''
RUNTIME = 'app = "toll_shop"\n[telemetry]\nsinks = ["file"]\n'


@pytest.fixture
def toll(project):
    """A project whose program tells its metrics, and a function that runs it."""
    project.write(
        {
            "toll_shop.py": SHOP,
            "config/runtime.toml": RUNTIME,
            "config/traits.toml": '[tolling]\nmetrics.tenant_tag = "all"\n',
        }
    )

    def run(count):
        subprocess.run([sys.executable, "toll_shop.py", str(count)], cwd=project.directory, check=True, timeout=60)

    return run


def data(ended):
    """Return the data of a reply."""
    return json.loads(ended.out)["data"]


def test_nobody_has_written(toll, traitconf):
    """Where no program has told anything, it is said with the way there, and the exit code is 1."""
    for words in (("top",), ("export",), ("show", "tolling.quotes")):
        ended = traitconf("metrics", *words)
        assert (ended.code, ended.out) == (1, "")
        assert "error[TC742]: no program has written metrics to .traitconf/metrics" in ended.err
        assert 'sinks = ["file"]' in ended.err


def test_top_adds_processes_up(toll, traitconf):
    """Calls, failures and times of all processes are in one row; that nobody runs any more is said."""
    toll(5)
    toll(3)
    lines = traitconf("metrics", "top").out.splitlines()
    assert lines[0].split() == ["OPERATION", "CALLS", "FAILED", "DENIED", "P50", "P95", "TIME"]
    assert lines[1].split()[:4] == ["tolling.price", "16", "4", "-"]
    assert lines[2].startswith("no running process, 2 that ended; written ")
    (row,) = data(traitconf("metrics", "top", "--json", "--tenant", "acme"))["operations"]
    assert (row["calls"], row["outcomes"]) == (8, {"ok": 6, "failed": 2})
    assert 0 < row["p50"] <= row["p95"] <= row["time"]


def test_show_lists_instruments(toll, traitconf):
    """Those of the framework and of the application's traits are listed, with the number of their series."""
    toll(2)
    found = {one["name"]: one for one in data(traitconf("metrics", "show", "--json"))}
    assert (found["tolling.quotes"]["doc"], found["tolling.quotes"]["series"]) == ("Prices told.", 2)
    assert found["traitconf.config.failures"]["series"] == 0
    lines = traitconf("metrics", "show").out.splitlines()
    assert lines[0].split() == ["INSTRUMENT", "KIND", "UNIT", "SERIES", "WHAT"]


def test_show_tells_every_series(toll, traitconf):
    """Of one instrument each series is shown, under the name in the code or the full one."""
    toll(2)
    lines = traitconf("metrics", "show", "tolling.quotes").out.splitlines()
    assert [line.split() for line in lines[1:3]] == [["tenant=acme", "2"], ["tenant=globex", "2"]]
    assert traitconf("metrics", "show", "traitconf.tolling.quotes").out.splitlines()[1:3] == lines[1:3]
    assert "2 values, sum " in traitconf("metrics", "show", "traitconf.operation.duration").out


def test_an_unknown_instrument_is_a_slip(toll, traitconf):
    """A name that nobody knows is refused with what may be meant."""
    ended = traitconf("metrics", "show", "tolling.qotes")
    assert (ended.code, ended.out) == (2, "")
    assert "did you mean 'tolling.quotes'?" in ended.err


def test_export_is_what_prometheus_reads(toll, traitconf):
    """The text has a line for each series; JSON has the same numbers."""
    toll(3)
    lines = traitconf("metrics", "export").out.splitlines()
    assert 'traitconf_tolling_quotes_total{tenant="acme"} 3' in lines
    assert "# TYPE traitconf_operation_duration_seconds histogram" in lines
    document = json.loads(traitconf("metrics", "export", "--format", "json").out)
    values = {(one["name"], one["tags"].get("tenant")): one["value"] for one in document["series"]}
    assert values["traitconf.tolling.quotes", "acme"] == 3
    assert data(traitconf("metrics", "export", "--json"))["series"] == document["series"]


def test_a_running_program_is_seen(toll, project, traitconf):
    """A command sees the numbers of a program that runs, as it has told them last."""
    script = (
        "import sys, toll_shop, traitconf as tc\n"
        "runtime = tc.configure('config/')\ntoll_shop.Cart().price(1)\n"
        "runtime.services.metrics.outlet.tell()\nprint('told', flush=True)\nsys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=project.directory, text=True, **pipes) as running:
        assert running.stdout.readline() == "told\n"
        found = data(traitconf("metrics", "top", "--json"))
        running.communicate("")
    assert [one["running"] for one in found["processes"]] == [True]
    assert [one["calls"] for one in found["operations"]] == [1]


def test_the_dashboard_has_the_applications_traits(toll, traitconf):
    """Grafana gets a JSON document with a panel for the trait's own counter."""
    made = json.loads(traitconf("metrics", "dashboard").out)
    assert made["uid"] == "traitconf"
    assert "tolling.quotes" in {panel["title"] for panel in made["panels"]}


def test_rules_need_no_configuration(project, cli):
    """The alert rules are printed anywhere, as YAML, and as records for programs."""
    ended = cli("metrics", "rules")
    assert (ended.code, ended.out.splitlines()[0]) == (0, "groups:")
    assert {"name", "query", "severity"} <= set(data(cli("metrics", "rules", "--json"))[0])


def test_percentiles_are_values_that_were_measured():
    """The median of four is the second, the 95th percentile of twenty the nineteenth, and of nothing there is none."""
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([float(value) for value in range(1, 21)], 0.95) == 19.0
    assert percentile([1.0], 0.95) == 1.0
    assert percentile([], 0.5) is None


def test_durations_are_readable():
    """Three digits, with the unit that fits."""
    assert [seconds(value) for value in (12.0, 0.0123456, 0.0000001, None)] == ["12 s", "12.3 ms", "0.1 µs", "-"]
