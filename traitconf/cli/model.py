"""`traitconf model`: which classes have traits, who bound them where, and what a call of a method meets."""

from __future__ import annotations

from typing import Final

from traitconf.cli.group import Group

SUMMARIES: Final = {"list": "List the classes that have traits.", "show": "Show one class and its bindings."}
HELP: Final = """List the classes that have traits, or show one: who bound what where, in which order, and what a
call of each method meets.

Classes are known when the application is imported: --app, TRAITCONF_APP or the option runtime.app.

\b
Examples:
  traitconf model list --app shop
  traitconf model show Article --app shop
  traitconf model show shop.models:Article --app shop --json
"""

run: Final = Group(
    name="model", help=HELP, summaries=SUMMARIES, context_settings={"help_option_names": ["-h", "--help"]}
)
