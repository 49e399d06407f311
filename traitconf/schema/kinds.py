"""The types that an option may have, as a small tree: what a value must look like once it is typed.

Converting raw file values into these types is the work of `resolve`; here it is only said what they are.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import enum
import types
import typing
from pathlib import Path
from typing import Any, Final, Literal

import attrs

from traitconf.types import ByteSize, FrozenMap, Secret

Form = Literal["scalar", "record", "mapping", "tuple", "set"]

METADATA: Final = "traitconf.option"
"""Under this key an attrs field holds what `option()` was told."""
_SCALARS: Final[dict[Any, str]] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
    datetime.timedelta: "duration",
    ByteSize: "size",
    datetime.datetime: "datetime",
    datetime.date: "date",
    datetime.time: "time",
    Path: "path",
}
SUPPORTED: Final = (
    "bool, int, float, str, an enum, Literal, timedelta, ByteSize, date, time, datetime, Path, Secret[T], "
    "an optional of those, a frozen attrs or dataclass record, "
    "and tuple[T, ...], frozenset[T], Mapping[str, T] of those"
)


@attrs.frozen(eq=False)
class Kind:
    """The type of one option.

    Attributes:
        annotation: the annotation as Python evaluated it, without `| None`.
        form: whether it is a scalar, a record or a container.
        label: how people read it, for example `duration` or `list of str`.
        optional: whether `None` is a value.
        choices: the allowed values of an enum or Literal.
        element: the kind of the elements of a container, or of what a Secret hides.
        fields: the kinds of a record's fields, by name.
        is_secret: whether values are hidden wherever they would be shown.
        holds_secret: whether a value is a secret, or holds one somewhere inside, by its type or by what `option()` was
            told.
    """

    annotation: Any
    form: Form
    label: str
    optional: bool = False
    choices: tuple[Any, ...] = ()
    element: Kind | None = None
    fields: collections.abc.Mapping[str, Kind] = attrs.field(factory=dict)
    is_secret: bool = attrs.field(init=False)
    holds_secret: bool = attrs.field(init=False)

    @is_secret.default
    def _is_secret(self) -> bool:
        return typing.get_origin(self.annotation) is Secret

    @holds_secret.default
    def _holds_secret(self) -> bool:
        inside = (*self.fields.values(), *((self.element,) if self.element else ()))
        declared = attrs.fields(self.annotation) if attrs.has(self.annotation) else ()
        return (
            self.is_secret
            or any(kind.holds_secret for kind in inside)
            or any(getattr(field.metadata.get(METADATA), "secret", False) for field in declared)
        )

    def accepts(self, value: object) -> bool:
        """Whether `value` already is what a typed trait may hold.

        Args:
            value: any object.
        """
        if value is None:
            return self.optional
        return _ACCEPT[self.form](self, value)


def _accepts_scalar(kind: Kind, value: object) -> bool:
    if type(value) is kind.annotation and not kind.choices:
        return True
    if kind.choices:
        return any(type(value) is type(choice) and value == choice for choice in kind.choices)
    if kind.is_secret:
        return isinstance(value, Secret) and kind.element is not None and kind.element.accepts(value.reveal())
    return kind.annotation is Path and isinstance(value, Path)


def _accepts_record(kind: Kind, value: object) -> bool:
    return type(value) is kind.annotation and all(
        field.accepts(getattr(value, name)) for name, field in kind.fields.items()
    )


def _accepts_elements(kind: Kind, value: object, container: type) -> bool:
    element = kind.element
    return isinstance(value, container) and element is not None and all(map(element.accepts, typing.cast("Any", value)))


def _accepts_mapping(kind: Kind, value: object) -> bool:
    return (
        isinstance(value, FrozenMap)
        and all(isinstance(key, str) for key in value)
        and kind.element is not None
        and all(map(kind.element.accepts, value.values()))
    )


_ACCEPT: Final[dict[Form, collections.abc.Callable[[Kind, Any], bool]]] = {
    "scalar": _accepts_scalar,
    "record": _accepts_record,
    "mapping": _accepts_mapping,
    "tuple": lambda kind, value: _accepts_elements(kind, value, tuple),
    "set": lambda kind, value: _accepts_elements(kind, value, frozenset),
}


def kind_of(annotation: Any) -> Kind:
    """Return the kind of an option annotated with `annotation`.

    Args:
        annotation: a type, already evaluated (no string).

    Raises:
        TypeError: when an option cannot have that type; the message lists what it can have.

    >>> kind_of(tuple[str, ...]).label
    'list of str'
    """
    return _kind(annotation, ())


def _kind(annotation: Any, above: tuple[type, ...]) -> Kind:
    """Return a kind inside the records that stand above it."""
    inner, optional = _strip_none(annotation)
    kind = _scalar(inner) or _container(inner, above) or _record(inner, above)
    if kind is None:
        raise TypeError(f"an option cannot be of type {_name(annotation)}; supported are {SUPPORTED}")
    return attrs.evolve(kind, optional=optional)


def _strip_none(annotation: Any) -> tuple[Any, bool]:
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return annotation, False
    members = [member for member in typing.get_args(annotation) if member is not type(None)]
    if len(members) != 1 or len(members) == len(typing.get_args(annotation)):
        return annotation, False
    return members[0], True


def _scalar(annotation: Any) -> Kind | None:
    origin = typing.get_origin(annotation)
    if origin is Literal:
        choices = typing.get_args(annotation)
        return Kind(annotation, "scalar", "one of " + ", ".join(str(choice) for choice in choices), choices=choices)
    if origin is Secret:
        element = kind_of(typing.get_args(annotation)[0])
        return Kind(annotation, "scalar", f"secret {element.label}", element=element)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        label = "one of " + ", ".join(str(member.value) for member in annotation)
        return Kind(annotation, "scalar", label, choices=tuple(annotation))
    named = _SCALARS.get(annotation) if isinstance(annotation, type) else None
    return Kind(annotation, "scalar", named) if named else None


def _container(annotation: Any, above: tuple[type, ...]) -> Kind | None:
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        element = _kind(args[0], above)
        return Kind(annotation, "tuple", f"list of {element.label}", element=element)
    if origin is frozenset:
        element = _kind(args[0], above)
        return Kind(annotation, "set", f"set of {element.label}", element=element)
    if origin is collections.abc.Mapping and args[0] is str:
        element = _kind(args[1], above)
        return Kind(annotation, "mapping", f"mapping of {element.label}", element=element)
    return None


def _record(annotation: Any, above: tuple[type, ...]) -> Kind | None:
    types = _field_types(annotation) if isinstance(annotation, type) else None
    if types is None:
        return None
    if annotation in above:
        raise TypeError(f"the record {annotation.__name__} holds itself")
    fields = {}
    for name, inner in types.items():
        try:
            fields[name] = _kind(inner, (*above, annotation))
        except TypeError as error:
            raise TypeError(f"{annotation.__name__}.{name}: {error}") from None
    return Kind(annotation, "record", annotation.__name__, fields=fields)


def _field_types(annotation: type) -> dict[str, Any] | None:
    """Return the types of a frozen record's fields, `None` for every other class."""
    try:
        if attrs.has(annotation) and getattr(annotation.__setattr__, "__name__", "") == "_frozen_setattrs":
            attrs.resolve_types(annotation)
            return {field.name: field.type for field in attrs.fields(annotation) if field.init}
        if dataclasses.is_dataclass(annotation) and annotation.__dataclass_params__.frozen:  # type: ignore[attr-defined]  # typeshed lacks it
            hints = typing.get_type_hints(annotation)
            return {field.name: hints[field.name] for field in dataclasses.fields(annotation) if field.init}
    except NameError as error:
        raise TypeError(f"an annotation of {annotation.__name__} cannot be evaluated: {error}") from None
    return None


def _name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) and not typing.get_args(annotation) else str(annotation)
