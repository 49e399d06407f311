"""Measures a table in several new processes: where the system puts a process in memory sways small figures by half."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from processes import ROOT, environ
from samples import Samples

WORKERS = 12
_PROGRAM = Path(__file__).with_name("worker.py")


def measure(table: str, rounds: int) -> Samples:
    """Measure a table, its rounds spread over processes; in each one all contenders take part.

    Args:
        table: its name.
        rounds: how many in all.
    """
    workers = min(WORKERS, rounds)
    shares = [rounds // workers + (number < rounds % workers) for number in range(workers)]
    parts = [_measured(table, share) for share in shares]
    return Samples({name: [one for part in parts for one in part[name]] for name in parts[0]})


def _measured(table: str, rounds: int) -> dict[str, list[float]]:
    command = [sys.executable, str(_PROGRAM), table, str(rounds)]
    answer = subprocess.run(command, cwd=ROOT, env=environ(), stdout=subprocess.PIPE, text=True, check=True)
    seconds: dict[str, list[float]] = json.loads(answer.stdout)
    return seconds
