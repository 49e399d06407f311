"""The content of a file, read within bounds: no pipe, device or very large file may stop the program."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

LARGEST: Final = 32 * 2**20
"""How many bytes a file may hold: more than a hundred thousand tenants with a few options each."""


def read_content(path: Path, largest: int = LARGEST) -> bytes:
    """Return what a regular file holds.

    Args:
        path: of the file.
        largest: how many bytes it may hold.

    Raises:
        OSError: when it cannot be read, is no regular file, or holds more.
        ValueError: when the path cannot name a file.
    """
    _check(os.stat(path).st_mode)  # noqa: PTH116 -- before it is opened: opening a device may do something
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 -- a descriptor, so that what is checked is what is read
        status = os.fstat(descriptor)
        _check(status.st_mode)
        data = file.read(min(status.st_size, largest) + 1)  # room for all that may be read would take long to get
        if len(data) > status.st_size:  # it grows
            data += file.read(largest + 1 - len(data))
    if len(data) > largest:
        raise OSError(errno.EFBIG, f"it is larger than {largest // 2**20} MiB")
    return data


def _check(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no regular file")
