"""What a class has, as far as one can see without making an instance: members, fields, and what traits require."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from traitconf.schema.spec import TraitSpec
from traitconf.types import MISSING

_HEAP_TYPE: Final = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: the class was made by Python code and can be changed."""


def is_immutable(cls: type) -> bool:
    """Whether Python refuses to set attributes on a class, as it does for built-in types.

    >>> is_immutable(int)
    True
    """
    return not cls.__flags__ & _HEAP_TYPE


def raw_member(cls: type, name: str) -> Any:
    """Return what stands under a name in a class or its bases, not bound to anything, or `MISSING`."""
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__dict__[name]
    return MISSING


def fields_of(cls: type) -> frozenset[str]:
    """Return the names of a class's data fields: annotations, slots and attrs fields.

    Args:
        cls: any class.
    """
    names: set[str] = set()
    for base in cls.__mro__:
        if base is object:
            continue
        names |= {name for name, hint in inspect.get_annotations(base).items() if "ClassVar" not in str(hint)}
        slots = base.__dict__.get("__slots__", ())
        names |= {slots} if isinstance(slots, str) else set(slots)
        attributes = base.__dict__.get("__attrs_attrs__", ())
        names |= {field.name for field in attributes if isinstance(field, attrs.Attribute)}
    return frozenset(names)


def has_member(cls: type, name: str) -> bool:
    """Whether instances of a class will have an attribute, as far as the class shows.

    A plain class shows its fields only in the code of its methods; a name that they mention is given the benefit of
    the doubt.
    """
    if raw_member(cls, name) is not MISSING or name in fields_of(cls):
        return True
    return any(name in function.__code__.co_names for function in _functions(cls))


def _functions(cls: type) -> list[Any]:
    members = (member for base in cls.__mro__ for member in base.__dict__.values())
    return [inspect.unwrap(member) for member in members if inspect.isfunction(member)]


def required_members(spec: TraitSpec) -> Mapping[str, Callable[..., Any]]:
    """Return the members that a trait requires of its host, each with the function that says so.

    The annotation of the host parameter is the requirement, where it is a Protocol.
    """
    functions = [member.function for member in spec.members.values()] + [hook.function for hook in spec.hooks]
    return {name: function for function in functions for name in _protocol_members(_host_annotation(function))}


def _host_annotation(function: Callable[..., Any]) -> Any:
    parameters = list(inspect.signature(function).parameters.values())
    if len(parameters) < 2 or parameters[1].annotation is inspect.Parameter.empty:
        return None
    annotation = parameters[1].annotation
    if not isinstance(annotation, str):
        return annotation
    try:
        return typing.get_type_hints(function).get(parameters[1].name)
    except NameError:  # a name that only type checkers see is no requirement
        return None


def _protocol_members(annotation: Any) -> set[str]:
    if not getattr(annotation, "_is_protocol", False):
        return set()
    names: set[str] = set()
    for base in annotation.__mro__:
        if getattr(base, "_is_protocol", False) and base is not typing.Protocol:
            names |= set(inspect.get_annotations(base))
            names |= {name for name, member in base.__dict__.items() if inspect.isfunction(member)}
    return {name for name in names if not name.startswith("_")}
