"""Directories with a corpus each, written once for all processes of a run and removed at its end."""

from __future__ import annotations

import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenants import write

SIZES: Final = (100, 1_000, 10_000)
"""Numbers of tenants that are measured below the largest one."""


@dataclass(frozen=True)
class Extent:
    """How many tenants are measured.

    Attributes:
        most: the largest number.
        thorough: whether what takes long is measured at the larger numbers, too: TOML, and the peers.
    """

    most: int = 100_000
    thorough: bool = False

    def sizes(self, most: int | None = None) -> tuple[int, ...]:
        """Return the numbers of tenants, ascending.

        Args:
            most: the largest one, where it is less than that of all.
        """
        largest = min(self.most, most or self.most)
        return *(size for size in SIZES if size < largest), largest


@functools.cache
def _root() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="traitconf-bench-")


def corpus(tenants: int, suffix: str = ".json") -> Path:
    """Return the directory of a corpus.

    Args:
        tenants: how many.
        suffix: format of the tenants' file.
    """
    directory = Path(_root().name) / f"{tenants}{suffix}"
    if not directory.exists():
        directory.mkdir()
        write(directory, tenants, suffix)
    return directory
