from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.runtime.profile import model_key


def test_a_trait_is_resolved_once_for_each_model(tc_runtime, badge, card):
    """Reading again gives the very same instance."""
    profile = tc_runtime.snapshot.profile(None)
    assert profile.read(badge, card) is profile.read(badge, card) is tc.resolve(badge, card)
    assert profile.resolved[card][badge] is tc.resolve(badge, card)


def test_a_hook_acts_while_its_trait_is_on(tc_config, badge, card):
    """`enabled` switches hooks, for a model and for a tenant."""
    files = {
        "tenants/off.toml": "[badge]\nenabled = false\n",
        "tenants/partly.toml": "[models.Card.badge]\nenabled = false\n",
    }
    tc_config(files)
    results = {}
    for name in ("off", "partly", "on"):
        with tc.tenant(name):
            results[name] = card().save()
    assert results == {"off": "saved", "partly": "saved", "on": ["plain:1", "saved"]}


def test_a_shadow_never_acts(tc_config, badge, card):
    """With `shadow` the trait decides, but its hooks do nothing and its members are not available."""
    tc_config({"traits.toml": "[badge]\nshadow = true\n"})
    assert tc.enabled(badge, card)
    assert card().save() == "saved"
    with pytest.raises(tc.TraitDisabled):
        card().wear()


class TestTenantRequired:
    @pytest.fixture
    def desk(self, tc_runtime):
        """A class with a trait that needs a tenant."""

        @tc.trait(name="tenanted", tenant="required")
        class Tenanted(tc.TraitBase):
            """Only for tenants."""

            @tc.before("save")
            def check(self, host, /, *_args):
                host.checked = True

            @tc.provides
            def owner(self, host):
                return tc.current_context().tenant

        @tc.use(Tenanted)
        class Desk:
            checked = False

            def save(self):
                return "saved"

        return Desk

    def test_it_refuses_to_run_without_one(self, desk):
        """Outside of every tenant, hooks and members raise and the body does not run."""
        with pytest.raises(tc.TenantRequired, match="Tenanted needs a tenant"):
            desk().save()
        with pytest.raises(tc.TenantRequired):
            desk().owner()

    def test_it_runs_for_one(self, desk):
        """Inside of a tenant everything works, and outside it is refused again."""
        with tc.tenant("acme"):
            one = desk()
            assert (one.save(), one.checked, one.owner()) == ("saved", True, "acme")
        with pytest.raises(tc.TenantRequired):
            one.save()

    def test_switched_off_it_needs_none(self, desk):
        """A trait that is off asks for nothing."""
        with tc.override({"tenanted.enabled": False}):
            assert desk().save() == "saved"
            with pytest.raises(tc.TraitDisabled):
                desk().owner()


class TestModelKey:
    def test_nothing_has_no_model(self):
        """Without a model there is no key."""
        assert model_key(None) is None
        assert model_key("") is None

    def test_a_known_name_is_its_class(self, badge):
        """A name stands for the one class that is known by it."""

        @tc.use(badge)
        class OnlyCard:
            def save(self): ...

        assert model_key("OnlyCard").cls is OnlyCard
        assert model_key(OnlyCard).cls is OnlyCard

    def test_an_ambiguous_name_stays_a_name(self, badge, card):
        """Where several classes have a name, only what files say of the name holds."""

        def another():
            @tc.use(badge(size=9))
            class Card:
                def save(self): ...

            return Card

        other = another()
        assert model_key("Card").cls is None
        assert (tc.resolve(badge, "Card").size, tc.resolve(badge, other).size) == (1, 9)

    def test_an_unknown_name_stays_a_name(self):
        """A name that nobody has is a model without class."""
        assert model_key("Nobody").label == "Nobody"
        assert model_key("Nobody").cls is None
