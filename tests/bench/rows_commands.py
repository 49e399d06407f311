"""What starting the command line costs."""

from __future__ import annotations

import sys
from pathlib import Path

from processes import measure, run
from row import Row
from samples import Samples
from table import Table

_TRAITCONF = str(Path(sys.executable).parent / "traitconf")
EMPTY = "pass"
COMMANDS = {
    EMPTY: [sys.executable, "-c", "pass"],
    "help": [_TRAITCONF, "--help"],
    "get": [_TRAITCONF, "get", "auditable.retention_days", "--model", "Article", "--tenant", "acme"],
}


def measure_commands(rounds: int) -> Samples:
    """Measure the commands that work; say of the others what is wrong."""
    faults = {name: run(command)[1] for name, command in COMMANDS.items() if name != EMPTY}
    working = {name: command for name, command in COMMANDS.items() if not faults.get(name)}
    return Samples(measure(working, rounds).seconds, {name: fault for name, fault in faults.items() if fault})


PASS = "python -c pass"
STARTS = Table(
    name="commands",
    method="processor time of the process, with the repository's config/",
    rows=(
        Row("traitconf --help", PASS, "help", EMPTY, 0.080, "difference"),
        Row("traitconf get", PASS, "get", EMPTY, 0.250, "difference"),
    ),
    rounds=20,
    measure=measure_commands,
)
