"""`traitconf trait`: which traits there are, and everything that one of them has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem

from traitconf.cli.asked import Asked
from traitconf.cli.complete import complete_address
from traitconf.cli.group import group

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.schema.describe import OptionInfo, TraitInfo

HELP: Final = """List the known traits, or show one: its options, members, hooks and events, and where it is bound.

Known are the traits of installed packages and, with --app, those of the application. --json prints the whole
description.

\b
Examples:
  traitconf trait list
  traitconf trait show auditable
  traitconf trait show auditable --app shop --json
"""
LIST: Final = """List the known traits.

\b
Examples:
  traitconf trait list
  traitconf trait list --app shop --json
"""
SHOW: Final = """Show a trait: what it is for, its options with types and defaults, what it gives to a class, what it
wraps, what it announces, and the classes that it is bound to.

The options that every trait has are only counted; --all lists them too.

\b
Examples:
  traitconf trait show auditable
  traitconf trait show auditable --all
  traitconf trait show auditable --app shop --json
"""

run = group("trait", HELP)


def complete_trait(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the traits of installed packages.

    Args:
        ctx: click's context.
        param: click's parameter.
        incomplete: what is typed already.
    """
    return [] if "." in incomplete else complete_address(ctx, param, incomplete)


@run.verb("list", "List the known traits.", LIST)
def run_list(asked: Asked) -> Reply:
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
        models = _models()
        data = [_record(describe(spec.cls), models.get(spec.name, ())) for spec in catalog.traits()]
    columns = ("trait", "purpose", "options", "models", "where")
    rows = [tuple(str(one[column]) for column in ("name", "summary", "options", "models", "origin")) for one in data]
    return Reply(data, lambda: table(columns, rows, [False] * len(rows), folds=1), session.problems)


@run.verb("show", "Show one trait, whole.", SHOW)
@click.argument("name", shell_complete=complete_trait)
@click.option("every", "--all", is_flag=True, help="Also the options that every trait has.")
def run_show(asked: Asked, name: str, every: bool) -> Reply:
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
        found, models = describe(spec.cls), _models().get(name, [])
    return Reply(found.as_dict() | {"models": models}, lambda: _page(found, models, every), session.problems)


def _models() -> dict[str, list[str]]:
    """Return the qualified names of the classes that each trait is bound to, those that inherit it included."""
    from traitconf.bind.info import models
    from traitconf.bind.view import traits_of
    from traitconf.schema.catalog import model_names

    found: dict[str, list[str]] = {}
    for cls in models():
        for trait in traits_of(cls):
            found.setdefault(trait.__traitconf_spec__.name, []).append(model_names(cls)[1])
    return found


def _record(info: TraitInfo, models: Iterable[str]) -> dict[str, Any]:
    own = [option for option in info.options if not _is_base(option)]
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


def _is_base(option: OptionInfo) -> bool:
    from traitconf.schema.base import TraitBase

    return option.name in TraitBase.__annotations__


def _page(info: TraitInfo, models: list[str], every: bool) -> str:
    from traitconf.cli.terminal import pairs, table

    options = [line for option in info.options if every or not _is_base(option) for line in _leaves(option)]
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
    hidden = 0 if every else sum(len(_leaves(option)) for option in info.options if _is_base(option))
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
