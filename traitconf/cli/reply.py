"""`Reply`: what a command has found; printed as text for people, or as one JSON document for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import attrs
import click

from traitconf.cli.asked import Form
from traitconf.cli.exit_code import ExitCode
from traitconf.cli.terminal import painted
from traitconf.cli.wording import counted
from traitconf.errors import ConfigError, Problem
from traitconf.types import Severity

SCHEMA: Final = "traitconf.cli/1"


class UsageFault(Exception):
    """A question that makes no sense here: an unknown trait, option, model or tenant."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@attrs.frozen
class Reply:
    """What a command has found.

    Attributes:
        data: for programs, as JSON knows it; `None` where there is nothing.
        text: makes the text for people; it is not asked for when a program reads.
        problems: what was noticed on the way.
        code: how the command ended.
        generation: of the snapshot that was looked at.
        problems_are: `talk` beside an answer, the `data` that was asked for, or `counted` in the text already.
    """

    data: Any = None
    text: Callable[[], str] = str
    problems: tuple[Problem, ...] = ()
    code: int = ExitCode.DONE
    generation: int | None = None
    problems_are: Literal["talk", "data", "counted"] = "talk"

    def document(self, command: str) -> dict[str, Any]:
        """Return the JSON document.

        Args:
            command: name of the command that replies.
        """
        return {
            "schema": SCHEMA,
            "command": command,
            "ok": self.code == ExitCode.DONE,
            "generation": self.generation,
            "data": self.data,
            "diagnostics": [problem.as_diagnostic() for problem in self.problems],
        }


def deliver(command: str, work: Callable[[], Reply], form: Form = "text") -> int:
    """Run a command and print its reply.

    Args:
        command: its name.
        work: the command itself.
        form: who reads.

    Returns:
        the exit code.
    """
    try:
        reply = _reply_of(work)
    except BrokenPipeError:
        _close_quietly()
        return ExitCode.DONE
    try:
        _print(reply, command, form)
    except BrokenPipeError:
        _close_quietly()
    except OSError as error:
        click.echo(f"error: the output cannot be written: {error.strerror or error}", err=True)
        return ExitCode.INTERNAL
    return reply.code


def _reply_of(work: Callable[[], Reply]) -> Reply:
    try:
        return work()
    except UsageFault as fault:
        return Reply(problems=fault.problems, code=ExitCode.USAGE)
    except ConfigError as error:
        return Reply(problems=error.problems, code=ExitCode.INVALID)


def _print(reply: Reply, command: str, form: Form) -> None:
    if form == "text":
        _print_text(reply)
    elif form == "json":
        _print_json(reply.document(command))
    elif form == "sarif":
        from traitconf.cli.sarif import sarif

        _print_json(sarif(reply.problems, reply.code))
    else:
        from traitconf.cli.github import annotation

        for problem in reply.problems:
            click.echo(annotation(problem))


def _print_json(document: Any) -> None:
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    click.echo(json.dumps(document, indent=2, ensure_ascii=encoding != "utf8"))


def _print_text(reply: Reply) -> None:
    aside = reply.problems_are != "data"
    blocks = [] if reply.problems_are == "counted" else _blocks(reply)
    if blocks:
        click.echo("\n\n".join(painted(block, is_error=aside) for block in blocks), err=aside)
    if blocks and not aside:
        click.echo()
    if text := reply.text():
        click.echo(text)


def _blocks(reply: Reply) -> list[str]:
    """Return what is printed of the problems; beside an answer, warnings are only counted."""
    if reply.code == ExitCode.INVALID and reply.problems_are == "talk":
        return [str(ConfigError(reply.problems))]
    warnings = [problem for problem in reply.problems if problem.severity is Severity.WARNING]
    if reply.code != ExitCode.DONE or reply.problems_are == "data" or not warnings:
        return [problem.render() for problem in reply.problems]
    blocks = [problem.render() for problem in reply.problems if problem not in warnings]
    count = counted(len(warnings), "warning")
    return [*blocks, f"note: the configuration has {count}; traitconf validate shows them"]


def _close_quietly() -> None:
    """Let the interpreter's last flush go nowhere: whoever read the output has seen enough of it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
