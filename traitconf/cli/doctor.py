"""`traitconf doctor`: whether what was bound is still in force, each fault with its fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command, report_options
from traitconf.cli.lint import CODES, is_wanted, known_codes

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Look whether the traits of an application are in force, and say how each fault is mended.

Found are methods that were replaced after binding, members that fields hide, values that cannot be kept for want of
`__weakref__`, Pydantic models that were built before their traits, and work that is handed to threads without the
running context. A program asks tc.verify(cls), which finds all but the last.

Exits with 1 when something is found, with 4 when the configuration is invalid. PATHS are directories or files, the
weakest first, as with --config. CODE may be the beginning of some; `traitconf rule CODE` says more about one.

\b
Examples:
  traitconf doctor --app shop
  traitconf doctor --app shop --ignore TC645
  traitconf doctor --app shop --json
"""


@command("doctor", HELP)
@report_options
@click.option("--select", **CODES, help="Show only these codes; several by commas, or by saying it again.")
@click.option("--ignore", **CODES, help="Leave these codes out.")
def run(asked: Asked, select: Sequence[str], ignore: Sequence[str]) -> Reply:
    """Look whether traits are in force.

    Args:
        asked: where the configuration is.
        select: the only codes that are shown.
        ignore: the codes that are left out.
    """
    from traitconf.bind.info import models
    from traitconf.bind.verify import verify
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import look
    from traitconf.cli.threads import handovers
    from traitconf.resolve.check import unique
    from traitconf.resolve.lint import place_of

    selected, ignored = known_codes(select), known_codes(ignore)
    with look(asked, may_be_absent=True) as session:
        classes = models()
        files = _sources(session.application.module, classes)
        every = [problem for cls in classes for problem in verify(cls)]
        every += [problem for file in files for problem in handovers(file)]
        found = sorted((one for one in unique(every) if is_wanted(one, selected, ignored)), key=place_of)
        broken = [one for one in session.problems if one.is_error]
    data = {
        "classes": len(classes),
        "files": len(files),
        "application": session.application.module or None,
        "findings": len(found),
    }
    code = ExitCode.INVALID if broken else ExitCode.FINDINGS if found else ExitCode.DONE
    return Reply(data, lambda: _summary(data), (*broken, *found), code, session.generation, "data")


def _sources(application: str, classes: Iterable[type]) -> list[Path]:
    """Return the files of the application: of its package, and those that define its models."""
    import sys

    package = application.partition(".")[0]
    if package == __package__.partition(".")[0]:  # the demonstration: the framework around it is no part of it
        package = application.rpartition(".")[0]
    named = [name for name in sys.modules if package and f"{name}.".startswith(f"{package}.")]
    modules = dict.fromkeys([*named, *(cls.__module__ for cls in classes)])
    files = (getattr(sys.modules.get(name), "__file__", None) for name in modules)
    found = {Path(file) for file in files if file and file.endswith(".py")}
    return sorted(file for file in found if "site-packages" not in file.parts)


def _summary(data: dict[str, Any]) -> str:
    from traitconf.cli.wording import counted

    checked = f"{_classes(data['classes'])} and {counted(data['files'], 'file')} checked"
    if not data["findings"]:
        more = "" if data["application"] else "; --app names the module that defines the classes"
        return f"nothing found ({checked}){more}"
    return f"{counted(data['findings'], 'finding')} ({checked}); traitconf rule CODE says more"


def _classes(count: int) -> str:
    return f"{count} class" + "es" * (count != 1)
