"""`Program`: the group of all commands. It imports a command when it is used, and nothing for `--help`."""

from __future__ import annotations

import difflib
import importlib
import itertools
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

from traitconf.cli.exit_code import ExitCode

SHARED_FLAGS: Final = ("--json", "--traceback")
SHARED_OPTIONS: Final = ("--config", "--app")


class Program(click.Group):
    """A group whose commands are modules of this floor, known by name and summary until one is used.

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
        found: click.Command = importlib.import_module(f"traitconf.cli.{cmd_name}").run
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- as above
        """List the commands with their summaries."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move what all commands share behind the command, so that it may stand on either side."""
        return super().parse_args(ctx, behind_the_command(args))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one may be meant."""
        name = args[0]
        if name not in self.summaries and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, self.summaries, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(self.summaries)}"
            raise click.UsageError(f"There is no command {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; whatever goes wrong ends with an exit code and without a traceback."""
        words = list(sys.argv[1:] if args is None else args)
        try:
            ended = super().main(words, prog_name, complete_var, standalone_mode=False, **extra)
            code = ended if isinstance(ended, int) else ExitCode.DONE
        except click.ClickException as error:
            code = _misused(error, words)
        except click.Abort:
            code = ExitCode.INTERRUPTED
        except Exception as error:  # noqa: BLE001 -- the last line of defence: a fault of our own
            code = _failed(error, words)
        if standalone_mode:
            sys.exit(code)
        return code


def behind_the_command(args: list[str]) -> list[str]:
    """Return the words of a command line with the options that all commands share behind the command.

    >>> behind_the_command(["--json", "get", "auditable"])
    ['get', '--json', 'auditable']
    """
    at = 0
    while at < len(args):
        name, equals, _ = args[at].partition("=")
        if args[at] not in SHARED_FLAGS and name not in SHARED_OPTIONS:
            break
        at += 2 if name in SHARED_OPTIONS and not equals else 1
    if at >= len(args) or args[at].startswith("-"):
        return args[at:]
    return [args[at], *args[:at], *args[at + 1 :]]


def words_of(ctx: click.Context | None) -> str:
    """Return the words that name the command of a context, without the program's own.

    Args:
        ctx: of a command; none gives none.
    """
    found: list[str] = []
    while ctx is not None and ctx.parent is not None:
        found.insert(0, ctx.info_name or "")
        ctx = ctx.parent
    return " ".join(found)


def _misused(error: click.ClickException, words: Sequence[str]) -> int:
    if not _wants_json(words):
        error.show()
        return error.exit_code
    from traitconf.cli.reply import Reply, deliver
    from traitconf.errors import Problem

    command = words_of(getattr(error, "ctx", None))
    is_bare = isinstance(error, click.exceptions.NoArgsIsHelpError)
    text = "There is no command" if is_bare else error.format_message()
    problem = Problem("TC010", text, hint=f"see traitconf {command} --help".replace("  ", " "))
    return deliver(command, lambda: Reply(problems=(problem,), code=error.exit_code), "json")


def _failed(error: Exception, words: Sequence[str]) -> int:
    if "--traceback" in words or os.environ.get("TRAITCONF_DEBUG"):
        traceback.print_exception(error)
    from traitconf.cli.reply import Reply, deliver
    from traitconf.errors import Problem

    text = f"internal error: {type(error).__name__}: {error}"
    hint = "this is a fault of traitconf; --traceback or TRAITCONF_DEBUG=1 shows where, for a report"
    command = next((word for word in words if not word.startswith("-")), "")
    reply = Reply(problems=(Problem("TC799", text, hint=hint),), code=ExitCode.INTERNAL)
    return deliver(command, lambda: reply, "json" if _wants_json(words) else "text")


def _wants_json(words: Sequence[str]) -> bool:
    return "--json" in words or "--format=json" in words or ("--format", "json") in itertools.pairwise(words)
