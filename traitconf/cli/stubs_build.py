"""`traitconf stubs build`: writes the stubs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from traitconf.cli.asked import Asked
from traitconf.cli.command import command
from traitconf.cli.stubs import data_of, made_for, out_option

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.docgen.typings import Typings

HELP: Final = """Write the stubs, and remove those that are no longer needed. Files that were not written by this
command are left alone.

\b
Examples:
  traitconf stubs build --app shop
  traitconf stubs build --app shop --out stubs/
"""


@command("build", HELP)
@out_option
def run(asked: Asked, out: Path) -> Reply:
    """Write the stubs.

    Args:
        asked: where the application is named.
        out: the directory.
    """
    from traitconf.cli.reply import Reply

    made = made_for(asked, out)
    made.write(out)
    return Reply(data_of(made, out), lambda: _built(made, out))


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
