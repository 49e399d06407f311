"""How text looks: coloured and in tables that fit on a terminal, plain and one line for each thing elsewhere."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Final

import click

NARROWEST: Final = 16
"""A folding column is not made narrower than this for the sake of the others."""
GAP: Final = "   "
"""What rich puts between two columns."""
COLOURS: Final = {"error": "red", "warning": "yellow", "note": "cyan", "●": "green"}


def is_lively(*, is_error: bool = False) -> bool:
    """Whether colours are welcome.

    Args:
        is_error: whether stderr is meant.
    """
    stream = sys.stderr if is_error else sys.stdout
    if stream is None or not stream.isatty():  # a program may be started without any stdout
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painted(text: str, *, is_error: bool = False) -> str:
    """Return an explanation or a problem, coloured where colours are welcome.

    Args:
        text: as it is printed plainly.
        is_error: whether it goes to stderr.
    """
    if not is_lively(is_error=is_error):
        return text
    return "\n".join(_painted_line(line) for line in text.split("\n"))


def _painted_line(line: str) -> str:
    first, _, rest = line.strip().partition(" ")
    word = first.partition("[")[0].rstrip(":")
    if word in COLOURS and not rest.startswith("="):
        return click.style(line, fg=COLOURS[word], bold=word != "note")
    if first in ("○", "-->"):
        return click.style(line, dim=True)
    if " = " in line and not line.startswith(" "):
        return click.style(line, bold=True)
    return click.style(line, fg="red") if "| " in line and set(rest.split(" ")[0]) == {"^"} else line


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], faint: Sequence[bool], *, folds: int) -> str:
    """Return a table.

    Args:
        columns: their headings.
        rows: the cells.
        faint: for each row, whether it matters less.
        folds: the column that gets narrow where the terminal is; the last two become one where that is not enough.
    """
    if is_lively() and importlib.util.find_spec("rich") is not None:
        return _drawn(columns, rows, faint, folds)
    cells = [[column.upper() for column in columns], *rows]
    return "\n".join("  ".join(map(str.ljust, row, _widths(cells))).rstrip() for row in cells)


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(line) for cell in column for line in cell.split("\n")) for column in zip(*cells, strict=True)]


def _drawn(columns: Sequence[str], rows: Sequence[Sequence[str]], faint: Sequence[bool], folds: int) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not _fits(columns, rows, folds, console.width):
        columns, rows = columns[:-1], [(*row[:-2], "\n".join(row[-2:])) for row in rows]
    drawn = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False)
    rigid = _fits(columns, rows, folds, console.width)
    for at, column in enumerate(columns):
        drawn.add_column(column, overflow="fold", no_wrap=rigid and at != folds)
    for row, is_faint in zip(rows, faint, strict=True):
        drawn.add_row(*map(Text, row), style="dim" if is_faint else "")
    with console.capture() as captured:
        console.print(drawn)
    return captured.get().rstrip("\n")


def _fits(columns: Sequence[str], rows: Sequence[Sequence[str]], folds: int, width: int) -> bool:
    widths = _widths([columns, *rows])
    return sum(widths) - max(0, widths[folds] - NARROWEST) + len(GAP) * (len(widths) - 1) <= width


def pairs(lines: Sequence[tuple[str, str]]) -> str:
    """Return names with what there is to say about each.

    Args:
        lines: name and text.
    """
    width = max(len(name) for name, _ in lines)
    names = (name.ljust(width) for name, _ in lines)
    shown = (click.style(name, bold=True) if is_lively() else name for name in names)
    return "\n".join(f"{name}  {text}" for name, (_, text) in zip(shown, lines, strict=True))
