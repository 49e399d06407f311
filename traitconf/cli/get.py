"""`traitconf get`: the bare value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from traitconf.cli.asked import Asked
from traitconf.cli.command import address_argument, command, scope_options

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.resolve.explain import Explanation

HELP: Final = """Print the value of an option: text as it is, everything else as JSON, a secret as dots.

For a trait or a record, each option has a line of its own, `address = value`, values as JSON.

\b
Examples:
  traitconf get auditable.retention_days --model Article --tenant acme
  traitconf get tenants.acme.sluggable.max_length
  traitconf get auditable --tenant acme
"""


@command("get", HELP)
@address_argument()
@scope_options
def run(asked: Asked, address: str, model: str | None, tenant: str | None) -> Reply:
    """Print the value of an option, or of every option below an address.

    Args:
        asked: where the configuration is.
        address: the option, or a trait.
        model: name of the model, or none.
        tenant: id of the tenant, or none.
    """
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.cli.subject import subject_of

    with opened(asked) as session:
        subject = subject_of(session, address, model, tenant)
        found = subject.explanations(session.runtime.snapshot)
        is_one = len(found) == 1 and found[0].address == subject.name
        return Reply(
            subject.as_dict() | {"value": found[0].value if is_one else _tree(subject.name, found)},
            lambda: _bare(found[0].value) if is_one else "\n".join(map(_line, found)),
            (*session.problems, *subject.notes),
            generation=session.generation,
        )


def _bare(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line(one: Explanation) -> str:
    return f"{one.address} = {json.dumps(one.value, ensure_ascii=False)}"


def _tree(name: str, found: list[Explanation]) -> dict[str, Any]:
    """Return the values as nested tables, like a configuration file below that address.

    >>> from traitconf.resolve.explain import Explanation
    >>> _tree("a", [Explanation("a.cache.ttl", "5m", "duration", ())])
    {'cache': {'ttl': '5m'}}
    """
    tree: dict[str, Any] = {}
    for one in found:
        *parents, last = one.address[len(name) :].strip(".").split(".")
        table = tree
        for parent in parents:
            table = table.setdefault(parent, {})
        table[last] = one.value
    return tree
