"""The door to watchfiles: the operating system tells when a file of the configuration changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import watchfiles

BATCH = 50
"""Milliseconds for which changes are collected; the runtime waits for quiet itself."""
PULSE = 2000
"""Milliseconds after which it is looked whether anybody still listens."""


def listen(paths: Sequence[Path], stop: threading.Event) -> Iterator[object]:
    """Yield what changed below the paths, and from time to time nothing.

    Of a single file the directory is watched: an editor that replaces the file would otherwise end it.

    Args:
        paths: directories and files that exist.
        stop: set when nobody listens any more.
    """
    places = {path if path.is_dir() else path.absolute().parent for path in paths}
    yield from watchfiles.watch(
        *sorted(places),
        watch_filter=None,
        debounce=BATCH,
        step=BATCH // 2,
        stop_event=stop,
        rust_timeout=PULSE,
        yield_on_timeout=True,
        raise_interrupt=False,
        force_polling=False,
        ignore_permission_denied=True,
    )
