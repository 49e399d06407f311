"""Class attributes that hold a function to wrap: methods, properties and cached properties in their three forms."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable
from types import FunctionType, MemberDescriptorType
from typing import Any


class SlottedCached:
    """A cached property that attrs turned into a slot, with a function of ours in front of the slot.

    attrs computes such a property in `__getattr__`, which nobody can wrap for one name; here the slot is asked first.

    Attributes:
        slot: the descriptor that attrs has put into the class.
        func: computes the value.
    """

    def __init__(self, slot: Any, func: Callable[[Any], Any]) -> None:
        """Stand before a slot."""
        self.slot = slot
        self.func = func

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return what the slot holds, computed on first use."""
        if instance is None:
            return self
        try:
            return self.slot.__get__(instance, owner)
        except AttributeError:
            pass
        value = self.func(instance)
        self.slot.__set__(instance, value)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Fill the slot."""
        self.slot.__set__(instance, value)

    def __delete__(self, instance: Any) -> None:
        """Empty the slot, so that the value is computed again."""
        self.slot.__delete__(instance)


def is_cached_property(member: Any) -> bool:
    """Whether something is functools' cached property, one that is built like it, or one of a slot.

    >>> is_cached_property(functools.cached_property(len))
    True
    """
    if isinstance(member, (functools.cached_property, SlottedCached)):
        return True
    return type(member).__name__ == "cached_property" and inspect.isfunction(getattr(member, "func", None))


def function_of(member: Any) -> Any:
    """Return the function inside a classmethod, staticmethod or property; anything else as it is."""
    if is_cached_property(member):
        return member.func
    return getattr(member, "__func__", None) or getattr(member, "fget", None) or member


def is_method(member: Any) -> bool:
    """Whether a class attribute is a function written in Python, as it is or as a classmethod or staticmethod."""
    return inspect.isfunction(member.__func__ if isinstance(member, (classmethod, staticmethod)) else member)


def wrappable(cls: type, name: str, member: Any) -> FunctionType | None:
    """Return the function of a class attribute that hooks can run around, or nothing.

    Args:
        cls: the class.
        name: of the attribute.
        member: what stands under it.
    """
    if isinstance(member, MemberDescriptorType):
        return _slotted_function(cls, name)
    is_kind = is_method(member) or isinstance(member, property) or is_cached_property(member)
    function = function_of(member) if is_kind else None
    return function if isinstance(function, FunctionType) else None


def _slotted_function(cls: type, name: str) -> FunctionType | None:
    """Return the function of a cached property for which attrs has made a slot; its `__getattr__` keeps them all."""
    owner = next(base for base in cls.__mro__ if name in base.__dict__)
    getter = owner.__dict__.get("__getattr__")
    for default in getattr(getter, "__defaults__", None) or ():
        function = default.get(name) if isinstance(default, dict) else None
        if isinstance(function, FunctionType):
            return function
    return None


def rewrapped(raw: Any, function: FunctionType, cls: type, name: str) -> Any:
    """Return what stands on a class in the place of an attribute: the same kind of thing around another function.

    Args:
        raw: the attribute.
        function: the other function.
        cls: the class.
        name: of the attribute.
    """
    if isinstance(raw, (classmethod, staticmethod)):
        return type(raw)(function)
    if isinstance(raw, property):
        return raw.getter(function)
    if isinstance(raw, (MemberDescriptorType, SlottedCached)):
        return SlottedCached(getattr(raw, "slot", raw), function)
    if is_cached_property(raw):
        again = copy.copy(raw)
        again.__set_name__(cls, name)
        again.func = function
        return again
    return function
