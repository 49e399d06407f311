"""`traitconf adopt plan`: the files that adopting a package's mixins takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from traitconf.cli.adopt import choose_options
from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Show the files that adopting the mixins of PACKAGE takes, as a diff; nothing is written.

Mixins that cannot be adopted are left out, with the reason.

\b
Examples:
  traitconf adopt plan sqlalchemy_mixins
  traitconf adopt plan sqlalchemy_mixins --only ReprMixin --also __repr_max_length__
  traitconf adopt plan shop.mixins --exit-code
"""


@command("plan", HELP)
@choose_options
@click.option("--exit-code", is_flag=True, help="Exit with 3 when files would change.")
def run(asked: Asked, package: str, only: tuple[str, ...], also: tuple[str, ...], to: str, exit_code: bool) -> Reply:
    """Show what would be written.

    Args:
        asked: where the configuration is.
        package: name of the package.
        only: globs of class names.
        also: names with an underscore that are wanted.
        to: path of the module.
        exit_code: whether pending changes are told by the exit code.
    """
    from traitconf.cli.adopting import planned, surveyed, told_of
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply

    with surveyed(asked, package) as (found, session):
        plan = planned(found, session, only, also, to)
        if not plan.pending and not asked.is_for_programs:
            click.echo("Nothing to do.", err=True)
        files = [{"file": str(file.path), "pending": file.is_pending, "text": file.text} for file in plan.files]
        return Reply(
            {"traits": {name: one.target for name, one in plan.chosen.items()}, "files": files},
            lambda: "\n".join(file.diff() for file in plan.pending),
            (*told_of(session), *found.problems, *plan.skipped, *plan.conflicts),
            ExitCode.PENDING if exit_code and plan.pending else ExitCode.DONE,
            session.generation,
            "data" if found.problems or plan.skipped or plan.conflicts else "talk",
        )
