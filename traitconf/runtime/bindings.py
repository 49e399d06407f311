"""Bindings that are written in configuration: bound when their module is imported, without importing it early."""

from __future__ import annotations

import fnmatch
import importlib.machinery
import importlib.util
import sys
import weakref
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, Final

from traitconf.bind.binding import Binding, bound_class
from traitconf.bind.plan import plan
from traitconf.bind.use import bind, locate, unbind
from traitconf.errors import ConfigError, Problem, raise_errors
from traitconf.layers.grammar import ModelBinding
from traitconf.layers.graph import ConfigGraph
from traitconf.layers.layer import Scope
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import Catalog

PATTERN: Final = frozenset("*?[")
Classes = weakref.WeakKeyDictionary[type, tuple[type[TraitBase], ...]]
Owners = dict[type[TraitBase], "weakref.WeakSet[ConfiguredBindings]"]
_OWNERS: Final[weakref.WeakKeyDictionary[type, Owners]] = weakref.WeakKeyDictionary()
"""The configurations that want what a configuration has bound."""


class ConfiguredBindings:
    """The bindings of one configuration, and which of them are done."""

    def __init__(self, catalog: Catalog) -> None:
        """Begin without bindings."""
        self._catalog = catalog
        self._wanted: tuple[ModelBinding, ...] = ()
        self._done: dict[str, Classes] = {}

    def problems(self, graph: ConfigGraph) -> list[Problem]:
        """Return why classes that are imported already could not be bound; nothing is changed.

        Args:
            graph: a configuration that is about to be published.
        """
        found: list[Problem] = []
        for binding in graph.bindings:
            if is_pattern(binding.target):
                found += _pattern_problems(binding, graph)
            if is_imported(_module(binding)):
                found += self._faults(binding)
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

    def imported(self, module: str) -> None:
        """Bind the classes of a module that was just imported.

        Raises:
            ConfigError: when one of them cannot be bound; then none of them is.
        """
        wanted = [binding for binding in self._wanted if _module(binding) == module]
        raise_errors(fault for binding in wanted for fault in self._faults(binding))
        bound: list[tuple[str, type, tuple[type[TraitBase], ...]]] = []
        try:
            for binding in wanted:
                bound.extend(self._bind(binding))
        except ConfigError:
            for target, cls, traits in bound:
                self._release(cls, traits)
                self._done[target].pop(cls, None)
            raise

    def close(self) -> None:
        """Unbind everything that this configuration has bound."""
        self.apply(())

    def _apply(self, wanted: Sequence[ModelBinding]) -> None:
        self._wanted = tuple(wanted)
        for target, classes in list(self._done.items()):
            still = {trait for binding in wanted if binding.target == target for trait in self._traits(binding)}
            for cls, traits in list(classes.items()):
                self._release(cls, [trait for trait in traits if trait not in still])
                classes[cls] = tuple(trait for trait in traits if trait in still)
            if not still:
                del self._done[target]
        for binding in wanted:
            if is_imported(_module(binding)):
                list(self._bind(binding))
        _FINDER.follow(self, {_module(binding) for binding in wanted})

    def _faults(self, binding: ModelBinding) -> Iterator[Problem]:
        """Yield why a binding cannot be done; nothing is changed."""
        try:
            classes = classes_of(binding)
        except ConfigError as error:
            yield from error.problems
            return
        for cls in classes:
            bound = bound_class(cls)
            own = tuple(bound.bindings.values()) if bound else ()
            known = {other.trait for other in own}
            new = [Binding(trait, {}, binding.origin("use")) for trait in self._traits(binding) if trait not in known]
            yield from plan(cls, (*own, *new)).problems

    def _bind(self, binding: ModelBinding) -> Iterator[tuple[str, type, tuple[type[TraitBase], ...]]]:
        """Bind the classes of one table, and yield each that gets something new."""
        done = self._done.setdefault(binding.target, weakref.WeakKeyDictionary())
        for cls in classes_of(binding):
            bound = bound_class(cls)
            already = set(bound.bindings) if bound else set()
            new = tuple(trait for trait in self._traits(binding) if trait not in already)
            if new:
                bind(cls, *new, origin=binding.origin("use"))
            mine = tuple(trait for trait in self._traits(binding) if trait in new or _OWNERS.get(cls, {}).get(trait))
            for trait in mine:
                _OWNERS.setdefault(cls, {}).setdefault(trait, weakref.WeakSet()).add(self)
            done[cls] = tuple(dict.fromkeys((*done.get(cls, ()), *mine)))
            yield binding.target, cls, mine

    def _release(self, cls: type, traits: Iterable[type[TraitBase]]) -> None:
        """Unbind what no other runtime's configuration wants as well: one is stopped after the next has started."""
        for trait in traits:
            owners = _OWNERS.get(cls, {}).get(trait)
            if owners is not None:
                owners.discard(self)
            if not owners:
                unbind(cls, trait)

    def _traits(self, binding: ModelBinding) -> tuple[type[TraitBase], ...]:
        specs = (self._catalog.find(name) for name in binding.traits)
        return tuple(spec.cls for spec in specs if spec is not None)


