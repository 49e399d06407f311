"""The catalog: which traits and models are known. Entry points are read when somebody asks, never at import."""

from __future__ import annotations

import contextlib
import sys
import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from traitconf.errors import ConfigError, Problem
from traitconf.schema import forks

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from traitconf.schema.spec import TraitSpec

GROUP: Final = "traitconf.traits"


class Catalog:
    """Index of known traits by name and of known model classes by their names.

    Traits of installed packages are found through the entry point group `traitconf.traits`; only the one that is
    asked for is imported.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._traits: dict[str, TraitSpec] = {}
        self._models: dict[str, weakref.WeakSet[type]] = {}
        self._advertised: dict[str, EntryPoint] | None = None
        self._lock = threading.RLock()
        forks.follow(self)

    def forked(self) -> None:
        """Make the lock anew."""
        self._lock = threading.RLock()

    def add(self, spec: TraitSpec) -> None:
        """Register a trait; a class defined anew under the same qualified name takes the place of the old one.

        Raises:
            ConfigError: when another class has the name already (TC126).
        """
        with self._lock:
            known = self._traits.get(spec.name)
            if known is not None and not _same_place(known.cls, spec.cls):
                first = f"{known.cls.__module__}.{known.cls.__qualname__}"
                hint = f"give one of them another name: @tc.trait(name=…); the first is {first}"
                raise ConfigError([Problem("TC126", f"the trait name {spec.name!r} is taken", spec.origin, hint=hint)])
            self._traits[spec.name] = spec

    def find(self, name: str) -> TraitSpec | None:
        """Return the trait of that name, importing it when an installed package advertises it.

        Args:
            name: snake_case name.

        Raises:
            ConfigError: when the package that advertises it cannot be imported, or defines no such trait (TC127).
        """
        spec = self._traits.get(name)
        if spec is None and (entry := self._entry_points().get(name)):
            spec = self._traits.setdefault(name, _loaded(entry))
        return spec

    def names(self) -> list[str]:
        """Return the names of all traits that are registered or advertised, sorted."""
        return sorted({*self._traits, *self._entry_points()})

    def registered(self) -> list[TraitSpec]:
        """Return every trait that is defined so far; what packages advertise stays where it is."""
        return list(self._traits.values())

    def traits(self) -> Iterator[TraitSpec]:
        """Yield every known trait by name, importing the advertised ones."""
        for name in self.names():
            spec = self.find(name)
            if spec is not None:
                yield spec

    def add_model(self, cls: type) -> None:
        """Remember a class that has traits, under its short and its qualified name."""
        with self._lock:
            for name in model_names(cls):
                self._models.setdefault(name, weakref.WeakSet()).add(cls)

    def replace_model(self, old: type, new: type) -> None:
        """Remember the class that attrs or dataclass made anew from a known one, instead of that one.

        Args:
            old: the class that nobody uses any more.
            new: the class that has its names now.
        """
        with self._lock:
            for classes in self._models.values():
                if old in classes:
                    classes.discard(old)
                    classes.add(new)

    def models(self, name: str) -> list[type]:
        """Return the living classes known under a short or qualified name.

        Args:
            name: `Article` or `app.models:Article`.
        """
        return sorted(self._models.get(name, ()), key=lambda cls: (cls.__module__, cls.__qualname__))

    def only_model(self, name: str) -> type | str | None:
        """Return the one class known under a name; the name itself when there is none or several.

        Args:
            name: as in `models`; an empty one gives nothing.
        """
        classes = self.models(name) if name in self._models else ()
        return classes[0] if len(classes) == 1 else name or None

    def model_index(self) -> list[str]:
        """Return the qualified names of all known models, sorted."""
        with self._lock:
            return sorted(name for name, classes in self._models.items() if ":" in name and classes)

    @contextlib.contextmanager
    def scratch(self) -> Iterator[None]:
        """Return a block after which the traits and models that were defined in it are unknown again.

        What can be imported stays: a module is run once, and would not define it a second time.
        """
        with self._lock:
            traits, models = dict(self._traits), {name: list(classes) for name, classes in self._models.items()}
        try:
            yield
        finally:
            with self._lock:
                lasting = {name: spec for name, spec in self._traits.items() if _is_importable(spec.cls)}
                self._traits = traits | lasting
                for name, classes in self._models.items():
                    before = models.get(name, [])
                    for cls in [cls for cls in classes if cls not in before and not _is_importable(cls)]:
                        classes.discard(cls)
                self._models = {name: classes for name, classes in self._models.items() if classes}

    def _entry_points(self) -> dict[str, EntryPoint]:
        if self._advertised is None:
            from importlib.metadata import entry_points

            self._advertised = {entry.name: entry for entry in entry_points(group=GROUP)}
        return self._advertised


def _loaded(entry: EntryPoint) -> TraitSpec:
    from traitconf.schema.spec import spec_of

    try:
        spec = spec_of(entry.load())
    except ConfigError:
        raise
    except Exception as error:
        raise _useless(entry, f"{type(error).__name__}: {error}") from error
    if spec.name != entry.name:
        raise _useless(entry, f"the trait there is called {spec.name!r}")
    return spec


def _useless(entry: EntryPoint, reason: str) -> ConfigError:
    package = entry.dist.name if entry.dist is not None else "an installed package"
    text = f"{package} advertises the trait {entry.name!r} as {entry.value}, which cannot be had: {reason}"
    return ConfigError([Problem("TC127", text, hint="repair the package, or uninstall it")])


def model_names(cls: type) -> tuple[str, str]:
    """Return the short and the qualified name of a model class.

    >>> model_names(dict)
    ('dict', 'builtins:dict')
    """
    return cls.__name__, f"{cls.__module__}:{cls.__qualname__}"


def _is_local(cls: type) -> bool:
    return "<locals>" in cls.__qualname__


def _is_importable(cls: type) -> bool:
    """Whether a class is what its module has under its name; classes of functions, documents and shells are not."""
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls


def _same_place(one: type, other: type) -> bool:
    return _is_local(one) or (one.__module__, one.__qualname__) == (
        other.__module__,
        other.__qualname__,
    )


catalog: Final = Catalog()
