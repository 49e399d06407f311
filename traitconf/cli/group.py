"""`Group`: a command that has commands of its own, as `traitconf trait list`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import click

from traitconf.cli.command import Callback, command
from traitconf.cli.program import behind_the_command

CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Group(click.Group):
    """A group of commands; what all commands share may stand on either side of the second word."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move what all commands share behind the command."""
        return super().parse_args(ctx, behind_the_command(args))

    def verb(self, name: str, summary: str, text: str) -> Callable[[Callback], click.Command]:
        """Return a decorator that makes a function a command of this group.

        Args:
            name: the second word.
            summary: its line on the group's help page.
            text: its help page.
        """

        def decorate(function: Callback) -> click.Command:
            made = command(name, text)(function)
            made.short_help = summary
            self.add_command(made)
            return made

        return decorate


def group(name: str, text: str) -> Group:
    """Return a group without commands.

    Args:
        name: the first word.
        text: its help page.
    """
    return Group(name, help=text, context_settings=CONTEXT)
