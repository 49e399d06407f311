"""Measure one table in this process, and print what every contender took in every round.

From the shell: `python worker.py TABLE ROUNDS [DIRECTORY]`; the directory holds further configuration.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from corpus import configured
from rows_cache import measure_cache
from rows_calls import measure_calls
from rows_events import measure_events
from rows_everything import measure_everything
from rows_hosts import measure_hosts
from rows_reads import measure_peer_reads, measure_reads, measure_toggles
from rows_telemetry import measure_telemetry

MEASURES = {
    "cache": measure_cache,
    "calls": measure_calls,
    "hosts": measure_hosts,
    "events": measure_events,
    "everything": measure_everything,
    "reads": measure_reads,
    "peer reads": measure_peer_reads,
    "toggles": measure_toggles,
    "telemetry": measure_telemetry,
}


def main() -> int:
    """Measure and print."""
    table, rounds, *extra = sys.argv[1:]
    with configured(*map(Path, extra)):
        samples = MEASURES[table](int(rounds))
        print(json.dumps([samples.seconds, samples.faults]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
