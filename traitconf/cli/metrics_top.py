"""`traitconf metrics top`: where the time of operations goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command
from traitconf.cli.metrics import measured, percentile, seconds

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Show the operations that take most of the time, those of all processes added up.

Percentiles are those of the last calls. Where metrics.sample is below 1, only that share of the calls is timed, and
a ~ says so.

\b
Examples:
  traitconf metrics top
  traitconf metrics top --tenant acme --json
"""
COLUMNS: Final = ("operation", "calls", "failed", "denied", "p50", "p95", "time")


@click.option("--tenant", metavar="ID", help="Only the series of a tenant; metrics.tenant_tag must be on.")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="How many operations.")
def _top(asked: Asked, tenant: str | None, most: int) -> Reply:
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.cli.terminal import table

    with opened(asked, may_be_absent=True) as session:
        assert session.snapshot is not None
        found = measured(session.snapshot.settings.telemetry.directory)
        problems = session.problems
    if found.problem is not None:
        return found.absent()
    rows = sorted(_operations(found.series, tenant), key=lambda row: (-row["time"], row["operation"]))[:most]

    def text() -> str:
        cells = [_cells(row) for row in rows]
        shown = table(COLUMNS, cells, [False] * len(cells), folds=0) if cells else "no operation was called"
        return f"{shown}\n{found.told}"

    return Reply(found.as_dict() | {"operations": rows}, text, problems)


run: Final = command("top", HELP)(_top)


def _operations(series: Iterable[Mapping[str, Any]], tenant: str | None) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    values: dict[str, list[float]] = {}
    for one in series:
        tags = one["tags"]
        if "operation" not in tags or (tenant is not None and tags.get("tenant") != tenant):
            continue
        name = f"{tags['trait']}.{tags['operation']}"
        row = found.setdefault(name, {"operation": name, "calls": 0, "outcomes": {}, "time": 0.0, "sample": 1.0})
        if one["kind"] == "counter":
            row["calls"] += one["value"]
            row["outcomes"][tags["outcome"]] = row["outcomes"].get(tags["outcome"], 0) + one["value"]
        else:
            row["time"] += one["total"]
            row["sample"] = min(row["sample"], one["sample"])
            values.setdefault(name, []).extend(one["recent"])
    for name, row in found.items():
        row |= {f"p{share * 100:.0f}": percentile(values.get(name, []), share) for share in (0.5, 0.95)}
    return [*found.values()]


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    outcomes = row["outcomes"]
    counts = (str(outcomes.get(name, 0) or "-") for name in ("failed", "denied"))
    about = "~" if row["sample"] < 1 else ""
    times = seconds(row["p50"]), seconds(row["p95"]), about + seconds(row["time"])
    return row["operation"], str(row["calls"]), *counts, *times
