"""`Group`: a command with commands of its own, each a module that is imported when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from traitconf.cli.program import behind_the_command


class Group(click.Group):
    """Commands below a command; `adopt scan` is the module `adopt_scan`.

    Args:
        summaries: one line for each command, in the order of the help page.
        **settings: as for any click group.
    """

    def __init__(self, *, summaries: Mapping[str, str], **settings: Any) -> None:
        """Take the summaries; no command is imported."""
        super().__init__(**settings)
        self.summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the names of the commands."""
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- as above
        """Import a command."""
        if cmd_name not in self.summaries:
            return None
        found: click.Command = importlib.import_module(f"traitconf.cli.{self.name}_{cmd_name}").run
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- as above
        """List the commands with their summaries."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move what all commands share behind the command, so that it may stand on either side."""
        return super().parse_args(ctx, behind_the_command(args))
