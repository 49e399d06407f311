"""The sink `file`: each process writes what it measured into a file of its own, and commands read them all."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from traitconf.runtime.point import Point, Reading
from traitconf.schema.telemetry_settings import TelemetryOptions

if TYPE_CHECKING:
    from traitconf.runtime.telemetry import Metrics

SCHEMA: Final = "traitconf.metrics/1"
KEPT: Final = 24 * 3600.0
"""After how many seconds the file of a process that ended is removed by the next one."""


class MetricFile:
    """Writes the metrics of this process, whole, each time; a reader never sees half of a file.

    Args:
        directory: where; made when it is not there.
        interval: how often it is written, in seconds.
    """

    def __init__(self, directory: Path, interval: float) -> None:
        """Make the directory and remove what is too old."""
        self._directory, self._interval = directory, interval
        self._began = time.time()
        directory.mkdir(parents=True, exist_ok=True)
        for path in directory.glob("*.json"):
            if self._began - path.stat().st_mtime > KEPT:
                path.unlink(missing_ok=True)

    @property
    def path(self) -> Path:
        """The file of this process."""
        return self._directory / f"{os.getpid()}-{int(self._began * 1000):x}.json"

    def write(self, readings: Sequence[Reading]) -> None:
        """Write every series as it stands."""
        document = {
            "schema": SCHEMA,
            "pid": os.getpid(),
            "began": self._began,
            "written": time.time(),
            "interval": self._interval,
            "series": [record(reading.point) for reading in readings],
        }
        made = self.path.with_suffix(".new")
        made.write_text(json.dumps(document), encoding="utf-8")
        made.replace(self.path)

    def forked(self) -> None:
        """Begin a file of its own in a child process."""
        self._began = time.time()


def opened(options: TelemetryOptions, metrics: Metrics) -> MetricFile:  # noqa: ARG001 -- the shape of every sink
    """Return the sink `file`."""
    return MetricFile(Path(options.directory), options.interval.total_seconds())


def record(point: Point) -> dict[str, Any]:
    """Return a series as plain values, ready for JSON.

    Args:
        point: how it stands.
    """
    instrument = point.instrument
    found: dict[str, Any] = {
        "name": instrument.full_name,
        "kind": instrument.kind,
        "unit": instrument.unit,
        "doc": instrument.doc,
        "tags": dict(point.tags),
        "value": point.value,
    }
    if instrument.kind != "histogram":
        return found
    ends = point.distribution
    return found | {
        "bounds": list(instrument.bounds),
        "buckets": list(point.buckets),
        "total": ends.total if ends else 0.0,
        "least": ends.least if ends else None,
        "most": ends.most if ends else None,
        "sample": point.sample,
        "recent": list(point.recent[-256:]),
    }


@attrs.frozen
class Written:
    """What one process has written.

    Attributes:
        pid: its number.
        began: when it began, in seconds since 1970.
        written: when it wrote.
        interval: how often it writes.
        series: each as in `record`.
    """

    pid: int
    began: float
    written: float
    interval: float
    series: tuple[dict[str, Any], ...]

    @property
    def is_running(self) -> bool:
        """Whether the process lives and writes."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass  # it is somebody else's
        return time.time() - self.written < 3 * self.interval + 5


def read(directory: Path) -> list[Written]:
    """Return what processes have written, the latest last; what cannot be read is left out.

    Args:
        directory: where they write.
    """
    found = [written for path in sorted(directory.glob("*.json")) if (written := _written(path)) is not None]
    return sorted(found, key=lambda one: one.written)


def _written(path: Path) -> Written | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["schema"] != SCHEMA:
            return None
        when = document["began"], document["written"], document["interval"]
        return Written(document["pid"], *when, tuple(document["series"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def merged(processes: Iterable[Written]) -> list[dict[str, Any]]:
    """Return the series of several processes, added up; of a gauge the latest counts.

    Args:
        processes: the latest last.
    """
    found: dict[Any, dict[str, Any]] = {}
    for one in (series for process in processes for series in process.series):
        key = one["name"], tuple(sorted(one["tags"].items()))
        found[key] = _sum(found[key], one) if key in found else one
    return [found[key] for key in sorted(found)]


def _sum(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    if one["kind"] == "gauge" or one["kind"] != other["kind"] or one.get("bounds") != other.get("bounds"):
        return other
    both = {**other, "value": one["value"] + other["value"]}
    if one["kind"] == "histogram":
        both["buckets"] = [first + second for first, second in zip(one["buckets"], other["buckets"], strict=True)]
        both["total"] = one["total"] + other["total"]
        both["recent"] = [*one["recent"], *other["recent"]]
        for name, choose in (("least", min), ("most", max)):
            both[name] = choose((side[name] for side in (one, other) if side[name] is not None), default=None)
    return both
