"""`traitconf list`: options with their values, and the layer that decided each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import address_argument, command, scope_options

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.resolve.explain import Explanation, Reason

HELP: Final = """List options with their values, the layer that decided each, and where that is written.

ADDRESS is a trait, a record of options, or the beginning of a full address; without it, everything is listed.

\b
Examples:
  traitconf list --changed
  traitconf list auditable --model Article --tenant acme
  traitconf list tenants.acme --changed
"""
COLUMNS: Final = ("option", "value", "decided by", "where")


@command("list", HELP)
@address_argument(required=False)
@scope_options
@click.option("--changed", is_flag=True, help="Only options that some layer defines, not those left at their defaults.")
def run(asked: Asked, address: str | None, model: str | None, tenant: str | None, changed: bool) -> Reply:
    """List options.

    Args:
        asked: where the configuration is.
        address: below which address, or none for everything.
        model: name of the model, or none.
        tenant: id of the tenant, or none.
        changed: whether options at their defaults are left out.
    """
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.cli.subject import subject_of
    from traitconf.cli.terminal import table

    with opened(asked) as session:
        subject = subject_of(session, address or "", model, tenant)
        every = [(one, _decider(one)) for one in subject.explanations(session.runtime.snapshot)]
        found = [(one, reason) for one, reason in every if _is_defined(reason) or not changed]
        if not found and not asked.is_for_programs:
            click.echo("Every option has its default.", err=True)
        rows = [_row(one, reason) for one, reason in found]
        faint = [not _is_defined(reason) for _, reason in found]
        return Reply(
            subject.as_dict() | {"options": [_record(one, reason) for one, reason in found]},
            lambda: table(COLUMNS, rows, faint, folds=1) if rows else "",
            (*session.problems, *subject.notes),
            generation=session.generation,
        )


def _decider(one: Explanation) -> Reason:
    return next(reason for reason in one.reasons if reason.counts)


def _is_defined(reason: Reason) -> bool:
    return reason.operation not in ("default", "unset")


def _row(one: Explanation, reason: Reason) -> tuple[str, ...]:
    from traitconf.resolve.explain import shown

    how = " ".join(part for part in (reason.scope, f"({reason.band})" if reason.band else "") if part)
    return one.address, shown(one.value), how, str(reason.origin)


def _record(one: Explanation, reason: Reason) -> dict[str, Any]:
    whole = one.as_dict()
    decided = next(step for step in whole["chain"] if step["counts"])
    return {
        "address": one.address,
        "value": one.value,
        "type": one.label,
        "changed": _is_defined(reason),
        "decided_by": {name: decided[name] for name in ("scope", "band", "origin", "file", "line", "column")},
    }
