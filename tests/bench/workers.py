"""Measures a table in several new processes: where the system puts a process in memory sways small figures by half."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from corpora import corpus
from processes import ROOT, environ
from samples import Samples

WORKERS = 12
_PROGRAM = Path(__file__).with_name("worker.py")


def measure(table: str, rounds: int, workers: int = WORKERS, extra: int = 0) -> Samples:
    """Measure a table, its rounds spread over processes; in each one all contenders take part.

    Args:
        table: its name.
        rounds: how many in all.
        workers: how many processes.
        extra: how many tenants are held beside those that are asked for.
    """
    workers = min(workers, rounds)
    shares = [rounds // workers + (number < rounds % workers) for number in range(workers)]
    parts = [_measured(table, share, extra) for share in shares]
    seconds = {name: [one for part in parts for one in part.seconds[name]] for name in parts[0].seconds}
    return Samples(seconds, parts[0].faults)


def _measured(table: str, rounds: int, extra: int) -> Samples:
    further = [str(corpus(extra))] if extra else []
    command = [sys.executable, str(_PROGRAM), table, str(rounds), *further]
    answer = subprocess.run(command, cwd=ROOT, env=environ(), stdout=subprocess.PIPE, text=True, check=True)
    return Samples(*json.loads(answer.stdout))
