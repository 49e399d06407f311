"""The port to products that keep models: what an adapter answers, and which adapter a class has.

Adapters offer themselves through the entry point group `traitconf.models`. The name of an entry is the module of the
product: while nobody has imported that, no class can be a model of it, and the adapter is not loaded.
"""

from __future__ import annotations

import functools
import sys
import weakref
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol, runtime_checkable

import attrs

from traitconf.errors import AdapterRequired

GROUP: Final = "traitconf.models"
ANY: Final = "builtins"
"""The entry of the adapter for classes that no product claims."""
Key = tuple[Any, ...]
Enclosing = Callable[[object], AbstractContextManager[object]]
"""Makes the block in which a method of an object runs that is a join point of the product as well."""


@attrs.frozen(kw_only=True)
class Column:
    """A column that a trait needs, added to a model where somebody asks for it.

    Attributes:
        name: of the field.
        type: of its values: `bool`, `int`, `float`, `str`, `datetime.datetime`, `datetime.date` or `uuid.UUID`.
        nullable: whether it may be empty.
        index: whether it is indexed.
        length: of text; unlimited when not given.
    """

    name: str
    type: type
    nullable: bool = True
    index: bool = False
    length: int | None = None


@runtime_checkable
class ModelAdapter(Protocol):
    """What traits and the framework ask of a product that keeps models.

    `traitconf.testing.models` holds the suite of checks that every adapter passes.
    """

    def claims(self, cls: type) -> bool:
        """Whether a class is a model of the product."""

    def points(self, cls: type) -> Mapping[str, Enclosing | None]:
        """Return which of `save`, `delete` and `load` the product does itself, so that no method stands for them.

        A class may have a method of such a name all the same. Where there is a block for it, hooks run around the
        method, and the block tells the product that they need not run again for what the method did.
        """

    def follow(self, cls: type) -> None:
        """Watch a class while traits are bound to it, and leave it as it was when none are.

        It is called whenever the bindings of the class, or of a base of it, have changed.
        """

    def fields(self, cls: type) -> tuple[str, ...]:
        """Return the names of a model's data fields."""

    def key_names(self, cls: type) -> tuple[str, ...]:
        """Return the names of the fields of the primary key."""

    def key(self, host: object) -> Key | None:
        """Return an object's primary key, none while it has none; nothing is loaded for it."""

    def changes(self, host: object) -> Mapping[str, tuple[Any, Any]]:
        """Return the fields that differ from what is stored, each with its old and its new value."""

    def tenant(self, host: object) -> str | None:
        """Return the tenant that an object belongs to, as its class declares by `tenant_of`."""

    def load(self, cls: type, key: Any, source: Any = None) -> Any:
        """Return the object with a primary key, or none; `source` is the session or database."""

    async def aload(self, cls: type, key: Any, source: Any = None) -> Any:
        """Do what `load` does, awaited."""

    def after_commit(self, host: object, action: Callable[[], object], source: Any = None) -> None:
        """Call a function when the running transaction of an object has been committed, never otherwise."""

    def add_column(self, cls: type, column: Column) -> None:
        """Give a model a column that it does not have yet."""


PRODUCTS: Final = frozenset({"django.db.models", "pydantic", "sqlalchemy.orm"})
"""Products that may keep a class which inherits nothing of theirs; a class of another product inherits from it."""
_claimed: weakref.WeakKeyDictionary[type, ModelAdapter] = weakref.WeakKeyDictionary()


def adapter_of(target: object) -> ModelAdapter:
    """Return the adapter of the product that a class, or the class of an object, is a model of.

    Args:
        target: a class or an object.

    Raises:
        AdapterRequired: when not even the adapter for plain classes is installed.

    >>> class Page: ...
    >>> adapter_of(Page).key(Page()) is None
    True
    """
    cls = target if isinstance(target, type) else type(target)
    found = product_of(cls)
    if found is not None:
        return found
    if ANY not in _entries():
        raise AdapterRequired(f"no adapter knows {cls.__qualname__}; is traitconf installed?")
    return _loaded(ANY)


def product_of(cls: type) -> ModelAdapter | None:
    """Return the adapter of the product that claims a class, if one does.

    Args:
        cls: any class.
    """
    found = _claimed.get(cls)
    if found is None and _may_be_claimed(cls):
        for name in _entries():
            if name != ANY and name in sys.modules and (adapter := _loaded(name)).claims(cls):
                found = _claimed[cls] = adapter
                break
    return found


def points_of(cls: type) -> Mapping[str, Enclosing | None]:
    """Return the join points of a class that its product runs, whatever methods the class has.

    Args:
        cls: any class.
    """
    adapter = product_of(cls)
    return adapter.points(cls) if adapter is not None else {}


def follow(*classes: type) -> None:
    """Tell the adapters of classes that bindings have changed.

    Args:
        *classes: bound or no longer bound; bases first.
    """
    for cls in classes:
        adapter = product_of(cls)
        if adapter is not None:
            adapter.follow(cls)


def _may_be_claimed(cls: type) -> bool:
    """Whether looking for adapters can find one: reading entry points takes longer than all else of a first binding."""
    own = cls.__module__.partition(".")[0]
    origins = {kind.__module__.partition(".")[0] for kind in (*cls.__mro__, type(cls))}
    return not PRODUCTS.isdisjoint(sys.modules) or not origins <= sys.stdlib_module_names | {own, "builtins"}


@functools.cache
def _entries() -> tuple[str, ...]:
    from importlib.metadata import entry_points  # costs more than all of traitconf's own front door

    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


@functools.cache
def _loaded(name: str) -> ModelAdapter:
    from importlib.metadata import entry_points

    (entry, *_) = entry_points(group=GROUP, name=name)
    adapter: ModelAdapter = entry.load()()
    return adapter
