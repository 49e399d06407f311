from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

from traitconf.runtime.metric_file import KEPT, MetricFile, merged, read, record
from traitconf.runtime.point import Reading
from traitconf.runtime.telemetry import Metrics


@pytest.fixture
def write(tmp_path):
    """A function that writes metrics as a process would."""

    def write(metrics, began=None):
        sink = MetricFile(tmp_path / "state", 10)
        if began is not None:
            sink._began = began
        sink.write([Reading(point, point.value) for point in metrics.points()])
        return sink

    return write


def numbers(*values, gauge=0.0):
    """Return metrics with a counter, a histogram and a gauge."""
    metrics = Metrics()
    for value in values:
        metrics.count("x.y", value, kind="a")
        metrics.record("x.z", value)
    metrics.gauge("x.g", gauge)
    return metrics


def test_processes_are_added_up(write, tmp_path):
    """Counters and buckets of several processes are sums, extremes the outermost, and of a gauge the latest counts."""
    write(numbers(1, 2, gauge=7), began=1.0)
    write(numbers(5, gauge=9), began=2.0)
    processes = read(tmp_path / "state")
    found = {one["name"]: one for one in merged(processes)}
    assert found["traitconf.x.y"]["value"] == 8
    assert found["traitconf.x.y"]["tags"] == {"kind": "a"}
    histogram = found["traitconf.x.z"]
    assert (histogram["value"], histogram["total"], histogram["least"], histogram["most"]) == (3, 8, 1, 5)
    assert (sum(histogram["buckets"]), sorted(histogram["recent"])) == (3, [1, 2, 5])
    assert found["traitconf.x.g"]["value"] == 9
    assert [one.is_running for one in processes] == [True, True]


def test_a_process_that_ended_is_told_apart(tmp_path):
    """What a program wrote at its end is read, and that it does not run any more is known."""
    program = textwrap.dedent("""
        import traitconf as tc
        runtime = tc.configure("config")
        runtime.services.metrics.count("x.y", 3)
    """)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/runtime.toml").write_text('[telemetry]\nsinks = ["file"]\n', encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TRAITCONF_")}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environ, check=True, timeout=60)
    (written,) = read(tmp_path / ".traitconf/metrics")
    assert not written.is_running
    assert {one["name"]: one["value"] for one in written.series}["traitconf.x.y"] == 3


def test_what_is_no_such_file_is_left_out(write, tmp_path):
    """Half a file, another version and other JSON hinder nobody."""
    write(numbers(1))
    for number, text in enumerate(
        ("{", "[]", '{"schema": "traitconf.metrics/9"}', '{"schema": "traitconf.metrics/1"}')
    ):
        (tmp_path / f"state/{number}.json").write_text(text, encoding="utf-8")
    assert len(read(tmp_path / "state")) == 1
    assert read(tmp_path / "nowhere") == []


def test_old_files_are_removed(write, tmp_path):
    """The file of a process that ended a day ago goes when the next process begins."""
    old = write(numbers(1), began=1.0).path
    os.utime(old, (old.stat().st_mtime - KEPT - 1,) * 2)
    new = write(numbers(1), began=2.0).path
    assert [*(tmp_path / "state").iterdir()] == [new]


def test_a_record_is_plain_json():
    """Every series is ready for JSON, an empty histogram too."""
    metrics = numbers(1)
    metrics.own_series("x.empty", "histogram", {})
    records = [record(point) for point in metrics.points()]
    assert json.loads(json.dumps(records)) == records
