"""The generated alert rules, checked and tested by Prometheus's own promtool."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from traitconf.docgen.alerts import alerts, rules
from traitconf.runtime.instrument import FRAMEWORK


@pytest.fixture
def promtool(tmp_path):
    """A function that runs promtool beside the rules."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed; tests/gates/programs.py installs it where it can")
    (tmp_path / "rules.yml").write_text(rules(FRAMEWORK) + "\n", encoding="utf-8")

    def run(*words):
        return subprocess.run(["promtool", *words], cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_the_rules_are_rules(promtool):
    """Promtool reads every one of them."""
    done = promtool("check", "rules", "rules.yml")
    assert done.returncode == 0, done.stderr
    assert f"{len([*alerts(FRAMEWORK)])} rules found" in done.stdout


OK = 'traitconf_operation_calls_total{job="shop",trait="page",operation="render",outcome="ok"}'
FAILED = OK.replace('"ok"', '"failed"')
BUCKET = 'traitconf_operation_duration_seconds_bucket{job="shop",trait="page",operation="render",le="%s"}'
INFO = 'traitconf_config_info{job="shop",hash="%s",instance="%s"}'
OPERATION = {"job": "shop", "trait": "page", "operation": "render"}
# Alert → series that bring it about, series that do not, and its labels.
CASES = {
    "TraitconfOperationFails": ({OK: "0+90x60", FAILED: "0+10x60"}, {OK: "0+99x60", FAILED: "0+1x60"}, OPERATION),
    "TraitconfOperationSlow": (
        {BUCKET % "1": "0+80x60", BUCKET % "2.5": "0+100x60", BUCKET % "+Inf": "0+100x60"},
        {BUCKET % "1": "0+99x60", BUCKET % "2.5": "0+100x60", BUCKET % "+Inf": "0+100x60"},
        OPERATION,
    ),
    "TraitconfConfigsDiffer": (
        {INFO % ("a", "1"): "1x60", INFO % ("b", "2"): "1x60"},
        {INFO % ("a", "1"): "1x60", INFO % ("a", "2"): "1x60"},
        {"job": "shop"},
    ),
    "TraitconfConfigRefused": (
        {'traitconf_config_failures_total{job="shop"}': "0x50 1x9"},
        {'traitconf_config_failures_total{job="shop"}': "1x60"},
        {"job": "shop"},
    ),
    "TraitconfSinkFails": (
        {'traitconf_sink_failures_total{job="shop",sink="statsd"}': "0+1x60"},
        {'traitconf_sink_failures_total{job="shop",sink="statsd"}': "5x60"},
        {"job": "shop", "sink": "statsd"},
    ),
    "TraitconfSinkDrops": (
        {'traitconf_sink_dropped_total{job="shop",sink="otel"}': "0+1x60"},
        {'traitconf_sink_dropped_total{job="shop",sink="otel"}': "5x60"},
        {"job": "shop", "sink": "otel"},
    ),
    "TraitconfTooManySeries": (
        {'traitconf_metrics_overflow_total{job="shop",instrument="page.words"}': "0+1x60"},
        {'traitconf_metrics_overflow_total{job="shop",instrument="page.words"}': "5x60"},
        {"job": "shop", "instrument": "page.words"},
    ),
    "TraitconfDirectoryFails": (
        {'traitconf_directory_failures_total{job="shop"}': "0+1x60"},
        {'traitconf_directory_failures_total{job="shop"}': "5x60"},
        {"job": "shop"},
    ),
    "TraitconfRequestsRefused": (
        {'traitconf_requests_refused_total{job="shop"}': "0+1x60"},
        {'traitconf_requests_refused_total{job="shop"}': "5x60"},
        {"job": "shop"},
    ),
}


def test_every_rule_is_tested():
    """There is a case for each of them."""
    assert set(CASES) == {alert.name for alert in alerts(FRAMEWORK)}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("fires", [True, False], ids=["fires", "is quiet"])
def test_a_rule_fires_when_it_should(promtool, tmp_path, name, fires):
    """Each alert is raised by the series that mean it, with its labels, and by no harmless ones."""
    wrong, right, labels = CASES[name]
    series = [{"series": key, "values": values} for key, values in (wrong if fires else right).items()]
    (alert,) = (one for one in alerts(FRAMEWORK) if one.name == name)
    document = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": series,
                "promql_expr_test": [],
                "alert_rule_test": [{"eval_time": "55m", "alertname": name, "exp_alerts": []}],
            }
        ],
    }
    (tmp_path / "test.yml").write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML
    done = promtool("test", "rules", "test.yml")
    if not fires:
        assert done.returncode == 0, done.stdout + done.stderr
        return
    assert done.returncode != 0
    got = (done.stdout + done.stderr).partition("got:")[2]
    for label, value in {"alertname": name, "severity": alert.severity, **labels}.items():
        assert f'{label}="{value}"' in got
