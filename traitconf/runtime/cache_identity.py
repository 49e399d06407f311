"""The identity of an object in a cache: its primary key, and the fields that it has at the moment."""

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
        values: its other fields.
        tag: is invalidated when the object is saved or deleted.
    """

    key: tuple[Any, ...]
    values: tuple[Any, ...]
    tag: str


class Unknown:
    """An object without a primary key, or whose fields cannot be read here: nothing may answer for it."""


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
        if key is None:
            return UNKNOWN
        try:
            values = identity.values(host)
        except Exception:  # noqa: BLE001 -- a product may have to load a field, where it cannot
            return UNKNOWN
        return Known(key, values, identity_tag(space, class_name(cls), key))

    return known
