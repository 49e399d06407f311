"""`traitconf trait show`: everything that one trait has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

from traitconf.cli.asked import Asked
from traitconf.cli.command import command
from traitconf.cli.complete import complete_address
from traitconf.cli.trait import is_base, models_by_trait

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.schema.describe import OptionInfo, TraitInfo

HELP: Final = """Show a trait: what it is for, its options with types and defaults, what it gives to a class, what it
wraps, what it announces, and the classes that it is bound to.

The options that every trait has are only counted; --all lists them too.

\b
Examples:
  traitconf trait show auditable
  traitconf trait show auditable --all
  traitconf trait show auditable --app shop --json
"""


def complete_trait(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the traits of installed packages.

    Args:
        ctx: click's context.
        param: click's parameter.
        incomplete: what is typed already.
    """
    return [] if "." in incomplete else complete_address(ctx, param, incomplete)


@command("show", HELP)
@click.argument("name", shell_complete=complete_trait)
@click.option("every", "--all", is_flag=True, help="Also the options that every trait has.")
def run(asked: Asked, name: str, every: bool) -> Reply:
    """Show one trait.

    Args:
        asked: where the configuration is.
        name: of the trait.
        every: whether the options of every trait are listed too.
    """
    from traitconf.cli.reply import Reply, UsageFault
    from traitconf.cli.session import opened
    from traitconf.errors import Problem, did_you_mean
    from traitconf.schema.catalog import catalog
    from traitconf.schema.describe import describe

    with opened(asked, may_be_absent=True) as session:
        spec = catalog.find(name)
        if spec is None:
            more = "" if session.application.module else "; an application's own traits are known with --app"
            hint = did_you_mean(name, catalog.names()) or f"known are {', '.join(catalog.names())}"
            raise UsageFault([Problem("TC102", f"unknown trait {name!r}", hint=hint + more)])
        found, models = describe(spec.cls), models_by_trait().get(name, [])
    return Reply(found.as_dict() | {"models": models}, lambda: _page(found, models, every), session.problems)


def _page(info: TraitInfo, models: list[str], every: bool) -> str:
    from traitconf.cli.terminal import pairs, table

    options = [line for option in info.options if every or not is_base(option) for line in _leaves(option)]
    parts = [pairs(_head(info)), info.doc]
    for columns, rows in (
        (("option", "type", "default", "says"), [_option(one) for one in options]),
        (("gives", "kind", "says"), [(one.name + one.signature, one.shape, _first(one.doc)) for one in info.members]),
        (("hook", "kind", "on", "says"), [(h.name, h.kind, ", ".join(h.targets), _first(h.doc)) for h in info.hooks]),
        (("announces", "kind", "says"), [(one.name, one.kind, one.doc) for one in info.signals]),
        (("bound to",), [(model,) for model in models]),
    ):
        if rows:
            parts.append(table(columns, rows, [False] * len(rows), folds=len(columns) - 1))
    hidden = 0 if every else sum(len(_leaves(option)) for option in info.options if is_base(option))
    if hidden:
        parts.append(f"and the {hidden} options that every trait has: --all lists them")
    return "\n\n".join(parts)


def _head(info: TraitInfo) -> list[tuple[str, str]]:
    lines = [
        ("trait", info.name),
        ("class", info.qualified_name),
        ("defined", info.origin),
        ("version", str(info.version)),
        ("requires", ", ".join(info.requires)),
        ("hooks outside of", ", ".join(info.before)),
        ("hooks inside of", ", ".join(info.after)),
        ("never beside", ", ".join(info.incompatible)),
        ("tenant", "required" if info.tenant == "required" else ""),
        ("guard", "nobody can switch it off for a tenant" if info.guard else ""),
        ("deprecated", info.deprecated),
    ]
    return [(name, text) for name, text in lines if text]


def _leaves(option: OptionInfo) -> list[OptionInfo]:
    return [leaf for field in option.fields for leaf in _leaves(field)] if option.fields else [option]


def _option(option: OptionInfo) -> tuple[str, str, str, str]:
    import json

    default = json.dumps(option.default, ensure_ascii=False)
    shown = "required" if option.required else "computed" if option.computed else default
    return option.address, option.type, shown, _first(option.doc)


def _first(doc: str) -> str:
    return doc.partition("\n")[0]
