"""`traitconf stubs check`: shows how the stubs that are there differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from traitconf.cli.asked import Asked
from traitconf.cli.command import command
from traitconf.cli.stubs import data_of, made_for, out_option

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.docgen.typings import Typings

HELP: Final = """Make the stubs in memory, and show how those that are there differ. Exits with 1 when one does.

\b
Examples:
  traitconf stubs check --app shop
  traitconf stubs check --app shop --json
"""


@command("check", HELP)
@out_option
def run(asked: Asked, out: Path) -> Reply:
    """Check that the stubs are up to date.

    Args:
        asked: where the application is named.
        out: the directory.
    """
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply

    made = made_for(asked, out)
    code = ExitCode.FINDINGS if made.differing() else ExitCode.DONE
    return Reply(data_of(made, out), lambda: _checked(made, out), code=code)


def _checked(made: Typings, out: Path) -> str:
    from traitconf.cli.wording import counted

    differing = made.differing()
    if not differing:
        return f"{counted(len(made.files), 'stub')} up to date in {out.as_posix()}/"
    diffs = "".join(one.diff() for one in differing)
    return f"{diffs}\n{counted(len(differing), 'stub')} of {len(made.files)} out of date: traitconf stubs build"
