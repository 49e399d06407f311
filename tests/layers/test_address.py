from __future__ import annotations

import attrs
import pytest

from traitconf.layers.address import Address
from traitconf.schema.catalog import catalog


class TestParse:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("sample.days", Address("sample", "days")),
            ("sample", Address("sample")),
            ("traits.sample.days", Address("sample", "days")),
            ("sample.cache.ttl", Address("sample", "cache.ttl")),
            ("runtime.app", Address("runtime", "app")),
            ("models.Article.sample.days", Address("sample", "days", "Article")),
            ("groups.g.sample.days", Address("sample", "days", group="g")),
            ("tenants.acme.sample.days", Address("sample", "days", tenant="acme")),
            ("tenants.acme.models.Article.sample", Address("sample", "", "Article", "acme")),
            ("groups.g.models.Article.sample.x", Address("sample", "x", "Article", group="g")),
            (" sample.days ", Address("sample", "days")),
        ],
    )
    def test_every_scope(self, text, expected):
        """An address names tenant or group, model, trait and option, and is read under `traits` otherwise."""
        assert Address.parse(text) == expected

    @pytest.mark.parametrize(
        "text", ["", "traits", "tenants.acme", "models.Article", "tenants.a.models.B", "sample..x", "."]
    )
    def test_too_short(self, text):
        """An address that ends before the trait, or has a hole, is refused."""
        with pytest.raises(LookupError, match=r"ends before the trait; write trait\.option"):
            Address.parse(text)

    def test_frozen(self):
        """An address is a value."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            Address("a").trait = "b"


class TestMessages:
    def test_unknown_trait(self):
        """An unknown trait is answered with the nearest name, of a section too, or with all there are."""
        assert Address("auditible").unknown_trait(["auditable"]) == (
            "unknown trait 'auditible'; did you mean 'auditable'?"
        )
        assert Address("tenant").unknown_trait(["auditable"]) == "unknown trait 'tenant'; did you mean 'tenants'?"
        assert Address("zzz").unknown_trait(["a", "b"]) == "unknown trait 'zzz'; known are a, b"

    def test_unknown_option(self):
        """An unknown option is answered with the nearest name, fields of records included."""
        spec = catalog.find("auditable")
        assert Address("auditable", "cache.tll").unknown_option(spec).endswith("did you mean 'cache.ttl'?")
        assert "known are " in Address("auditable", "zzz").unknown_option(spec)
