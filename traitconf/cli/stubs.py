"""`traitconf stubs`: stubs in which type checkers see what traits give to classes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.group import group

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.docgen.typings import Typings

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
BUILD: Final = """Write the stubs, and remove those that are no longer needed. Files that were not written by this
command are left alone.

\b
Examples:
  traitconf stubs build --app shop
  traitconf stubs build --app shop --out stubs/
"""
CHECK: Final = """Make the stubs in memory, and show how those that are there differ. Exits with 1 when one does.

\b
Examples:
  traitconf stubs check --app shop
  traitconf stubs check --app shop --json
"""
_out = click.option(
    "--out",
    "out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("typings"),
    help="Directory. [typings]",
)

run = group("stubs", HELP)


@run.verb("build", "Write the stubs.", BUILD)
@_out
def run_build(asked: Asked, out: Path) -> Reply:
    """Write the stubs.

    Args:
        asked: where the application is named.
        out: the directory.
    """
    from traitconf.cli.reply import Reply

    made = _made(asked, out)
    made.write(out)
    return Reply(_data(made, out), lambda: _built(made, out))


@run.verb("check", "Check that the stubs are up to date.", CHECK)
@_out
def run_check(asked: Asked, out: Path) -> Reply:
    """Check that the stubs are up to date.

    Args:
        asked: where the application is named.
        out: the directory.
    """
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply

    made = _made(asked, out)
    code = ExitCode.FINDINGS if made.differing() else ExitCode.DONE
    return Reply(_data(made, out), lambda: _checked(made, out), code=code)


def _made(asked: Asked, out: Path) -> Typings:
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


def _data(made: Typings, out: Path) -> dict[str, Any]:
    return {
        "directory": out.as_posix(),
        "files": [
            {"file": (out / one.path).as_posix(), "module": one.module or None, "state": one.state, "diff": one.diff()}
            for one in made.files
        ],
        "modules": list(made.sources),
        "left_out": [{"class": name, "reason": reason} for name, reason in made.left_out],
    }


def _built(made: Typings, out: Path) -> str:
    from traitconf.cli.wording import counted

    words = {"missing": "written", "stale": "rewritten", "superfluous": "removed", "unchanged": "unchanged"}
    lines = [f"{words[one.state]}  {(out / one.path).as_posix()}" for one in made.files]
    lines.append(f"{counted(len(made.differing()), 'change')} in {counted(len(made.files), 'file')}")
    if made.sources:
        lines += ["", *_settings(made, out)]
    return "\n".join(lines)


def _settings(made: Typings, out: Path) -> list[str]:
    """Return what mypy must be told."""
    import json
    import re
    import sys

    here = Path.cwd()
    files = [Path(sys.modules[name].__file__ or "") for name in made.sources]
    ours = sorted(file.relative_to(here).as_posix() for file in files if file.is_relative_to(here))
    patterns = json.dumps([f"^{re.escape(file)}$" for file in ours] + [f"^{re.escape(out.as_posix())}/"])
    return [
        "For mypy, in pyproject.toml:",
        "    [tool.mypy]",
        f"    mypy_path = {json.dumps(out.as_posix())}",
        f"    exclude = {patterns}",
        *([f"and in a run of its own: mypy {' '.join(ours)}"] if ours else []),
    ]


def _checked(made: Typings, out: Path) -> str:
    from traitconf.cli.wording import counted

    differing = made.differing()
    if not differing:
        return f"{counted(len(made.files), 'stub')} up to date in {out.as_posix()}/"
    diffs = "".join(one.diff() for one in differing)
    return f"{diffs}\n{counted(len(differing), 'stub')} of {len(made.files)} out of date: traitconf stubs build"
