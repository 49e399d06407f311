"""`traitconf metrics dashboard`: a dashboard for Grafana."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Print a dashboard for Grafana, made from the instruments of the framework and of the known traits.

With --app the application's own traits are among them. Import it in Grafana, with Prometheus as its source.

\b
Examples:
  traitconf metrics dashboard --app shop > traitconf.json
"""


@command("dashboard", HELP)
def run(asked: Asked) -> Reply:
    """Print the dashboard.

    Args:
        asked: where the configuration is.
    """
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.docgen.dashboard import dashboard
    from traitconf.runtime.instrument import catalogue
    from traitconf.schema.catalog import catalog

    with opened(asked, may_be_absent=True) as session:
        made = dashboard(catalogue(catalog))
        return Reply(made, lambda: json.dumps(made, indent=2), session.problems)
