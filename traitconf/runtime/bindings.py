"""Bindings that are written in configuration: bound when their module is imported, without importing it early."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any, Final

from traitconf.bind.binding import Binding, bound_class
from traitconf.bind.plan import plan
from traitconf.bind.use import bind, locate, unbind
from traitconf.errors import ConfigError, Problem
from traitconf.layers.grammar import ModelBinding
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import Catalog


class ConfiguredBindings:
    """The bindings of one configuration, and which of them are done."""

    def __init__(self, catalog: Catalog) -> None:
        """Begin without bindings."""
        self._catalog = catalog
        self._wanted: tuple[ModelBinding, ...] = ()
        self._done: dict[str, tuple[type, tuple[type[TraitBase], ...]]] = {}

    def problems(self, wanted: Iterable[ModelBinding]) -> list[Problem]:
        """Return why classes that are imported already could not be bound; nothing is changed.

        Args:
            wanted: bindings of a configuration that is about to be published.
        """
        found: list[Problem] = []
        for binding in wanted:
            if binding.target.partition(":")[0] not in sys.modules:
                continue
            try:
                cls = locate(binding.target, binding.origin("class"))
            except ConfigError as error:
                found += error.problems
                continue
            bound = bound_class(cls)
            own = tuple(bound.bindings.values()) if bound else ()
            known = {other.trait for other in own}
            new = [Binding(trait, {}, binding.origin("use")) for trait in self._traits(binding) if trait not in known]
            found += plan(cls, (*own, *new)).problems
        return found

    def apply(self, wanted: Sequence[ModelBinding]) -> None:
        """Bind what can be bound now, watch for the rest, and unbind what is no longer wanted.

        Args:
            wanted: bindings of a configuration without problems.

        Raises:
            ConfigError: when a class refuses after all; what was bound before is bound again.
        """
        former = self._wanted
        try:
            self._apply(wanted)
        except ConfigError:
            self._apply(former)
            raise

    def _apply(self, wanted: Sequence[ModelBinding]) -> None:
        self._wanted = tuple(wanted)
        for target, (cls, traits) in list(self._done.items()):
            still = {trait for binding in wanted if binding.target == target for trait in self._traits(binding)}
            gone = [trait for trait in traits if trait not in still]
            if gone:
                unbind(cls, *gone)
            self._done[target] = cls, tuple(trait for trait in traits if trait in still)
            if not still:
                del self._done[target]
        for binding in wanted:
            if binding.target.partition(":")[0] in sys.modules:
                self._bind(binding)
        _FINDER.follow(self, {binding.target.partition(":")[0] for binding in wanted})

    def imported(self, module: str) -> None:
        """Bind the classes of a module that was just imported."""
        for binding in self._wanted:
            if binding.target.partition(":")[0] == module:
                self._bind(binding)

    def close(self) -> None:
        """Unbind everything that this configuration has bound."""
        self.apply(())

    def _bind(self, binding: ModelBinding) -> None:
        cls = locate(binding.target, binding.origin("class"))
        bound = bound_class(cls)
        already = set(bound.bindings) if bound else set()
        mine = self._done.get(binding.target, (cls, ()))[1]
        new = tuple(trait for trait in self._traits(binding) if trait not in already)
        if new:
            bind(cls, *new, origin=binding.origin("use"))
        self._done[binding.target] = cls, (*mine, *new)

    def _traits(self, binding: ModelBinding) -> tuple[type[TraitBase], ...]:
        specs = (self._catalog.find(name) for name in binding.traits)
        return tuple(spec.cls for spec in specs if spec is not None)


class _Finder(importlib.abc.MetaPathFinder):
    """Notices the import of modules that have configured bindings; it finds nothing itself."""

    def __init__(self) -> None:
        self._watchers: dict[ConfiguredBindings, set[str]] = {}

    def follow(self, bindings: ConfiguredBindings, modules: set[str]) -> None:
        """Tell `bindings` when one of the modules is imported."""
        if modules:
            self._watchers[bindings] = modules
        else:
            self._watchers.pop(bindings, None)
        if self._watchers and self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        elif not self._watchers and self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Let the other finders find the module, and have its loader tell us when it is done."""
        if not any(fullname in modules for modules in list(self._watchers.values())):
            return None
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target) if finder is not self else None
            if spec is not None and spec.loader is not None:
                spec.loader = _Loader(spec.loader, self._imported)
                return spec
        return None

    def _imported(self, module: str) -> None:
        for bindings, modules in list(self._watchers.items()):
            if module in modules:
                bindings.imported(module)


class _Loader(importlib.abc.Loader):
    """A module's own loader, with a call behind it."""

    def __init__(self, inner: Any, done: Any) -> None:
        self._inner, self._done = inner, done

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """As the inner loader does."""
        module: ModuleType | None = self._inner.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run the module with its own loader in place, then tell."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._inner
        module.__loader__ = self._inner
        self._inner.exec_module(module)
        self._done(module.__name__)


_FINDER: Final = _Finder()
