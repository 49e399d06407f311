from __future__ import annotations

import logging
import weakref

import pytest

import traitconf as tc
from traitconf.schema.base import assembled
from traitconf.schema.catalog import catalog
from traitconf.schema.spec import spec_of
from traitconf.types import Secret


class Ledger(list):
    """A factory of something shared."""


@pytest.fixture
def sample(scratch):
    @tc.trait
    class Sample(tc.TraitBase):
        """A sample."""

        days: int = tc.option(3, doc="Days.")
        password: str = tc.option("none", doc="Password.", secret=True)
        key: Secret[str] = tc.option(Secret("none"), doc="Key.")
        needed: str | None = tc.option(doc="Needed.")

    return Sample


class Service:
    """What a runtime does for a trait, written down."""

    def __init__(self):
        self.made = {}
        self.states = {}

    def shared(self, factory):
        return self.made.setdefault(factory, factory())

    def state(self, trait, host):
        return self.states.setdefault((type(trait), id(host)), {})


class TestInstance:
    def test_repr_shows_what_differs(self, sample):
        """Only options that differ from their defaults are shown, and secrets never."""
        assert repr(sample(days=3, needed="x")) == "Sample(needed='x')"
        shown = repr(sample(days=4, password="pa55", key=Secret("pa55"), needed=None))
        assert shown == "Sample(days=4, password=•••, key=•••, needed=None)"

    def test_what_was_given(self, sample):
        """An instance knows which options were given, even where they equal the default."""
        assert sample(days=3)._given == {"days"}
        assert sample()._given == frozenset()

    def test_weak_references(self, sample):
        """A trait's instance can be referred to weakly."""
        instance = sample()
        assert weakref.ref(instance)() is instance

    def test_logger(self, sample):
        """Each trait logs under its own name."""
        assert sample().logger.logger is logging.getLogger("traitconf.trait.sample")


class TestWithoutRuntime:
    def test_services_are_missed_clearly(self, sample):
        """On a trait that no runtime resolved, what needs a runtime says what to do."""
        for use in (lambda: sample().shared(Ledger), lambda: sample().state(object())):
            with pytest.raises(RuntimeError, match=r"Sample was not resolved by a runtime; use tc\.resolve\(Sample\)"):
                use()

    def test_of_an_unbound_object(self, sample):
        """The typed view of something that is not bound is refused, and says what to do."""
        with pytest.raises(TypeError, match="Sample is not bound to int"):
            sample.of(3)


class TestAssembled:
    def test_values_and_services(self, sample):
        """A resolved instance holds the values as they are, and reaches the runtime that resolved it."""
        services = Service()
        values = {name: option.default for name, option in spec_of(sample).options.items()} | {"days": 9}
        made = assembled(sample, values, services)
        assert (made.days, made._given) == (9, set(values))
        assert made.shared(Ledger) is made.shared(Ledger)
        host = object()
        made.state(host)["seen"] = True
        assert made.state(host) == {"seen": True}

    def test_resolved_traits_are_whole(self, sample, tc_runtime):
        """What a runtime resolves equals what code writes with the same options."""
        del tc_runtime
        assert tc.resolve(sample, tenant=None).days == sample().days
        assert catalog.find("sample").cls is sample


def test_every_option_of_the_design(sample):
    """Every trait has the options that the design lists, with their defaults."""
    trait = sample()
    assert (trait.enabled, trait.shadow) == (True, False)
    assert (trait.events.enabled, trait.events.only, trait.events.sample) == (True, (), 1.0)
    assert (trait.metrics.enabled, trait.metrics.tenant_tag, trait.metrics.sample) == (True, "off", 1.0)
    names = {option.name: [*option.fields] for option in spec_of(sample).options.values()}
    assert names["cache"] == [
        "enabled",
        "ttl",
        "stale",
        "stale_if_error",
        "negative_ttl",
        "jitter",
        "store",
        "vary",
    ]
    assert names["log"] == ["level", "sample", "fields"]
    assert names["queue"] == ["mode", "name", "retries", "backoff", "timeout", "unique"]
