"""`traitconf events list`: the events of traits and of the framework, and who subscribes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """List events: their names with the phases of operations, what is in their payload, what they say, and
who subscribes to them. NAME lists some only; * stands for one part of a name, ** for any.

\b
Examples:
  traitconf events list
  traitconf events list "auditable.**" --app shop
  traitconf events list --app shop --json
"""


@command("list", HELP)
@click.argument("name", required=False)
def run(asked: Asked, name: str | None) -> Reply:
    """List events.

    Args:
        asked: where the configuration is.
        name: of the events that are wanted.
    """
    from traitconf.cli.event_records import event_records, names_in
    from traitconf.cli.reply import Reply, UsageFault
    from traitconf.cli.session import opened
    from traitconf.cli.terminal import table
    from traitconf.errors import Problem, did_you_mean
    from traitconf.runtime.event_names import matches

    with opened(asked, may_be_absent=True) as session:
        data = event_records()
        if name is not None:
            known = [full for one in data for full in (one["name"], *names_in(one))]
            data = [one for one in data if any(matches(name, full) for full in (one["name"], *names_in(one)))]
            if not data:
                hint = did_you_mean(name, known) or "traitconf events list shows every event"
                raise UsageFault([Problem("TC730", f"there is no event {name!r}", hint=hint)])
    columns = ("event", "payload", "says", "subscribers")
    return Reply(
        data, lambda: table(columns, [_row(one) for one in data], [False] * len(data), folds=2), session.problems
    )


def _row(one: dict[str, Any]) -> tuple[str, str, str, str]:
    phases = f".{{{','.join(one['phases'])}}}" if one["phases"] else ""
    told = ", ".join(subscriber["subscriber"] for subscriber in one["subscribers"])
    return one["name"] + phases, ", ".join(one["payload"] or ()), one["doc"], told or "-"
