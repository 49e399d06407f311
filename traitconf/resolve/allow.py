"""`Allowed`: what an `allow` directive leaves to more specific scopes, and whether a value is inside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from traitconf.errors import did_you_mean
from traitconf.resolve.convert import Fault, convert
from traitconf.schema.options import Option
from traitconf.types import Secret

PARTS: Final = ("min", "max", "one_of", "pattern")
_ORDERED: Final = ("int", "float", "size", "duration", "datetime", "date", "time")


@attrs.frozen
class Allowed:
    """What more specific scopes may set.

    Attributes:
        min: the least value, `None` for no limit.
        max: the greatest value, `None` for no limit.
        one_of: the only values, `None` where all are allowed; of a list or set, the only elements.
        patterns: regular expressions that the whole text must match, every one; of a list or set, each element.
    """

    min: Any = None
    max: Any = None
    one_of: tuple[Any, ...] | None = None
    patterns: tuple[str, ...] = ()

    def refuses(self, option: Option, value: Any) -> bool:
        """Whether a value is outside.

        Args:
            option: the option.
            value: a typed value of it; a list or set is judged by its elements.
        """
        elements = value if option.kind.form in ("tuple", "set") and value is not None else (value,)
        return not all(self._has(element) for element in elements)

    def within(self, outer: Allowed) -> Allowed:
        """Return what both allow.

        Args:
            outer: what a less specific scope allows.

        >>> Allowed(min=1, max=9).within(Allowed(max=5, one_of=(3, 7)))
        Allowed(min=1, max=5, one_of=(3,), patterns=())
        """
        lows = [one.min for one in (outer, self) if one.min is not None]
        highs = [one.max for one in (outer, self) if one.max is not None]
        both = Allowed(max(lows, default=None), min(highs, default=None), None, (*outer.patterns, *self.patterns))
        lists = [one.one_of for one in (outer, self) if one.one_of is not None]
        if not lists:
            return both
        common = tuple(
            choice for choice in lists[0] if all(choice in choices for choices in lists) and both._has(choice)
        )
        return attrs.evolve(both, one_of=common)

    @property
    def is_empty(self) -> bool:
        """Whether no value is inside; of patterns only those are looked at that meet a list of values."""
        crossed = self.min is not None and self.max is not None and self.min > self.max
        return crossed or self.one_of == ()

    def _has(self, value: Any) -> bool:
        bare = value.reveal() if isinstance(value, Secret) else value
        if self.one_of is not None and bare not in self.one_of:
            return False
        if bare is None:  # stands for no limit, or for nothing at all: inside only where it is named
            return self.one_of is not None or self == Allowed()
        inside = (self.min is None or self.min <= bare) and (self.max is None or bare <= self.max)
        return inside and all(re.fullmatch(pattern, str(bare)) for pattern in self.patterns)


def read_allowed(option: Option, raw: Any) -> tuple[Allowed | None, tuple[Fault, ...]]:
    """Return what an `allow` directive says, and what is wrong with it.

    Args:
        option: the option that it narrows.
        raw: as it was read.
    """
    if not isinstance(raw, Mapping) or not raw:
        return None, (Fault("'allow' must be a table that narrows", hint="write allow = { max = … }"),)
    faults = [
        Fault(f"unknown limit {name!r}", (name,), did_you_mean(str(name), PARTS) or f"known are {', '.join(PARTS)}")
        for name in raw
        if name not in PARTS
    ]
    found = {}
    for name in (name for name in PARTS if name in raw):
        value, wrong = _READERS[name](option, raw[name])
        found[name] = value
        faults += [attrs.evolve(fault, path=(name, *fault.path)) for fault in wrong]
    if faults:
        return None, tuple(faults)
    patterns = (found.pop("pattern"),) if "pattern" in found else ()
    allowed = Allowed(**found, patterns=patterns).within(Allowed())
    return (None, (Fault("'allow' allows nothing", hint="widen it"),)) if allowed.is_empty else (allowed, ())


def allowed_text(allowed: Allowed) -> str:
    """Return what is allowed as people read it.

    >>> allowed_text(Allowed(min=1, max=9)), allowed_text(Allowed(one_of=("a", "b")))
    ('1..9', 'one of a, b')
    """
    return ", ".join(_words(allowed))


def allowed_dict(allowed: Allowed) -> dict[str, Any]:
    """Return what is allowed as JSON knows it, only the parts that there are."""
    from traitconf.schema.describe import plain

    parts = {"min": allowed.min, "max": allowed.max, "one_of": allowed.one_of}
    found = {name: plain(value) for name, value in parts.items() if value is not None}
    return found | ({"pattern": allowed.patterns[0]} if allowed.patterns else {})


def _words(allowed: Allowed) -> Iterator[str]:
    from traitconf.schema.describe import plain

    low, high = ("" if limit is None else str(plain(limit)) for limit in (allowed.min, allowed.max))
    if low and high:
        yield f"{low}..{high}"
    elif low or high:
        yield f"at least {low}" if low else f"at most {high}"
    if allowed.one_of is not None:
        yield "one of " + ", ".join("none" if choice is None else str(plain(choice)) for choice in allowed.one_of)
    for pattern in allowed.patterns:
        yield f"matching {pattern}"


def _limit(option: Option, raw: Any) -> tuple[Any, tuple[Fault, ...]]:
    if option.is_secret:
        return None, (Fault("limits would tell of a secret", hint="use pattern"),)
    if option.kind.form != "scalar" or option.kind.label not in _ORDERED:
        return None, (Fault(f"a {option.kind.label} has no order", hint="use one_of or pattern"),)
    if raw is None:
        return None, (Fault(f"expected {option.kind.label}, got none"),)
    return convert(option, "set", raw)


def _choices(option: Option, raw: Any) -> tuple[Any, tuple[Fault, ...]]:
    if option.is_secret:
        return None, (Fault("the values of a secret cannot be listed", hint="use pattern"),)
    if not isinstance(raw, (list, tuple)):
        return None, (Fault("must be a list of values", hint="write one_of = […]"),)
    found, faults = [], []
    for index, element in enumerate(raw):
        value, wrong = _choice(option, element)
        found.append(value)
        faults += [attrs.evolve(fault, path=(index, *fault.path)) for fault in wrong]
    return tuple(found), tuple(faults)


def _choice(option: Option, raw: Any) -> tuple[Any, tuple[Fault, ...]]:
    """Return one value that an option, or an element of it, may have."""
    container = {"tuple": tuple, "set": frozenset}.get(option.kind.form)
    if container is None:
        return convert(option, "set", raw)
    value, faults = convert(option, "append", [raw])
    return (next(iter(value)) if value else None), tuple(attrs.evolve(fault, path=fault.path[1:]) for fault in faults)


def _pattern(option: Option, raw: Any) -> tuple[Any, tuple[Fault, ...]]:  # noqa: ARG001 -- as the other readers
    if not isinstance(raw, str):
        return None, (Fault("must be a regular expression, as text"),)
    try:
        re.compile(raw)
    except re.error as error:
        return None, (Fault(f"is no regular expression: {error}"),)
    return str(raw), ()


_READERS: Final = {"min": _limit, "max": _limit, "one_of": _choices, "pattern": _pattern}
