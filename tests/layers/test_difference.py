from __future__ import annotations

import pytest

from traitconf.layers.difference import EVERYWHERE, differences
from traitconf.layers.grammar import parse
from traitconf.layers.layer import CodeDocument
from traitconf.layers.read import assemble, read_config
from traitconf.schema.catalog import catalog
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.types import Origin, Source

PLACE = CodeDocument(Origin(Source.FILE, "a.toml"))


def graph(data):
    """Return a graph of one document."""
    return assemble([parse(PLACE, data)])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"traits": {"a": {"x": 1}}}, {"traits": {"a": {"x": 1}}}, {}),
        ({"traits": {"a": {"x": 1}}}, {"traits": {"a": {"x": 2}}}, {EVERYWHERE: {"a"}}),
        ({"traits": {"a": {"x": 1}}}, {"traits": {"a": {"x": True}}}, {EVERYWHERE: {"a"}}),
        ({"traits": {"a": {"x": [1]}}}, {"traits": {"a": {"x": [1.0]}}}, {EVERYWHERE: {"a"}}),
        ({"traits": {"a": {}, "b": {"y": 1}}}, {"traits": {"b": {"y": 1}}}, {EVERYWHERE: {"a"}}),
        ({"models": {"M": {"a": {"x": 1}}}}, {}, {EVERYWHERE: {"a"}}),
        ({}, {"groups": {"g": {"a": {"x": 1}}}}, {("group", "g"): {"a"}}),
        ({}, {"groups": {"g": {"models": {"M": {"a": {"x": 1}}}}}}, {("group", "g"): {"a"}}),
        ({}, {"tenants": {"t": {"a": {"x": 1}}}}, {("tenant", "t"): {"a"}}),
        (
            {"tenants": {"t": {"a": {"x": 1}}, "u": {"a": {"x": 1}}}},
            {"tenants": {"t": {"a": {"x": 1}}, "u": {"a": {"x": 2}}}},
            {("tenant", "u"): {"a"}},
        ),
    ],
)
def test_it_names_traits_by_node(old, new, expected):
    """A difference is a trait at the node where its tables differ, types of values included."""
    assert differences(graph(old), graph(new)) == expected


def test_tenants_of_the_roster_are_compared(tmp_path):
    """Tenants that were never read into layers are compared by their tables, `extends` included."""

    def read(text):
        (tmp_path / "a.toml").write_text(text, encoding="utf-8")
        return read_config([tmp_path], {}, catalog, SETTINGS_SPECS).graph

    first = read("[groups.g]\n[tenants.t.a]\nx = 1\n[tenants.u.models.M.b]\ny = 1\n[tenants.v]\nextends = []\n")
    other = read("[groups.g]\n[tenants.t.a]\nx = 1\n[tenants.u.models.M.b]\ny = 2\n[tenants.v]\nextends = ['g']\n")
    assert len(first.roster) == 3
    assert differences(first, other) == {("tenant", "u"): {"b"}, ("tenant", "v"): frozenset()}
    assert differences(first, first) == {}
