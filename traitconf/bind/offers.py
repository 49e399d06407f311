"""What a class that exists already offers to configuration: class attributes that could be options, and its methods."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import textwrap
import typing
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, MutableSequence, MutableSet, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Final, Literal

import attrs

from traitconf.bind.binding import bound_class
from traitconf.schema.given import typed
from traitconf.schema.kinds import Kind, kind_of
from traitconf.schema.trait import snake_case
from traitconf.types import MISSING, Origin, Source

OfferKind = Literal["attribute", "method"]
NEVER: Final = frozenset(
    {
        "__init_subclass__",
        "__class_getitem__",
        "__new__",
        "__getattribute__",
        "__setattr__",
        "__delattr__",
        "__del__",
        "__set_name__",
        "__reduce_ex__",
        "__mro_entries__",
    }
)
"""Methods through which Python itself works on classes and objects: a look at the configuration would call them."""
_PYTHONS_OWN: Final = frozenset(
    {
        "__module__",
        "__qualname__",
        "__doc__",
        "__dict__",
        "__weakref__",
        "__slots__",
        "__annotations__",
        "__annotate_func__",
        "__annotations_cache__",
        "__static_attributes__",
        "__firstlineno__",
        "__orig_bases__",
        "__parameters__",
        "__match_args__",
        "__abstractmethods__",
        "__traitconf__",
        "_abc_impl",
    }
)
_TUPLES: Final = frozenset({list, tuple, Sequence, MutableSequence, Iterable})
_SETS: Final = frozenset({set, frozenset, AbstractSet, MutableSet})
_MAPPINGS: Final = frozenset({dict, Mapping, MutableMapping})


@attrs.frozen(eq=False)
class Offer:
    """Record: one member of a class, and whether configuration can govern it.

    Attributes:
        name: of the member.
        kind: a class attribute or a method.
        value: what stands in the class.
        option: for an attribute, the name that its option would have.
        annotation: for an attribute, the type that its option would have.
        origin: where it is written.
        refused: why it cannot be governed; empty when it can.
    """

    name: str
    kind: OfferKind
    value: Any
    option: str = ""
    annotation: Any = None
    origin: Origin = attrs.field(factory=lambda: Origin(Source.DEFAULT))
    refused: str = ""

    @property
    def is_public(self) -> bool:
        """Whether it is adopted without being named."""
        return not self.name.startswith("_")

    @property
    def option_kind(self) -> Kind:
        """The kind of its option."""
        return kind_of(self.annotation)

    def frozen_value(self) -> Any:
        """Return the value as the option holds it: lists, sets and dicts immutable."""
        return typed(self.option_kind, self.value)


def offers_of(cls: type) -> dict[str, Offer]:
    """Return what a class itself offers, by name, in order of definition; what it inherits is its bases' to offer.

    Args:
        cls: any class.
    """
    found = {}
    lines, hints, fields = _lines_of(cls), _hints_of(cls), _fields_of(cls)
    file = inspect.getsourcefile(cls) if lines else None
    for name, value in _own_members(cls):
        origin = Origin(Source.DEFAULT, file or "", lines.get(name, 0), name=f"{cls.__qualname__}.{name}")
        if inspect.isfunction(value) or isinstance(value, (classmethod, staticmethod)):
            found[name] = Offer(name, "method", value, origin=origin, refused=_method_fault(name, value))
        else:
            found[name] = _attribute(name, value, hints.get(name), origin, is_field=name in fields)
    return found


def _own_members(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield what a class has without its traits."""
    bound = bound_class(cls)
    originals = bound.originals if bound is not None else {}
    for name, value in vars(cls).items():
        own = originals.get(name, value)
        if name not in _PYTHONS_OWN and own is not MISSING:
            yield name, own


def _method_fault(name: str, value: Any) -> str:
    if name in NEVER:
        return "Python itself calls it"
    function = getattr(value, "__func__", value)
    return "" if inspect.isfunction(function) else f"it is a {type(function).__name__}, not a function"


