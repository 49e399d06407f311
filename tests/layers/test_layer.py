from __future__ import annotations

import pytest

from traitconf.layers.layer import GLOBAL, CodeDocument, Layer, Scope, Text, Unquoted
from traitconf.types import Band, Origin, Source

PLACE = Origin(Source.DECORATOR, "/nowhere/a.py", 7, excerpt="@use(Sample(password='pa55'))")


class Paths:
    """A document that answers with the path it is asked for."""

    def origin(self, path):
        return Origin(Source.FILE, name=".".join(map(str, path)), excerpt="pa55")


class TestScope:
    @pytest.mark.parametrize(
        ("scope", "label", "address"),
        [
            (GLOBAL, "global", "traits"),
            (Scope(model="Article"), "model Article", "models.Article"),
            (Scope("group", "enterprise"), "group enterprise", "groups.enterprise"),
            (Scope("tenant", "acme"), "tenant acme", "tenants.acme"),
            (Scope("tenant", "acme", "Article"), "tenant acme, model Article", "tenants.acme.models.Article"),
            (Scope("tenant", "*ACME", "*ARTICLE"), "tenant ACME, model ARTICLE", "tenants.ACME.models.ARTICLE"),
        ],
    )
    def test_label_and_address(self, scope, label, address):
        """A scope reads as people and as files say it; the mark of a folded name is not shown."""
        assert (scope.label, scope.address) == (label, address)


class TestLayer:
    def test_rank(self):
        """Among layers of one scope the source ranks first, then the sequence."""
        layers = [
            Layer(GLOBAL, source, sequence, {}, Paths())
            for source, sequence in ((Source.LOCAL, 1), (Source.FILE, 2), (Source.FILE, 1), (Source.DECORATOR, 9))
        ]
        ranked = [(layer.source, layer.sequence) for layer in sorted(layers, key=lambda layer: layer.rank)]
        assert ranked == [(Source.DECORATOR, 9), (Source.FILE, 1), (Source.FILE, 2), (Source.LOCAL, 1)]

    def test_origin(self):
        """A layer asks its document below its own prefix."""
        layer = Layer(GLOBAL, Source.FILE, 1, {}, Paths(), ("tenants", "acme"))
        assert layer.origin(("sample", "days")).name == "tenants.acme.sample.days"
        assert layer.origin().name == "tenants.acme"
        assert layer.band is Band.NORMAL


class TestDocuments:
    def test_code_is_one_place(self):
        """In code every path stands at the one place."""
        assert CodeDocument(PLACE).origin(("a", "b")) is PLACE

    def test_unquoted(self):
        """A document that may not be quoted gives the same places without their text."""
        origin = Unquoted(Paths()).origin(("a", 1))
        assert (origin.name, origin.excerpt) == ("a.1", "")

    def test_text_is_text(self):
        """A value that came as text is a str of its own type."""
        assert Text("5") == "5"
        assert type(Text("5")) is Text
