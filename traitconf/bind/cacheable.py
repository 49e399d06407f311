"""What cannot be cached of a class: operations that nothing identifies, or whose result is no single value."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Final

import attrs

from traitconf.bind.binding import Binding
from traitconf.bind.hosts import fields_of, has_member
from traitconf.bind.identity import Identity
from traitconf.errors import Problem, did_you_mean, listed
from traitconf.schema.caching import Caching, is_path, placeholders
from traitconf.schema.governs import GovernedMethod, Governing
from traitconf.schema.members import Member, flavour_of
from traitconf.types import Origin, Source

Part = Member[Any, Any]
_SHAPES: Final = ("method", "classmethod", "staticmethod")


def caching_problems(cls: type, binding: Binding) -> Iterator[Problem]:
    """Yield why operations that a trait declares with `cache=True` cannot be cached for a class.

    Args:
        cls: the class.
        binding: the trait.
    """
    for member in binding.spec.members.values():
        if member.cache:
            yield from _problems(cls, binding, member)
    governing = [hook for hook in binding.spec.hooks if isinstance(hook, Governing)]
    if governing and binding.given:
        trait = binding.trait(**binding.given)
        for name, function in inspect.getmembers(cls, inspect.isfunction):
            for hook in governing:
                method = hook.method(trait, name, function)
                if method is not None:
                    yield from _unsuited(cls, binding, method)


def _problems(cls: type, binding: Binding, member: Part) -> Iterator[Problem]:
    what = f"{binding.trait.__name__}.{member.name} of {cls.__qualname__}"
    related = (_place(member),)
    flavour = flavour_of(member.function)
    if member.shape not in _SHAPES or flavour.endswith("generator"):
        kind = flavour if member.shape in _SHAPES else member.shape
        hint = "let it return what it makes, for example a tuple"
        yield Problem("TC687", f"{what} cannot be cached: it is a {kind}", binding.origin, hint=hint, related=related)
        return
    caching = member.caching
    if member.shape == "method":
        yield from _unidentified(cls, binding, what, caching, related)
    leading = 1 if member.shape == "staticmethod" else 2
    parameters = [*inspect.signature(member.function).parameters][leading:]
    yield from _strange(binding, what, caching, parameters, related)


def _unsuited(cls: type, binding: Binding, method: GovernedMethod) -> Iterator[Problem]:
    """Yield why a method that code names cannot be cached; files may still name others."""
    what = f"{cls.__qualname__}.{method.name}"
    related = (_place(method),)
    flavour = flavour_of(method.function)
    if flavour.endswith("generator"):
        hint = "let it return what it makes, for example a tuple"
        yield Problem(
            "TC687", f"{what} cannot be cached: it is a {flavour}", binding.origin, hint=hint, related=related
        )
        return
    yield from _unidentified(cls, binding, what, method.caching, related)
    yield from _strange(binding, what, method.caching, [*inspect.signature(method.function).parameters][1:], related)


def _unidentified(cls: type, binding: Binding, what: str, caching: Caching, related: Any) -> Iterator[Problem]:
    if caching.is_identity and not Identity.of(cls).names:
        yield attrs.evolve(unidentified(cls, what), origin=binding.origin, related=related)
    for name in caching.names:
        if not is_path(name) or not has_member(cls, name.partition(".")[0]):
            hint = did_you_mean(name, fields_of(cls)) or f"its fields are {listed(fields_of(cls))}"
            text = f"{what} cannot be cached: its key names {name!r}, which {cls.__qualname__} does not have"
            yield Problem("TC686", text, binding.origin, hint=hint, related=related)


def unidentified(cls: type, what: str) -> Problem:
    """Return the problem of something that cannot be cached for a class, because nothing says what identifies it.

    Args:
        cls: the class.
        what: what cannot be cached.
    """
    text = f"{what} cannot be cached: nothing says what identifies a {cls.__qualname__}"
    hint = 'name what the result depends on, key=("body",), or key=() for nothing; or give the class a primary key'
    return Problem("TC685", text, hint=hint)


def _strange(binding: Binding, what: str, caching: Caching, parameters: list[str], related: Any) -> Iterator[Problem]:
    known = {*parameters, *caching.names}
    for tag in caching.tags:
        for name in [name for name in placeholders(tag) if name not in known]:
            text = f"the tag {tag!r} of {what} names {name!r}, which is no argument and no part of the key"
            hint = did_you_mean(name, known) or f"known are {listed(known)}"
            yield Problem("TC688", text, binding.origin, hint=hint, related=related)
    for name in [name for name in caching.ignore if name not in parameters]:
        text = f"{what} ignores {name!r}, which is no parameter of it"
        hint = did_you_mean(name, parameters) or f"its parameters are {listed(parameters)}"
        yield Problem("TC688", text, binding.origin, hint=hint, related=related)


def _place(member: Any) -> tuple[Origin, str]:
    code = inspect.unwrap(member.function).__code__
    return Origin(Source.DECORATOR, code.co_filename, code.co_firstlineno), "written here"
