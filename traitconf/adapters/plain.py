"""Models without a product: attrs, dataclasses and ordinary classes that save, delete and load themselves."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from traitconf.bind.models import Column, Enclosing, Key, adapter_of
from traitconf.errors import AdapterRequired, ModelError, Problem
from traitconf.runtime.ownership import declared_tenant
from traitconf.runtime.state import StateTable
from traitconf.types import MISSING

KEYS: Final = ("pk", "id", "uuid")
"""Where a primary key stands, by custom."""
DECLARED: Final = "key_of"
"""Class attribute that names other fields as the key."""
_STORED: Final = "stored"
_states: Final = StateTable()


class PlainModels:
    """The adapter for classes that no product claims.

    A class may name the fields of its key, `key_of = ("country", "number")`; else it is `pk`, `id` or `uuid`. It may
    have a classmethod `load(key)`. There are no transactions and no queries: what is to happen after the commit
    happens at once, and filters are up to the class.
    """

    def claims(self, cls: type) -> bool:  # noqa: ARG002 -- the protocol
        """Whether a class is plain: every class may be."""
        return True

    def points(self, cls: type) -> Mapping[str, Enclosing | None]:  # noqa: ARG002 -- the protocol
        """Return nothing: the methods of the class are its join points."""
        return {}

    def follow(self, cls: type) -> None:
        """Do nothing: there is no session to watch."""

    def fields(self, cls: type) -> tuple[str, ...]:
        """Return the public fields: of attrs, of dataclasses, slots and annotations."""
        names: dict[str, None] = {}
        if attrs.has(cls):
            names |= dict.fromkeys(field.name for field in attrs.fields(cls))
        if dataclasses.is_dataclass(cls):
            names |= dict.fromkeys(field.name for field in dataclasses.fields(cls))
        for base in reversed(cls.__mro__[:-1]):
            slots = base.__dict__.get("__slots__", ())
            names |= dict.fromkeys((slots,) if isinstance(slots, str) else slots)
            hints = inspect.get_annotations(base).items()
            names |= dict.fromkeys(name for name, hint in hints if "ClassVar" not in str(hint))
        return tuple(name for name in names if not name.startswith("_"))

    def key_names(self, cls: type) -> tuple[str, ...]:
        """Return the declared fields of the key, else the customary one that the class has."""
        declared = getattr(cls, DECLARED, None)
        if declared is not None:
            return (declared,) if isinstance(declared, str) else tuple(declared)
        fields = self.fields(cls)
        return next(((name,) for name in KEYS if name in fields), ())

    def key(self, host: object) -> Key | None:
        """Return the key, none while a part of it is none."""
        names = self.key_names(type(host)) or tuple(name for name in KEYS if name in getattr(host, "__dict__", ()))[:1]
        values = tuple(getattr(host, name, None) for name in names)
        return values if values and all(value is not None for value in values) else None

    def changes(self, host: object) -> Mapping[str, tuple[Any, Any]]:
        """Return what differs from the values that `stored` noted; all fields of an object that was never stored."""
        before = _states.of(_STORED, host)
        now = _values(host)
        return {name: (before.get(name), value) for name, value in now.items() if before.get(name, MISSING) != value}

    def tenant(self, host: object) -> str | None:
        """Return the tenant that the class declares."""
        return declared_tenant(host)

    def load(self, cls: type, key: Any, source: Any = None) -> Any:  # noqa: ARG002 -- the protocol
        """Return what the class's own `load(key)` returns.

        Raises:
            AdapterRequired: when the class has none.
            ModelError: when the key has not as many parts as the class's key (TC662).
        """
        parts = fitting(cls, self.key_names(cls), key)
        load = getattr(cls, "load", None)
        if load is None:
            raise AdapterRequired(f"nothing loads {cls.__qualname__}: give it a classmethod load(key)")
        found = load(parts[0] if len(parts) == 1 else parts)
        if found is not None:
            stored(found)
        return found

    async def aload(self, cls: type, key: Any, source: Any = None) -> Any:
        """Do what `load` does; a `load` of the class that is a coroutine function is awaited."""
        found = self.load(cls, key, source)
        return await found if inspect.isawaitable(found) else found

    def after_commit(self, host: object, action: Callable[[], object], source: Any = None) -> None:  # noqa: ARG002 -- the protocol
        """Call the function at once: there is no transaction."""
        action()

    def add_column(self, cls: type, column: Column) -> None:
        """Accept a field that is there already.

        Raises:
            ModelError: for one that is not (TC666).
        """
        if column.name not in self.fields(cls):
            text = f"{cls.__qualname__} is no table, so nothing can add {column.name!r} to it"
            raise ModelError(Problem("TC666", text, hint=f"declare the field {column.name!r} in the class"))


def stored(host: object) -> None:
    """Note that an object of a plain class is stored as it is now, so that later changes are told from it.

    Args:
        host: the object.

    >>> class Page: ...
    >>> page = Page()
    >>> page.title = "Hello"
    >>> stored(page)
    >>> page.title = "Bye"
    >>> dict(adapter_of(page).changes(page))
    {'title': ('Hello', 'Bye')}
    """
    kept = _states.of(_STORED, host)
    kept.clear()
    kept.update(copy.deepcopy(_values(host)))


def _values(host: object) -> dict[str, Any]:
    names = dict.fromkeys((*adapter_of(host).fields(type(host)), *getattr(host, "__dict__", ())))
    return {name: getattr(host, name) for name in names if not name.startswith("_") and hasattr(host, name)}


def fitting(cls: type, names: tuple[str, ...], key: Any) -> Key:
    """Return a key as a tuple with one part for each field of a model's key.

    Args:
        cls: the model.
        names: the fields of its key.
        key: one value, a tuple, or a mapping by field.

    Raises:
        ModelError: when it does not fit (TC662).
    """
    if isinstance(key, Mapping):
        parts: Key = tuple(key[name] for name in names) if set(key) == set(names) else ()
    else:
        parts = tuple(key) if isinstance(key, (tuple, list)) else (key,)
    if len(parts) != max(len(names), 1) or any(part is None for part in parts):
        wanted = ", ".join(names) or "one value"
        hint = f"give {wanted} in this order, or a mapping by field"
        text = f"the key of {cls.__qualname__} is ({wanted}), which {key!r} does not fit"
        raise ModelError(Problem("TC662", text, hint=hint))
    return parts
