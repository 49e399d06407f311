"""Forking: a child process has one thread, so locks, threads and timers of its parent begin anew in it.

Before a fork the locks that guard compound changes are taken, so that a child never sees half of one. A lock that
cannot be had in time is left alone: a fork must not hang, and the child makes every lock anew anyway.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Any, Final, Protocol

PATIENCE: Final = 2.0
"""How many seconds a fork waits for one lock."""


class Forked(Protocol):
    """Something that holds locks; it may have a method `resumed` as well, which begins its threads anew."""

    def forked(self) -> None:
        """Make the locks anew; it is called in the child, before anybody's threads begin."""


_owners: Final[weakref.WeakKeyDictionary[Any, tuple[int, str]]] = weakref.WeakKeyDictionary()
_functions: Final[list[Callable[[], None]]] = []
_held: Final[list[Any]] = []
_UNGUARDED: Final = 0


def follow(owner: Forked, *, lock: str = "", order: int = _UNGUARDED) -> None:
    """Call `owner.forked()` in every child process, and then `owner.resumed()`, as long as the owner lives.

    Args:
        owner: holds locks or threads; its identity is its hash.
        lock: name of an attribute, a lock that is taken before a fork.
        order: locks are taken in ascending order, as the program takes them.
    """
    _owners[owner] = order, lock


def in_child(function: Callable[[], None]) -> Callable[[], None]:
    """Call a function in every child process; usable as a decorator.

    Args:
        function: makes the locks of a module anew.
    """
    _functions.append(function)
    return function


def _before() -> None:
    guarded = sorted(((order, name, owner) for owner, (order, name) in list(_owners.items()) if name), key=_order)
    for _, name, owner in guarded:
        lock = getattr(owner, name)
        if lock.acquire(timeout=PATIENCE):
            _held.append(lock)


def _order(guarded: tuple[int, str, Any]) -> int:
    return guarded[0]


def _in_parent() -> None:
    while _held:
        _held.pop().release()


def _in_child() -> None:
    _held.clear()
    for function in _functions:
        function()
    owners = list(_owners)
    for owner in owners:
        owner.forked()
    for owner in owners:
        getattr(owner, "resumed", _nothing)()


def _nothing() -> None:
    """Do nothing."""


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
