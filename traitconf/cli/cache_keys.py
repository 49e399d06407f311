"""`traitconf cache keys`: the keys of cached results."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.cache import Key, Wanted, choose_entries, with_store
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """List the keys of the shared store, one a line, each with how long it is kept.

\b
Examples:
  traitconf cache keys
  traitconf cache keys --trait summarisable --limit 20
"""


@command("keys", HELP)
@choose_entries
@click.option("--limit", default=1000, show_default=True, metavar="N", help="How many are listed at most.")
def run(asked: Asked, tenant: str | None, trait: str | None, operation: str | None, limit: int) -> Reply:
    """List keys.

    Args:
        asked: where the configuration is.
        tenant: of which they are; all when not given.
        trait: of which they are.
        operation: of which they are.
        limit: how many at most.
    """
    from traitconf.cli.session import opened

    wanted = Wanted(tenant, trait, operation)
    with opened(asked) as session:
        return with_store(session, lambda store, space: _listed(store, wanted.pattern(space), limit))


def _listed(store: Any, pattern: str, limit: int) -> Reply:
    from traitconf.cli.reply import Reply

    found = (key for key in map(Key.parse, store.keys(pattern)) if key is not None)
    keys = sorted(itertools.islice(found, limit), key=lambda key: key.key)
    left = {key.key: store.seconds_left(key.key) for key in keys}
    data = [
        {
            "key": key.key,
            "tenant": key.tenant or None,
            "trait": key.trait,
            "operation": key.operation,
            "seconds": left[key.key],
        }
        for key in keys
    ]
    return Reply(data, lambda: "\n".join(f"{key.key}  {left[key.key]:.0f}s" for key in keys))
