"""`traitconf adopt`: mixins that exist become traits, and their files are not touched."""

from __future__ import annotations

from typing import Final

from traitconf.cli.group import Group

SUMMARIES: Final = {
    "scan": "Show the mixins of a package, and what configuration could govern of each.",
    "plan": "Show the files that adopting them takes; nothing is written.",
    "apply": "Write these files.",
}

HELP: Final = """Turn the mixins of a package into traits, without touching its files.

`apply` writes two files of yours: a module with one call of tc.adopt for each mixin, which the application imports,
and a configuration in which every new trait is in shadow: it changes nothing, and tc.shadow_report() says what it
would.
"""

run: Final = Group(
    name="adopt", help=HELP, summaries=SUMMARIES, context_settings={"help_option_names": ["-h", "--help"]}
)
