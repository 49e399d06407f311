from __future__ import annotations

import pytest

from traitconf.layers.grammar import Extends, ModelBinding
from traitconf.layers.graph import ConfigGraph, fingerprint_of
from traitconf.layers.layer import GLOBAL, CodeDocument, Layer, Scope
from traitconf.types import Origin, Source

DOCUMENT = CodeDocument(Origin(Source.FILE, "/nowhere/a.toml", 1, 1))
ACME = Scope("tenant", "acme")


def layer(scope=GLOBAL, source=Source.FILE, sequence=0):
    return Layer(scope, source, sequence, {"sample": {}}, DOCUMENT)


class TestLayers:
    def test_weakest_first(self):
        """The layers of a scope stand in the order of their rank, however they came in."""
        variable, local, first, second = (
            layer(source=Source.VARIABLE),
            layer(source=Source.LOCAL),
            layer(sequence=1),
            layer(sequence=2),
        )
        graph = ConfigGraph().with_layers([variable, second]).with_layer(local).with_layers([first])
        assert graph.at(GLOBAL) == (first, second, local, variable)

    def test_graphs_share_and_never_change(self):
        """A graph made from another leaves that one as it was and shares what did not change."""
        one = ConfigGraph().with_layers([layer(), layer(ACME)])
        other = one.with_layer(layer(Scope("tenant", "globex")))
        assert len(list(one.all_layers())) == 2
        assert other.at(ACME) is one.at(ACME)
        assert other.at(Scope("tenant", "nobody")) == ()

    def test_all_layers(self):
        """All layers come scope by scope in a fixed order."""
        scopes = [ACME, GLOBAL, Scope("group", "g"), Scope(model="B"), Scope(model="A"), Scope("tenant", "acme", "A")]
        graph = ConfigGraph().with_layers(layer(scope) for scope in scopes)
        assert [one.scope for one in graph.all_layers()] == sorted(scopes, key=lambda s: (s.axis, s.name, s.model))


class TestNames:
    def test_nodes(self):
        """Groups and tenants are known by their layers and by what they extend."""
        edges = {("tenant", "edgy"): Extends(("g",), DOCUMENT, ("extends",))}
        graph = ConfigGraph().with_layers([layer(ACME), layer(Scope("group", "g"))]).with_edges(edges)
        assert (graph.nodes("tenant"), graph.nodes("group")) == (["acme", "edgy"], ["g"])

    def test_later_edges_win(self):
        """A node that extends something already gets the new list instead."""
        old, new = (Extends((name,), DOCUMENT, ()) for name in ("old", "new"))
        graph = ConfigGraph().with_edges({("tenant", "a"): old}).with_edges({("tenant", "a"): new})
        assert graph.edges["tenant", "a"].names == ("new",)

    def test_models(self):
        """Models are known by their layers at every scope and by their bindings."""
        bound = ModelBinding("Bound", "app:Bound", ("sample",), DOCUMENT, ())
        graph = ConfigGraph(bindings=(bound,)).with_layers([layer(Scope(model="A")), layer(Scope("tenant", "t", "B"))])
        assert graph.model_names() == ["A", "B", "Bound"]


class TestFingerprint:
    def test_content_decides(self):
        """Equal parts give equal hashes; other parts, another order or another cut give others."""
        parts = [["a", "b"], ["b", "a"], ["ab"], ["a", "b", ""], []]
        assert len({fingerprint_of(one) for one in parts}) == len(parts)
        assert fingerprint_of(iter(["a", "b"])) == fingerprint_of(["a", "b"])

    @pytest.mark.parametrize("part", ["\udcff", "ü😀"])
    def test_any_text(self, part):
        """Names that are no UTF-8 have a hash as well."""
        assert fingerprint_of([part]) != fingerprint_of([""])
