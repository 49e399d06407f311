"""Classes to call: each is new, with code of its own, as classes of a program are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitconf as tc

_SOURCE = compile(
    """
class Host:
    def touch(self, amount):
        return amount

    def gather(self, *amounts):
        return amounts
""",
    __file__,
    "exec",
)


def host_class(*traits: type[tc.TraitBase]) -> type[Any]:
    """Return a new class with two methods that do nothing.

    Args:
        *traits: what to bind to it.
    """
    cls = _new_class()
    return tc.bind(cls, *traits) if traits else cls


def host_with(decorator: Callable[[Any], Any]) -> type[Any]:
    """Return a new class whose methods a decorator wraps."""
    cls = _new_class()
    cls.touch, cls.gather = decorator(cls.touch), decorator(cls.gather)
    return cls


def _new_class() -> type[Any]:
    space: dict[str, Any] = {"__name__": __name__}
    exec(_copy(_SOURCE), space)  # noqa: S102 -- the source stands above
    cls: type[Any] = space["Host"]
    return cls


def _copy(code: Any) -> Any:
    """Copy code with all code in it: the interpreter keeps in the code what it has learnt about the calls."""
    consts = tuple(_copy(const) if hasattr(const, "co_code") else const for const in code.co_consts)
    return code.replace(co_consts=consts)
