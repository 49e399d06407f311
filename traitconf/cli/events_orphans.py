"""`traitconf events orphans`: subscriptions to what nobody declares, and events that nobody subscribes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Find subscriptions to events that nobody declares, which end with exit code 1; and list the events of
traits that nobody subscribes to, which is no fault.

\b
Examples:
  traitconf events orphans --app shop
  traitconf events orphans --app shop --json
"""


@command("orphans", HELP)
def run(asked: Asked) -> Reply:
    """Find orphans.

    Args:
        asked: where the configuration is.
    """
    from traitconf.cli.event_records import event_records, subscription_record
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.runtime.events import Events
    from traitconf.runtime.verbs import subscriptions
    from traitconf.schema.catalog import catalog

    with opened(asked, may_be_absent=True) as session:
        if not session.application.module and not asked.is_for_programs:
            click.echo("No application is imported, so no subscription is known; --app names its module.", err=True)
        events = Events(catalog)
        problems = [found for one in subscriptions() if (found := events.problem(one)) is not None]
        data = {
            "subscriptions": [subscription_record(one) for one in subscriptions() if events.problem(one) is not None],
            "events": [one["name"] for one in event_records() if not one["subscribers"]],
        }
    code = ExitCode.FINDINGS if problems else ExitCode.DONE
    return Reply(data, lambda: _text(data), (*session.problems, *problems), code)


def _text(data: dict[str, Any]) -> str:
    lines = [f"{one['pattern']}  nobody declares it; {one['subscriber']} waits for it" for one in data["subscriptions"]]
    lines += [f"{name}  nobody subscribes" for name in data["events"]]
    return "\n".join(lines) or "every event has a subscriber, and every subscription an event"
