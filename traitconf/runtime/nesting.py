"""Bounds how deep events may happen within subscribers of events, and how many there may be at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

DEEPEST: Final = 32
"""How many deliveries may be under way within each other."""
TooDeep = Callable[[list[str]], object]


class Stack:
    """The deliveries that are under way in one context; a task that a subscriber begins counts with it."""

    __slots__ = ("is_cut", "names")

    def __init__(self) -> None:
        """Begin with none."""
        self.names: list[str] = []
        self.is_cut = False


_stack: Final[ContextVar[Stack | None]] = ContextVar("traitconf.events", default=None)


def enter(name: str, too_deep: TooDeep) -> Stack | None:
    """Begin to deliver an event; `leave` ends it.

    Where the limit is reached, nothing more is delivered until the outermost delivery has ended: subscribers that
    cause two events each would otherwise double them at every level.

    Args:
        name: of the event.
        too_deep: told of the names that are under way, outermost first, when the limit is reached.

    Returns:
        what to leave; nothing where the event must not be delivered.
    """
    stack = _stack.get()
    if stack is None:
        stack = Stack()
        _stack.set(stack)
    elif stack.is_cut:
        return None
    elif len(stack.names) >= DEEPEST:
        stack.is_cut = True
        too_deep([*stack.names, name])
        return None
    stack.names.append(name)
    return stack


def leave(stack: Stack) -> None:
    """End the delivery of an event.

    Args:
        stack: what `enter` returned.
    """
    stack.names.pop()
    if not stack.names:
        stack.is_cut = False
        _stack.set(None)  # as it was: a token, which would say so, costs three times as much
