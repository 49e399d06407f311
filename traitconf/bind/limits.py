"""What a kind of class cannot do: let values be kept beside its objects, or let a field be written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from traitconf.bind.binding import Binding
from traitconf.bind.hosts import fields_of, raw_member
from traitconf.errors import Problem
from traitconf.types import MISSING, Origin


def limit_problems(cls: type, binding: Binding) -> Iterator[Problem]:
    """Yield why objects of a class cannot be what a trait needs them to be.

    Args:
        cls: the class.
        binding: the trait, with the options that are given in code; files may still name other fields.
    """
    spec = binding.spec
    written = {option: _value(binding, option) for option in spec.writes}
    missing = {option: name for option, name in written.items() if not _has(cls, name)}
    for option, name in written.items():
        if is_frozen(cls) and (option not in missing or spec.state != "without_field"):
            yield _frozen(cls, binding, option, name)
    needed = spec.state == "always" or (spec.state == "without_field" and (missing or not written))
    cached = [member.name for member in spec.members.values() if member.shape == "cached_property"]
    if (needed or cached) and not takes_references(cls):
        yield _without_references(cls, binding, missing if not cached else {})


def is_frozen(cls: type) -> bool:
    """Whether a class does not let the fields of its objects be written, whichever product made it so.

    >>> is_frozen(int)
    False
    """
    parameters = getattr(cls, "__dataclass_params__", None)
    config = getattr(cls, "model_config", None)
    return (
        bool(getattr(parameters, "frozen", False))
        or getattr(cls.__setattr__, "__name__", "") == "_frozen_setattrs"  # attrs
        or (hasattr(cls, "__pydantic_fields__") and isinstance(config, dict) and bool(config.get("frozen")))
        or (issubclass(cls, tuple) and hasattr(cls, "_fields"))
    )


def takes_references(cls: type) -> bool:
    """Whether objects of a class support weak references, so that values can be kept beside them.

    >>> takes_references(int)
    False
    """
    return bool(cls.__weakrefoffset__)


def _value(binding: Binding, option: str) -> Any:
    return binding.given.get(option, binding.spec.options[option].default)


def _has(cls: type, name: Any) -> bool:
    return name in fields_of(cls) or raw_member(cls, str(name)) is not MISSING


def _frozen(cls: type, binding: Binding, option: str, name: Any) -> Problem:
    host, trait = cls.__qualname__, binding.trait.__name__
    text = f"{trait} writes the field {name!r} of {host}, whose objects are frozen"
    hint = f"bind it to a class that is not frozen; {binding.spec.name}.{option} names the field"
    if binding.spec.state == "without_field":
        hint = f"let {binding.spec.name}.{option} name no field of {host}: the value is then kept beside the object"
    return Problem("TC631", text, binding.origin, hint=hint, related=(_defined(binding),))


def _without_references(cls: type, binding: Binding, missing: Any) -> Problem:
    host, trait = cls.__qualname__, binding.trait.__name__
    text = f"{trait} keeps values beside the objects of {host}, which take no weak references"
    hint = "add '__weakref__' to its __slots__, or weakref_slot=True to its dataclass or attrs decorator"
    if issubclass(cls, tuple):
        hint = f"bind it to a class that is no tuple, such as a dataclass; {host} cannot have __weakref__"
    for name in missing.values():
        hint += f"; or give it a field {name!r}"
    return Problem("TC630", text, binding.origin, hint=hint, related=(_defined(binding),))


def _defined(binding: Binding) -> tuple[Origin, str]:
    origin = binding.spec.origin
    return origin, f"{binding.trait.__name__} is defined here"
