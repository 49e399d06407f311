"""`traitconf stubs`: stubs in which type checkers see what traits give to classes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import Callback
from traitconf.cli.group import Group

if TYPE_CHECKING:
    from traitconf.docgen.typings import Typings

SUMMARIES: Final = {"build": "Write the stubs.", "check": "Check that the stubs are up to date."}
HELP: Final = """Write stubs in which type checkers and editors see the members that traits give to classes, or check
that those which were written are up to date.

Only modules whose classes have such members get a stub, and the packages around them. Pyright and Pylance read
typings/ by themselves. mypy reads it with mypy_path = "typings"; it prefers the source of a module that it is told
to check, so that modules with stubs are checked in a run of their own: `stubs build` prints the settings. --json
lists the files.

\b
Examples:
  traitconf stubs build --app shop
  traitconf stubs check --app shop
"""

run: Final = Group(
    name="stubs", help=HELP, summaries=SUMMARIES, context_settings={"help_option_names": ["-h", "--help"]}
)


def out_option(function: Callback) -> Callback:
    """Add `--out`."""
    path = click.Path(path_type=Path, file_okay=False)
    return click.option("--out", type=path, default=Path("typings"), help="Directory. [typings]")(function)


def made_for(asked: Asked, out: Path) -> Typings:
    """Return the stubs that an application needs; what can have none is told on stderr.

    Args:
        asked: where the application is named.
        out: the directory of the stubs.
    """
    from traitconf.bind.info import models
    from traitconf.cli.session import opened
    from traitconf.docgen.typings import typings

    with opened(asked, may_be_absent=True) as session:
        made = typings(models(), out)
    for name, reason in made.left_out:
        click.echo(f"note: no stub for {name}: {reason}", err=True)
    if not made.sources and not session.application.module:
        click.echo("note: no class has members from traits here; --app names the module that defines them", err=True)
    return made


def data_of(made: Typings, out: Path) -> dict[str, Any]:
    """Return what programs are told of stubs.

    Args:
        made: the stubs.
        out: their directory.
    """
    return {
        "directory": out.as_posix(),
        "files": [
            {"file": (out / one.path).as_posix(), "module": one.module or None, "state": one.state, "diff": one.diff()}
            for one in made.files
        ],
        "modules": list(made.sources),
        "left_out": [{"class": name, "reason": reason} for name, reason in made.left_out],
    }
