from __future__ import annotations

import attrs
import pytest

import traitconf as tc
from traitconf.layers.graph import ConfigGraph
from traitconf.layers.layer import CodeDocument, Layer, Scope
from traitconf.resolve.order import model_of
from traitconf.resolve.resolver import Resolver
from traitconf.schema.spec import spec_of
from traitconf.types import Origin, Source


@attrs.frozen
class Credentials:
    """A record without defaults."""

    user: str
    port: int = 1


@pytest.fixture
def mailer(tc_runtime):
    """A trait with required options."""

    @tc.trait(name="mailer")
    class Mailer(tc.TraitBase):
        """Send mail."""

        host: str = tc.option(doc="Where to.")
        login: Credentials = tc.option(doc="As whom.")
        backup: Credentials | None = tc.option(None, doc="As whom else.")

    return Mailer


def layer(tables, scope=None, source=Source.FILE, sequence=0):
    """Return a layer that is written in code."""
    return Layer(scope or Scope(), source, sequence, tables, CodeDocument(Origin(source, name="here")))


class TestSharing:
    def test_equal_overlays_share_one_instance(self, tc_config, subject, article):
        """Lookups over the same layers give the very same frozen trait, whoever asks."""
        files = {"traits.toml": "[subject]\nsize = 2\n", "tenants/a.toml": "[auditable]\nonly_changes = true\n"}
        tc_config(files)
        shared = tc.resolve(subject)
        assert tc.resolve(subject, article) is shared
        assert tc.resolve(subject, tenant="a") is shared
        assert tc.resolve(subject, tenant="stranger") is shared

    def test_a_layer_is_converted_once(self, tc_runtime, subject):
        """A layer's values are converted once, however many tenants see them."""
        resolver = Resolver(ConfigGraph().with_layer(layer({"subject": {"names": ["a"]}})))
        spec = spec_of(subject)
        first = resolver.resolve(spec, tenant="a").chain(("names",))
        assert resolver.resolve(spec, tenant="b").chain(("names",)).steps[0].value is first.steps[0].value

    def test_another_graph_keeps_the_conversions(self, subject):
        """A resolver over a changed graph converts only what is new."""
        old = layer({"subject": {"names": ["a"]}})
        first = Resolver(ConfigGraph().with_layer(old))
        spec = spec_of(subject)
        value = first.resolve(spec).chain(("names",)).steps[0].value
        second = first.over(first.graph.with_layer(layer({"subject": {"size": 2}}, sequence=1)))
        assert second.resolve(spec).chain(("names",)).steps[0].value is value
        assert (second.resolve(spec).trait.size, first.resolve(spec).trait.size) == (2, 1)

    def test_overrides_leave_nothing_behind(self, tc_runtime, subject):
        """However many overrides come and go, nothing of them stays with the snapshot below."""
        for size in range(50):
            with tc.override({"subject.size": size}):
                assert tc.resolve(subject).size == size
        resolver = tc_runtime.snapshot.resolver
        assert not [one for one, _ in resolver._typed if one.source is Source.OVERRIDE]
        assert not resolver._passing


class TestRequired:
    def test_a_missing_value_is_a_problem_of_its_resolution(self, tc_runtime, mailer):
        """A required option that nothing defines is TC501 at its declaration, each field of a record too."""
        found = tc_runtime.snapshot.resolver.resolve(spec_of(mailer)).problems
        assert [(problem.code, problem.address) for problem in found] == [
            ("TC501", "mailer.host"),
            ("TC501", "mailer.login.user"),
        ]
        assert all(problem.origin.line for problem in found)

    def test_a_trait_that_is_off_misses_nothing(self, tc_runtime, mailer):
        """While a trait is off its required options may be missing."""
        resolver = Resolver(ConfigGraph().with_layer(layer({"mailer": {"enabled": False}})))
        assert resolver.resolve(spec_of(mailer)).problems == ()

    def test_given_values_are_enough(self, tc_runtime, mailer):
        """With every required value there is no problem, and an optional record stays none until it is needed."""
        tables = {"mailer": {"host": "h", "login": {"user": "u"}}}
        found = Resolver(ConfigGraph().with_layer(layer(tables))).resolve(spec_of(mailer))
        assert found.problems == ()
        assert (found.trait.host, found.trait.login, found.trait.backup) == ("h", Credentials("u"), None)

    def test_an_optional_record_needs_all_of_its_fields(self, tc_runtime, mailer):
        """An optional record of which one field is given misses the required others."""
        tables = {"mailer": {"host": "h", "login": {"user": "u"}, "backup": {"port": 2}}}
        found = Resolver(ConfigGraph().with_layer(layer(tables))).resolve(spec_of(mailer))
        assert [problem.address for problem in found.problems] == ["mailer.backup.user"]


