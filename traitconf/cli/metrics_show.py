"""`traitconf metrics show`: the instruments, and the series of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command
from traitconf.cli.metrics import Measured, measured, percentile

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.runtime.instrument import Instrument

HELP: Final = """List the instruments of the framework and of the known traits, or show every series of one.

\b
Examples:
  traitconf metrics show
  traitconf metrics show traitconf.operation.calls
"""


@click.argument("name", required=False)
def _show(asked: Asked, name: str | None) -> Reply:
    from traitconf.cli.session import opened
    from traitconf.runtime.instrument import catalogue
    from traitconf.schema.catalog import catalog

    with opened(asked, may_be_absent=True) as session:
        assert session.snapshot is not None
        found = measured(session.snapshot.settings.telemetry.directory)
        known = catalogue(catalog)
        problems = session.problems
    return _list(found, known, problems) if name is None else _one(found, known, name, problems)


run: Final = command("show", HELP)(_show)


def _list(found: Measured, known: Mapping[str, Instrument], problems: Any) -> Reply:
    from traitconf.cli.reply import Reply
    from traitconf.cli.terminal import table

    counts: dict[str, int] = {}
    for one in found.series:
        counts[one["name"]] = counts.get(one["name"], 0) + 1
    data = [attrs.asdict(one) | {"series": counts.get(one.full_name, 0)} for one in known.values()]
    names = {one.full_name for one in known.values()}
    strange = {one["name"]: one for one in found.series if one["name"] not in names}
    data += [
        {
            **{part: one[part] for part in ("name", "kind", "doc", "unit")},
            "tags": [*one["tags"]],
            "series": counts[name],
        }
        for name, one in strange.items()
    ]
    columns = ("instrument", "kind", "unit", "series", "what")
    rows = [(one["name"], one["kind"], one["unit"], str(one["series"] or "-"), one["doc"]) for one in data]
    return Reply(data, lambda: table(columns, rows, [row[3] == "-" for row in rows], folds=4), problems)


def _one(found: Measured, known: Mapping[str, Instrument], name: str, problems: Any) -> Reply:
    from traitconf.cli.reply import Reply, UsageFault
    from traitconf.cli.terminal import table
    from traitconf.errors import Problem, did_you_mean

    series = [one for one in found.series if one["name"] in (name, f"traitconf.{name}")]
    if not series and name not in known:
        names = {*known, *(one["name"] for one in found.series)}
        hint = did_you_mean(name, names) or "traitconf metrics show lists them"
        raise UsageFault([Problem("TC743", f"there is no instrument {name!r}", hint=hint)])
    if found.problem is not None:
        return found.absent()
    rows = [(" ".join(f"{tag}={value}" for tag, value in one["tags"].items()) or "-", _told(one)) for one in series]
    shown = (lambda: f"{table(('series', 'value'), rows, [False] * len(rows), folds=0)}\n{found.told}") if rows else str
    return Reply(found.as_dict() | {"series": series}, shown, problems)


def _told(one: Mapping[str, Any]) -> str:
    if one["kind"] != "histogram":
        return f"{one['value']:.12g}"
    half, most = percentile(one["recent"], 0.5), percentile(one["recent"], 0.95)
    return f"{one['value']} values, sum {one['total']:.4g}, p50 {half or 0:.4g}, p95 {most or 0:.4g} {one['unit']}"
