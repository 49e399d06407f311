"""`traitconf model list`: which classes have traits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import Session

HELP: Final = """List the classes that have traits, and those that the configuration names and nobody has imported.

\b
Examples:
  traitconf model list
  traitconf model list --app shop --json
"""


@command("list", HELP)
def run(asked: Asked) -> Reply:
    """List the classes that have traits.

    Args:
        asked: where the configuration is.
    """
    from traitconf.bind.info import models
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.cli.terminal import table

    with opened(asked, may_be_absent=True) as session:
        data = [_record(cls) for cls in models()]
        data += _pending(session, {name for one in data for name in (one["name"], one["class"])})
        if not data and not asked.is_for_programs:
            click.echo("No class has traits here; --app names the module that defines them.", err=True)
    columns = ("model", "traits", "class", "where")
    rows = [(one["name"], ", ".join(one["traits"]), one["class"] or "", one["origin"]) for one in data]
    faint = [not one["loaded"] for one in data]
    return Reply(data, lambda: table(columns, rows, faint, folds=1) if rows else "", session.problems)


def _record(cls: type) -> dict[str, Any]:
    from traitconf.bind.info import binding_of, home_of, qualified
    from traitconf.bind.view import traits_of

    bindings = sorted((binding_of(cls, trait) for trait in traits_of(cls)), key=lambda one: one.position)
    return {
        "name": cls.__name__,
        "class": qualified(cls),
        "traits": [one.trait.__traitconf_spec__.name for one in bindings],
        "inherits_from": sorted({qualified(one.owner) for one in bindings if one.owner is not cls}),
        "origin": str(home_of(cls)),
        "loaded": True,
    }


def _pending(session: Session, known: set[str]) -> Iterator[dict[str, Any]]:
    """Yield what the configuration names and nobody has imported."""
    assert session.snapshot is not None
    graph = session.snapshot.graph
    bound = {binding.model: binding for binding in graph.bindings}
    for name in graph.model_names():
        binding = bound.get(name)
        if name in known or (binding is not None and binding.target in known):
            continue
        yield {
            "name": name,
            "class": binding.target if binding else None,
            "traits": list(binding.traits) if binding else [],
            "inherits_from": [],
            "origin": str(binding.origin("use")) if binding else "not imported",
            "loaded": False,
        }
