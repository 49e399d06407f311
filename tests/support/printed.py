"""Prints, at the end of a run, what tests have measured, whether they passed or not and in whatever process."""

from __future__ import annotations

from typing import Final

import pytest

PRINTED: Final = "printed"
"""The name under which a test gives a line to `record_property`."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    lines = [value for report in reports for name, value in getattr(report, "user_properties", ()) if name == PRINTED]
    if lines:
        terminalreporter.section("measured")
        for line in sorted(lines):
            terminalreporter.write_line(line)
