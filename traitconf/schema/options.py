"""`option()`, which declares one configurable value, and `Option`, what is known of it once its trait is defined."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, TypeVar, overload

import attrs

from traitconf.schema.kinds import METADATA, Kind
from traitconf.types import MISSING, Missing, Origin, Secret, Source

T = TypeVar("T")
MergeLaw = Literal[
    "replace", "min", "max", "and", "or", "append", "prepend", "unique", "union", "intersection", "merge", "atomic"
]
SettableScope = Literal["global", "model", "group", "tenant"]


@attrs.frozen(eq=False)
class OptionMeta:
    """Record: what `option()` was told, everything but the name and the type.

    The attributes are the arguments of `option()`.
    """

    doc: str
    origin: Origin
    default: Any = MISSING
    ge: Any = None
    le: Any = None
    one_of: tuple[Any, ...] = ()
    pattern: str = ""
    validator: Callable[[Any], object] | None = None
    merge: MergeLaw | None = None
    secret: bool = False
    unit: str = ""
    scope: tuple[SettableScope, ...] = ()
    self_service: bool = False
    requires: tuple[str, ...] = ()
    reload: bool = True
    since: str = ""
    deprecated: str = ""
    examples: tuple[Any, ...] = ()
    important: bool = False
    keywords: tuple[str, ...] = ()


@attrs.frozen(eq=False)
class Option:
    """One configurable value of a trait.

    Attributes:
        path: its names from the trait downwards, more than one inside a record.
        kind: its type.
        meta: what its declaration says.
        default: its default, `MISSING` where it is required.
        law: how definitions merge.
        fields: the options of a record, by name; empty for everything else.
    """

    path: tuple[str, ...]
    kind: Kind
    meta: OptionMeta
    default: Any
    law: MergeLaw
    fields: Mapping[str, Option] = attrs.field(factory=dict)

    @property
    def name(self) -> str:
        """The dotted name below the trait."""
        return ".".join(self.path)

    @property
    def is_leaf(self) -> bool:
        """Whether it is folded as a whole; a record that merges per field is not."""
        return not self.fields

    @property
    def is_secret(self) -> bool:
        """Whether its values are shown nowhere, neither in messages nor in explanations."""
        return self.meta.secret or self.kind.holds_secret

    @property
    def label(self) -> str:
        """Type, unit and limits as people read them.

        An optional one says so.
        """
        parts = [self.kind.label + (" or none" if self.kind.optional else "")]
        if self.meta.unit:
            parts.append(self.meta.unit)
        if self.meta.ge is not None or self.meta.le is not None:
            low, high = ("" if limit is None else str(limit) for limit in (self.meta.ge, self.meta.le))
            parts.append(f"{low}..{high}")
        if self.meta.one_of:
            parts.append("one of " + ", ".join(str(choice) for choice in self.meta.one_of))
        return ", ".join(parts)

    def successor(self, siblings: Mapping[str, Option]) -> Option:
        """Return the option that takes this one's place: another where this one is deprecated in its favour.

        Args:
            siblings: the options of the trait, or the fields of the record, that this one belongs to.
        """
        return siblings.get(self.meta.deprecated, self)

    def leaves(self) -> Iterable[Option]:
        """Yield the options that are folded: itself, or the leaves of a record."""
        if self.is_leaf:
            yield self
        for field in self.fields.values():
            yield from field.leaves()


@overload
def option(default: Callable[[Any], T], *, doc: str, **metadata: Any) -> T: ...
@overload
def option(default: T, *, doc: str, **metadata: Any) -> T: ...
@overload
def option(*, doc: str, **metadata: Any) -> Any: ...
def option(default: Any = MISSING, *, doc: str, **metadata: Any) -> Any:
    """Declare an option of a trait.

    Args:
        default: the value where nothing is configured, or a function that computes it from the resolved trait;
            without it the option is required.
        doc: one sentence for the reference; required.
        **metadata: `ge`, `le` (inclusive limits), `one_of`, `pattern` (a regular expression that the whole text must
            match), `validator` (called with the typed value, raises ValueError), `merge` (the law of section
            "resolution"), `secret`, `unit`, `scope` (the scopes where it may be set), `self_service` (tenants may
            set it themselves), `requires` (names of prerequisites, own or `trait.option`: a toggle is off while
            one of them is), `reload` (False: a change waits for a restart), `since`, `deprecated` (the name of the
            option that takes its place, whose value it then always has, or a text that says what to do instead),
            `examples`, `important`, `keywords`.

    Returns:
        an attrs field; the type checker sees the default's type.

    Raises:
        TypeError: when `doc` is empty or a piece of metadata is unknown.

    >>> import traitconf as tc
    >>> @tc.trait
    ... class Greeting(tc.TraitBase):
    ...     "Say hello."
    ...     word: str = tc.option("hello", doc="The word that is said.")
    >>> Greeting().word
    'hello'
    """
    if not doc.strip():
        raise TypeError("option() needs doc=, one sentence for the reference")
    frame = sys._getframe(1)
    origin = Origin(Source.DEFAULT, frame.f_code.co_filename, frame.f_lineno)
    unknown = set(metadata) - _KNOWN
    if unknown:
        raise TypeError(f"option() does not know {', '.join(sorted(unknown))}; known are {', '.join(sorted(_KNOWN))}")
    metadata |= {name: _as_tuple(metadata[name]) for name in _PLURAL & set(metadata)}
    meta = OptionMeta(doc=doc.strip(), origin=origin, default=default, **metadata)
    return attrs.field(default=default, kw_only=True, metadata={METADATA: meta}, repr=_dots if meta.secret else True)


_KNOWN: Final = frozenset(field.name for field in attrs.fields(OptionMeta)) - {"doc", "origin", "default"}
_PLURAL: Final = frozenset({"one_of", "scope", "requires", "examples", "keywords"})


def _dots(value: object) -> str:  # noqa: ARG001 -- a secret never shows itself
    return "•••"


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def violation(option: Option, value: Any) -> tuple[str, str] | None:
    """Return what is wrong with a typed value by the option's own rules, as (message, expected), or nothing.

    Args:
        option: the option.
        value: a value that its kind accepts.
    """
    meta = option.meta
    if value is None or value is MISSING:
        return None
    bare = _revealed(value)
    if meta.ge is not None and not _in_order(meta.ge, bare):
        return f"must be at least {meta.ge}", option.label
    if meta.le is not None and not _in_order(bare, meta.le):
        return f"must be at most {meta.le}", option.label
    text = _rule_violation(option, bare) or _refusal(option, value)
    return (text, option.label) if text else None


def _in_order(low: Any, high: Any) -> bool:
    """Whether one is at most the other: never for NaN, nor for moments of which only one has a time zone."""
    try:
        return bool(low <= high)
    except TypeError:
        return False


def _rule_violation(option: Option, value: Any) -> str:
    import re

    meta = option.meta
    for element in map(_revealed, value if option.kind.form in ("tuple", "set") else (value,)):
        if meta.one_of and element not in meta.one_of:
            return f"must be one of {', '.join(str(choice) for choice in meta.one_of)}"
        if meta.pattern and not re.fullmatch(meta.pattern, str(element)):
            return f"must match {meta.pattern}"
    return ""


def _refusal(option: Option, value: Any) -> str:
    """Return why the option's validator refuses a value; what it says of a secret might quote it."""
    if option.meta.validator is None:
        return ""
    try:
        option.meta.validator(value)
    except Exception as error:  # noqa: BLE001 -- a validator is the trait author's code; whatever it raises is a refusal
        told = str(error) if isinstance(error, (ValueError, TypeError)) and not option.is_secret else ""
        return told or "is refused by its validator"
    return ""


def _revealed(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value


def required(default: Any) -> bool:
    """Whether an option with that default must be configured."""
    return isinstance(default, Missing)
