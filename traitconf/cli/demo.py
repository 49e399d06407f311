"""`traitconf demo`: the demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Run the demonstration: a handbook for three tenants, one class with three traits, real texts.

It works on a copy of its configuration, and leaves nothing behind unless --data names a directory.

\b
Examples:
  traitconf demo
  traitconf demo --data handbook
"""


@command("demo", HELP, configured=False)
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory that keeps configuration, articles and audit trail; made when it is missing.",
)
@click.option("--plain", is_flag=True, help="No colours and no progress bar, also on a terminal.")
def run(asked: Asked, data: Path | None, plain: bool) -> Reply:
    """Run the demonstration.

    Args:
        asked: whether a program reads; then the story is told on stderr.
        data: directory that keeps its state, or none.
        plain: whether colours and progress bar are left out.
    """
    import contextlib
    import sys

    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply
    from traitconf.demo.main import run as tell

    aside = contextlib.redirect_stdout(sys.stderr) if asked.is_for_programs else contextlib.nullcontext()
    with aside:
        failed = tell(data, plain=plain)
    found = {"succeeded": not failed, "directory": str(data) if data else None}
    return Reply(found, code=ExitCode.FINDINGS if failed else ExitCode.DONE)
