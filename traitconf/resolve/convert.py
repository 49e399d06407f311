"""Strict conversion of what was read into what an option holds; the door to cattrs.

Nothing is guessed: a file's `"no"` is no bool and a string is no list. Only text that came from an environment
variable is cast, by the option's type.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import itertools
import json
import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
from cattrs import Converter
from cattrs.errors import (
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from traitconf.errors import did_you_mean
from traitconf.layers.layer import NONE, Text
from traitconf.resolve.text import BOOLS, from_text
from traitconf.schema.kinds import METADATA, Kind, kind_of
from traitconf.schema.options import Option, OptionMeta, violation
from traitconf.types import ByteSize, FrozenMap, Secret, duration

_SHOWN: Final = 60
"""How many characters of a wrong value are shown."""


@attrs.frozen
class Fault:
    """Why a value cannot be converted.

    Attributes:
        message: what is wrong.
        path: from the value downwards, empty when the value itself is wrong.
        hint: what to write instead.
        rule: whether the type is right and a rule of the option is broken.
    """

    message: str
    path: tuple[str | int, ...] = ()
    hint: str = ""
    rule: bool = False


class _Wrong(ValueError):
    """A value that a hook refuses."""

    def __init__(self, expected: str, value: object, hint: str = "") -> None:
        super().__init__(f"expected {expected}, got {_shown(value)}")
        self.hint = hint


class _Broken(ValueError):
    """A field of the right type that breaks a rule."""


def convert(option: Option, operation: str, raw: Any) -> tuple[Any, tuple[Fault, ...]]:
    """Return the typed value of a definition, and what is wrong with it.

    Args:
        option: the option.
        operation: what the definition does; it decides what the value must look like.
        raw: the value as it was read.
    """
    if operation == "unset":
        return _unset(raw)
    kind = _operand(option.kind, operation)
    try:
        value = structure(kind, raw)
    except Exception as error:  # noqa: BLE001 -- cattrs wraps whatever a hook raises
        return None, tuple(_faults(error, kind, hidden=option.meta.secret))
    wrong = violation(option, value) if operation == "set" or option.meta.one_of or option.meta.pattern else None
    if wrong is None:
        return value, ()
    return None, (Fault(_got(option, wrong[0], value), hint=f"allowed is {option.label}", rule=True),)


def _unset(raw: Any) -> tuple[Any, tuple[Fault, ...]]:
    if raw is True or (isinstance(raw, Text) and BOOLS.get(raw.lower())):
        return True, ()
    return None, (Fault(f"'unset' must be true, got {_shown(raw)}"),)


def _operand(kind: Kind, operation: str) -> Kind:
    if kind.form == "mapping" and operation == "remove":
        return kind_of(tuple[str, ...])
    return kind


def _got(option: Option, wrong: str, value: object) -> str:
    return f"{wrong}, got {'•••' if option.is_secret else _shown(value, with_type=False)}"


def structure(kind: Kind, raw: Any) -> Any:
    """Return the typed value.

    Args:
        kind: what it must become.
        raw: as it was read.

    Raises:
        Exception: whatever cattrs raises; `convert` reads it.
    """
    if isinstance(raw, Text):
        raw = from_text(kind, raw)
    if raw is None or (raw == NONE and isinstance(raw, str)):
        if kind.optional:
            return None
        raise _Wrong(kind.label, None)
    return raw if kind.accepts(raw) else _converter().structure(raw, kind.annotation)


@functools.cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for primitive in (bool, int, str):
        converter.register_structure_hook(primitive, _exact(primitive))
    converter.register_structure_hook(float, _float)
    converter.register_structure_hook(datetime.timedelta, _duration)
    converter.register_structure_hook(ByteSize, _size)
    converter.register_structure_hook(Path, lambda value, _: Path(_exact(str)(value, str)))
    for moment in (datetime.datetime, datetime.date, datetime.time):
        converter.register_structure_hook(moment, _moment(moment))
    converter.register_structure_hook(enum.Enum, _enum)
    converter.register_structure_hook_func(_made_of(typing.Literal), _literal)
    converter.register_structure_hook_factory(_made_of(Secret), _secret)
    converter.register_structure_hook_factory(_made_of(tuple, frozenset), _sequence)
    converter.register_structure_hook_factory(_is_mapping, _mapping)
    converter.register_structure_hook_factory(_is_record, _record)
    return converter


def _made_of(*origins: Any) -> Callable[[Any], bool]:
    return lambda annotation: any(typing.get_origin(annotation) is origin for origin in origins)


def _is_mapping(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _is_record(annotation: Any) -> bool:
    return attrs.has(annotation) or dataclasses.is_dataclass(annotation)


def _exact(primitive: type) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not primitive:
            is_bool = primitive is bool and type(value) in (str, int) and str(value).lower() in BOOLS
            hint = "write true or false" if is_bool else ""
            raise _Wrong(primitive.__name__, value, hint)
        return value

    return hook


def _float(value: Any, _: Any) -> float:
    if type(value) in (int, float):
        return float(value)
    raise _Wrong("float", value)


def _duration(value: Any, _: Any) -> datetime.timedelta:
    try:
        return duration(value.strip() if isinstance(value, str) else "")
    except ValueError:
        hint = f'write "{value}s" for seconds' if type(value) in (int, float) else 'write "90s", "5m", "1h30m" or "7d"'
        raise _Wrong("duration", value, hint) from None


def _size(value: Any, _: Any) -> ByteSize:
    if type(value) is int and value >= 0:
        return ByteSize(value)
    try:
        return ByteSize.parse(value)
    except (ValueError, TypeError):
        raise _Wrong("size", value, 'write "10MB" or "4KiB"') from None


def _moment(moment: Any) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is moment:
            return value
        try:
            return moment.fromisoformat(value)
        except (ValueError, TypeError):
            raise _Wrong(moment.__name__, value, "write it as ISO 8601") from None

    return hook


def _enum(value: Any, annotation: Any) -> Any:
    for member in annotation:
        if type(value) is type(member.value) and value == member.value:
            return member
    if isinstance(value, str) and value in annotation.__members__:
        return annotation[value]
    choices = [str(member.value) for member in annotation]
    raise _Wrong("one of " + ", ".join(choices), value, did_you_mean(str(value), choices))


def _literal(value: Any, annotation: Any) -> Any:
    choices = typing.get_args(annotation)
    for choice in choices:
        if type(value) is type(choice) and value == choice:
            return choice
    names = [str(choice) for choice in choices]
    raise _Wrong("one of " + ", ".join(names), value, did_you_mean(str(value), names))


def _secret(annotation: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    inner = typing.get_args(annotation)[0]
    hook = converter.get_structure_hook(inner)
    return lambda value, _: Secret(hook(value, inner))


def _sequence(annotation: Any, _: Converter) -> Callable[[Any, Any], Any]:
    container, element = typing.get_origin(annotation), typing.get_args(annotation)[0]
    kind = kind_of(element)

    def hook(value: Any, _: Any) -> Any:
        if not isinstance(value, (list, tuple, set, frozenset)):
            raise _Wrong(kind_of(annotation).label, value, f"write [{json.dumps(value, default=str)}]")
        return container(_each(annotation, kind, enumerate(value)))

    return hook


def _mapping(annotation: Any, _: Converter) -> Callable[[Any, Any], Any]:
    kind = kind_of(typing.get_args(annotation)[1])

    def hook(value: Any, _: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _Wrong(kind_of(annotation).label, value)
        return FrozenMap(dict(zip(value, _each(annotation, kind, value.items()), strict=True)))

    return hook


def _each(annotation: Any, kind: Kind, items: Any) -> list[Any]:
    values, errors = [], []
    for index, element in items:
        try:
            values.append(structure(kind, element))
        except Exception as error:  # noqa: BLE001 -- every element's fault counts, whatever its hook raises
            error.__notes__ = [*getattr(error, "__notes__", []), IterableValidationNote("", index, kind.annotation)]
            errors.append(error)
    if errors:
        raise IterableValidationError("", errors, annotation)
    return values


def _record(annotation: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    kind = kind_of(annotation)
    hooks: dict[str, Any] = {
        name: override(struct_hook=_field_hook(annotation, name, field)) for name, field in kind.fields.items()
    }
    made = make_dict_structure_fn(annotation, converter, _cattrs_forbid_extra_keys=True, **hooks)

    def hook(value: Any, target: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _Wrong(f"a table for {annotation.__name__}", value, f"its fields are {', '.join(kind.fields)}")
        return made(value, target)

    return hook


def _field_hook(annotation: Any, name: str, kind: Kind) -> Callable[[Any, Any], Any]:
    meta = attrs.fields_dict(annotation)[name].metadata.get(METADATA) if attrs.has(annotation) else None

    def hook(value: Any, _: Any) -> Any:
        try:
            typed = structure(kind, value)
        except Exception:
            if isinstance(meta, OptionMeta) and meta.secret:
                raise ValueError(_something_else(kind)) from None
            raise
        if isinstance(meta, OptionMeta):
            option = Option((name,), kind, meta, None, "replace")
            wrong = violation(option, typed)
            if wrong:
                raise _Broken(_got(option, wrong[0], typed))
        return typed

    return hook


def _faults(error: BaseException, kind: Kind, path: tuple[str | int, ...] = (), *, hidden: bool) -> Iterator[Fault]:
    """Walk cattrs' error tree down to the single faults, each with its path; what is hidden is not quoted."""
    if isinstance(error, (ClassValidationError, IterableValidationError)):
        noted, bare = error.group_exceptions()
        for inner, note in noted:
            step = note.index if isinstance(note, IterableValidationNote) else note.name
            yield from _faults(inner, _inside(kind, step), (*path, step), hidden=hidden)
        for inner in bare:
            yield from _faults(inner, kind, path, hidden=hidden)
    elif isinstance(error, ForbiddenExtraKeysError):
        known = list(kind.fields)
        for name in sorted(error.extra_fields):
            hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
            yield Fault(f"unknown field {name!r}", (*path, name), hint)
    elif isinstance(error, KeyError):
        yield Fault(f"the field {error} is missing", path)
    elif isinstance(error, _Broken):
        yield Fault(str(error), path, rule=True)
    elif hidden or kind.holds_secret:
        yield Fault(_something_else(kind), path)
    else:
        yield Fault(str(error), path, getattr(error, "hint", ""))


def _something_else(kind: Kind) -> str:
    return f"expected {kind.label}, got something else"


def _inside(kind: Kind, step: str | int) -> Kind:
    """Return the kind of a part of a value."""
    return kind.element or kind.fields[str(step)]


def _shown(value: object, *, with_type: bool = True) -> str:
    if value is None:
        return "none"
    text = f'"{value}"' if isinstance(value, str) else json.dumps(_pruned(value, [_SHOWN]), default=str)
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "…"
    return f"{_TYPE_NAMES.get(type(value), type(value).__name__)} {text}" if with_type else text


def _pruned(value: Any, left: list[int]) -> Any:
    """Return what is shown of a value: aliases make a small YAML file say more than memory holds."""
    left[0] -= 1
    if left[0] < 0:
        return None
    if isinstance(value, Mapping):
        return {str(name): _pruned(inner, left) for name, inner in itertools.islice(value.items(), left[0])}
    if isinstance(value, (list, tuple)):
        return [_pruned(inner, left) for inner in itertools.islice(value, left[0])]
    return value


_TYPE_NAMES: Final[dict[type, str]] = {list: "list", dict: "table", Text: "text"}