def is_imported(module: str) -> bool:
    """Whether a module is imported, to its end."""
    found = sys.modules.get(module)
    return found is not None and not getattr(getattr(found, "__spec__", None), "_initializing", False)


def is_pattern(target: str) -> bool:
    """Whether a target stands for several classes.

    >>> is_pattern("app.models:*"), is_pattern("app.models:Article")
    (True, False)
    """
    return not PATTERN.isdisjoint(target)


def classes_of(binding: ModelBinding) -> list[type]:
    """Return the classes that a binding speaks of; its module is imported when it is not.

    Of a pattern, those are the classes that the module itself defines; traits, protocols, metaclasses and exceptions
    apart.

    Args:
        binding: of a configuration.

    Raises:
        ConfigError: when there is none (TC613).
    """
    module, _, pattern = binding.target.partition(":")
    if not is_pattern(binding.target):
        return [locate(binding.target, binding.origin("class"))]
    defined = (value for value in vars(importlib.import_module(module)).values() if isinstance(value, type))
    found = [cls for cls in dict.fromkeys(defined) if cls.__module__ == module and _is_model(cls)]
    found = [cls for cls in found if fnmatch.fnmatchcase(cls.__qualname__, pattern)]
    if not found:
        text = f"{binding.target!r} matches no class that {module} defines"
        raise ConfigError([Problem("TC613", text, binding.origin("class"), hint="see how its classes are called")])
    return found


def _is_model(cls: type) -> bool:
    return not issubclass(cls, (TraitBase, type, BaseException)) and not getattr(cls, "_is_protocol", False)


def _module(binding: ModelBinding) -> str:
    return binding.target.partition(":")[0]


def _pattern_problems(binding: ModelBinding, graph: ConfigGraph) -> Iterator[Problem]:
    """Yield what a table of several classes cannot say."""
    if is_pattern(_module(binding)):
        text = f"models.{binding.model}: only the class may be a pattern, not its module, got {binding.target!r}"
        yield Problem("TC613", text, binding.origin("class"), hint='write class = "module:*"')
    for layer in graph.at(Scope(model=binding.model)):
        for trait in layer.tables:
            text = f"options at 'models.{binding.model}' reach no class: it stands for every {binding.target}"
            hint = "write them under the name of each model, or under [traits]"
            yield Problem("TC132", text, layer.origin((trait,)), f"models.{binding.model}.{trait}", hint=hint)


class _Finder:
    """Notices the import of modules that have configured bindings; it finds nothing itself.

    It has no base class, and `_Loader` neither: `importlib.abc` takes longer to import than the rest of this module.
    """

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
                spec.loader = _Loader(spec.loader, self._imported)  # type: ignore[assignment]  # without the base class
                return spec
        return None

    def _imported(self, module: str) -> None:
        for bindings, modules in list(self._watchers.items()):
            if module in modules:
                bindings.imported(module)


class _Loader:
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
