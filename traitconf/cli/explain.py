"""`traitconf explain`: why an option has its value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from traitconf.cli.asked import Asked
from traitconf.cli.command import address_argument, command, scope_options

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.cli.subject import Subject
    from traitconf.resolve.explain import Explanation

HELP: Final = """Show why an option has its value: every definition of it, strongest first, with its place.

ADDRESS is trait.option as in configuration files, or a trait, or a full address with tenant, group and model.

\b
  ●  counts            ○  something stronger shadows it

\b
Examples:
  traitconf explain auditable.retention_days --model Article --tenant acme
  traitconf explain tenants.acme.models.Article.auditable.retention_days
  traitconf explain groups.enterprise.auditable
  traitconf explain runtime.app
"""


@command("explain", HELP)
@address_argument()
@scope_options
def run(asked: Asked, address: str, model: str | None, tenant: str | None) -> Reply:
    """Explain an option, or every option below an address.

    Args:
        asked: where the configuration is.
        address: the option, or a trait.
        model: name of the model, or none.
        tenant: id of the tenant, or none.
    """
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.cli.subject import subject_of
    from traitconf.cli.terminal import painted

    with opened(asked) as session:
        subject = subject_of(session, address, model, tenant)
        found = subject.explanations(session.runtime.snapshot)
        return Reply(
            _data(subject, found),
            lambda: "\n\n".join(painted(str(one)) for one in found),
            (*session.problems, *subject.notes),
            generation=session.generation,
        )


def _data(subject: Subject, found: list[Explanation]) -> dict[str, Any]:
    """Return the explanation of one option, or the list of them below `options`."""
    if len(found) == 1 and found[0].address == subject.name:
        return subject.as_dict() | found[0].as_dict()
    return subject.as_dict() | {"options": [one.as_dict() for one in found]}
