"""The port to products that tell when files change; adapters offer themselves through an entry point."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

GROUP: Final = "traitconf.watchers"
log: Final = logging.getLogger("traitconf.watch")


class Listener(Protocol):
    """What an adapter offers under the entry point group `traitconf.watchers`."""

    def __call__(self, paths: Sequence[Path], stop: threading.Event) -> Iterator[object]:
        """Yield something true whenever something below the paths may have changed, until `stop` is set.

        Something false may be yielded at any time: it only lets the runtime end what nobody listens to any more.

        Args:
            paths: directories and files that exist.
            stop: set when nobody listens any more.

        Raises:
            ImportError: when its product is not installed.
        """


@functools.cache
def listener() -> Listener | None:
    """Return the first adapter whose product is installed, or nothing: then files are looked at from time to time."""
    from importlib.metadata import entry_points

    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            found: Listener = entry.load()
        except Exception as error:  # noqa: BLE001 -- an adapter without its product, or a broken one
            log.debug("the watcher %s is not available: %r", entry.name, error)
        else:
            return found
    return None
