"""`Recipe`: what is the same for all calls of one cached operation: how its keys and entries are made."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from traitconf.errors import CacheKeyError, Problem
from traitconf.runtime.cache_entry import Call, Entry, Flat, Kept, Stamps, Tags
from traitconf.runtime.cache_key import VERSION, Unkeyable, digest, encode, segment
from traitconf.runtime.context import running
from traitconf.schema.caching import placeholders

FLAT: Final = frozenset({str, int, bool, bytes, type(None)})
"""Types of which equal values of one type have one encoding, so that the hit path may compare them."""
TYPE: Final = "type of the receiver"
"""The name of the part that is the class of the object that a function is called on."""
_FIXES: Final = (
    "name what identifies it: key=(…) for the object itself, ignore=(…) for an argument that plays no part;"
    " or give its class a method __cache_key__(self)"
)


@attrs.frozen(kw_only=True)
class Lifetimes:
    """Record: how long results are kept, in seconds.

    Attributes:
        ttl: how long one is fresh.
        stale: how much longer it may be served while it is computed again.
        stale_if_error: how much longer it may be served because computing it again failed.
        negative: how long an empty one is fresh.
        jitter: by which share a lifetime varies.
    """

    ttl: float
    stale: float = 0.0
    stale_if_error: float = 0.0
    negative: float = 0.0
    jitter: float = 0.0

    def entry(self, kept: Kept, stamps: Stamps, now: float) -> Entry | None:
        """Return the entry of a result, or nothing where it is not kept.

        Args:
            kept: the result.
            stamps: of its tags, as they were before it was computed.
            now: by the clock of the store.
        """
        is_empty = kept.value is None
        life = self.negative if is_empty else self.ttl
        life *= 1 + random.uniform(-self.jitter, self.jitter)  # noqa: S311 -- so that entries expire apart, no secret
        if life <= 0:
            return None
        until = now + life
        more = (0.0, 0.0) if is_empty else (self.stale, self.stale_if_error)
        return Entry(kept.value, until, until + more[0], until + more[1], stamps, kept.is_shared, moment=now)


@attrs.frozen(kw_only=True)
class Recipe:
    """Record: what is the same for all calls of one cached operation.

    Attributes:
        space: application and environment.
        trait: name of the trait; `-` for a function.
        operation: name of the operation; the module and name of a function.
        model: the class that it is called on, or empty.
        epoch: hash of what the result depends on besides the call.
        names: what the parts of a call are called.
        tags: texts with placeholders.
        vary: values of the running context that are part of the key.
        lifetimes: how long entries live.
        records: returns the classes that its results may hold, by name.
    """

    space: str
    trait: str
    operation: str
    model: str
    epoch: str
    names: tuple[str, ...]
    tags: tuple[str, ...]
    vary: tuple[str, ...]
    lifetimes: Lifetimes
    records: Callable[[], Mapping[str, type]] = dict

    @property
    def name(self) -> str:
        """Return `<trait>.<operation>`, as people know it."""
        return self.operation if self.trait == "-" else f"{self.trait}.{self.operation}"

    def call(self, tenant: str | None, parts: tuple[Any, ...], identity: Callable[[], Tags]) -> Call:
        """Return the key of a call, and its tags.

        Args:
            tenant: of the running context.
            parts: what identifies it, in the order of `names`.
            identity: returns the tags of the object that it is called on.

        Raises:
            CacheKeyError: when there is a part of which no key can be made (TC760).
        """
        texts = [self.model]
        for name, part in zip(self.names, parts, strict=True):
            try:
                texts.append(encode(part))
            except Unkeyable as error:
                text = f"{self.name}() cannot be cached: {name!r} is {error}"
                raise CacheKeyError(Problem("TC760", text, hint=_FIXES)) from None
        if self.vary:
            here = running()
            texts += [encode(_varying(here, name)) for name in self.vary]
        hashed = digest("".join(f"{len(text)}:{text}" for text in texts))
        head = self.prefix(tenant)
        tags = (tenant_tag(self.space, tenant), *identity(), *self._tags(tenant, parts))
        return Call(f"{head}{hashed}", tags, self._flat(parts), self.records)

    def prefix(self, tenant: str | None) -> str:
        """Return what every key of a tenant begins with."""
        middle = f"{segment(self.trait)}:{segment(self.operation)}:{self.epoch}"
        return f"{root(self.space)}:{segment(tenant)}:{middle}:"

    def _flat(self, parts: tuple[Any, ...]) -> Flat | None:
        """Return the parts of a call as the hit path compares them, and their types; nothing where it may not."""
        if self.vary:
            return None
        values: list[Any] = []
        kinds: list[Any] = []
        for name, part in zip(self.names, parts, strict=True):
            if name == TYPE:
                values.append(part)
                continue
            is_many = name.startswith("*")
            types = tuple(map(type, part.values() if name.startswith("**") else part if is_many else (part,)))
            if not FLAT.issuperset(types):
                return None
            values.append(tuple(part.items()) if name.startswith("**") else part)
            kinds.append(types if is_many else types[0])
        return tuple(values), tuple(kinds)

    def _tags(self, tenant: str | None, parts: tuple[Any, ...]) -> Tags:
        if not self.tags:
            return ()
        values = {name.lstrip("*"): part for name, part in zip(self.names, parts, strict=True)}
        return tuple(tag_of(self.space, tenant, _filled(tag, values, self.name)) for tag in self.tags)


def root(space: str) -> str:
    """Return what every key of an application begins with.

    Args:
        space: application and environment.

    >>> root("shop/live")
    'tc1:{shop/live}'
    """
    return f"{VERSION}:{{{space}}}"


def space_of(application: str, environment: str) -> str:
    """Return the text of an application and an environment, as keys hold it.

    >>> space_of("shop.app", "live")
    'shop.app/live'
    """
    return f"{segment(application or '-')}/{segment(environment or '-')}"


def tenant_tag(space: str, tenant: str | None) -> str:
    """Return the tag that every entry of a tenant has."""
    return f"{root(space)}:{segment(tenant)}:#"


def tag_of(space: str, tenant: str | None, tag: str) -> str:
    """Return the key of a tag's stamp: a tag of one tenant is another one than that of another.

    Args:
        space: application and environment.
        tenant: whose entries it is on.
        tag: as people write it.
    """
    return f"{tenant_tag(space, tenant)}{segment(tag)}"


def identity_tag(space: str, model: str, key: tuple[Any, ...]) -> str:
    """Return the key of the stamp of an object, whichever tenant looks at it.

    Args:
        space: application and environment.
        model: name of its class.
        key: its primary key.
    """
    return f"{root(space)}::@{segment(model)}:{digest(encode(key))}"


def _filled(tag: str, values: Mapping[str, Any], operation: str) -> str:
    for name in placeholders(tag):
        if type(values.get(name)) not in (str, int, uuid.UUID):
            got = type(values.get(name)).__name__
            text = f"the tag {tag!r} of {operation} cannot be made: {name!r} is a {got}"
            raise CacheKeyError(Problem("TC761", text, hint="let it name a text, a number or a UUID"))
    return tag.format_map(values)


def _varying(context: Any, name: str) -> Any:
    value = getattr(context, name)
    return value.id if name == "actor" and value is not None else value
