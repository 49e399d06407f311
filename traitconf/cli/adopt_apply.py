"""`traitconf adopt apply`: writes the files that adopting a package's mixins takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from traitconf.cli.adopt import choose_options
from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Write the files that adopting the mixins of PACKAGE takes; the package itself is not touched.

They are a module that calls tc.adopt, and adopted.toml in the configuration, where every new trait is in shadow.
A file that somebody else wrote, or changed since, is not overwritten; that exits with 5.

\b
Examples:
  traitconf adopt apply sqlalchemy_mixins --only ReprMixin --also __repr_max_length__
  traitconf adopt apply shop.mixins --to shop/adopted.py
"""


@command("apply", HELP)
@choose_options
def run(asked: Asked, package: str, only: tuple[str, ...], also: tuple[str, ...], to: str) -> Reply:
    """Write the files.

    Args:
        asked: where the configuration is.
        package: name of the package.
        only: globs of class names.
        also: names with an underscore that are wanted.
        to: path of the module.
    """
    from traitconf.cli.adopting import next_steps, planned, surveyed, told_of, write
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply
    from traitconf.types import shown_path

    with surveyed(asked, package) as (found, session):
        plan = planned(found, session, only, also, to)
        told = (*told_of(session), *found.problems, *plan.skipped)
        if plan.conflicts:
            return Reply(problems=(*told, *plan.conflicts), code=ExitCode.CONFLICT, generation=session.generation)
        changed = [shown_path(str(file.path)) for file in plan.pending]
        write(plan)
        data = {"traits": {name: one.target for name, one in plan.chosen.items()}, "written": changed}
        lines = [*(f"wrote {name}" for name in changed), *([f"now {next_steps(to)}"] if changed else ["nothing to do"])]
        return Reply(
            data,
            lambda: "\n".join(lines),
            told,
            generation=session.generation,
            problems_are="data" if found.problems or plan.skipped else "talk",
        )
