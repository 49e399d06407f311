"""`traitconf rule`: what a code means, why it is a fault, and how the right thing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply, UsageFault
    from traitconf.errors.rule import Rule

HELP: Final = """Show what a code means, why it is a fault, and how the right thing is written; without CODE, list all.

\b
Examples:
  traitconf rule
  traitconf rule TC210
  traitconf rule TC210 --json
"""
COLUMNS: Final = ("code", "severity", "title")


def complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 -- click's signature
    """Offer codes with their titles.

    Args:
        ctx: click's context.
        param: click's parameter.
        incomplete: what is typed already.
    """
    from traitconf.errors.rules import RULES

    start = incomplete.upper()
    return [CompletionItem(code, help=rule.title) for code, rule in RULES.items() if code.startswith(start)]


@command("rule", HELP, configured=False)
@click.argument("code", required=False, shell_complete=complete_code)
@click.option("--markdown", is_flag=True, help="Print the whole reference in Markdown.")
def run(asked: Asked, code: str | None, markdown: bool) -> Reply:  # noqa: ARG001 -- every command is told the same
    """Show a rule.

    Args:
        asked: nothing that matters here.
        code: which one; all when there is none.
        markdown: whether the whole reference is wanted.
    """
    from traitconf.cli.reply import Reply
    from traitconf.errors.rules import RULES, reference

    if code is not None:
        rule = RULES.get(code.upper())
        if rule is None:
            raise unknown_code(code)
        return Reply(rule.as_dict(), lambda: _page(rule))
    data = [{"code": rule.code, "severity": rule.severity.value, "title": rule.title} for rule in RULES.values()]
    return Reply(data, lambda: reference().rstrip("\n") if markdown else _list(data))


def unknown_code(code: str) -> UsageFault:
    """Return the fault of a code that does not exist.

    Args:
        code: as it was typed.
    """
    from traitconf.cli.reply import UsageFault
    from traitconf.errors import Problem, did_you_mean
    from traitconf.errors.rules import RULES

    hint = did_you_mean(code.upper(), RULES) or "traitconf rule lists all codes"
    return UsageFault([Problem("TC010", f"there is no rule {code!r}", hint=hint)])


def _page(rule: Rule) -> str:
    from traitconf.cli.terminal import COLOURS, is_lively

    title = f"{rule.code} {rule.severity.value}: {rule.title}"
    if not is_lively():
        return f"{title}\n\n{rule.text()}"
    lines = [_painted(line) for line in rule.text().split("\n")]
    return "\n".join([click.style(title, fg=COLOURS[rule.severity.value], bold=True), "", *lines])


def _painted(line: str) -> str:
    if line in ("Wrong:", "Right:"):
        return click.style(line, fg="red" if line == "Wrong:" else "green", bold=True)
    if line.startswith("    "):
        return click.style(line, dim=line.startswith("    # "), fg="cyan" if line.startswith("    $ ") else None)
    return line


def _list(rules: list[dict[str, Any]]) -> str:
    from traitconf.cli.terminal import table

    rows = [tuple(rule[column] for column in COLUMNS) for rule in rules]
    return table(COLUMNS, rows, [False] * len(rows), folds=2)
