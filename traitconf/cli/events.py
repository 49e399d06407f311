"""`traitconf events`: which events there are and who subscribes to them; what happens; and who waits in vain."""

from __future__ import annotations

from typing import Final

from traitconf.cli.group import Group

SUMMARIES: Final = {
    "list": "List the events of traits, with their payload and subscribers.",
    "tail": "Follow the events of an application that runs.",
    "orphans": "Find subscriptions without event, and events without subscriber.",
}
HELP: Final = """List the events of traits and of the framework and who subscribes to them, follow what happens in an
application that runs, or find out who subscribes to what nobody declares.

Subscribers are known when the application is imported: --app, TRAITCONF_APP or the option runtime.app.

\b
Examples:
  traitconf events list --json
  traitconf events list "auditable.**" --app shop
  traitconf events tail
  traitconf events orphans --app shop
"""

run: Final = Group(
    name="events", help=HELP, summaries=SUMMARIES, context_settings={"help_option_names": ["-h", "--help"]}
)
