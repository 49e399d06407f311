"""`traitconf events tail`: the events of an application that runs, from its journal."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

HELP: Final = """Show the last events of an application that runs, and follow those to come until Ctrl-C.

They are read from the journal that `runtime.events.journal` names; while that is not set, nothing is written. NAME
shows some events only; * stands for one part of a name, ** for any.

\b
Examples:
  traitconf events tail
  traitconf events tail "auditable.**" --tenant acme
  traitconf events tail --lines 100 --no-follow --json
"""
PAUSE: Final = 0.2
"""Seconds between two looks into the journal."""


@command("tail", HELP)
@click.argument("name", default="**")
@click.option("--lines", type=click.IntRange(min=0), default=10, show_default=True, help="How many of the last ones.")
@click.option("--tenant", metavar="ID", help="Only events of this tenant.")
@click.option("--follow/--no-follow", default=True, show_default=True, help="Whether to wait for more.")
def run(asked: Asked, name: str, lines: int, tenant: str | None, follow: bool) -> Reply:
    """Follow the events of an application.

    Args:
        asked: where the configuration is; a program gets the last events in one document.
        name: of the events that are wanted.
        lines: how many of the last ones are shown.
        tenant: id of the only tenant that is wanted.
        follow: whether to wait for more.
    """
    from traitconf.cli.reply import Reply, UsageFault
    from traitconf.cli.session import opened
    from traitconf.errors import Problem
    from traitconf.runtime.event_names import matches

    def wanted(record: dict[str, Any]) -> bool:
        return matches(name, record["name"]) and tenant in (None, record["tenant"])

    with opened(asked, may_be_absent=True) as session:
        assert session.snapshot is not None
        journal = session.snapshot.settings.events.journal
    if not journal:
        hint = 'set journal = "run/events.jsonl" under [events] of config/runtime.toml'
        raise UsageFault([Problem("TC731", "no journal of events is kept", hint=hint)])
    path = Path(journal)
    found = list(_last(path, lines, wanted))
    if asked.is_for_programs or not follow:
        return Reply(found, lambda: "\n".join(map(_line, found)), session.problems)
    for record in found:
        click.echo(_line(record))
    for record in _coming(path, wanted):
        click.echo(_line(record))
    return Reply()


def _last(path: Path, lines: int, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    from traitconf.runtime.journal import FORMER

    texts = [file for file in (path.with_name(path.name + FORMER), path) if file.exists()]
    records = [record for file in texts for record in _records(file.read_bytes()) if wanted(record)]
    return records[-lines:] if lines else []


def _coming(path: Path, wanted: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
    """Yield what is written from now on, also into the file that takes the place of a full one."""
    stream, kept = None, b""
    if path.exists():
        stream = path.open("rb")
        stream.seek(0, 2)
    while True:
        chunk = stream.read() if stream is not None else b""
        kept += chunk
        whole, _, kept = kept.rpartition(b"\n")
        yield from (record for record in _records(whole) if wanted(record))
        if not chunk:
            if path.exists() and (stream is None or not os.path.samestat(path.stat(), os.fstat(stream.fileno()))):
                if stream is not None:
                    stream.close()
                stream = path.open("rb")
            else:
                time.sleep(PAUSE)


def _records(text: bytes) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue  # cut off where a disk was full, or written by somebody else
        if isinstance(record, dict) and isinstance(record.get("name"), str):
            yield {"tenant": None, "time": "", "model": "", "payload": [], **record}


def _line(record: dict[str, Any]) -> str:
    payload = record["payload"]
    said = payload.items() if isinstance(payload, dict) else ((name, "…") for name in payload)
    words = [record["time"], record["name"], record["model"], f"tenant={record['tenant'] or '-'}"]
    words += [f"{name}={value}" for name, value in said]
    return " ".join([*words, *([f"error={record['error']}"] if "error" in record else [])])
