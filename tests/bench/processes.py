"""Measures whole processes: interleaved in a fresh random order each round."""

from __future__ import annotations

import os
import random
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from samples import Samples

ROOT = Path(__file__).resolve().parents[2]
_FOREIGN = ("TRAITCONF_", "DYNACONF_", "PYTHON", "COVERAGE_")

Command = Sequence[str]


def environ() -> dict[str, str]:
    """Return the environment variables without those that change what Python or the project does."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}


def run(command: Command) -> tuple[str, str]:
    """Run a command at the root of the repository; return its output, and why it does not count."""
    try:
        answer = subprocess.run(command, cwd=ROOT, env=environ(), capture_output=True, text=True, check=False)
    except OSError as error:
        return "", f"not there: {command[0]}: {error.strerror}"
    if answer.returncode:
        last = (answer.stderr.strip() or "no message").splitlines()[-1]
        return answer.stdout, f"exits {answer.returncode}: {last}"
    return answer.stdout, "" if answer.stdout.strip() else "prints nothing"


def measure(commands: Mapping[str, Command], rounds: int) -> Samples:
    """Measure commands against each other, in processor time: what else the machine does counts little.

    Args:
        commands: by name; each works.
        rounds: how many times each is run.
    """
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name in random.sample([*commands], len(commands)):
            seconds[name].append(_processor_time(commands[name]))
    return Samples(seconds)


def _processor_time(command: Command) -> float:
    with subprocess.Popen(command, cwd=ROOT, env=environ(), stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    return usage.ru_utime + usage.ru_stime
