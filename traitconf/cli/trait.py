"""`traitconf trait`: which traits there are, and everything that one of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from traitconf.cli.group import Group

if TYPE_CHECKING:
    from traitconf.schema.describe import OptionInfo

SUMMARIES: Final = {"list": "List the known traits.", "show": "Show one trait, whole."}
HELP: Final = """List the known traits, or show one: its options, members, hooks and events, and where it is bound.

Known are the traits of installed packages and, with --app, those of the application. --json prints the whole
description.

\b
Examples:
  traitconf trait list
  traitconf trait show auditable
  traitconf trait show auditable --app shop --json
"""

run: Final = Group(
    name="trait", help=HELP, summaries=SUMMARIES, context_settings={"help_option_names": ["-h", "--help"]}
)


def models_by_trait() -> dict[str, list[str]]:
    """Return the qualified names of the classes that each trait is bound to, those that inherit it included."""
    from traitconf.bind.info import models
    from traitconf.bind.view import traits_of
    from traitconf.schema.catalog import model_names

    found: dict[str, list[str]] = {}
    for cls in models():
        for trait in traits_of(cls):
            found.setdefault(trait.__traitconf_spec__.name, []).append(model_names(cls)[1])
    return found


def is_base(option: OptionInfo) -> bool:
    """Whether every trait has an option.

    Args:
        option: of a trait.
    """
    from traitconf.schema.base import TraitBase

    return option.name in TraitBase.__annotations__
