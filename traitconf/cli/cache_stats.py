"""`traitconf cache stats`: how many results are kept, of what and for whom."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from traitconf.cli.asked import Asked
from traitconf.cli.cache import Key, Wanted, choose_entries, with_store
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Count what is kept in the shared store, by trait, operation and tenant.

Hits and misses are counted by the processes that serve calls: see their metrics traitconf.cache.*.

\b
Examples:
  traitconf cache stats
  traitconf cache stats --tenant acme --json
"""


@command("stats", HELP)
@choose_entries
def run(asked: Asked, tenant: str | None, trait: str | None, operation: str | None) -> Reply:
    """Count entries.

    Args:
        asked: where the configuration is.
        tenant: of which they are; all when not given.
        trait: of which they are.
        operation: of which they are.
    """
    from traitconf.cli.session import opened

    wanted = Wanted(tenant, trait, operation)
    with opened(asked) as session:
        return with_store(session, lambda store, space: _counted(store, wanted.pattern(space)))


def _counted(store: Any, pattern: str) -> Reply:
    from traitconf.cli.reply import Reply
    from traitconf.cli.terminal import table
    from traitconf.cli.wording import counted

    keys = [key for key in map(Key.parse, store.keys(pattern)) if key is not None]
    counts = Counter((key.trait, key.operation, key.tenant) for key in keys)
    rows = [(*of, count) for of, count in sorted(counts.items())]
    data = {
        "store": store.name,
        "entries": len(keys),
        "operations": [
            {"trait": trait, "operation": operation, "tenant": tenant or None, "entries": count}
            for trait, operation, tenant, count in rows
        ],
    }
    columns = ("trait", "operation", "tenant", "entries")
    cells = [(trait, operation, tenant or "none", str(count)) for trait, operation, tenant, count in rows]
    total = f"{counted(len(keys), 'result')} in {store.name}"
    return Reply(
        data, lambda: "\n\n".join([*([table(columns, cells, [False] * len(cells), folds=1)] if cells else []), total])
    )
