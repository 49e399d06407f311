"""What lint calls useless is useless: without it, nobody's value changes."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import traitconf as tc
from traitconf.resolve.lint import Surroundings, lint
from traitconf.schema.catalog import catalog

NODES = (
    (),
    ("groups", "far"),
    ("groups", "near"),
    ("groups", "side"),
    ("tenants", "acme"),
    ("tenants", "beta"),
    ("tenants", "gamma"),
)
MODELS = ("", "LintedBase", "LintedModel")
EXTENDS = {
    "groups": {"far": {}, "near": {"extends": ["far"]}, "side": {}},
    "tenants": {
        "acme": {"extends": ["near", "side"]},
        "beta": {"extends": ["near"]},
        "gamma": {"extends": ["side", "far"]},
    },
}
TENANTS = (None, "acme", "beta", "gamma", "stranger")
FILES = ("a.json", "b.json", "c.local.json")
# Weighted: few values and many plain definitions, so that repetitions and shadows are common.
WRITTEN = st.one_of(
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 2),
    st.sampled_from(["force", "fallback", "lock"]).flatmap(
        lambda band: st.builds(lambda n: {band: n}, st.integers(1, 2))
    ),
    st.just({"unset": True}),
)
SAYINGS = st.tuples(st.sampled_from(FILES), st.sampled_from(NODES), st.sampled_from(MODELS), WRITTEN)
CONFIGURATIONS = st.lists(SAYINGS, min_size=1, max_size=9, unique_by=lambda said: said[:3])
STRANGERS = st.sampled_from([[], ["side"], ["near"]])


@pytest.fixture(scope="module")
def subject():
    """A trait and a model with a base, which are unknown again after this module."""
    with catalog.scratch():

        @tc.trait(name="linted")
        class Linted(tc.TraitBase):
            """What is looked at."""

            size: int = tc.option(1, doc="Replaced.")

        class LintedBase: ...

        @tc.use(Linted(size=2))
        class LintedModel(LintedBase): ...

        yield Linted, (None, LintedBase, LintedModel)


def write(directory, sayings, default_extends):
    """Write definitions to files."""
    documents = {name: {} for name in FILES}
    documents[FILES[0]] = json.loads(json.dumps(EXTENDS)) | {"runtime": {"default_extends": default_extends}}
    for file, node, model, written in sayings:
        table = documents[file]
        scope = (*node, *(("models", model) if model else ())) or ("traits",)
        for name in (*scope, "linted"):
            table = table.setdefault(name, {})
        table["size"] = written
    for name, document in documents.items():
        (directory / name).write_text(json.dumps(document), encoding="utf-8")


def started(sayings, default_extends):
    """Return a runtime over definitions and what lint finds; nothing where they are refused."""
    with tempfile.TemporaryDirectory() as directory:
        write(Path(directory), sayings, default_extends)
        runtime = tc.Runtime((Path(directory),), environ={}, complete=True)
        try:
            runtime.start()
        except tc.ConfigError:
            return None, []
        found = lint(runtime.snapshot.resolver, catalog, Surroundings())
        return runtime, [
            (one.code, Path(one.origin.file).name, one.scope) for one in found if one.address == "linted.size"
        ]


def label(node, model):
    """Return a scope as problems name it."""
    parts = [f"{node[0][:-1]} {node[1]}"] if node else []
    return ", ".join([*parts, *([f"model {model}"] if model else [])]) or "global"


def values(runtime, trait, models):
    """Return every value that somebody may see."""
    return {
        (tenant, model): runtime.resolve(trait, model, tenant).size
        for tenant, model in itertools.product(TENANTS, models)
    }


def test_what_is_useless_can_go(subject):
    """Removing a definition that TC306 or TC307 names leaves every value of every tenant and model as it is."""
    reached = Counter()

    @given(CONFIGURATIONS, STRANGERS)
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(sayings, default_extends):
        runtime, found = started(sayings, default_extends)
        if runtime is None:
            reached["refused"] += 1
            return
        before = values(runtime, *subject)
        for said in sayings:
            for code in ("TC306", "TC307"):
                if (code, said[0], label(said[1], said[2])) in found:
                    rest = [other for other in sayings if other is not said]
                    assert values(started(rest, default_extends)[0], *subject) == before, (code, said)
                    reached[code] += 1

    check()
    assert min(reached["TC306"], reached["TC307"]) > 30, reached


def test_what_is_shadowed_everywhere_is_found(subject):
    """No definition that counts for somebody in `explain` is named by TC306, and many of the others are."""
    reached = Counter()

    @given(CONFIGURATIONS, STRANGERS)
    @settings(max_examples=200, deadline=None, derandomize=True)
    def check(sayings, default_extends):
        sayings = [said for said in sayings if said[0] != FILES[2]]
        runtime, found = started(sayings, default_extends)
        if runtime is None:
            return
        counting = counted(runtime, subject[1])
        for said in sayings:
            place = said[0], label(said[1], said[2])
            named = {code for code, *rest in found if tuple(rest) == place}
            if place in counting:
                assert "TC306" not in named, said
            elif said[1][:1] == ("tenants",) or not said[1]:
                reached["found" if named & {"TC306", "TC301"} else "missed"] += 1

    check()
    assert reached["found"] > 30


def counted(runtime, models):
    """Return file and scope of every definition that is part of somebody's value."""
    found = set()
    for tenant, model in itertools.product(TENANTS, models):
        for reason in runtime.explain("linted.size", model, tenant)[0].reasons:
            if reason.counts:
                found.add((Path(reason.origin.file).name, reason.scope))
    return found
