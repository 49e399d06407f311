"""`traitconf validate`: every fault of a configuration, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from traitconf.cli.asked import Asked
from traitconf.cli.command import command, report_options

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import Session

HELP: Final = """Check the whole configuration and show every fault with its place, all at once.

Exits with 4 when there is an error, with 0 when there are only warnings. Names of traits and models that an
application may still define are warnings, unless the application is known: by --app, TRAITCONF_APP or the option
runtime.app. Each problem has a code; `traitconf rule CODE` says more about it.

PATHS are directories or files, the weakest first, as with --config.

\b
Examples:
  traitconf validate
  traitconf validate config/ staging.toml
  traitconf validate --app shop.models --json
  traitconf validate --format sarif > traitconf.sarif
"""


@command("validate", HELP)
@report_options
def run(asked: Asked) -> Reply:
    """Check the whole configuration.

    Args:
        asked: where the configuration is.
    """
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import look

    with look(asked) as session:
        data = _data(session)
        code = ExitCode.INVALID if session.is_broken else ExitCode.DONE
        summary = _summary(data)
        return Reply(data, lambda: summary, session.problems, code, session.generation, "data")


def _data(session: Session) -> dict[str, Any]:
    errors = sum(problem.is_error for problem in session.problems)
    places = {problem.origin.file for problem in session.problems if problem.origin and problem.origin.file}
    counts: dict[str, Any] = {
        "errors": errors,
        "warnings": len(session.problems) - errors,
        "files": len(session.files()),
        "faulty_files": len(places),
        "application": session.application.module or None,
    }
    if session.snapshot is not None:
        graph = session.snapshot.graph
        counts |= {"groups": len(graph.nodes("group")), "tenants": len(graph.nodes("tenant"))}
    return counts


def _summary(data: dict[str, Any]) -> str:
    from traitconf.cli.wording import counted, listed

    found = listed(counted(data[f"{kind}s"], kind) for kind in ("error", "warning") if data[f"{kind}s"])
    if data["errors"]:
        where = f" in {counted(data['faulty_files'], 'file')}" if data["faulty_files"] else ""
        return f"{found}{where} ({counted(data['files'], 'file')} checked)"
    checked = listed(counted(data[f"{kind}s"], kind) for kind in ("file", "group", "tenant"))
    return f"{checked}: ok" + (f", {found}" if found else "")
