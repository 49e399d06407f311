"""What the shell offers while somebody types: addresses, models, tenants. Nothing is read but names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

SETTINGS: Final = "runtime"
"""What is addressed like a trait and is none."""


def complete_address(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 -- click's signature
    """Offer traits, and options once a trait is typed.

    Args:
        ctx: click's context.
        param: click's parameter.
        incomplete: what is typed already.
    """
    trait, dot, _ = incomplete.partition(".")
    if not dot:
        return _items((*_advertised(), SETTINGS), incomplete)
    from traitconf.schema.catalog import catalog
    from traitconf.schema.settings import SETTINGS_SPECS

    try:
        spec = SETTINGS_SPECS.get(trait) or catalog.find(trait)
    except Exception:  # noqa: BLE001 -- a package that cannot be imported is no reason to disturb somebody who types
        return []
    return _items((f"{trait}.{leaf.name}" for leaf in spec.leaves.values()) if spec else (), incomplete)


def _advertised() -> Iterator[str]:
    """Yield the traits of installed packages, without the catalog: importing it takes longer than all else here."""
    from importlib.metadata import entry_points

    return (entry.name for entry in entry_points(group="traitconf.traits"))


def complete_model(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 -- as above
    """Offer the models that have a file of their own.

    Args:
        ctx: click's context.
        param: click's parameter.
        incomplete: what is typed already.
    """
    return _items(_names_of_files(ctx.params, "models"), incomplete)


def complete_tenant(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 -- as above
    """Offer the tenants that have a file of their own.

    Args:
        ctx: click's context.
        param: click's parameter.
        incomplete: what is typed already.
    """
    return _items(_names_of_files(ctx.params, "tenants"), incomplete)


def _items(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in sorted(set(names)) if name.startswith(incomplete)]


def _names_of_files(params: dict[str, Any], folder: str) -> Iterator[str]:
    """Yield ids by the names of files; completion must be quick, so that no file is opened."""
    from traitconf.cli.place import find_place
    from traitconf.errors import ConfigError
    from traitconf.layers.directory import source_files

    try:
        place = find_place(params.get("config") or (), os.environ)
    except ConfigError:
        return
    for path in place.paths:
        for file in source_files(path)[0]:
            if len(file.root) == 2 and file.root[0] == folder:
                yield file.root[1]
