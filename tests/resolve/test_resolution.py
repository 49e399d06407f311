from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.resolve.order import model_of
from traitconf.schema.spec import spec_of


@pytest.fixture
def resolution(tc_config, subject, article):
    """The resolution of the shared trait for the model Article and the tenant acme."""
    files = {"traits.toml": "[subject]\nsize = 2\n", "tenants/acme.toml": 'extends = ["g"]\n', "groups/g.toml": ""}
    resolver = tc_config(files).snapshot.resolver
    return resolver.resolve(spec_of(subject), model_of(article), "acme")


def test_it_knows_what_it_was_asked(resolution, subject, article):
    """A resolution names trait, model, tenant and the order of what the tenant extends."""
    assert (resolution.spec.cls, resolution.model.cls, resolution.tenant) == (subject, article, "acme")
    assert resolution.lineage == (("tenant", "acme"), ("group", "g"))


def test_the_chain_has_the_value_of_the_trait(resolution):
    """The same fold gives the value and every step, for each folded option."""
    for path in resolution.spec.leaves:
        value = resolution.trait
        for name in path:
            value = getattr(value, name)
        assert resolution.chain(path).value == value
    assert [step.value for step in resolution.chain(("size",)).steps] == [2]


@pytest.mark.parametrize("path", [("nothing",), ("cache",), ("size", "x"), ()])
def test_only_folded_options_have_a_chain(resolution, path):
    """Records are folded field by field, so only their fields have a chain."""
    with pytest.raises(KeyError):
        resolution.chain(path)


def test_the_trait_is_the_one_that_code_gets(resolution, subject, article):
    """`resolve` hands out the very instance of the resolution."""
    assert tc.resolve(subject, article, "acme") is resolution.trait
