"""`traitconf trait list`: which traits there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from traitconf.cli.asked import Asked
from traitconf.cli.command import command
from traitconf.cli.trait import is_base, models_by_trait

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.schema.describe import TraitInfo

HELP: Final = """List the known traits.

\b
Examples:
  traitconf trait list
  traitconf trait list --app shop --json
"""


@command("list", HELP)
def run(asked: Asked) -> Reply:
    """List the known traits.

    Args:
        asked: where the configuration is.
    """
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.cli.terminal import table
    from traitconf.schema.catalog import catalog
    from traitconf.schema.describe import describe

    with opened(asked, may_be_absent=True) as session:
        models = models_by_trait()
        data = [_record(describe(spec.cls), models.get(spec.name, ())) for spec in catalog.traits()]
    columns = ("trait", "purpose", "options", "models", "where")
    rows = [tuple(str(one[column]) for column in ("name", "summary", "options", "models", "origin")) for one in data]
    return Reply(data, lambda: table(columns, rows, [False] * len(rows), folds=1), session.problems)


def _record(info: TraitInfo, models: Iterable[str]) -> dict[str, Any]:
    own = [option for option in info.options if not is_base(option)]
    return {
        "name": info.name,
        "summary": info.doc.partition("\n")[0],
        "qualified_name": info.qualified_name,
        "options": len(own),
        "members": [member.name for member in info.members],
        "wraps": sorted({target for hook in info.hooks for target in hook.targets}),
        "models": len(list(models)),
        "origin": info.origin,
        "deprecated": info.deprecated,
    }
