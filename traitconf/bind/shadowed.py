"""Members that a trait gives and nobody reaches, because objects have something else under the name."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Final

from traitconf.bind.attribute import function_of
from traitconf.bind.binding import bindings_of
from traitconf.bind.hosts import fields_of
from traitconf.bind.info import home_of, place_of, points_of
from traitconf.errors import Problem
from traitconf.types import Origin, Source

_LOADS: Final = frozenset({"LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_FAST_LOAD_FAST", "STORE_FAST_LOAD_FAST"})


def problems_of(cls: type) -> Iterator[Problem]:
    """Yield a problem for each member that a field of a subclass or an assignment in a method hides.

    A field that the bound class itself has is refused when it is bound.

    Args:
        cls: a class that has traits of its own or of a base.
    """
    bound_at = {binding.trait: binding.origin for binding in bindings_of(cls)}
    for name, point in points_of(cls).items():
        if point.provided is None or "." in name:
            continue
        trait, member = point.provided
        related = ((bound_at[trait], f"{trait.__name__} was bound here"), (place_of(member.function), "given here"))
        other = f"exclude={{{member.name!r}}}, alias={{{member.name!r}: …}} where it is bound"
        hint = f"give one of them another name: {other}"
        for where, origin in _rivals(cls, point.owner, name):
            text = f"{where} hides the member {name!r} that {trait.__name__} gives {point.owner.__qualname__}"
            yield Problem("TC642", text, origin, hint=hint, related=related)


def _rivals(cls: type, owner: type, name: str) -> Iterator[tuple[str, Origin]]:
    """Yield what objects of a class have under a name, instead of the member of one of its bases."""
    nearer = cls.__mro__[: cls.__mro__.index(owner)]
    fields = [base for base in nearer if name in fields_of(base) and not _inherits(base, name)]
    for base in fields:
        yield f"the field {base.__qualname__}.{name}", home_of(base)
    if fields:  # what sets them is no fault of its own
        return
    for base in cls.__mro__:
        for function in _functions(base):
            line = assigned_at(function.__code__, name)
            if line is not None:
                origin = Origin(Source.DECORATOR, function.__code__.co_filename, line)
                yield f"{function.__qualname__} sets {name!r} on the object, which", origin


def _inherits(cls: type, name: str) -> bool:
    return any(name in fields_of(base) for base in cls.__mro__[1:])


def _functions(cls: type) -> Iterator[FunctionType]:
    for member in cls.__dict__.values():
        function = function_of(member)
        function = inspect.unwrap(function) if callable(function) else function
        if isinstance(function, FunctionType) and not isinstance(member, staticmethod):
            yield function


def assigned_at(code: CodeType, name: str) -> int | None:
    """Return the line on which a method sets an attribute of its own object, if it does.

    Args:
        code: of the method.
        name: of the attribute.

    >>> def method(self, other): other.title = self.title
    >>> assigned_at(method.__code__, "title") is None
    True
    """
    if name not in code.co_names or not code.co_argcount:
        return None
    receiver, before = code.co_varnames[0], None
    line = code.co_firstlineno
    for step in dis.get_instructions(code):
        line = step.positions.lineno or line if step.positions else line
        if step.opname == "STORE_ATTR" and step.argval == name and before == receiver:
            return line
        before = _loaded(step)
    return None


def _loaded(step: dis.Instruction) -> str | None:
    """Return the variable that an instruction leaves on top."""
    if not step.opname.startswith("LOAD_FAST") and step.opname not in _LOADS:
        return None
    return str(step.argval[-1]) if isinstance(step.argval, tuple) else str(step.argval)
