"""What a terminal shows while something takes longer than a moment."""

from __future__ import annotations

import contextlib
import itertools
import sys
import threading
import time
from collections.abc import Iterator
from typing import Final

from traitconf.cli.terminal import is_lively

PATIENCE: Final = 1.0
"""Seconds in which nothing is shown."""
BEAT: Final = 0.2
_SIGNS: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_CLEAR: Final = "\r\x1b[K"


@contextlib.contextmanager
def working(what: str, *, patience: float = PATIENCE) -> Iterator[None]:
    """Return a block that a terminal on stderr tells of, when it takes long; nothing stays of that afterwards.

    Args:
        what: goes on, as people say it.
        patience: seconds in which nothing is shown.
    """
    if not is_lively(is_error=True):
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_tell, args=(what, done, patience), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _tell(what: str, done: threading.Event, patience: float) -> None:
    started = time.monotonic()
    if done.wait(patience):
        return
    with contextlib.suppress(OSError, ValueError):  # whoever looked is gone
        for sign in itertools.cycle(_SIGNS):
            _show(f"{_CLEAR}{sign} {what}, {time.monotonic() - started:.0f} s")
            if done.wait(BEAT):
                break
        _show(_CLEAR)


def _show(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
