"""Shows what was measured: as a table for readers, as a record for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from row import Result
from samples import quartiles
from table import Table

HEADINGS = ("work", "compared with", "measured", "budget", "quartiles", "time", "")
SCHEMA = "traitconf.bench/1"


def lines(table: Table, results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines of one table.

    Args:
        table: what was measured.
        results: of its rows.
    """
    rounds = max((len(seconds) for seconds in results[0].samples.seconds.values()), default=0)
    yield f"{table.name}: {table.method}; medians of {rounds} rounds"
    cells = [HEADINGS, *(_cells(result) for result in results)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    for row in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def verdict(results: Iterable[Result]) -> str:
    """Return the last line: whether all budgets hold, and which do not."""
    results = list(results)
    held = [result for result in results if result.row.budget is not None]
    broken = [result.row.work for result in held if not result.holds]
    missing = sorted({result.row.work.partition(":")[0] for result in results if result.is_absent})
    absent = f" -- NOT COMPARED WITH {', '.join(missing)}: not installed" if missing else ""
    if broken:
        return f"BROKEN: {len(broken)} of {len(held)} budgets: " + "; ".join(broken) + absent
    return f"all {len(held)} budgets hold{absent}"


def record(environment: dict[str, Any], measured: Iterable[tuple[Table, Sequence[Result]]]) -> dict[str, Any]:
    """Return everything that was measured, for programs.

    Args:
        environment: what it was measured on.
        measured: tables with their results.
    """
    pairs = list(measured)
    return {
        "schema": SCHEMA,
        "ok": all(result.holds for _, results in pairs for result in results),
        "environment": environment,
        "tables": [
            {"name": table.name, "method": table.method, "rows": [_row_record(result) for result in results]}
            for table, results in pairs
        ],
    }


def _cells(result: Result) -> tuple[str, ...]:
    row, spread = result.row, result.spread
    state = row.aside if row.budget is None else "ok" if result.holds else "BROKEN"
    if result.fault:
        state = f"NOT COMPARED: {result.fault}" if result.is_absent else f"BROKEN: {result.fault}"
    elif result.tries > 1:
        state += f" (measured {result.tries} times)"
    budget = "" if row.budget is None else "≤ " + _figure(row.budget, result)
    if spread is None:
        return row.work, row.unit, "-", budget, "", "", state
    lower, median, upper = (_figure(figure, result) for figure in spread)
    time = _time(result.samples.median(row.contender)) if row.base else ""
    return row.work, row.unit, median, budget, f"{lower} … {upper}", time, state


def _figure(figure: float, result: Result) -> str:
    return {
        "ratio": f"{figure:.2f} x",
        "difference": f"{figure * 1e3:+.{0 if abs(figure) > 0.02 else 1}f} ms",
        "growth": f"N^{figure:.2f}",
        "bytes": f"{figure:.0f} B",
    }[result.row.law]


def _time(seconds: float) -> str:
    if seconds < 1e-5:
        return f"{seconds * 1e9:.1f} ns"
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms"


def _row_record(result: Result) -> dict[str, Any]:
    row, spread = result.row, result.spread
    seconds = {
        name: dict(zip(("lower", "median", "upper"), quartiles(result.samples.seconds[name]), strict=True))
        for name in (row.contender, row.base)
        if name in result.samples.seconds
    }
    return {
        "work": row.work,
        "unit": row.unit,
        "contender": row.contender,
        "base": row.base,
        "law": row.law,
        "figure": spread and spread[1],
        "quartiles": spread and [spread[0], spread[2]],
        "budget": row.budget,
        "aside": row.aside if row.budget is None else None,
        "holds": result.holds,
        "fault": result.fault or None,
        "tries": result.tries,
        "rounds": max((len(taken) for taken in result.samples.seconds.values()), default=0),
        "seconds": seconds,
    }
