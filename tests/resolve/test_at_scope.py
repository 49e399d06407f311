"""What holds at the very scope of a definition."""

from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.layers.layer import Scope
from traitconf.resolve.at_scope import resolve_at
from traitconf.schema.catalog import catalog

FILES = {
    "traits.toml": "[subject]\nsize = 2\nactive = false\n",
    "groups/gold.toml": "[subject]\nsize = 3\n",
    "tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize = 4\n[models.Pamphlet.subject]\nsize = 5\n',
    "models/Leaflet.toml": "[subject]\nlabel = 'base'\n",
    "models/Pamphlet.toml": "[subject]\nmost = 60\n",
    "models/Strange.toml": "[subject]\nlabel = 'strange'\n",
}


@pytest.fixture
def at(tc_config, subject):
    """A function that resolves the subject at a scope; the models have names that nobody else uses."""

    class Leaflet: ...

    @tc.use(subject)
    class Pamphlet(Leaflet): ...

    resolver = tc_config(FILES, {"TRAITCONF_MODELS__PAMPHLET__SUBJECT__LEAST": "7"}, complete=False).snapshot.resolver

    def at(*scope, trait="subject", model=Pamphlet):  # the model must live
        found = resolve_at(resolver, catalog, trait, Scope(*scope))
        return found and found.trait

    return at


def test_axes(at):
    """A scope is that of everybody, of a group, or of a tenant with its groups; one for a model is that model's."""
    assert [at(*scope).size for scope in ((), ("group", "gold"), ("tenant", "acme"))] == [2, 3, 4]
    assert at("tenant", "acme", "Pamphlet").size == 5
    assert at("tenant", "nobody").size == 2


def test_models(at):
    """The name of a known model stands for its class and bases; another name, or one with a star, for itself."""
    assert (at("global", "", "Pamphlet").label, at("global", "", "Pamphlet").most) == ("base", 60)
    assert (at("global", "", "Strange").label, at("global", "", "Strange").most) == ("strange", 50)
    star = at("global", "", "*PAMPHLET")
    assert (star.label, star.least, star.most) == ("unlabelled", 7, 50)


def test_traits(at):
    """The framework's own settings are resolved like traits; of an unknown trait there is nothing."""
    assert at(trait="runtime").unknown_tenants
    assert at(trait="nobody_knows") is None


def test_prerequisites_are_left_out(tc_config, tc_runtime):
    """A toggle is what its definitions say, whatever it requires."""

    @tc.trait(name="chained")
    class Chained(tc.TraitBase):
        """Toggles."""

        index: bool = tc.option(False, doc="Index.")
        fuzzy: bool = tc.option(True, requires="index", doc="Fuzzy.")

    resolver = tc_config({}).snapshot.resolver
    assert tc.resolve(Chained).fuzzy is False
    found = resolve_at(resolver, catalog, "chained", Scope())
    assert found is not None
    assert found.trait.fuzzy is True
