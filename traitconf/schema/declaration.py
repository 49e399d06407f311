"""Whether what `option()` was told suits the option's type: merge laws, limits, choices, patterns, scopes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from traitconf.schema.computed import is_computed
from traitconf.schema.kinds import Form, Kind
from traitconf.schema.options import MergeLaw, OptionMeta, SettableScope
from traitconf.types import ByteSize

_LAWS: Final[Mapping[Form, tuple[MergeLaw, ...]]] = {
    "scalar": ("replace",),
    "record": ("merge", "atomic"),
    "mapping": ("merge", "replace"),
    "tuple": ("replace", "append", "prepend", "unique"),
    "set": ("replace", "union", "intersection"),
}
_NUMBERS: Final = (int, float, ByteSize)
_MOMENTS: Final = (datetime.timedelta, datetime.datetime, datetime.date, datetime.time)
_ORDERED: Final = (*_NUMBERS, *_MOMENTS, str, Path)


def laws_of(kind: Kind) -> tuple[MergeLaw, ...]:
    """Return the merge laws that suit a kind, the usual one first.

    Args:
        kind: of the option.

    >>> from traitconf.schema.kinds import kind_of
    >>> laws_of(kind_of(bool))
    ('replace', 'and', 'or')
    """
    if kind.annotation is bool:
        return "replace", "and", "or"
    return ("replace", "min", "max") if kind.annotation in _ORDERED else _LAWS[kind.form]


def declaration_faults(kind: Kind, meta: OptionMeta) -> Iterator[str]:
    """Yield what an option's declaration says that its type cannot keep.

    Args:
        kind: the option's type.
        meta: what `option()` was told.
    """
    if is_computed(meta.default) and kind.form != "scalar":
        yield f"a {kind.label} cannot have a computed default: definitions build on it"
    laws = laws_of(kind)
    if meta.merge is not None and meta.merge not in laws:
        yield f"merge={meta.merge!r} does not suit a {kind.label}; possible are {', '.join(laws)}"
    for name, limit in (("ge", meta.ge), ("le", meta.le)):
        if limit is not None and not _limits(_bare(kind), limit):
            yield f"{name}={limit!r} does not suit a {kind.label}"
    yield from _text_faults(kind, meta)
    if unknown := sorted(set(meta.scope) - set(get_args(SettableScope))):
        yield f"scope={', '.join(unknown)} is no scope; possible are {', '.join(get_args(SettableScope))}"


def _text_faults(kind: Kind, meta: OptionMeta) -> Iterator[str]:
    each = _bare(kind.element if kind.form in ("tuple", "set") and kind.element else kind)
    for choice in meta.one_of:
        if not each.accepts(choice):
            yield f"one_of={choice!r} does not suit a {kind.label}"
    if not meta.pattern:
        return
    if each.form != "scalar":
        yield f"pattern= does not suit a {kind.label}"
    try:
        re.compile(meta.pattern)
    except re.error as error:
        yield f"pattern={meta.pattern!r} is no regular expression: {error}"


def _limits(kind: Kind, limit: Any) -> bool:
    if kind.annotation in _NUMBERS:
        return isinstance(limit, (int, float)) and not isinstance(limit, bool)
    return kind.annotation in _MOMENTS and type(limit) is kind.annotation


def _bare(kind: Kind) -> Kind:
    """Return what the rules of a secret look at: the kind that it hides."""
    return kind.element if kind.is_secret and kind.element is not None else kind
