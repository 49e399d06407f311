"""Random graphs resolve as the rules say, whatever is added changes only what it may, and files say it all again."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import traitconf as tc
from oracle import (
    BANDS,
    DECORATOR,
    LAWS,
    STRANGER,
    TENANTS,
    TRAIT,
    Configuration,
    Oracle,
    Said,
    configurations,
    sayings,
    writable,
)
from traitconf.layers.read import read_config
from traitconf.resolve.explain import shown
from traitconf.resolve.order import model_of
from traitconf.schema.catalog import catalog
from traitconf.schema.describe import plain
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.schema.spec import spec_of
from traitconf.types import Source
from writers import WRITERS, to_json

# The classes of each model, nearest first: what Python calls its MRO.
MODELS = {
    "": (),
    "GraphBase": ("GraphBase",),
    "GraphMixin": ("GraphMixin",),
    "GraphModel": ("GraphModel", "GraphBase", "GraphMixin"),
    "GraphSub": ("GraphSub", "GraphModel", "GraphBase", "GraphMixin"),
}
DECORATED = (
    Said("size", "set", 4, 1, model="GraphModel", source=DECORATOR),
    Said("queue_of", "set", ["deco"], 1, model="GraphModel", source=DECORATOR),
)
CONFIGURATIONS = configurations(list(MODELS), always=DECORATED)
RUNS = settings(max_examples=120, deadline=None, derandomize=True)


@attrs.frozen(kw_only=True)
class Box:
    """A record that is merged per field."""

    width: int = tc.option(5, doc="How wide.")
    names: tuple[str, ...] = tc.option(("d",), merge="append", doc="What it is called.")


@pytest.fixture(scope="module")
def subject():
    """A trait with an option of every law, and its models, which are unknown again after this module."""
    with catalog.scratch():

        @tc.trait(name=TRAIT)
        class Graphed(tc.TraitBase):
            """What is resolved."""

            size: int = tc.option(1, doc="Replaced.")
            label: str | None = tc.option("unlabelled", doc="Perhaps none.")
            most: int = tc.option(2, merge="max", doc="The largest.")
            least: int = tc.option(2, merge="min", doc="The smallest.")
            every: bool = tc.option(False, merge="and", doc="Whether all agree.")
            some: bool = tc.option(True, merge="or", doc="Whether one agrees.")
            plain: tuple[str, ...] = tc.option(("d",), doc="Replaced.")
            queue_of: tuple[str, ...] = tc.option(("d",), merge="append", doc="Grows.")
            stack: tuple[str, ...] = tc.option(("d",), merge="prepend", doc="Grows at its head.")
            names: tuple[str, ...] = tc.option(("d",), merge="unique", doc="Grows without repetitions.")
            chosen: frozenset[str] = tc.option(frozenset("d"), doc="Replaced.")
            tags: frozenset[str] = tc.option(frozenset("d"), merge="union", doc="Grows.")
            common: frozenset[str] = tc.option(frozenset("d"), merge="intersection", doc="Shrinks.")
            limits: Mapping[str, int] = tc.option(tc.FrozenMap({"d": 1}), doc="Merged.")
            map_of: Mapping[str, int] = tc.option(tc.FrozenMap({"d": 1}), merge="replace", doc="Replaced.")
            box: Box = tc.option(Box(), doc="A record.")

        class GraphBase: ...

        class GraphMixin: ...

        @tc.use(Graphed(size=4, queue_of=["deco"]))
        class GraphModel(GraphBase, GraphMixin): ...

        @tc.use(Graphed)
        class GraphSub(GraphModel): ...

        classes = (None, GraphBase, GraphMixin, GraphModel, GraphSub)
        yield Graphed, dict(zip(MODELS, classes, strict=True))


def configured(configuration: Configuration, write=to_json, suffix=".json"):
    """Write a configuration to files, and return a runtime that has not started, with the directory to remove."""
    directory = tempfile.TemporaryDirectory()
    for name, document in configuration.documents().items():
        path = Path(directory.name, name).with_suffix(suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(write(document), encoding="utf-8")
    return tc.Runtime((Path(directory.name),), environ=configuration.environ(), complete=True), directory


def is_consistent(configuration):
    """Whether every node has a linearisation."""
    return configuration.lineage(STRANGER) is not None


def refusals(runtime):
    """Start a runtime, and return the codes and addresses of what is refused."""
    try:
        runtime.start()
    except tc.ConfigError as error:
        return {
            (problem.code, problem.address.removeprefix(TRAIT + ".")) for problem in error.problems if problem.is_error
        }
    return set()


def views():
    """Return every model with every kind of tenant."""
    return [(model, tenant) for model in MODELS for tenant in (None, *TENANTS, STRANGER)]


def values(runtime, subject):
    """Return every value of every view, as plain data."""
    trait, classes = subject
    found = {}
    for model, tenant in views():
        resolved = runtime.resolve(trait, classes[model], tenant)
        for option in LAWS:
            value = resolved
            for name in option.split("."):
                value = getattr(value, name)
            found[model, tenant, option] = plain(value)
    return found


def as_plain(value):
    """Return a value of the oracle as plain data."""
    return sorted(value) if isinstance(value, set) else value


def test_every_value_is_what_the_rules_say(subject):
    """For generated graphs each value of each model and tenant is the oracle's, and each broken lock is refused."""
    seen = Counter()

    @given(CONFIGURATIONS)
    @RUNS
    def check(configuration):
        runtime, directory = configured(configuration)
        with directory:
            refused = refusals(runtime)
            if not is_consistent(configuration):
                seen["inconsistent"] += 1
                assert "TC112" in {code for code, _ in refused}
                return
            oracle = Oracle(configuration, MODELS)
            seen["refused" if refused else "resolved"] += 1
            assert refused == {("TC210", option) for option in oracle.refused()}
            if not refused:
                wanted = {
                    view: as_plain(oracle.value(view[2], view[0], view[1] or "")) for view in values(runtime, subject)
                }
                assert values(runtime, subject) == wanted

    check()
    assert min(seen["refused"], seen["resolved"], seen["inconsistent"]) > 5


