"""Overrides: a derived snapshot for the running context, with definitions above every scope."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from traitconf.errors import raise_errors
from traitconf.layers.graph import overridden
from traitconf.layers.read import parse_override
from traitconf.resolve.check import check_override
from traitconf.runtime.context import Entered, running
from traitconf.runtime.snapshot import Snapshot, settings_of
from traitconf.schema.catalog import catalog
from traitconf.schema.given import caller
from traitconf.schema.settings import RUNTIME
from traitconf.types import Origin, Source

_serial = itertools.count(1)
"""Overrides that are entered later stand above those that are entered already."""


def override(values: Mapping[str, Any]) -> Entered:
    """Return a `with` block in which options have other values, for the running context only.

    Args:
        values: addresses as in files, for example `{"auditable.retention_days": 30}` or
            `{"tenants.acme.sluggable.separator": "_"}`; band force, above all scopes.

    Raises:
        ConfigError: for an unknown option, a wrong value, or a lock that would be broken (TC210); nothing changes then.

    >>> import traitconf as tc
    >>> from traitconf.traits import Auditable
    >>> with tc.override({"auditable.retention_days": 7}):
    ...     tc.resolve(Auditable).retention_days
    7
    """
    origin = caller(Source.OVERRIDE, "override()")
    return Entered(snapshot=derived(running().snapshot, values, origin))


def derived(snapshot: Snapshot, values: Mapping[str, Any], origin: Origin) -> Snapshot:
    """Return a snapshot with override definitions on top of another.

    Args:
        snapshot: the snapshot below.
        values: as in `override`.
        origin: where the override stands.
    """
    parsed = parse_override(values, origin, sequence=next(_serial))
    graph = overridden(snapshot.graph, parsed.layers).with_edges(parsed.extends)
    settings = snapshot.settings
    if any(RUNTIME.name in layer.tables for layer in parsed.layers):
        settings = settings_of(snapshot.resolver.over(graph))
    resolver = snapshot.resolver.over(graph, settings.default_extends)
    if problems := [*parsed.problems, *check_override(resolver, parsed.layers, catalog, snapshot.resolver)]:
        raise_errors(problems)
    resolver.put_over(snapshot.resolver, tuple(parsed.layers))
    return Snapshot(graph, resolver, settings, snapshot.generation, snapshot.contexts)
