"""`traitconf cache clear`: removes entries, or invalidates a tag, after it has said how many and was told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.cache import Wanted, choose_entries, with_store
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Remove entries of the shared store. How many is said first, and asked; --yes answers.

With --tag the entries with a tag of the tenant are retired instead, as tc.invalidate does it: the next call computes.

\b
Examples:
  traitconf cache clear --tenant acme
  traitconf cache clear --trait summarisable --yes
  traitconf cache clear --tag feed --tenant acme
"""


@command("clear", HELP)
@choose_entries
@click.option("--tag", metavar="TAG", help="Retire what has this tag, of the tenant that is named or of none.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def run(
    asked: Asked, tenant: str | None, trait: str | None, operation: str | None, tag: str | None, yes: bool
) -> Reply:
    """Clear entries.

    Args:
        asked: where the configuration is.
        tenant: of which they are; all when not given.
        trait: of which they are.
        operation: of which they are.
        tag: that is invalidated instead.
        yes: whether to go on without asking.
    """
    from traitconf.cli.session import opened

    wanted = Wanted(tenant, trait, operation)
    if tag is not None and (trait or operation):
        raise click.UsageError(
            "a tag is of a tenant, whatever the trait and operation: leave --trait and --operation out"
        )
    with opened(asked) as session:
        if tag is not None:
            return with_store(session, lambda store, space: _invalidated(store, space, tenant, tag, asked, yes))
        return with_store(session, lambda store, space: _cleared(store, wanted.pattern(space), asked, yes))


def _cleared(store: Any, pattern: str, asked: Asked, yes: bool) -> Reply:
    from traitconf.cli.reply import Reply
    from traitconf.cli.wording import counted

    keys = list(store.keys(pattern))
    what = f"{counted(len(keys), 'result')} in {store.name}"
    if keys and not _agreed(f"Remove {what}?", asked, yes):
        return Reply({"matched": len(keys), "removed": 0}, lambda: f"nothing is removed of {what}")
    removed = store.remove(keys) if keys else 0
    return Reply({"matched": len(keys), "removed": removed}, lambda: f"{counted(removed, 'result')} removed")


def _invalidated(store: Any, space: str, tenant: str | None, tag: str, asked: Asked, yes: bool) -> Reply:
    from traitconf.cli.reply import Reply
    from traitconf.runtime.cache_recipe import tag_of

    whose = f"of tenant {tenant}" if tenant else "of no tenant"
    if not _agreed(f"Retire what has the tag {tag!r} {whose}?", asked, yes):
        return Reply({"tag": tag, "tenant": tenant, "invalidated": False}, lambda: "nothing is retired")
    store.stamp([tag_of(space, tenant, tag)])
    return Reply({"tag": tag, "tenant": tenant, "invalidated": True}, lambda: f"the tag {tag!r} {whose} is invalidated")


def _agreed(question: str, asked: Asked, yes: bool) -> bool:
    """Ask; who cannot be asked must have said --yes."""
    if yes:
        return True
    if asked.is_for_programs:
        raise click.UsageError("--json asks nothing: say --yes")
    return click.confirm(question, err=True)
