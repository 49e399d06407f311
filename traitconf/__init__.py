"""Behaviour as configuration: reusable traits with typed options, governed by layered configuration.

This is the front door. Every name is loaded when it is first used, so that importing traitconf costs next to nothing.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from traitconf.bind.adopt import adopt as adopt
    from traitconf.bind.info import BindingInfo as BindingInfo
    from traitconf.bind.info import binding_of as binding_of
    from traitconf.bind.models import Column as Column
    from traitconf.bind.models import ModelAdapter as ModelAdapter
    from traitconf.bind.models import adapter_of as adapter_of
    from traitconf.bind.reader import reader as reader
    from traitconf.bind.use import bind as bind
    from traitconf.bind.use import rebind as rebind
    from traitconf.bind.use import unbind as unbind
    from traitconf.bind.use import use as use
    from traitconf.bind.verify import verify as verify
    from traitconf.bind.view import has_trait as has_trait
    from traitconf.bind.view import traits_of as traits_of
    from traitconf.errors import AdapterRequired as AdapterRequired
    from traitconf.errors import CacheKeyError as CacheKeyError
    from traitconf.errors import CallError as CallError
    from traitconf.errors import ConfigError as ConfigError
    from traitconf.errors import ModelError as ModelError
    from traitconf.errors import Problem as Problem
    from traitconf.errors import TenantMismatch as TenantMismatch
    from traitconf.errors import TenantRequired as TenantRequired
    from traitconf.errors import TraitconfError as TraitconfError
    from traitconf.errors import TraitDisabled as TraitDisabled
    from traitconf.errors import Veto as Veto
    from traitconf.layers.secrets import secret_scheme as secret_scheme
    from traitconf.resolve.decide import Decision as Decision
    from traitconf.resolve.explain import Explanation as Explanation
    from traitconf.runtime.blocks import muted as muted
    from traitconf.runtime.blocks import pinned as pinned
    from traitconf.runtime.cached import cached as cached
    from traitconf.runtime.directory import TenantDirectory as TenantDirectory
    from traitconf.runtime.invalidate import ainvalidate as ainvalidate
    from traitconf.runtime.invalidate import invalidate as invalidate
    from traitconf.runtime.override import override as override
    from traitconf.runtime.ownership import tenant_for as tenant_for
    from traitconf.runtime.propagate import propagate as propagate
    from traitconf.runtime.runtime import Runtime as Runtime
    from traitconf.runtime.scoping import unscoped as unscoped
    from traitconf.runtime.shadow_report import shadow_report as shadow_report
    from traitconf.runtime.verbs import configure as configure
    from traitconf.runtime.verbs import context as context
    from traitconf.runtime.verbs import current_context as current_context
    from traitconf.runtime.verbs import decide as decide
    from traitconf.runtime.verbs import enabled as enabled
    from traitconf.runtime.verbs import explain as explain
    from traitconf.runtime.verbs import off as off
    from traitconf.runtime.verbs import on as on
    from traitconf.runtime.verbs import process_runtime as process_runtime
    from traitconf.runtime.verbs import resolve as resolve
    from traitconf.runtime.verbs import tenant as tenant
    from traitconf.schema.base import TraitBase as TraitBase
    from traitconf.schema.caching import Caching as Caching
    from traitconf.schema.conditions import scope as scope
    from traitconf.schema.conditions import where as where
    from traitconf.schema.describe import describe as describe
    from traitconf.schema.governs import governs as governs
    from traitconf.schema.members import after as after
    from traitconf.schema.members import around as around
    from traitconf.schema.members import before as before
    from traitconf.schema.members import operation as operation
    from traitconf.schema.members import provides as provides
    from traitconf.schema.options import option as option
    from traitconf.schema.reactions import on_config as on_config
    from traitconf.schema.signals import counter as counter
    from traitconf.schema.signals import event as event
    from traitconf.schema.signals import histogram as histogram
    from traitconf.schema.trait import trait as trait
    from traitconf.types import Actor as Actor
    from traitconf.types import ByteSize as ByteSize
    from traitconf.types import FrozenMap as FrozenMap
    from traitconf.types import Secret as Secret
    from traitconf.types import duration as duration

__version__ = "0.1.0"

_PLACES = {
    "Actor": "types",
    "AdapterRequired": "errors",
    "BindingInfo": "bind.info",
    "ByteSize": "types",
    "CacheKeyError": "errors",
    "Caching": "schema.caching",
    "CallError": "errors",
    "Column": "bind.models",
    "ConfigError": "errors",
    "Decision": "resolve.decide",
    "Explanation": "resolve.explain",
    "FrozenMap": "types",
    "ModelAdapter": "bind.models",
    "ModelError": "errors",
    "Problem": "errors",
    "Runtime": "runtime.runtime",
    "Secret": "types",
    "TenantDirectory": "runtime.directory",
    "TenantMismatch": "errors",
    "TenantRequired": "errors",
    "TraitBase": "schema.base",
    "TraitDisabled": "errors",
    "TraitconfError": "errors",
    "Veto": "errors",
    "adopt": "runtime.verbs",
    "adapter_of": "bind.models",
    "after": "schema.members",
    "ainvalidate": "runtime.invalidate",
    "around": "schema.members",
    "before": "schema.members",
    "bind": "runtime.verbs",
    "binding_of": "bind.info",
    "cached": "runtime.cached",
    "configure": "runtime.verbs",
    "context": "runtime.verbs",
    "counter": "schema.signals",
    "current_context": "runtime.verbs",
    "decide": "runtime.verbs",
    "describe": "schema.describe",
    "duration": "types",
    "enabled": "runtime.verbs",
    "event": "schema.signals",
    "explain": "runtime.verbs",
    "governs": "schema.governs",
    "has_trait": "runtime.verbs",
    "histogram": "schema.signals",
    "invalidate": "runtime.invalidate",
    "muted": "runtime.blocks",
    "off": "runtime.verbs",
    "on": "runtime.verbs",
    "on_config": "schema.reactions",
    "operation": "schema.members",
    "option": "schema.options",
    "override": "runtime.verbs",
    "pinned": "runtime.blocks",
    "process_runtime": "runtime.verbs",
    "propagate": "runtime.propagate",
    "provides": "schema.members",
    "reader": "runtime.verbs",
    "rebind": "bind.use",
    "resolve": "runtime.verbs",
    "scope": "schema.conditions",
    "secret_scheme": "layers.secrets",
    "shadow_report": "runtime.shadow_report",
    "tenant": "runtime.verbs",
    "tenant_for": "runtime.ownership",
    "trait": "schema.trait",
    "traits_of": "runtime.verbs",
    "unbind": "runtime.verbs",
    "unscoped": "runtime.scoping",
    "use": "runtime.verbs",
    "verify": "bind.verify",
    "where": "schema.conditions",
}

__all__ = sorted(_PLACES)  # noqa: PLE0605 -- one list, not two


def __getattr__(name: str) -> Any:
    """Load a name of the front door on first use and keep it."""
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module 'traitconf' has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(f"traitconf.{place}"), name)
    return found


def __dir__() -> list[str]:
    """List the front door, whatever was used so far."""
    return [*__all__, "__version__"]


class _FrontDoor(ModuleType):
    """This module, whose verbs `bind` and `resolve` are called like two of the floors behind it."""

    def __setattr__(self, name: str, value: object) -> None:
        """Keep the import of a floor from putting itself in the place of a verb."""
        if not (name in _PLACES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _FrontDoor
