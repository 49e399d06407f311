"""Measure one table in this process, and print what every contender took in every round.

From the shell: `python worker.py TABLE ROUNDS`.
"""

from __future__ import annotations

import json
import sys

from corpus import configured
from rows_calls import measure_calls
from rows_hosts import measure_hosts
from rows_reads import measure_reads, measure_toggles

MEASURES = {"calls": measure_calls, "hosts": measure_hosts, "reads": measure_reads, "toggles": measure_toggles}


def main() -> int:
    """Measure and print."""
    table, rounds = sys.argv[1:]
    with configured():
        print(json.dumps(MEASURES[table](int(rounds)).seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
