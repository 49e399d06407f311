"""`traitconf adopt scan`: the mixins of a package, and what configuration could govern of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.bind.survey import Candidate
    from traitconf.cli.reply import Reply

HELP: Final = """Show the mixins of PACKAGE, and what configuration could govern of each.

The package is imported, every module of it but its tests and programs. A class is taken for a mixin when its name
says so, or when another class has it beside other bases; --app imports the application first, so that the classes
that have a mixin are known.

\b
Examples:
  traitconf adopt scan sqlalchemy_mixins
  traitconf adopt scan shop.mixins --app shop --json
"""


@command("scan", HELP)
@click.argument("package")
def run(asked: Asked, package: str) -> Reply:
    """Show mixins.

    Args:
        asked: where the configuration is.
        package: name of the package.
    """
    from traitconf.cli.adopting import surveyed, told_of
    from traitconf.cli.reply import Reply

    with surveyed(asked, package) as (found, session):
        records = [record(one) for one in found.candidates]
        if not records and not asked.is_for_programs:
            click.echo(f"{package} has no mixins.", err=True)
        return Reply(
            {"package": package, "mixins": records},
            lambda: "\n\n".join(_shown(one) for one in found.candidates),
            (*told_of(session), *found.problems),
            generation=session.generation,
            problems_are="talk" if not found.problems else "data",
        )


def record(one: Candidate) -> dict[str, Any]:
    """Return a mixin as JSON knows it.

    Args:
        one: a mixin.
    """
    from traitconf.bind.survey import shown_type

    return {
        "class": one.target,
        "trait": one.trait,
        "adopted": one.adopted,
        "options": {
            name: {"option": offer.option, "type": shown_type(offer), "private": not offer.is_public}
            for name, offer in one.offers.items()
            if offer.kind == "attribute" and not offer.refused
        },
        "methods": list(one.methods()),
        "private_methods": [name for name, offer in one.private().items() if offer.kind == "method"],
        "refused": {name: offer.refused for name, offer in one.left().items()},
        "hosts": [f"{host.__module__}:{host.__qualname__}" for host in one.hosts],
        "kept": one.kept(),
    }


def _shown(one: Candidate) -> str:
    from traitconf.bind.survey import shown_signature, shown_type

    attributes = [
        f"{name} = {offer.value!r} ({shown_type(offer)})"
        for name, offer in one.attributes().items()
        if not offer.refused
    ]
    lines = [f"{one.target}  →  {one.trait}{', adopted' if one.adopted else ''}"]
    lines += _listed("options", attributes)
    lines += _listed("methods", [shown_signature(offer) for offer in one.methods().values()])
    lines += _listed("by name", list(one.private()))
    lines += _listed("stays", [f"{name}: {offer.refused}" for name, offer in one.left().items()])
    lines += _listed("hosts", [host.__qualname__ for host in one.hosts])
    lines += _listed("own", [f"{name}: {', '.join(hosts)}" for name, hosts in one.kept().items()])
    return "\n".join(lines)


def _listed(title: str, texts: list[str]) -> list[str]:
    return [f"  {title if not at else '':8} {text}" for at, text in enumerate(texts)]
