"""`ExitCode`: what the program tells the shell."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """How a command ended; scripts rely on the numbers."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    PENDING = 3
    INVALID = 4
    CONFLICT = 5
    FORBIDDEN = 6
    UNREACHABLE = 7
    ROLLED_BACK = 8
    INTERNAL = 70
    INTERRUPTED = 130
