"""`traitconf about`: versions, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import Session

HELP: Final = """Show versions, the configuration that was found and how, and what it holds.

It also works where there is no configuration. A broken one is counted, and exits with 4.

\b
Examples:
  traitconf about
  traitconf about --json
"""


@command("about", HELP)
def run(asked: Asked) -> Reply:
    """Show versions, and what was found.

    Args:
        asked: where the configuration is.
    """
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.installed import installation
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import look
    from traitconf.cli.terminal import pairs

    with look(asked, may_be_absent=True) as session:
        data = {**installation(), **_configuration(session), **_contents(session)}
        code = ExitCode.INVALID if session.is_broken else ExitCode.DONE
        return Reply(data, lambda: pairs(_lines(data)), session.problems, code, session.generation, "counted")


def _configuration(session: Session) -> dict[str, Any]:
    from traitconf.types import shown_path

    place, application = session.place, session.application
    errors = sum(problem.is_error for problem in session.problems)
    return {
        "configuration": None
        if place.is_absent
        else {
            "paths": [shown_path(str(path)) for path in place.paths],
            "found": place.how,
            "files": len(session.files()),
            "errors": errors,
            "warnings": len(session.problems) - errors,
        },
        "application": {"module": application.module, "named": str(application.named)} if application.module else None,
    }


def _contents(session: Session) -> dict[str, Any]:
    from traitconf.schema.catalog import catalog

    known = {"traits": catalog.names(), "models": catalog.model_index()}
    if session.snapshot is None:
        return {"known": known, "snapshot": None}
    graph = session.snapshot.graph
    return {
        "known": known,
        "snapshot": {
            "generation": session.snapshot.generation,
            "content_hash": session.snapshot.content_hash,
            "groups": len(graph.nodes("group")),
            "tenants": len(graph.nodes("tenant")),
        },
    }


def _lines(data: dict[str, Any]) -> list[tuple[str, str]]:
    python, application, snapshot = data["python"], data["application"], data["snapshot"]
    lines = [
        ("traitconf", data["traitconf"]),
        ("python", f"{python['version']} ({python['implementation']}, {python['platform']})"),
        ("configuration", _configuration_line(data["configuration"])),
        ("application", f"{application['module']} ({application['named']})" if application else "none"),
        ("traits", _enumerated(data["known"]["traits"])),
        ("models", _enumerated(data["known"]["models"])),
    ]
    if snapshot is not None:
        lines += [
            ("groups", str(snapshot["groups"])),
            ("tenants", str(snapshot["tenants"])),
            ("generation", f"{snapshot['generation']}, content {snapshot['content_hash'][:12]}"),
        ]
    lines.append(("dependencies", ", ".join(f"{name} {version}" for name, version in data["dependencies"].items())))
    for name, missing in data["extras"].items():
        lines.append((f"extra {name}", f"missing {', '.join(missing)}" if missing else "installed"))
    return lines


def _configuration_line(found: dict[str, Any] | None) -> str:
    from traitconf.cli.wording import counted

    if found is None:
        return "none: no --config, TRAITCONF_CONFIG, [tool.traitconf] config, and no config/ here"
    faults = [counted(found[f"{kind}s"], kind) for kind in ("error", "warning") if found[f"{kind}s"]]
    told = f"; {', '.join(faults)}: see traitconf validate" if faults else ""
    return f"{', '.join(found['paths'])} ({found['found']}), {counted(found['files'], 'file')}{told}"


def _enumerated(names: list[str]) -> str:
    if not names:
        return "none"
    more = f", … ({len(names)})" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more
