"""What is changed in a known result is what folding everything gives."""

from __future__ import annotations

from collections import Counter

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import traitconf as tc
from traitconf.layers.grammar import Extends
from traitconf.layers.graph import ConfigGraph
from traitconf.layers.layer import CodeDocument, Layer, Scope
from traitconf.resolve.check import check_override
from traitconf.resolve.order import model_of
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import catalog
from traitconf.schema.spec import spec_of
from traitconf.types import Band, Origin, Source


@attrs.frozen(kw_only=True)
class Inner:
    """A record inside a record."""

    port: int = tc.option(1, doc="A number.")
    names: tuple[str, ...] = tc.option((), merge="append", doc="A list that grows.")


@attrs.frozen(kw_only=True)
class Outer:
    """A record."""

    ttl: int = tc.option(1, doc="A number.")
    most: int = tc.option(1, merge="max", doc="The largest.")
    inner: Inner = tc.option(Inner(), doc="A record.")


SCOPES = [
    Scope(),
    Scope(model="Thing"),
    Scope("group", "far"),
    Scope("group", "near"),
    Scope("group", "near", "Thing"),
    Scope("tenant", "acme"),
    Scope("tenant", "acme", "Thing"),
]
NUMBERS = st.one_of(
    *[st.integers(1, 3)] * 3,
    st.sampled_from([{"force": 4}, {"fallback": 5}, {"lock": 6}, {"unset": True}, {"value": 7}]),
)
INNER = st.fixed_dictionaries({}, optional={"port": NUMBERS, "names": st.sampled_from([["x"], {"append": ["y"]}])})
RECORDS = st.fixed_dictionaries({}, optional={"ttl": NUMBERS, "most": NUMBERS, "inner": INNER})
TABLES = st.fixed_dictionaries(
    {},
    optional={
        "size": NUMBERS,
        "enabled": st.booleans(),
        "outer": RECORDS,
        "maybe": st.one_of(RECORDS, st.just({"$unset": True})),
    },
)
BARE = st.fixed_dictionaries({"size": st.integers(1, 3)}, optional={"outer": st.just({"inner": {"port": 8}})})
LAYERS = st.lists(st.tuples(st.sampled_from(SCOPES), st.one_of(TABLES, BARE)), max_size=6)
OVERRIDES = st.lists(st.tuples(st.sampled_from(SCOPES), BARE), max_size=2)


@pytest.fixture(scope="module")
def subject():
    """A trait with records, one of them optional, and a model; both are unknown again after this module."""
    with catalog.scratch():

        @tc.trait(name="patched_subject")
        class Subject(tc.TraitBase):
            """What is resolved."""

            size: int = tc.option(1, doc="A number.")
            outer: Outer = tc.option(Outer(), doc="A record.")
            maybe: Outer | None = tc.option(None, doc="A record that may be none.")

        @tc.use(Subject)
        class Thing: ...

        yield spec_of(Subject), Thing


def layers_of(said, source, first):
    """Return layers of what is said."""
    document = CodeDocument(Origin(source, name="here"))
    band = Band.FORCE if source is Source.OVERRIDE else Band.NORMAL
    return [
        Layer(
            scope,
            source,
            first + (0 if source is Source.OVERRIDE else number),
            {"patched_subject": table},
            document,
            band=band,
        )
        for number, (scope, table) in enumerate(said)
    ]


def disagreements(resolution):
    """Return the options of which the resolved trait says something else than the fold."""
    found = []
    for path, folded in resolution.refold().items():
        value = resolution.trait
        for name in path:
            value = getattr(value, name) if value is not None else None
        if value != folded.value and not (path[0] == "maybe" and resolution.trait.maybe is None):
            found.append((path, value, folded.value))
    return found


def test_changing_a_known_result_gives_what_folding_gives(subject):
    """For generated layers, with two overrides on top, every value is the fold's, and much of it is shared."""
    reached = Counter()
    spec, thing = subject

    @given(LAYERS, st.one_of(LAYERS, OVERRIDES), OVERRIDES)
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(written, outer, inner):
        document = CodeDocument(Origin(Source.FILE, name="here"))
        edges = {("tenant", "acme"): Extends(("near", "far"), document, ())}
        groups = [Layer(Scope("group", name), Source.FILE, 0, {}, document) for name in ("far", "near")]
        graph = ConfigGraph().with_layers([*groups, *layers_of(written, Source.FILE, 1)]).with_edges(edges)
        resolver = Resolver(graph)
        compare(resolver, None)
        for depth, said in enumerate((outer, inner), start=1):
            below, added = resolver, layers_of(said, Source.OVERRIDE, depth)
            resolver = below.over(below.graph.with_layers(added))
            if any(problem.is_error for problem in check_override(resolver, added, catalog, below)):
                reached["refused"] += 1
                return
            resolver.put_over(below, tuple(added))
            compare(resolver, below)

    def compare(resolver, below):
        for model in (None, model_of(thing)):
            for tenant in (None, "acme", "stranger"):
                resolution = resolver.resolve(spec, model, tenant)
                assert not disagreements(resolution)
                if below is not None:
                    known = below.resolve(spec, model, tenant).trait
                    reached["same" if resolution.trait is known else "other"] += 1
                    reached["shared"] += resolution.trait is not known and resolution.trait.outer is known.outer

    check()
    assert min(reached["refused"], reached["same"], reached["other"], reached["shared"]) > 20
