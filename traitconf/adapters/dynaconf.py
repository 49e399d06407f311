"""A loader for dynaconf that publishes resolved values, so that `settings.X` and `dynaconf list` show what is in force.

List it among the loaders of an existing settings object, before the one for variables:

    settings = Dynaconf(loaders=["traitconf.adapters.dynaconf", "dynaconf.loaders.env_loader"])
    settings.TRAITS.AUDITABLE.RETENTION_DAYS
    settings.MODELS.ARTICLE.AUDITABLE.RETENTION_DAYS
    settings.TENANTS.ACME.MODELS.ARTICLE.AUDITABLE.RETENTION_DAYS

The addresses are those of the files, in any case; values are plain, durations in text. Secrets are left out: a mask
would be used as a password. What is published is the snapshot of the moment; `settings.reload()` fetches the next one.
Tenants are published when the configuration names at most `TENANTS` of them; the setting `TRAITCONF_TENANTS` lists
others, or fewer. dynaconf's environments are no tenants: they say where a program runs, not for whom.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from dynaconf.loaders.base import SourceMetadata
from dynaconf.utils.parse_conf import converters

from traitconf.layers.marked import MARKERS
from traitconf.runtime.runtime import Runtime
from traitconf.runtime.snapshot import Snapshot
from traitconf.runtime.verbs import process_runtime
from traitconf.schema.catalog import Catalog
from traitconf.schema.describe import plain
from traitconf.schema.options import Option
from traitconf.schema.spec import TraitSpec

IDENTIFIER: Final = "traitconf"
TENANTS: Final = 100
CHOSEN: Final = "TRAITCONF_TENANTS"
Table = dict[str, Any]


def load(
    obj: Any,
    env: str | None = None,  # noqa: ARG001 -- dynaconf's signature
    silent: bool = True,  # noqa: ARG001, FBT001, FBT002 -- as above; a wrong configuration is never silent
    key: str | None = None,
    filename: str | None = None,  # noqa: ARG001 -- as above
    validate: bool = False,  # noqa: FBT001, FBT002 -- as above
) -> None:
    """Publish the resolved values into a settings object of dynaconf.

    Args:
        obj: the settings object.
        env: not looked at: an environment of dynaconf is no tenant.
        silent: not looked at.
        key: the one key to publish, or none for all.
        filename: not looked at.
        validate: whether dynaconf runs its validators.

    Raises:
        ConfigError: when there is no runtime yet and the configuration is wrong.
    """
    snapshot, catalog = _published()
    chosen = obj.get(CHOSEN)
    found = published(snapshot, catalog, None if chosen is None else [str(name) for name in chosen])
    if obj.get("AUTO_CAST_FOR_DYNACONF"):
        found = inert(found)
    wanted = {name: value for name, value in found.items() if key is None or name == key.upper()}
    source = SourceMetadata(IDENTIFIER, f"generation {snapshot.generation}", "global")
    obj.update(wanted, loader_identifier=source, validate=validate, merge=False, dotted_lookup=False)


def published(snapshot: Snapshot, catalog: Catalog, tenants: Iterable[str] | None = None) -> Table:
    """Return the resolved values as nested tables.

    Args:
        snapshot: where they are resolved.
        catalog: the known traits and models.
        tenants: ids of the tenants to publish; those that the configuration names when not given.
    """
    specs = list(catalog.traits())
    models = list(_models(snapshot, catalog))
    named = sorted(name for name in snapshot.tenants if not name.startswith("*"))
    chosen = list(tenants) if tenants is not None else (named if len(named) <= TENANTS else [])
    return {
        "TRAITS": _traits(snapshot, specs, None, None),
        "MODELS": {name: _traits(snapshot, specs, model, None) for name, model in models},
        "TENANTS": {
            tenant: _traits(snapshot, specs, None, tenant)
            | {"models": {name: _traits(snapshot, specs, model, tenant) for name, model in models}}
            for tenant in chosen
            if tenant not in MARKERS
        },
        "TRAITCONF": {
            "generation": snapshot.generation,
            "content_hash": snapshot.content_hash,
            "tenants_left_out": len(set(named) - set(chosen)),
        },
    }


def inert(value: Any) -> Any:
    """Return a value in which dynaconf finds no token: whoever may set a text could otherwise have files read.

    Args:
        value: plain.

    >>> inert(["@read_file /etc/hosts", "@home"])
    ['@json "@read_file /etc/hosts"', '@home']
    """
    if isinstance(value, dict):
        return {name: inert(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [inert(inner) for inner in value]
    if isinstance(value, str) and value.partition(" ")[0] in converters:
        return f"@json {json.dumps(value)}"
    return value


def _published() -> tuple[Snapshot, Catalog]:
    """Return what the process runs with; where nothing is configured yet, what `tc.configure()` would read."""
    runtime = process_runtime()
    usual = tuple(Path(path) for path in os.environ.get("TRAITCONF_CONFIG", "config").split(os.pathsep))
    if runtime.paths or not ("TRAITCONF_CONFIG" in os.environ or usual[0].is_dir()):
        return runtime.snapshot, runtime.catalog
    private = Runtime(usual)
    try:
        return private.start().snapshot, private.catalog
    finally:
        private.stop()


def _models(snapshot: Snapshot, catalog: Catalog) -> Iterator[tuple[str, type | str]]:
    """Yield every model under its short name, or under the qualified one where the short one is ambiguous."""
    found: dict[str, type | str] = {}
    for qualified in catalog.model_index():
        cls = catalog.models(qualified)[0]
        found[cls.__name__ if len(catalog.models(cls.__name__)) == 1 else qualified] = cls
    for name in snapshot.graph.model_names():
        cls_or_name = catalog.only_model(name.removeprefix("*"))
        if isinstance(cls_or_name, str) and not name.startswith("*"):
            found.setdefault(name, name)
    yield from sorted(found.items(), key=lambda item: item[0])


def _traits(snapshot: Snapshot, specs: Iterable[TraitSpec], model: type | str | None, tenant: str | None) -> Table:
    profile = snapshot.profile(tenant)
    return {spec.name: _options(spec.options, profile.trait(spec.cls, model)) for spec in specs}


def _options(options: Mapping[str, Option], holder: Any) -> Table:
    """Return the values of a trait or record, secrets left out."""
    found: Table = {}
    for name, option in options.items():
        value = getattr(holder, name)
        if option.fields and value is not None:
            found[name] = _options(option.fields, value)
        elif not option.is_secret:
            found[name] = plain(value)
    return found
