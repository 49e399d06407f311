"""`traitconf metrics export`: all series, for other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command
from traitconf.cli.metrics import measured

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Print all series of all processes, added up.

\b
Examples:
  traitconf metrics export > /var/lib/node_exporter/traitconf.prom
  traitconf metrics export --format json
"""


@click.option(
    "--format",
    "style",
    type=click.Choice(("prometheus", "json")),
    default="prometheus",
    show_default=True,
    help="Text for Prometheus, or one JSON document.",
)
def _export(asked: Asked, style: str) -> Reply:
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.runtime.exposition import exposition

    with opened(asked, may_be_absent=True) as session:
        assert session.snapshot is not None
        found = measured(session.snapshot.settings.telemetry.directory)
    if found.problem is not None:
        return found.absent()
    data = found.as_dict() | {"series": list(found.series)}

    def text() -> str:
        return json.dumps(data, indent=2) if style == "json" else exposition(found.series).rstrip("\n")

    return Reply(data, text)


run: Final = command("export", HELP)(_export)
