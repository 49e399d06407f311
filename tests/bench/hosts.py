"""Classes to call: each is new, with code of its own, as classes of a program are."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
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


def host_class(*traits: type[tc.TraitBase] | tc.TraitBase) -> type[Any]:
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


def new_module(source: str | CodeType) -> dict[str, Any]:
    """Return the names that a source defines, with code of their own.

    Args:
        source: text or code.
    """
    space: dict[str, Any] = {"__name__": __name__}
    code = compile(source, __file__, "exec", dont_inherit=True) if isinstance(source, str) else _copy(source)
    exec(code, space)  # noqa: S102 -- the sources are our own
    return space


def _new_class() -> type[Any]:
    cls: type[Any] = new_module(_SOURCE)["Host"]
    return cls


def _copy(code: Any) -> Any:
    """Copy code with all code in it: the interpreter keeps in the code what it has learnt about the calls."""
    consts = tuple(_copy(const) if hasattr(const, "co_code") else const for const in code.co_consts)
    return code.replace(co_consts=consts)
