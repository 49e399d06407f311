"""`Group`: a command with commands of its own, each a module that is imported when it is used."""

from __future__ import annotations

import importlib

import click

from traitconf.cli.program import Program


class Group(Program):
    """Commands below a command, found as those of the program are; `adopt scan` is the module `adopt_scan`."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Import a command."""
        if cmd_name not in self.summaries:
            return None
        found: click.Command = importlib.import_module(f"traitconf.cli.{self.name}_{cmd_name}").run
        return found
