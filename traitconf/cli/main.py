"""The program `traitconf`."""

from __future__ import annotations

import gc
import sys
from typing import Final

import click

from traitconf import __version__
from traitconf.cli.program import Program

SUMMARIES: Final = {
    "explain": "Show why an option has its value, with every place.",
    "get": "Print the value of an option, or of a whole trait.",
    "list": "List options, their values and the layer that decided each.",
    "validate": "Check the whole configuration, every fault with its place.",
    "lint": "Show what is allowed and yet doubtful.",
    "trait": "List the known traits, or show one whole.",
    "model": "List the classes that have traits, or show who bound what to one.",
    "events": "List events and who subscribes to them, follow them, find orphans.",
    "cache": "Look into the store of cached results, and clear it.",
    "doctor": "Look whether traits are in force, each fault with its fix.",
    "stubs": "Write the stubs in which type checkers see traits, or check them.",
    "metrics": "Show what programs have measured; make dashboard and alerts.",
    "rule": "Show what a code means, and how the right thing is written.",
    "adopt": "Turn mixins that exist into traits: scan a package, plan, apply.",
    "about": "Show versions, and the configuration that was found.",
    "demo": "Run the demonstration: one class, three tenants.",
}

HELP: Final = """Behaviour as configuration: what every trait does for every model and tenant, and why.

The configuration is taken from --config, else TRAITCONF_CONFIG, else `config` under [tool.traitconf] of the
pyproject.toml, else config/ in the working directory.
"""

EPILOG: Final = """Every command takes --json, and `traitconf COMMAND --help` shows examples. Data goes to stdout, talk
to stderr.

\b
Exit codes: 0 done, 1 findings, 2 usage, 3 changes pending, 4 configuration invalid, 5 conflict, 7 unreachable,
70 internal error.
"""

program: Final = Program(
    name="traitconf",
    help=HELP,
    epilog=EPILOG,
    summaries=SUMMARIES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=[],
)
click.version_option(__version__, prog_name="traitconf", message="%(prog)s %(version)s")(program)


SEARCH_AFTER: Final = 50_000
"""After how many new objects garbage is searched: importing makes many, and nearly all of them stay."""


def main() -> None:
    """Run the command line of this process and exit."""
    gc.set_threshold(SEARCH_AFTER)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A value that the terminal cannot show is shown escaped: better than a crash, and nothing is lost.
            stream.reconfigure(errors="backslashreplace")
    try:
        program.main(prog_name="traitconf")
    finally:
        # What lives now dies with the process; searching it for garbage would take longer than some commands.
        gc.freeze()
