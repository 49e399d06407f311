"""What many tenants cost: loading them, holding them, changing one."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

import peers
from corpora import Extent, corpus
from processes import ROOT, environ
from row import Row
from samples import Samples
from table import Table

_PROGRAM: Final = Path(__file__).with_name("worker_tenants.py")
BUDGETS: Final = {".json": 3.0, ".toml": 1.5}
WORDS: Final = {".json": "json.loads", ".toml": "tomllib.loads"}
_IN_ONE_PROCESS: Final = 4_000
"""So many tenants are loaded in one process, again and again where they are fewer."""
PARSING: Final = "parsing the same bytes"


def tables(extent: Extent) -> tuple[Table, ...]:
    """Return the tables.

    Args:
        extent: how many tenants are measured.
    """
    toml = extent.sizes(None if extent.thorough else 10_000)
    return (
        _load(".json", extent.sizes(), 3),
        _load(".toml", toml, 3),
        _peers(extent.sizes(1_000 if extent.thorough else 100)),
        _memory(extent.sizes(10_000)[-1]),
        _collector(extent.most),
        _change(extent.sizes()[1:]),
    )


def _load(suffix: str, sizes: tuple[int, ...], rounds: int) -> Table:
    budget, unit = BUDGETS[suffix], f"{PARSING}: {WORDS[suffix]}"
    rows = [
        Row(
            f"load {size:,} tenants x 5 overrides from {suffix[1:].upper()}, checked",
            unit,
            f"load {size}",
            f"parse {size}",
            budget,
        )
        for size in sizes
    ]
    return Table(
        name=f"load {suffix[1:].upper()}",
        method="new processes, a small configuration loaded before; processor time, with 50 models x 4 overrides",
        rows=(
            *rows,
            *(
                # A load switches the collector off, plain parsing does not: without this line that would stay hidden.
                Row(f"the same, {size:,}", f"{unit}, collector off", f"load {size}", f"quiet {size}", aside="no budget")
                for size in sizes
            ),
            Row(f"growth of the load from {suffix[1:].upper()}", "tenants", "load", "", 1.05, "growth"),
            Row("growth of parsing", "tenants", "parse", "", law="growth", aside="no budget"),
        ),
        rounds=rounds,
        measure=functools.partial(measure_load, suffix, sizes),
    )


def measure_load(suffix: str, sizes: tuple[int, ...], rounds: int) -> Samples:
    """Measure parsing and loading, each number of tenants in a new process in each round.

    Args:
        suffix: format of the tenants' file.
        sizes: numbers of tenants.
        rounds: how many.
    """
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for size in sizes:
            repeats = max(1, min(9, _IN_ONE_PROCESS // size))
            for name, taken in _measured("load", corpus(size, suffix), repeats).items():
                seconds[f"{name} {size}"].append(sorted(taken)[len(taken) // 2])
    return Samples(seconds)


def _peers(sizes: tuple[int, ...]) -> Table:
    return Table(
        name="load through peers",
        method="as above, JSON; one object for each tenant, without models",
        rows=tuple(
            Row(f"{peer}: {size:,} tenants", f"{PARSING}: json.loads", f"{peer} {size}", f"parse {peer} {size}")
            for size in sizes
            for peer in peers.MODULES
        ),
        rounds=1,
        measure=functools.partial(measure_peers, sizes),
    )


def measure_peers(sizes: tuple[int, ...], rounds: int) -> Samples:
    """Measure parsing, and loading through each peer that is installed.

    Args:
        sizes: numbers of tenants.
        rounds: how many; peers are slow, so that it is always one.
    """
    del rounds
    seconds: dict[str, list[float]] = {}
    absent = peers.absent()
    for size in sizes:
        for peer in peers.MODULES.keys() - absent.keys():
            found = _measured("peer", corpus(size), 1, peer)
            seconds |= {f"{peer} {size}": found[peer], f"parse {peer} {size}": found["parse"]}
    return Samples(seconds, {f"{peer} {size}": reason for peer, reason in absent.items() for size in sizes})


def _memory(size: int) -> Table:
    return Table(
        name="memory",
        method=f"{size:,} tenants, bytes that Python's allocator holds for each",
        rows=(
            Row("tenant with 5 definitions", "-", "five", "", 1600, "bytes"),
            Row("tenant without definitions, read", "-", "none", "", 8, "bytes"),
        ),
        rounds=2,
        measure=lambda rounds: Samples(_measured("memory", corpus(size), rounds)),
    )


def _collector(size: int) -> Table:
    return Table(
        name="collector",
        method=f"full garbage collection, processor time with {size:,} tenants held less without",
        rows=(Row("full garbage collection", "without the tenants", "held", "free", 0.010, "difference"),),
        rounds=15,
        measure=lambda rounds: Samples(_measured("collector", corpus(size), rounds)),
    )


def _change(sizes: tuple[int, ...]) -> Table:
    unit = "attrs.evolve three levels deep"
    some = f"a tenant among {sizes[0]:,}"
    return Table(
        name="change",
        method=f"tc.override, read, left; 100 tenants in use; new processes, processor time; {unit} is the unit",
        rows=(
            *(
                Row(f"change one option of one tenant among {size:,}", unit, f"one {size}", f"evolve {size}", 6)
                for size in sizes
            ),
            *(
                Row(
                    f"change one global option, {size:,} tenants: first one",
                    unit,
                    f"global {size}",
                    f"evolve {size}",
                    12,
                )
                for size in sizes
            ),
            Row(f"first read of {some}", unit, f"cold {sizes[0]}", f"evolve {sizes[0]}", aside="no budget"),
        ),
        rounds=30,
        measure=functools.partial(measure_change, sizes),
    )


def measure_change(sizes: tuple[int, ...], rounds: int) -> Samples:
    """Measure changes, each number of tenants in a process of its own.

    Args:
        sizes: numbers of tenants.
        rounds: how many.
    """
    seconds: dict[str, list[float]] = {}
    for size in sizes:
        seconds |= {f"{name} {size}": taken for name, taken in _measured("change", corpus(size), rounds).items()}
    return Samples(seconds)


def _measured(measure: str, directory: Path, number: int, *arguments: str) -> dict[str, list[float]]:
    command = [sys.executable, str(_PROGRAM), measure, str(directory), str(number), *arguments]
    answer = subprocess.run(command, cwd=ROOT, env=environ(), stdout=subprocess.PIPE, text=True, check=True)
    seconds: dict[str, list[float]] = json.loads(answer.stdout)
    return seconds
