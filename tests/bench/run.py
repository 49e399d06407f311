"""Measure the budgets beside the peers; exit 1 when one is broken.

From the shell: `python run.py [--json] [--rounds N] [--tenants N] [--thorough]`.
"""

from __future__ import annotations

import argparse
import json
import sys

from corpora import Extent
from machine import described, environment
from report import lines, record, verdict
from rows_cache import CACHE
from rows_calls import CALLS
from rows_commands import STARTS
from rows_events import EVENTS
from rows_everything import EVERYTHING
from rows_hosts import HOSTS
from rows_imports import IMPORTS
from rows_reads import PEER_READS, READS, TOGGLES, held_tables
from rows_telemetry import TELEMETRY
from rows_tenants import tables

TABLES = (CALLS, HOSTS, EVENTS, TELEMETRY, CACHE, EVERYTHING, READS, PEER_READS, TOGGLES, IMPORTS, STARTS)


def main() -> int:
    """Measure every table and report."""
    parser = argparse.ArgumentParser(description="Measure the budgets beside the peers; exit 1 when one is broken.")
    parser.add_argument("--json", action="store_true", help="print a record of everything that was measured")
    parser.add_argument("--rounds", type=int, help="a quick look: so many rounds, nothing twice")
    parser.add_argument("--tenants", type=int, default=Extent.most, help="the largest number of tenants (%(default)s)")
    parser.add_argument("--thorough", action="store_true", help="TOML and the peers at the larger numbers, too")
    asked = parser.parse_args()
    extent = Extent(asked.tenants, asked.thorough)
    here, measured = environment(), []
    if not asked.json:
        print(described(here))
    for table in (*TABLES, *held_tables(extent), *tables(extent)):
        measured.append((table, table.results(asked.rounds)))
        if not asked.json:
            print("", *lines(*measured[-1]), sep="\n", flush=True)
    everything = [result for _, results in measured for result in results]
    print(json.dumps(record(here, measured), indent=2) if asked.json else "\n" + verdict(everything))
    return 0 if all(result.holds for result in everything) else 1


if __name__ == "__main__":
    sys.exit(main())
