"""Switches the garbage collector off where much is read: it would look at all of it again and again, for nothing."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def not_collecting() -> Iterator[None]:
    """Return a block, or a decorator, without automatic garbage collections in the whole process.

    Where they were switched off already they stay so. What is no longer referred to is still let go at once; only
    cycles wait until the block is left.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
