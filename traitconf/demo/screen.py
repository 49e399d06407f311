"""How the demonstration speaks: with colours and a progress bar on a terminal, plainly elsewhere."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol


class Screen(Protocol):
    """What the story needs to be told."""

    def heading(self, text: str) -> None:
        """Begin an act."""

    def say(self, text: str = "") -> None:
        """Print a line of the story."""

    def quote(self, text: str) -> None:
        """Print output, or a file, as it is."""

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table."""

    def progress(self, title: str, total: int) -> contextlib.AbstractContextManager[Callable[[], None]]:
        """Return a block around work; what it gives is called once for each step."""


class PlainScreen:
    """Text that reads well in a file."""

    def heading(self, text: str) -> None:
        """Print the heading underlined."""
        print(f"\n{text}\n{'-' * len(text)}")  # noqa: T201 -- this is the output

    def say(self, text: str = "") -> None:
        """Print the line."""
        print(text)  # noqa: T201 -- this is the output

    def quote(self, text: str) -> None:
        """Print the text indented."""
        for line in text.splitlines():
            print(f"    {line}".rstrip())  # noqa: T201 -- this is the output

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print columns of equal width; cells may have several lines."""
        cells = [list(columns), *([*row] for row in rows)]
        widths = [
            max(len(line) for row in cells for line in row[at].splitlines() or [""]) for at in range(len(columns))
        ]
        for number, row in enumerate(cells):
            lines = [cell.splitlines() or [""] for cell in row]
            for at in range(max(map(len, lines))):
                parts = [
                    (line[at] if at < len(line) else "").ljust(width) for line, width in zip(lines, widths, strict=True)
                ]
                self.say("  ".join(parts).rstrip())
            if number == 0:
                self.say("  ".join("-" * width for width in widths))

    @contextlib.contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[], None]]:
        """Say what is done and how much; then say that it is done."""
        yield lambda: None
        self.say(f"{title}: {total} done")


class RichScreen:
    """The same on a terminal, with colours and a progress bar."""

    def __init__(self) -> None:
        """Open the terminal."""
        from rich.console import Console

        self._console = Console(highlight=False)

    def heading(self, text: str) -> None:
        """Draw a rule with the heading."""
        from rich.text import Text

        self._console.print()
        self._console.rule(Text(text, style="bold cyan"), align="left", style="cyan")

    def say(self, text: str = "") -> None:
        """Print the line."""
        from rich.markup import escape

        self._console.print(escape(text))

    def quote(self, text: str) -> None:
        """Print the text indented, marking what counts, what is shadowed and what is wrong."""
        from rich.text import Text

        for line in text.splitlines():
            self._console.print(Text(f"    {line}", style=_style(line)), soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Draw a table."""
        from rich import box
        from rich.markup import escape
        from rich.table import Table

        drawn = Table(box=box.SIMPLE_HEAD, header_style="bold")
        for at, column in enumerate(columns):
            numeric = bool(rows) and all(row[at].isdigit() for row in rows)
            drawn.add_column(column, justify="right" if numeric else "left", overflow="fold")
        for row in rows:
            drawn.add_row(*(escape(cell) for cell in row))
        self._console.print(drawn)

    @contextlib.contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[], None]]:
        """Draw a bar."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*parts, console=self._console) as bar:
            task: Any = bar.add_task(title, total=total)
            yield lambda: bar.advance(task)


def _style(line: str) -> str:
    words = line.split()
    first = words[0] if words else ""
    if first == "●" or line.startswith("+ "):
        return "green"
    if first == "○":
        return "dim"
    return "red" if first.startswith("error[") or "^" in line or line.startswith("- ") else ""


def open_screen(*, plain: bool) -> Screen:
    """Return the screen that suits the output.

    Args:
        plain: never use colours.
    """
    if plain or not sys.stdout.isatty() or importlib.util.find_spec("rich") is None:
        return PlainScreen()
    return RichScreen()