def _attribute(name: str, value: Any, hint: Any, origin: Origin, *, is_field: bool) -> Offer:
    option = option_name(name)
    if is_field:
        return Offer(name, "attribute", value, option, None, origin, "it is a field of the instances")
    if hasattr(type(value), "__get__"):
        return Offer(name, "attribute", value, option, None, origin, f"it is a {type(value).__name__}, which computes")
    for annotation in _annotations(value, hint):
        offer = Offer(name, "attribute", value, option, annotation, origin)
        if _suits(offer):
            return offer
    why = "nothing says what type it has" if value is None else f"an option cannot be a {_told(value)}"
    return Offer(name, "attribute", value, option, None, origin, why)


def option_name(attribute: str) -> str:
    """Return the name of the option that stands for a class attribute.

    >>> option_name("__repr_max_length__"), option_name("PAGE_SIZE")
    ('repr_max_length', 'page_size')
    """
    bare = attribute.strip("_")
    return bare.lower() if bare.isupper() else snake_case(bare)


def _annotations(value: Any, hint: Any) -> Iterator[Any]:
    """Yield the types that an option for a value may have, the declared one first."""
    if hint is not None:
        yield _immutable(hint)
    if value is not None:
        yield _guessed(value)


def _immutable(hint: Any) -> Any:
    """Return an annotation with the immutable kinds of containers that options are of."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.ClassVar, typing.Final):
        return _immutable(args[0]) if args else None
    if origin in _TUPLES and (origin is not tuple or (len(args) == 2 and args[1] is Ellipsis)):
        return tuple[_immutable(args[0]), ...]  # type: ignore[misc]  # a type that is known when it runs
    if origin in _SETS:
        return frozenset[_immutable(args[0])]  # type: ignore[misc]  # as above
    if origin in _MAPPINGS:
        return Mapping[args[0], _immutable(args[1])]  # type: ignore[misc,valid-type]  # as above
    return hint


def _guessed(value: Any) -> Any:
    """Return the type of an option for a value; an empty container is taken for one of texts."""
    if isinstance(value, (list, tuple)):
        return tuple[_element(value), ...]  # type: ignore[misc]  # as above
    if isinstance(value, (set, frozenset)):
        return frozenset[_element(value)]  # type: ignore[misc]  # as above
    if isinstance(value, dict):
        return Mapping[str, _element(value.values())]  # type: ignore[misc]  # as above
    return Path if isinstance(value, Path) else type(value)


def _element(values: Iterable[Any]) -> Any:
    kinds = {type(value) for value in values}
    return kinds.pop() if len(kinds) == 1 else (object if kinds else str)


def _suits(offer: Offer) -> bool:
    try:
        kind = offer.option_kind
        return kind.accepts(typed(kind, offer.value))
    except TypeError:
        return False


def _told(value: Any) -> str:
    name = type(value).__name__
    return f"{name} like this" if isinstance(value, (list, tuple, set, frozenset, dict)) else name


def _hints_of(cls: type) -> Mapping[str, Any]:
    try:
        return typing.get_type_hints(cls) if inspect.get_annotations(cls) else {}
    except Exception:  # noqa: BLE001 -- a name that only type checkers see: the values themselves must do
        return {}


def _fields_of(cls: type) -> frozenset[str]:
    """Return the names of what dataclass, attrs, Pydantic, Enum or slots keep in instances."""
    names: set[str] = set()
    for base in cls.__mro__:
        names |= {field.name for field in dataclasses.fields(base)} if dataclasses.is_dataclass(base) else set()
        for collected in ("__pydantic_fields__", "_member_map_"):
            names |= set(base.__dict__.get(collected) or ())
        names |= {field.name for field in base.__dict__.get("__attrs_attrs__", ())}
        slots = base.__dict__.get("__slots__", ())
        names |= {slots} if isinstance(slots, str) else set(slots)
    return frozenset(names) | (frozenset(vars(cls)) if issubclass(cls, enum.Enum) else frozenset())


def _lines_of(cls: type) -> dict[str, int]:
    """Return the line of every assignment in the class's body, as far as its source is there."""
    try:
        text, first = inspect.getsourcelines(cls)
        tree = ast.parse(textwrap.dedent("".join(text)))
    except (OSError, TypeError, SyntaxError):
        return {}
    body = tree.body[0].body if tree.body and isinstance(tree.body[0], ast.ClassDef) else []
    found: dict[str, int] = {}
    for node in body:
        found |= dict.fromkeys(_defined(node), first + node.lineno - 1)
    return found


def _defined(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of a class's body defines."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    yield from (target.id for target in targets if isinstance(target, ast.Name))
