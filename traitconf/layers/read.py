"""Reads every source of a configuration into one graph, with every problem on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from traitconf.errors import Problem
from traitconf.layers.directory import source_files
from traitconf.layers.environ import PREFIX, variable_layers
from traitconf.layers.files import read_file
from traitconf.layers.foreign import foreign_variables
from traitconf.layers.grammar import Page, Parsed, parse, parse_tenant
from traitconf.layers.graph import ConfigGraph, fingerprint_of
from traitconf.layers.inline import inline_document
from traitconf.layers.layer import CodeDocument
from traitconf.layers.roster import Roster
from traitconf.layers.tokens import translate
from traitconf.schema.catalog import Catalog
from traitconf.schema.spec import TraitSpec
from traitconf.types import Band, Origin, Source


@attrs.frozen
class Reading:
    """What reading gave.

    Attributes:
        graph: the layers that could be read.
        problems: every fault, in reading order.
        files: the files that were read.
        contents: hash of the content of each.
    """

    graph: ConfigGraph
    problems: tuple[Problem, ...]
    files: tuple[Path, ...]
    contents: Mapping[str, str] = attrs.field(factory=dict)


def read_config(
    paths: Iterable[Path], environ: Mapping[str, str], catalog: Catalog, specs: Mapping[str, TraitSpec]
) -> Reading:
    """Read configuration files and environment variables.

    Args:
        paths: directories or files, weakest first.
        environ: names and values of environment variables.
        catalog: the known traits.
        specs: further records that are addressed like traits.
    """
    parsed: list[Parsed] = []
    problems: list[Problem] = []
    files: list[Path] = []
    digests: list[str] = []
    contents: dict[str, str] = {}
    for path in paths:
        found, missing = source_files(path, environ.get("TRAITCONF_ENV", ""))
        problems += missing
        for file in found:
            files.append(file.path)
            content = read_file(file.path)
            if isinstance(content, Problem):
                problems.append(content)
                continue
            document, data = content
            contents[str(file.path)] = document.digest
            digests += [str(file.path), document.digest]
            if document.has_tokens:
                translation = translate(document, data, file.root, environ)
                data, problems = translation.data, [*problems, *translation.problems]
                digests += translation.outside
            parsed.append(parse(document, data, file.root, source=file.source, sequence=len(files), apart=True))
    inline, outside = inline_document(environ)
    parsed.append(inline)
    digests += outside
    graph = assemble(parsed)
    layers, faults = variable_layers(environ, graph, catalog, specs)
    problems += [problem for part in parsed for problem in part.problems] + faults
    problems += foreign_variables(environ)
    digests += [f"{name}={value}" for name, value in sorted(environ.items()) if name.startswith(PREFIX)]
    graph = attrs.evolve(graph.with_layers(layers), fingerprint=fingerprint_of(digests))
    return Reading(graph, tuple(problems), tuple(files), contents)


def assemble(parsed: Sequence[Parsed]) -> ConfigGraph:
    """Make a graph of parsed documents, weakest first; tenants that stand in one document only make its roster."""
    graph = ConfigGraph(roster=_roster(parsed)).with_layers(layer for part in parsed for layer in part.layers)
    edges = {node: extends for part in parsed for node, extends in part.extends.items()}
    bindings = {bound.model: bound for part in parsed for bound in part.bindings}
    return attrs.evolve(graph.with_edges(edges), bindings=tuple(bindings.values()))


def _roster(parsed: Sequence[Parsed]) -> Roster:
    """Return the tenants that stand in one document; what several documents say of one becomes layers there."""
    tables: dict[str, Mapping[str, Any]] = {}
    pages: dict[str, Page] = {}
    several: set[str] = set()
    for part in parsed:
        several |= tables.keys() & part.tenants.keys()
        tables |= part.tenants
        if part.page is not None:
            pages |= dict.fromkeys(part.tenants, part.page)
    for part in parsed if several else ():
        for tenant in several & part.tenants.keys():
            assert part.page is not None
            read = parse_tenant(part.page, tenant, part.tenants[tenant])
            part.layers += read.layers
            part.extends |= read.extends
            part.problems += read.problems
    for tenant in several:
        del tables[tenant], pages[tenant]
    return Roster(tables, pages)


def parse_override(values: Mapping[str, object], place: Origin, sequence: int = 0) -> Parsed:
    """Read the mapping of an override: addresses as in files, band force.

    Args:
        values: dotted addresses, or nested tables; not changed.
        place: where the override stands in code.
        sequence: order among overrides that are active together.
    """
    nested: dict[str, Any] = {}
    document = CodeDocument(place)
    twice = [address for address, value in values.items() if not _put(nested, address.split("."), value)]
    parsed = parse(document, nested, source=Source.OVERRIDE, sequence=sequence, band=Band.FORCE)
    for address in twice:
        text = f"'{address}' contradicts another address of this override"
        parsed.problems.append(Problem("TC103", text, place, address, hint="name each option once"))
    return parsed


def _put(table: dict[str, Any], path: list[str], value: object) -> bool:
    """Put a value below a path, tables name by name; whether nothing stood in its way."""
    if isinstance(value, dict) and value:
        return all(_put(table, [*path, str(name)], inner) for name, inner in value.items())
    value = {} if isinstance(value, dict) else value
    for name in path[:-1]:
        inner = table.setdefault(name, {})
        if not isinstance(inner, dict):
            return False
        table = inner
    return table.setdefault(path[-1], value) is value
