"""Loaders of dynaconf as sources: which there are is itself configured, so they are run after files and variables."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from traitconf.errors import Problem
from traitconf.layers.files import EngineError
from traitconf.layers.graph import fingerprint_of
from traitconf.layers.layer import GLOBAL
from traitconf.layers.read import Reading
from traitconf.resolve.resolver import Resolver
from traitconf.runtime.snapshot import settings_of
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import RUNTIME, RuntimeSettings
from traitconf.types import Origin, Source


def with_loaders(reading: Reading, environ: Mapping[str, str], catalog: Catalog) -> Reading:
    """Return a reading with what the configured loaders give.

    Args:
        reading: files and variables; returned as it is where they configure no loader.
        environ: the variables, for `TRAITCONF_ENV`.
        catalog: the known traits.
    """
    if not any(RUNTIME.name in layer.tables for layer in reading.graph.at(GLOBAL)):
        return reading
    settings = settings_of(Resolver(reading.graph))
    for sequence, name in enumerate(settings.loaders):
        reading = _with_loader(reading, name, sequence, settings, environ.get("TRAITCONF_ENV", ""), catalog)
    return reading


def _with_loader(
    reading: Reading, name: str, sequence: int, settings: RuntimeSettings, env: str, catalog: Catalog
) -> Reading:
    from traitconf.layers.capture import LoaderError, run_loader, settings_of_loaders
    from traitconf.layers.loaders import loaded_layers

    given = {key: value.reveal() for key, value in settings.loader_settings.items()}
    try:
        seconds = settings.loader_timeout.total_seconds()
        caught = run_loader(name, settings_of_loaders(given), env, seconds)
    except (LoaderError, EngineError) as error:
        origin = Origin(Source.STORE, name=f"loader {name}")
        hint = "see runtime.loaders, runtime.loader_settings and runtime.loader_timeout"
        problem = Problem("TC702", str(error), origin, "runtime.loaders", hint=hint)
        return attrs.evolve(reading, problems=(*reading.problems, problem))
    loaded = loaded_layers(name, caught, sequence, reading.graph, catalog)
    graph = reading.graph.with_layers(loaded.layers).with_edges(loaded.parsed.extends)
    graph = attrs.evolve(graph, fingerprint=fingerprint_of((graph.fingerprint, loaded.digest)))
    return attrs.evolve(reading, graph=graph, problems=(*reading.problems, *loaded.parsed.problems))
