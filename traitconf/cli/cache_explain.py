"""`traitconf cache explain`: what a key says, and whether its entry answers a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.cache import Key, with_store
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import Session

HELP: Final = """Show what a key of the shared store says, and whether its entry is fresh or stale.

What is kept itself is not shown: it belongs to a tenant.

\b
Examples:
  traitconf cache keys --limit 1
  traitconf cache explain 'tc1:{shop/-}:acme:summarisable:summary:5f0c1d2e:…'
"""


@command("explain", HELP)
@click.argument("key")
def run(asked: Asked, key: str) -> Reply:
    """Explain a key.

    Args:
        asked: where the configuration is.
        key: the whole key.
    """
    from traitconf.cli.reply import UsageFault
    from traitconf.cli.session import opened
    from traitconf.errors import Problem

    parsed = Key.parse(key)
    if parsed is None:
        hint = "traitconf cache keys lists them; put the key in quotes, because of its braces"
        raise UsageFault([Problem("TC010", f"{key!r} is no key of a cached result", hint=hint)])
    with opened(asked) as session:
        return with_store(session, lambda store, space: _explained(store, parsed, session))


def _explained(store: Any, key: Key, session: Session) -> Reply:
    from traitconf.cli.reply import Reply
    from traitconf.cli.terminal import pairs

    told = store.tell(key.key)
    data = {
        "key": key.key,
        "application": key.space,
        "tenant": key.tenant or None,
        "trait": key.trait,
        "operation": key.operation,
        "epoch": key.epoch,
        "epoch_is_current": _is_current(key, session),
        **told,
    }
    lines = [(name.replace("_", " "), _shown(value)) for name, value in data.items()]
    return Reply(data, lambda: pairs(lines))


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.0f}" if isinstance(value, float) else str(value)


def _is_current(key: Key, session: Session) -> bool | None:
    """Whether the trait's options are still those that the results were made with; nothing where that is unknown."""
    from traitconf.bind.info import models
    from traitconf.runtime.cache_slot import epoch_of
    from traitconf.schema.catalog import catalog

    spec = catalog.find(key.trait)
    member = spec.members.get(key.operation) if spec is not None else None
    if spec is None or member is None:
        return None
    runtime = session.runtime
    resolved = [runtime.resolve(spec.cls, model, key.tenant or None) for model in (None, *models())]
    return key.epoch in {epoch_of(trait, member.caching, is_own=True) for trait in resolved}
