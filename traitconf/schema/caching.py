"""`Caching`: how the results of one operation are cached: what identifies a call, and how entries are tagged."""

from __future__ import annotations

import keyword
import string
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import attrs

IDENTITY: Final = "identity"
"""The key of a host that its model adapter knows: the primary key."""
Key = tuple[str, ...] | str | None
"""Names of the host's attributes, `"identity"`, or nothing: then the identity is looked for."""


@attrs.frozen(kw_only=True)
class Caching:
    """Record: how the results of one operation are cached.

    Attributes:
        key: what identifies the host.
        tags: what entries are tagged with; `{name}` stands for an argument or an attribute of the key.
        ignore: parameters that play no part in the result.
        ttl: how long a result is fresh, instead of what the trait's option says.
        version: another one retires the entries.
    """

    key: Key = None
    tags: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ttl: timedelta | None = None
    version: str = ""

    @property
    def is_identity(self) -> bool:
        """Whether the host is known by its primary key."""
        return self.key is None or self.key == IDENTITY

    @property
    def names(self) -> tuple[str, ...]:
        """Return the attributes of the host that are part of the key."""
        return () if self.key is None or isinstance(self.key, str) else self.key


async def _nothing(trait: Any, host: object) -> None:
    """Do nothing: there is no runtime, so nothing is cached."""


class _Port:
    """What the runtime furnishes."""

    def __init__(self) -> None:
        self.forget: Callable[[Any, object], object] = lambda trait, host: None
        self.aforget: Callable[[Any, object], Awaitable[object]] = _nothing


port: Final = _Port()


def forget_identity(trait: Any, host: Any, _result: Any, /, *_args: Any, **_kwargs: Any) -> None:
    """Retire what is cached about an object that was saved or deleted."""
    port.forget(trait, host)


async def forget_identity_async(trait: Any, host: Any, _result: Any, /, *_args: Any, **_kwargs: Any) -> None:
    """Retire what is cached about an object that was saved or deleted by a call that is awaited."""
    await port.aforget(trait, host)


def placeholders(tag: str) -> list[str]:
    """Return the names that stand in a tag.

    Args:
        tag: a text with placeholders.

    >>> placeholders("author:{author_id}")
    ['author_id']
    """
    try:
        parsed = [part for part in string.Formatter().parse(tag) if part[1] is not None]
    except ValueError:  # a brace by itself
        return [tag]
    # One that says how to format it is none: a width could be any number.
    return [f"{name}{'!' if conversion or spec else ''}" for _, name, spec, conversion in parsed]


def is_path(name: str) -> bool:
    """Whether a name of a key can be written in code behind an object and a dot.

    >>> is_path("author.id"), is_path("id, 1"), is_path("class")
    (True, False, False)
    """
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split("."))


def as_key(key: Any) -> Key:
    """Return a key as it is kept.

    Args:
        key: what was declared.

    Raises:
        TypeError: for a text that is not `"identity"`.

    >>> as_key(["id"])
    ('id',)
    """
    if isinstance(key, str) and key != IDENTITY:
        raise TypeError(f'key={key!r}: give a tuple of names, key=("{key}",), or "identity"')
    return key if key is None or isinstance(key, str) else tuple(key)


def as_names(names: Any) -> tuple[str, ...]:
    """Return names as a tuple; a single text is one name.

    >>> as_names("feed")
    ('feed',)
    """
    return (names,) if isinstance(names, str) else tuple(names)