class TestLayers:
    def test_a_group_resolves_as_a_tenant_that_adds_nothing(self, tc_config, subject):
        """A group's own resolution is what a tenant gets that only extends it."""
        files = {"groups/g.toml": "[subject]\nsize = 3\n", "tenants/acme.toml": 'extends = ["g"]\n'}
        resolver = tc_config(files).snapshot.resolver
        spec = spec_of(subject)
        assert resolver.resolve(spec, group="g").trait == resolver.resolve(spec, tenant="acme").trait
        assert resolver.resolve(spec, group="g").lineage == (("group", "g"),)

    def test_code_layers_belong_to_the_class_that_was_decorated(self, tc_runtime, subject):
        """Arguments given to a base count for its subclasses, where their own come later."""

        @tc.use(subject(size=5, label="base"))
        class Base: ...

        @tc.use(subject(size=6))
        class Derived(Base): ...

        assert (tc.resolve(subject, Base).size, tc.resolve(subject, Derived).size) == (5, 6)
        assert tc.resolve(subject, Derived).label == "base"

    def test_binding_again_changes_the_arguments(self, tc_runtime, subject):
        """A class that is bound anew, or unbound, resolves anew."""

        class Late: ...

        assert tc.resolve(subject, Late).size == 1
        tc.bind(Late, subject(size=5))
        assert tc.resolve(subject, Late).size == 5
        tc.bind(Late, subject(size=6))
        assert tc.resolve(subject, Late).size == 6
        tc.unbind(Late)
        assert tc.resolve(subject, Late).size == 1

    def test_inner_overrides_are_above_all_scopes_of_outer_ones(self, tc_runtime, subject, article):
        """An override beats the one around it even where that one is narrower."""
        with tc.override({"tenants.acme.models.Article.subject.size": 2}):
            assert tc.resolve(subject, article, "acme").size == 2
            with tc.override({"subject.size": 3}):
                assert tc.resolve(subject, article, "acme").size == 3
            assert tc.resolve(subject, article, "acme").size == 2

    def test_scopes_count_inside_one_override(self, tc_runtime, subject):
        """Within one override the narrower address wins."""
        with tc.override({"tenants.acme.subject.size": 2, "subject.size": 3}):
            assert (tc.resolve(subject, tenant="acme").size, tc.resolve(subject).size) == (2, 3)


def test_resolved_traits_are_frozen_and_typed(tc_config, subject):
    """A resolved trait is an instance of its class that nobody can change."""
    tc_config({"traits.toml": '[subject]\nnames = ["a"]\n'})
    found = tc.resolve(subject)
    assert type(found) is subject
    with pytest.raises(AttributeError):
        found.size = 3
    assert isinstance(found.names, tuple)
    assert hash(found.limits)


def test_a_faulty_definition_is_left_out(subject):
    """A value that cannot be converted has no part in the fold; its problem says why."""
    resolver = Resolver(ConfigGraph().with_layer(layer({"subject": {"size": "x", "most": 2}})))
    found = resolver.resolve(spec_of(subject), model_of("Article")).trait
    assert (found.size, found.most) == (1, 2)
    ((_, problems),) = [resolver.contribution(one, spec_of(subject)) for one in resolver.graph.all_layers()]
    assert [problem.code for problem in problems] == ["TC103"]
