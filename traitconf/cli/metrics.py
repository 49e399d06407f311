"""`traitconf metrics`: what running programs have measured, and what is made from the catalogue of instruments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from traitconf.cli.group import Group

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.errors import Problem
    from traitconf.runtime.metric_file import Written

SUMMARIES: Final = {
    "top": "Show the operations that take most of the time.",
    "show": "List the instruments, or show every series of one.",
    "export": "Print all series, for Prometheus or as JSON.",
    "dashboard": "Print a dashboard for Grafana.",
    "rules": "Print alert rules for Prometheus.",
}
HELP: Final = """Show what running programs have measured.

A program tells it by the sink `file`, one file for each process, added up here; a process that has ended counts until
its file is a day old, and is told apart. --json prints the same numbers as one document.

\b
  # config/runtime.toml
  [telemetry]
  sinks = ["file"]
  directory = ".traitconf/metrics"

\b
Examples:
  traitconf metrics top
  traitconf metrics show traitconf.operation.calls
  traitconf metrics rules > /etc/prometheus/rules/traitconf.yml
"""

run: Final = Group(
    name="metrics", help=HELP, summaries=SUMMARIES, context_settings={"help_option_names": ["-h", "--help"]}
)


@attrs.frozen
class Measured:
    """What programs have written.

    Attributes:
        directory: where.
        processes: the latest last.
        series: of all of them, added up.
    """

    directory: str
    processes: tuple[Written, ...]
    series: tuple[dict[str, Any], ...]

    @property
    def problem(self) -> Problem | None:
        """What is to be said where nobody has written anything."""
        if self.processes:
            return None
        from traitconf.errors import Problem

        hint = 'a program writes them with [telemetry] sinks = ["file"] in runtime.toml, in its working directory'
        return Problem("TC742", f"no program has written metrics to {self.directory}", hint=hint)

    @property
    def told(self) -> str:
        """Whose numbers they are."""
        import time

        running = [one for one in self.processes if one.is_running]
        ended = len(self.processes) - len(running)
        age = time.time() - max(one.written for one in self.processes)
        parts = [f"{len(running) or 'no'} running process{'es' * (len(running) > 1)}"]
        parts += [f"{ended} that ended"] if ended else []
        return f"{', '.join(parts)}; written {age:.0f} s ago, in {self.directory}"

    def as_dict(self) -> dict[str, Any]:
        """Return whose numbers they are, for programs."""
        processes = [
            {"pid": one.pid, "began": one.began, "written": one.written, "running": one.is_running}
            for one in self.processes
        ]
        return {"directory": self.directory, "processes": processes}

    def absent(self) -> Reply:
        """Return the reply where nobody has written anything."""
        from traitconf.cli.exit_code import ExitCode
        from traitconf.cli.reply import Reply

        assert self.problem is not None
        return Reply(self.as_dict(), problems=(self.problem,), code=ExitCode.FINDINGS)


def measured(directory: str) -> Measured:
    """Read what programs have written.

    Args:
        directory: as the configuration says, relative to the working directory.
    """
    from pathlib import Path

    from traitconf.runtime.metric_file import merged, read

    processes = read(Path(directory))
    return Measured(directory, tuple(processes), tuple(merged(processes)))


def percentile(values: list[float], share: float) -> float | None:
    """Return a percentile of the last values.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0

    Args:
        values: in any order.
        share: 0.5 for the median.
    """
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)] if ordered else None


def seconds(value: float | None) -> str:
    """Return a duration as people read it.

    >>> seconds(0.00042), seconds(1.5), seconds(None)
    ('420 µs', '1.5 s', '-')
    """
    if value is None:
        return "-"
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if value * factor >= 1 or unit == "µs":
            return f"{value * factor:.3g} {unit}"
    return "-"
