"""`Identity`: how the objects of a class are known: by the primary key that its model adapter names."""

from __future__ import annotations

import contextlib
import dis
import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any, Final, Self

import attrs

from traitconf.bind.hosts import fields_of, raw_member
from traitconf.types import MISSING

KEYS: Final = ("pk", "id", "uuid")
"""Where the primary key of a plain class stands, by custom."""
DECLARED: Final = "key_of"
"""Class attribute by which a plain class names other fields as its key."""


@attrs.frozen
class Identity:
    """How the objects of a class are known.

    Attributes:
        names: the fields of the primary key; empty where nothing says it.
        adapter: of the product that keeps the objects; none for a plain class.
        fields: its data fields, as far as the class shows them.
    """

    names: tuple[str, ...]
    adapter: Any = None
    fields: tuple[str, ...] = ()

    @classmethod
    def of(cls, model: type) -> Self:
        """Return how the objects of a class are known.

        Args:
            model: any class.
        """
        product = _product_of(model)
        if product is not None:
            return cls(tuple(product.key_names(model)), product, tuple(product.fields(model)))
        fields = tuple(sorted(name for name in fields_of(model) if not name.startswith("_")))
        declared = getattr(model, DECLARED, None)
        if declared is not None:
            return cls((declared,) if isinstance(declared, str) else tuple(declared), None, fields)
        return cls(next(((name,) for name in KEYS if _has(model, name)), ()), None, fields)

    def key(self, host: Any) -> tuple[Any, ...] | None:
        """Return the primary key of an object, none while a part of it is none."""
        if self.adapter is not None:
            found: tuple[Any, ...] | None = self.adapter.key(host)
            return found
        values = tuple(getattr(host, name, None) for name in self.names)
        return values if values and all(value is not None for value in values) else None

    def values(self, host: Any) -> tuple[Any, ...]:
        """Return the fields of an object beside its key, by name.

        Whether they are saved, or were saved since by somebody else, plays no part then: an object is only answered by
        what was computed of one that was the same.
        """
        own = () if self.adapter is not None else getattr(host, "__dict__", ())
        names = {*self.fields, *own} - {*self.names}
        return tuple((name, getattr(host, name, None)) for name in sorted(names) if not name.startswith("_"))

    def after_commit(self, host: Any, action: Callable[[], object]) -> None:
        """Call a function when what was done to an object is there for others to see."""
        if self.adapter is None:
            action()
        else:
            self.adapter.after_commit(host, action)


def _has(model: type, name: str) -> bool:
    """Whether objects of a plain class have an attribute: a field, a member, or what its `__init__` sets."""
    if name in fields_of(model) or raw_member(model, name) is not MISSING:
        return True
    inits = (base.__dict__["__init__"] for base in model.__mro__ if inspect.isfunction(base.__dict__.get("__init__")))
    codes = (inspect.unwrap(init).__code__ for init in inits)
    return any(
        one.opname == "STORE_ATTR" and one.argval == name for code in codes for one in dis.get_instructions(code)
    )


@functools.cache
def _lookup() -> Callable[[type], Any] | None:
    """Return what finds the adapter of a product, where model adapters are there."""
    with contextlib.suppress(ImportError):
        found: Callable[[type], Any] = importlib.import_module("traitconf.bind.models").product_of
        return found
    return None


def _product_of(model: type) -> Any:
    lookup = _lookup()
    return lookup(model) if lookup is not None else None
