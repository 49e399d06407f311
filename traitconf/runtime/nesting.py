"""`Nested`: bounds how deep events may happen within subscribers of events, and how many at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Final

DEEPEST: Final = 32
"""How many deliveries may be under way within each other."""
TooDeep = Callable[[list[str]], object]


class _Stack:
    """The deliveries that are under way in one context; a task that a subscriber begins counts with it."""

    __slots__ = ("is_cut", "names")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.is_cut = False


_stack: Final[ContextVar[_Stack | None]] = ContextVar("traitconf.events", default=None)


class Nested:
    """A block in which one event is delivered; entering it says whether it may be.

    Where the limit is reached, nothing more is delivered until the outermost delivery has ended: subscribers that
    cause two events each would otherwise double them at every level.

    Args:
        name: of the event.
        too_deep: told of the names that are under way, outermost first, when the limit is reached.
    """

    __slots__ = ("_entered", "_name", "_token", "_too_deep")

    def __init__(self, name: str, too_deep: TooDeep) -> None:
        """Remember what is to be delivered."""
        self._name, self._too_deep = name, too_deep
        self._token: Token[_Stack | None] | None = None
        self._entered: _Stack | None = None

    def __enter__(self) -> bool:
        """Return whether the event may be delivered."""
        stack = _stack.get()
        if stack is None:
            stack = _Stack()
            self._token = _stack.set(stack)
        elif stack.is_cut:
            return False
        elif len(stack.names) >= DEEPEST:
            stack.is_cut = True
            self._too_deep([*stack.names, self._name])
            return False
        self._entered = stack
        stack.names.append(self._name)
        return True

    def __exit__(self, *exc: object) -> None:
        """End the delivery."""
        stack = self._entered
        if stack is not None:
            stack.names.pop()
            if not stack.names:
                stack.is_cut = False
        if self._token is not None:
            _stack.reset(self._token)
