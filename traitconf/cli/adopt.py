"""`traitconf adopt`: mixins that exist become traits, and their files are not touched."""

from __future__ import annotations

from typing import Final

import click

from traitconf.cli.command import Callback
from traitconf.cli.group import Group

SUMMARIES: Final = {
    "scan": "Show the mixins of a package, and what configuration could govern of each.",
    "plan": "Show the files that adopting them takes; nothing is written.",
    "apply": "Write these files.",
}

HELP: Final = """Turn the mixins of a package into traits, without touching its files.

`apply` writes two files of yours: a module with one call of tc.adopt for each mixin, which the application imports,
and a configuration in which every new trait is in shadow: it changes nothing, and tc.shadow_report() says what it
would. Every command takes --json.

\b
Examples:
  traitconf adopt scan sqlalchemy_mixins
  traitconf adopt plan sqlalchemy_mixins --only ReprMixin
  traitconf adopt apply sqlalchemy_mixins --only ReprMixin
"""

run: Final = Group(
    name="adopt", help=HELP, summaries=SUMMARIES, context_settings={"help_option_names": ["-h", "--help"]}
)
MODULE: Final = "adopted.py"


def choose_options(function: Callback) -> Callback:
    """Add what `plan` and `apply` share."""
    only = click.option(
        "--only", multiple=True, metavar="GLOB", help="Only mixins whose class names match; may be repeated."
    )
    also = click.option(
        "--also", multiple=True, metavar="NAME", help="An attribute or method with an underscore to adopt as well."
    )
    to = click.option("--to", default=MODULE, metavar="FILE", help=f"The module to write. [{MODULE}]")
    return click.argument("package")(only(also(to(function))))