def test_the_last_step_that_counts_is_the_value(subject):
    """Whatever is defined, the last counting step leaves the value that code reads, and it is what `explain` says."""
    trait, classes = subject
    counted = Counter()

    @given(CONFIGURATIONS, st.sampled_from(["", "GraphBase", "GraphSub", "GraphSub"]))
    @RUNS
    def check(configuration, model):
        runtime, directory = configured(configuration)
        with directory:
            if refusals(runtime):
                return
            read = values(runtime, subject)
            of = model_of(classes[model]) if model else None
            said = {said.option for said in configuration.said} | {"most"}
            for tenant, option in itertools.product((None, *TENANTS, STRANGER), said):
                resolution = runtime.snapshot.resolver.resolve(spec_of(trait), of, tenant)
                path = tuple(option.split("."))
                steps = [step for step in resolution.chain(path).steps if step.counts]
                last = steps[-1].after if steps else spec_of(trait).leaves[path].default
                counted[min(len(steps), 3)] += 1
                (explained,) = runtime.explain(f"{TRAIT}.{option}", classes[model], tenant)
                told = next(reason for reason in explained.reasons if reason.counts or reason.operation == "default")
                assert plain(last) == explained.value == read[model, tenant, option]
                assert told.counts
                assert (told.after or told.value or shown(plain(last))) == shown(explained.value)

    check()
    assert min(counted[number] for number in range(4)) > 5, counted


def test_one_more_definition_changes_only_what_it_may(subject):
    """Other options, other models and tenants, and what a lock holds keep their values, whatever is added."""
    seen = Counter()

    @given(CONFIGURATIONS, sayings(list(MODELS)))
    @RUNS
    def check(configuration, added):
        added = writable(added)
        if not is_consistent(configuration) or added.key in {said.key for said in configuration.said}:
            return
        more = replace(configuration, said=(*configuration.said, added))
        (before, one), (after, other) = configured(configuration), configured(more)
        with one, other:
            if refusals(before) or refusals(after):
                seen["refused"] += 1
                return
            old, new = values(before, subject), values(after, subject)
        oracle = Oracle(configuration, MODELS)
        changed = [view for view in old if old[view] != new[view]]
        seen["changed" if changed else "kept"] += 1
        for model, tenant, option in changed:
            assert option == added.option
            assert (added.node, added.model) in oracle.scopes(model, tenant or "")
            bands = [BANDS[said.band] for said in oracle.applying(option, model, tenant or "")]
            assert "lock" not in bands or BANDS[added.band] == "lock"

    check()
    assert seen["changed"] > 5
    assert seen["kept"] > 5


def graph_of(directory, environ):
    """Return what a directory's files say: each layer's tables by scope and source, and who extends whom."""
    reading = read_config([Path(directory)], environ, catalog, SETTINGS_SPECS)
    assert not reading.problems
    layers = {}
    for layer in reading.graph.all_layers():
        layers.setdefault((layer.scope, layer.source), {}).update(without_none(layer.tables))
    extends = {node: reading.graph.edge(node).names for node in nodes(reading.graph) if reading.graph.edge(node)}
    return layers, extends


def nodes(graph):
    """Return every group and tenant of a graph."""
    return [(axis, name) for axis in ("group", "tenant") for name in graph.nodes(axis)]


def without_none(value):
    """Return tables with none written as TOML must write it."""
    if isinstance(value, Mapping):
        return {name: without_none(inner) for name, inner in value.items()}
    return "@none" if value is None else value


def documents_of(graph):
    """Return documents that say what a graph says, by the kind of file."""
    layers, extends = graph
    documents = {}
    for (scope, source), tables in layers.items():
        table = documents.setdefault(FOLDERS[source], {})
        for name in scope.address.split("."):
            table = table.setdefault(name, {})
        table.update(tables)
    for (axis, name), names in extends.items():
        documents.setdefault(FOLDERS[Source.FILE], {}).setdefault(f"{axis}s", {}).setdefault(name, {})["extends"] = [
            *names
        ]
    return documents


FOLDERS = {Source.FILE: "a", Source.ENVIRONMENT_FILE: "environments/prod/a", Source.LOCAL: "a.local"}


@given(configurations(list(MODELS), most=20))
@RUNS
def test_files_written_from_a_graph_say_the_same(configuration):
    """A graph that is written as TOML, YAML and JSON and read again is the same graph in each format."""
    one_file = replace(configuration, said=tuple(said for said in configuration.said if said.source != 1))
    environ = {"TRAITCONF_ENV": "prod"}
    with tempfile.TemporaryDirectory() as directory:
        put(
            Path(directory, "first"),
            {name.rpartition(".")[0]: one for name, one in one_file.documents().items()},
            ".json",
        )
        graph = graph_of(Path(directory, "first"), environ)
        for suffix in WRITERS:
            put(Path(directory, suffix), {"environments/prod/a": {}} | documents_of(graph), suffix)
            assert graph_of(Path(directory, suffix), environ) == graph


def put(directory, documents, suffix):
    """Write documents as files of one format."""
    for name, document in documents.items():
        path = directory / (name + suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(WRITERS[suffix](document), encoding="utf-8")
