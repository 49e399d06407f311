"""`traitconf metrics rules`: alert rules for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Print alert rules for Prometheus, made from the instruments.

\b
Examples:
  traitconf metrics rules > /etc/prometheus/rules/traitconf.yml
"""


@command("rules", HELP, configured=False)
def run(asked: Asked) -> Reply:  # noqa: ARG001 -- the shape of every command
    """Print the rules.

    Args:
        asked: nothing.
    """
    import attrs

    from traitconf.cli.reply import Reply
    from traitconf.docgen.alerts import alerts, rules
    from traitconf.runtime.instrument import FRAMEWORK

    return Reply([attrs.asdict(alert) for alert in alerts(FRAMEWORK)], lambda: rules(FRAMEWORK))
