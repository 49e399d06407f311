"""The identity of an object in a cache: its primary key, and whether it is what is stored under that key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from traitconf.bind.identity import Identity
from traitconf.runtime.cache_key import class_name
from traitconf.runtime.cache_recipe import identity_tag


@attrs.frozen
class Known:
    """An object that may be answered for.

    Attributes:
        key: its primary key.
        values: its fields, where nobody else knows whether they are stored.
        tag: is invalidated when the object is saved or deleted.
    """

    key: tuple[Any, ...]
    values: tuple[Any, ...]
    tag: str


class Unknown:
    """An object without a primary key, or with changes that are not saved: nothing may answer for it."""


UNKNOWN = Unknown()


def identifier(space: str) -> Callable[[Any], Known | Unknown]:
    """Return a function that knows objects by their primary keys.

    Args:
        space: application and environment.
    """

    def known(host: Any) -> Known | Unknown:
        cls = type(host)
        identity = Identity.of(cls)
        key = identity.key(host)
        if key is None or identity.is_changed(host):
            return UNKNOWN
        return Known(key, identity.values(host), identity_tag(space, class_name(cls), key))

    return known
