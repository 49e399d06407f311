"""Good values are told without making definitions, and put into a trait as the fold would."""

from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.resolve.good import good_table
from traitconf.runtime.held import value_at
from traitconf.schema.spec import spec_of


@pytest.fixture
def gauge():
    """A trait with an option of every kind that matters here."""

    @tc.trait(name="gauge")
    class Gauge(tc.TraitBase):
        """A trait."""

        on: bool = tc.option(False, doc="A toggle.")
        size: int = tc.option(3, ge=1, le=9, doc="Bounded.")
        share: float = tc.option(0.5, ge=0, le=1, doc="Bounded.")
        colour: str = tc.option("red", one_of=("red", "blue"), doc="Chosen.")
        title: str = tc.option("", doc="Any text.")
        code: str = tc.option("a", pattern="[a-z]+", doc="Lower case.")
        even: int = tc.option(2, validator=_even, doc="Asked for.")
        most: int = tc.option(1, merge="max", doc="The largest counts.")
        names: tuple[str, ...] = tc.option((), doc="A list.")
        key: tc.Secret[str] | None = tc.option(None, doc="Shown nowhere.")

    return Gauge


def _even(value):
    if value % 2:
        raise ValueError("must be even")


@pytest.mark.parametrize(
    "table",
    [
        {"on": True, "size": 9, "share": 1, "colour": "blue", "title": "x", "code": "b", "even": 4, "names": ["a"]},
        {"cache": {"ttl": "5m", "jitter": 0.5}, "most": 4},
        {},
    ],
)
def test_good_tables(gauge, table):
    """Known options with values of their types and within their rules are good."""
    assert good_table(spec_of(gauge))(table)


@pytest.mark.parametrize(
    "table",
    [
        {"on": 1},
        {"size": True},
        {"size": 10},
        {"size": "3"},
        {"share": float("nan")},
        {"share": "0.5"},
        {"colour": "green"},
        {"title": "@none"},
        {"title": None},
        {"code": "B"},
        {"even": 3},
        {"names": "a"},
        {"key": "s"},
        {"nmes": []},
        {"size": {"lock": 3}},
        {"cache": {"$unset": True}},
        {"cache": 5},
        [],
        None,
    ],
)
def test_all_others(gauge, table):
    """A wrong value, a directive, a secret or an unknown name sends a table the long way."""
    assert not good_table(spec_of(gauge))(table)


VALUES = {
    "on": True,
    "size": 7,
    "share": 1,
    "colour": "blue",
    "code": "xyz",
    "even": 8,
    "most": 5,
    "names": ["a", "b"],
    "enabled": False,
    "cache.ttl": "9m",
    "cache.jitter": 0,
}


@pytest.mark.parametrize("option", VALUES)
@pytest.mark.parametrize("tenant", ["acme", "globex", None])
def test_what_is_put_in_is_what_is_folded(tc_config, gauge, option, tenant):
    """An override gives each option the value that its chain shows, of the same type; all others stay."""
    tc_config(
        {
            "traits.toml": "[gauge]\nsize = 4\nmost = 2\n[gauge.cache]\nttl = '1m'\n",
            "all.toml": "[tenants.acme.gauge]\nsize = 5\nmost = 3\ncache.jitter = 1\n",
        }
    )
    for prefix in ("", "traits.", "tenants.acme."):
        with tc.override({f"{prefix}gauge.{option}": VALUES[option]}) as context, tc.tenant(tenant):
            found = context.snapshot.resolver.resolve(spec_of(gauge), None, tenant)
            read = tc.resolve(gauge, tenant=tenant)
            for path, leaf in found.spec.leaves.items():
                folded = found.chain(path).value
                values = value_at(found.trait, path), value_at(read, path)
                assert [(type(one), one) for one in values] == [(type(folded), folded)] * 2, leaf.name


def test_an_override_makes_tenants_and_groups_known(tc_config, gauge):
    """Inside an override its tenants and groups are named, with what they define; outside they are not."""
    runtime = tc_config({"traits.toml": "[gauge]\nsize = 4\n"})
    values = {"tenants.acme.gauge.size": 5, "groups.gold.gauge.size": 6, "tenants.globex.gauge.size": 7}
    with tc.override(values) as context:
        graph = context.snapshot.graph
        assert (graph.nodes("tenant"), graph.nodes("group")) == (["acme", "globex"], ["gold"])
        assert [graph.has_tenant(name) and graph.owns(name) for name in ("acme", "globex", "gold")] == [True] * 2 + [
            False
        ]
        assert tc.resolve(gauge, tenant="acme").size == 5
        with tc.override({"tenants.initech.extends": ["gold"], "tenants.acme.gauge.on": True}):
            assert tc.resolve(gauge, tenant="initech").size == 6
            assert (tc.resolve(gauge, tenant="acme").size, tc.resolve(gauge, tenant="acme").on) == (5, True)
    assert not runtime.snapshot.graph.has_tenant("acme")
