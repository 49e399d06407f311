"""What an override changes in a trait that is resolved already is what folding everything anew would give."""

from __future__ import annotations

import attrs
import pytest

import traitconf as tc


@attrs.frozen(kw_only=True)
class Inner:
    """A record inside another."""

    low: int = tc.option(0, doc="The lower.")
    high: int = tc.option(9, doc="The upper.")


@attrs.frozen(kw_only=True)
class Outer:
    """A record that holds records."""

    inner: Inner = tc.option(Inner(), doc="There from the beginning.")
    spare: Inner | None = tc.option(None, doc="There when something is said of it.")


@pytest.fixture
def nested(tc_runtime):
    """A trait with records, of which some may be none."""

    @tc.trait(name="nested")
    class Nested(tc.TraitBase):
        """Records."""

        outer: Outer = tc.option(Outer(), doc="A record of records.")
        spare: Inner | None = tc.option(None, doc="A record that may be none.")

    return Nested


@pytest.fixture
def remark(subject):
    """A model that has nothing to do with the others."""

    @tc.use(subject)
    class Remark: ...

    return Remark


class TestScopes:
    def test_of_a_tenant(self, tc_config, subject):
        """An override for one tenant is seen by nobody else."""
        tc_config({"tenants/acme.toml": "", "groups/gold.toml": ""})
        with tc.override({"tenants.acme.subject.size": 2}):
            found = [tc.resolve(subject, tenant=tenant).size for tenant in ("acme", "other", None)]
        assert found == [2, 1, 1]

    def test_of_a_group(self, tc_config, subject):
        """An override for a group is seen by those who extend it, and by nobody else."""
        tc_config({"groups/gold.toml": "", "tenants/acme.toml": "extends = ['gold']\n"})
        with tc.override({"groups.gold.subject.size": 2}):
            assert [tc.resolve(subject, tenant=tenant).size for tenant in ("acme", "other", None)] == [2, 1, 1]

    def test_of_a_model(self, tc_runtime, subject, article, remark):
        """An override for a model holds for it and for what is derived from it."""
        with tc.override({"models.Article.subject.size": 2}):
            found = [tc.resolve(subject, model).size for model in (article, article.__mro__[1], remark, None)]
        assert found == [2, 1, 1, 1]
        with tc.override({"models.Document.subject.size": 2}):
            found = [tc.resolve(subject, model).size for model in (article, article.__mro__[1], remark, None)]
        assert found == [2, 2, 1, 1]

    def test_of_several(self, tc_config, subject, article):
        """Of several scopes of one override the narrowest counts, whatever is written first."""
        tc_config({"tenants/acme.toml": ""})
        wide, narrow = {"subject.size": 2}, {"models.Article.subject.size": 3}
        narrowest = {"tenants.acme.models.Article.subject.size": 4}
        for values in (wide | narrow | narrowest, narrowest | narrow | wide):
            with tc.override(values):
                assert tc.resolve(subject).size == 2
                assert tc.resolve(subject, article).size == 3
                assert tc.resolve(subject, article, "acme").size == 4

    def test_of_another_trait(self, tc_runtime, subject, nested):
        """An override of one trait leaves the others as they are."""
        with tc.override({"nested.outer.inner.low": 2, "tenants.acme.nested.outer.inner.low": 3}):
            assert tc.resolve(subject, tenant="acme").size == 1
            assert tc.resolve(nested, tenant="acme").outer.inner.low == 3

    def test_that_extends_something_else(self, tc_config, subject):
        """An override of `extends` brings what the group says, beside its own values."""
        tc_config({"groups/gold.toml": "[subject]\nmost = 70\n", "tenants/acme.toml": "[subject]\nsize = 2\n"})
        with tc.override({"tenants.acme.extends": ["gold"], "subject.label": "x"}):
            found = tc.resolve(subject, tenant="acme")
        assert (found.size, found.most, found.label) == (2, 70, "x")


class TestRecords:
    def test_a_field_of_a_field(self, tc_runtime, nested):
        """A new value deep inside leaves everything around it."""
        with tc.override({"nested.outer.inner.low": 5}):
            assert tc.resolve(nested).outer == Outer(inner=Inner(low=5))

    @pytest.mark.parametrize("address", ["spare", "outer.spare"])
    def test_a_record_that_is_none(self, tc_runtime, nested, address):
        """A value inside a record that is none makes the record, its other fields as declared."""
        with tc.override({f"nested.{address}.low": 5}):
            found = tc.resolve(nested)
        assert (found.spare or found.outer.spare) == Inner(low=5)
        assert (found.spare is None) is (address == "outer.spare")


LOCKED = {"models/Article.toml": "[subject]\nsize.lock = 3\nmost.lock = 60\n"}


class TestLocks:
    def test_where_it_is_locked(self, tc_config, subject, article):
        """Where an option is locked for one model, an override of all models has no effect for it."""
        tc_config(LOCKED)
        with tc.override({"subject.size": 5, "subject.label": "x"}):
            assert (tc.resolve(subject, article).size, tc.resolve(subject).size) == (3, 5)
            assert tc.resolve(subject, article).label == "x"

    def test_of_another_trait(self, tc_config, subject, article, nested):
        """A lock of one trait says nothing of another one's options."""
        tc_config(LOCKED)
        with tc.override({"nested.outer.inner.low": 5}):
            assert tc.resolve(nested, article).outer.inner.low == 5

    def test_a_lock_inside_an_override(self, tc_runtime, subject, article):
        """An override may lock an option for one model and set it for all others."""
        with tc.override({"models.Article.subject.size.lock": 3, "subject.size": 5, "subject.label": "x"}):
            assert (tc.resolve(subject, article).size, tc.resolve(subject).size) == (3, 5)
            assert tc.resolve(subject, article).label == "x"
