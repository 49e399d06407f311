"""`Signature`: the parameters of a function as generated code needs them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import attrs


@attrs.frozen
class Signature:
    """The parameters of a function, without their defaults: equal shapes share generated code.

    Attributes:
        name: of the function, for tracebacks.
        parameters: names and kinds, the receiver included.
        static: whether it has no receiver.
    """

    name: str
    parameters: tuple[tuple[str, int], ...]
    static: bool = False

    @property
    def definition(self) -> str:
        """The parameter list of a `def`; defaults are set on the function afterwards."""
        parts, star = [], False
        kinds = [kind for _, kind in self.parameters]
        for position, (name, kind) in enumerate(self.parameters):
            if kind == _VAR_POSITIONAL:
                star = True
            elif kind == _KEYWORD_ONLY and not star:
                parts.append("*")
                star = True
            parts.append(_STARS.get(kind, "") + name)
            if kind == _POSITIONAL_ONLY and _POSITIONAL_ONLY not in kinds[position + 1 :]:
                parts.append("/")
        return ", ".join(parts)

    @property
    def has_receiver(self) -> bool:
        """Whether the first parameter is the receiver and is named, so that code can speak of it."""
        return not self.static and self.parameters[0][1] in (_POSITIONAL_ONLY, _POSITIONAL_OR_KEYWORD)

    @property
    def receiver(self) -> str:
        """The expression of the receiver."""
        if self.static:
            return "None"
        return self.parameters[0][0] if self.has_receiver else f"{self._star}[0]"

    @property
    def everything(self) -> str:
        """The arguments that pass everything on."""
        return ", ".join(_argument(name, kind) for name, kind in self.parameters)

    @property
    def rest(self) -> str:
        """The arguments that pass everything on but the receiver, with a leading comma where there are any."""
        arguments = [_argument(name, kind) for name, kind in self.parameters]
        if self.has_receiver:
            del arguments[0]
        elif not self.static:
            arguments[0] += "[1:]"
        return "".join(f", {argument}" for argument in arguments)

    @property
    def named(self) -> str:
        """The items of a dictionary display with every argument but the receiver under its parameter's name."""
        return ", ".join(f"{name!r}: {name}{cut}" for name, cut in self._without_receiver())

    @property
    def values(self) -> str:
        """The items of a tuple display with every argument but the receiver."""
        return "".join(f"{name}{cut}, " for name, cut in self._without_receiver())

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, the receiver left out."""
        return tuple(name for name, _ in self._without_receiver())

    def renamed(self, source: str) -> str:
        """The assignment that takes every argument but the receiver from a mapping, by its parameter's name.

        Args:
            source: name of the mapping.
        """
        lines = []
        for name, cut in self._without_receiver():
            lines.append(f"{name} = ({name}[0], *{source}[{name!r}])" if cut else f"{name} = {source}[{name!r}]")
        return "; ".join(lines) or "pass"

    def _without_receiver(self) -> list[tuple[str, str]]:
        """Return the parameters behind the receiver, each with what cuts the receiver off its arguments."""
        if self.static or self.has_receiver:
            return [(name, "") for name, _ in self.parameters[0 if self.static else 1 :]]
        return [(name, "[1:]" if kind == _VAR_POSITIONAL else "") for name, kind in self.parameters]

    @property
    def _star(self) -> str:
        return next(name for name, kind in self.parameters if kind == _VAR_POSITIONAL)


_POSITIONAL_ONLY = int(inspect.Parameter.POSITIONAL_ONLY)
_POSITIONAL_OR_KEYWORD = int(inspect.Parameter.POSITIONAL_OR_KEYWORD)
_VAR_POSITIONAL = int(inspect.Parameter.VAR_POSITIONAL)
_KEYWORD_ONLY = int(inspect.Parameter.KEYWORD_ONLY)
_VAR_KEYWORD = int(inspect.Parameter.VAR_KEYWORD)
_STARS = {_VAR_POSITIONAL: "*", _VAR_KEYWORD: "**"}


def _argument(name: str, kind: int) -> str:
    return f"{name}={name}" if kind == _KEYWORD_ONLY else _STARS.get(kind, "") + name


def signature_of(
    function: Callable[..., Any], name: str, skip: int = 0, receiver: str = "", *, static: bool = False
) -> Signature:
    """Return the shape of a function's parameters.

    Args:
        function: any function.
        name: the name that generated code gets.
        skip: how many leading parameters to leave out.
        receiver: another name for the first one that is left.
        static: whether the function has no receiver.

    >>> signature_of(lambda self, x, *, y=1: None, "save").everything
    'self, x, y=y'
    """
    parameters = list(inspect.signature(function, follow_wrapped=False).parameters.values())[skip:]
    shape = [(parameter.name, int(parameter.kind)) for parameter in parameters]
    if receiver and shape and receiver not in dict(shape):
        shape[0] = (receiver, shape[0][1])
    return Signature(name, tuple(shape), static or not shape)
