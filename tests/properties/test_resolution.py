"""Resolution agrees with a slow and simple reading of the rules, and `explain` agrees with resolution."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections import Counter
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import traitconf as tc
from traitconf.schema.catalog import catalog
from traitconf.schema.describe import plain

MODELS = ((), ("models", "OracleBase"), ("models", "OracleModel"))
NODES = ((), ("groups", "far"), ("groups", "near"), ("tenants", "acme"))
# Every scope of the model OracleModel and the tenant acme, which extends near before far; weakest first.
SCOPES = [node + model for node in NODES for model in MODELS]
BANDS = ["fallback", "normal", "force", "lock"]
FILES = ["a.json", "b.json", "environments/prod/a.json", "c.local.json"]
LAWS = {
    "size": ("replace", 1),
    "most": ("max", 2),
    "queue_of": ("append", ["d"]),
    "stack": ("prepend", ["d"]),
    "names": ("unique", ["d"]),
    "plain": ("replace", ["d"]),
}


@attrs.frozen
class Said:
    """One definition: an operation and its value, and everything that places it."""

    option: str
    operation: str
    value: object
    band: int
    scope: int
    file: int

    @property
    def place(self):
        """The sort key among definitions of one band; a file is source and sequence at once."""
        return self.scope, self.file

    def written(self):
        """Return what a file holds for it."""
        body = {self.operation: self.value} if self.operation != "set" else self.value
        return body if BANDS[self.band] == "normal" else {BANDS[self.band]: body}

    def gives(self, other):
        """Whether it gives by itself the value that another one gives by itself."""
        return oracle(self.option, [self]) == oracle(other.option, [other])


@st.composite
def sayings(draw):
    """Return definitions, at most one for each option, scope and file."""
    option = draw(st.sampled_from(sorted(LAWS)))
    if isinstance(LAWS[option][1], int):
        operation, value = "set", draw(st.integers(1, 3))
    else:
        operation = draw(st.sampled_from(["set", "set", "append"]))
        value = draw(st.lists(st.sampled_from("xyz"), max_size=2))
    if draw(st.integers(0, 9)) == 0:
        operation, value = "unset", True
    band = draw(st.sampled_from([0, 1, 1, 1, 1, 2, 3]))
    return Said(option, operation, value, band, draw(st.integers(0, 11)), draw(st.integers(0, 3)))


CONFIGURATIONS = st.lists(sayings(), max_size=12, unique_by=lambda said: (said.option, said.place))


def applies(said, model, tenant):
    """Whether a definition's scope applies to a question."""
    node, kind = divmod(said.scope, 3)
    return kind <= model and (tenant or node == 0)


def merged(law, below, value):
    """Return what a law makes of two values."""
    if law == "max":
        return max(below, value)
    if law in {"append", "unique"}:
        both = below + value
        return both if law == "append" else [one for at, one in enumerate(both) if one not in both[:at]]
    return value + below if law == "prepend" else value


def oracle(option, definitions):
    """Fold one option, in the words of the design."""
    law, default = LAWS[option]
    if not definitions:
        return default
    strongest = max(said.band for said in definitions)
    of_band = sorted((said for said in definitions if said.band == strongest), key=lambda said: said.place)
    counting = of_band[:1] if BANDS[strongest] == "lock" else of_band  # locks do not fold
    base = default if law in {"append", "prepend", "unique"} else None
    value = base
    for said in counting:
        if said.operation == "unset":
            value = base
        elif said.operation == "append":
            value = (default if value is None else value) + said.value
        else:
            value = said.value if value is None else merged(law, value, said.value)
    return default if value is None else value


def broken_locks(definitions):
    """Return the pairs of a lock and a definition after it that contradicts it and covers locked models only."""
    found = []
    for lock in definitions:
        for other in definitions:
            if BANDS[lock.band] != "lock" or lock.option != other.option or other.gives(lock):
                continue
            node, kind = divmod(lock.scope, 3)
            other_node, other_kind = divmod(other.scope, 3)
            covers_unlocked = kind > other_kind
            siblings = BANDS[other.band] == "lock" and {node, other_node} == {1, 2}
            if other.place > lock.place and (siblings or not covers_unlocked):
                found.append((lock, other))
    return found


def write(directory, definitions):
    """Write definitions to files."""
    documents = {name: {} for name in FILES}
    documents[FILES[0]] = {"groups": {"far": {}, "near": {}}, "tenants": {"acme": {"extends": ["near", "far"]}}}
    for said in definitions:
        table = documents[FILES[said.file]]
        for name in (*(SCOPES[said.scope] or ("traits",)), "oracle_subject"):
            table = table.setdefault(name, {})
        table[said.option] = said.written()
    for name, document in documents.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture(scope="module")
def subject():
    """A trait and a model with a base, which are unknown again after this module."""
    with catalog.scratch():

        @tc.trait(name="oracle_subject")
        class Subject(tc.TraitBase):
            """What is resolved."""

            size: int = tc.option(1, doc="Replaced.")
            most: int = tc.option(2, merge="max", doc="The largest.")
            queue_of: tuple[str, ...] = tc.option(("d",), merge="append", doc="Grows.")
            stack: tuple[str, ...] = tc.option(("d",), merge="prepend", doc="Grows at its head.")
            names: tuple[str, ...] = tc.option(("d",), merge="unique", doc="Grows without repetitions.")
            plain: tuple[str, ...] = tc.option(("d",), doc="Replaced.")

        class OracleBase: ...

        @tc.use(Subject)
        class OracleModel(OracleBase): ...

        yield Subject, (None, OracleBase, OracleModel)


def test_values_are_what_the_rules_say(subject):
    """For generated files every value is the oracle's, `explain` says the same, and broken locks are all refused."""
    reached = Counter()

    @given(CONFIGURATIONS)
    @settings(max_examples=200, deadline=None, derandomize=True)
    def check(definitions):
        with tempfile.TemporaryDirectory() as directory:
            write(Path(directory), definitions)
            runtime = tc.Runtime((Path(directory),), environ={"TRAITCONF_ENV": "prod"}, complete=True)
            broken = {f"oracle_subject.{other.option}" for _, other in broken_locks(definitions)}
            refused = start(runtime)
        reached["refused" if refused else "resolved"] += 1
        assert refused == broken
        if not refused:
            compare(runtime, *subject, definitions)

    check()
    assert min(reached["refused"], reached["resolved"]) > 20


def start(runtime):
    """Start a runtime, and return the addresses where it is refused because of a lock."""
    try:
        runtime.start()
    except tc.ConfigError as error:
        errors = [problem for problem in error.problems if problem.is_error]
        assert {problem.code for problem in errors} == {"TC210"}
        return {problem.address for problem in errors}
    return set()


def compare(runtime, trait, models, definitions):
    """Compare every value, for every model, with and without the tenant."""
    for kind, tenant, option in itertools.product(range(len(models)), (None, "acme"), LAWS):
        mine = [said for said in definitions if said.option == option and applies(said, kind, tenant)]
        (explained,) = runtime.explain(f"oracle_subject.{option}", models[kind], tenant)
        resolved = getattr(runtime.resolve(trait, models[kind], tenant), option)
        assert plain(resolved) == explained.value == oracle(option, mine)
        assert len(explained.reasons) == len(mine) + 1
