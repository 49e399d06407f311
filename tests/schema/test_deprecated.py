from __future__ import annotations

import inspect
import warnings

import attrs
import pytest

import traitconf as tc
from traitconf.schema.spec import spec_of


@attrs.frozen(kw_only=True)
class Limits:
    """A record with a renamed field."""

    soft: int = tc.option(1, doc="Soft.")
    low: int = tc.option(1, deprecated="soft", doc="Low.")


@pytest.fixture
def sample(scratch):
    """A trait with renamed options, and one that is only deprecated."""

    @tc.trait
    class Sample(tc.TraitBase):
        """A sample."""

        days: int = tc.option(3, ge=1, doc="Days.")
        retention: int = tc.option(3, deprecated="days", doc="Retention.")
        weeks: int = tc.option(1, deprecated="count days", doc="Weeks.")
        limits: Limits = tc.option(Limits(), doc="Limits.")
        bounds: Limits = tc.option(Limits(), deprecated="limits", doc="Bounds.")
        hours: int = tc.option(lambda self: self.retention * 24, doc="Hours.")

    return Sample


class TestInCode:
    def test_is_taken_for_the_new_one(self, sample):
        """An argument under the old name is one under the new name, with a warning at the calling line."""
        with pytest.warns(DeprecationWarning, match=r"sample.retention is deprecated: use days") as caught:
            made = sample(retention=5)
        line = inspect.currentframe().f_lineno - 1
        assert (made.days, made.retention, made._given, repr(made)) == (5, 5, {"days"}, "Sample(days=5)")
        assert made.hours == 120
        assert (caught[0].filename, caught[0].lineno) == (__file__, line)

    def test_reads_the_new_one(self, sample):
        """The old name has the value of the new one; nothing warns of it, and nothing shows it."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made = sample(days=7)
        assert (made.retention, repr(made)) == (7, "Sample(days=7)")

    def test_is_checked_as_the_new_one(self, sample):
        """The rules of the new option hold."""
        with pytest.warns(DeprecationWarning, match="use days"), pytest.raises(tc.ConfigError) as caught:
            sample(retention=0)
        assert [one.message for one in caught.value.problems] == ["'sample.days' must be at least 1, got 0"]

    def test_both(self, sample):
        """Both names together contradict each other."""
        with pytest.warns(DeprecationWarning, match="use days"), pytest.raises(tc.ConfigError) as caught:
            sample(retention=5, days=5)
        (problem,) = caught.value.problems
        assert (problem.code, problem.origin.file) == ("TC321", __file__)

    def test_only_deprecated(self, sample):
        """An option without successor keeps its value, and warns with its text."""
        with pytest.warns(DeprecationWarning, match=r"sample.weeks is deprecated: count days"):
            assert sample(weeks=2).weeks == 2


class TestInFiles:
    @pytest.mark.parametrize(
        ("text", "days"),
        [("retention = 5", 5), ("retention.lock = 5", 5), ('retention = { value = 5, reason = "x" }', 5)],
    )
    def test_is_taken_for_the_new_one(self, sample, tc_config, text, days):
        """What files write under the old name counts for the new one; both names read it, and a warning tells it."""
        runtime = tc_config({"traits.toml": f"[sample]\n{text}\n"})
        found = runtime.resolve(sample)
        assert (found.days, found.retention, found.hours) == (days, days, 24 * days)
        (lint,) = runtime.warnings
        assert (lint.code, lint.severity.value, lint.origin.line) == ("TC320", "warning", 2)
        assert lint.message == "'sample.retention' is deprecated; its value is taken for 'sample.days'"

    def test_competes_as_the_new_one(self, sample, tc_config):
        """Scopes decide, not names."""
        runtime = tc_config({"traits.toml": "[sample]\ndays = 5\n", "tenants/acme.toml": "[sample]\nretention = 6\n"})
        assert [runtime.resolve(sample, tenant=who).days for who in (None, "acme")] == [5, 6]

    def test_in_variables_and_overrides(self, sample, tc_config):
        """Variables and overrides may use the old name as well."""
        runtime = tc_config({}, {"TRAITCONF_TRAITS__SAMPLE__RETENTION": "5"})
        assert runtime.resolve(sample).days == 5
        with tc.override({"sample.retention": 6}):
            assert tc.resolve(sample).days == 6

    def test_both(self, sample, tc_config):
        """Both names in one table are an error; in two files of one rank they conflict like any definition."""
        with pytest.raises(tc.ConfigError) as caught:
            tc_config({"traits.toml": "[sample]\nretention = 5\ndays = 6\n"})
        assert [one.code for one in caught.value.problems] == ["TC320", "TC321"]
        runtime = tc_config({"a.toml": "[sample]\nretention = 5\n", "b.toml": "[sample]\ndays = 6\n"})
        assert [one.code for one in runtime.warnings] == ["TC320", "TC301"]

    def test_records_and_fields(self, sample, tc_config):
        """A record is handed on field by field, and a field of a record may be renamed too."""
        runtime = tc_config({"traits.toml": "[sample]\nbounds.soft = 5\n"})
        assert runtime.resolve(sample).limits == runtime.resolve(sample).bounds == Limits(soft=5, low=5)
        runtime = tc_config({"traits.toml": "[sample]\nlimits.low = 6\n"})
        assert runtime.resolve(sample).limits.soft == 6

    def test_in_decorators(self, sample, tc_config):
        """A decorator's argument under the old name is a definition of the new one."""
        with pytest.warns(DeprecationWarning, match="use days"):

            @tc.use(sample(retention=9))
            class Article: ...

        assert tc_config({}).resolve(sample, Article).days == 9

    def test_explained(self, sample, tc_config):
        """The old address explains the new option and says so; a list names each option once."""
        tc_config({"traits.toml": "[sample]\nretention = 5\n"})
        old, new = tc.explain("sample.retention", tenant=None), tc.explain("sample.days", tenant=None)
        assert (
            (old.address, old.value, old.reasons)
            == (new.address, new.value, new.reasons)
            == ("sample.days", 5, new.reasons)
        )
        assert old.notes == ("sample.retention is deprecated: use sample.days",)
        with tc.context():
            addresses = [one.address for one in tc.process_runtime().explain("sample")]
        assert len(addresses) == len(set(addresses))
        assert "sample.retention" not in addresses

    def test_described(self, sample):
        """A description says what to use instead."""
        retention = next(one for one in tc.describe(sample).options if one.name == "retention")
        assert retention.deprecated == "days"


@pytest.mark.parametrize(
    ("annotations", "metadata", "message"),
    [
        (
            {"new": str},
            {},
            "deprecated='new' names a str with the law replace, while this is a int with the law replace",
        ),
        (
            {"new": int},
            {"merge": "min"},
            "deprecated='new' names a int with the law min, while this is a int with the law replace",
        ),
        ({"new": int}, {"deprecated": "old"}, "deprecated='new' names an option that is deprecated itself"),
    ],
)
def test_faults(refused, annotations, metadata, message):
    """A successor has the same type and law and is not deprecated itself."""
    default = "" if annotations["new"] is str else 1
    found = refused(
        {"old": int} | annotations,
        old=tc.option(1, deprecated="new", doc="x"),
        new=tc.option(default, doc="x", **metadata),
    )
    assert ("TC125", f"'sample.old': {message}") in [(one.code, one.message) for one in found]


def test_aliases(sample):
    """A spec knows the folded options that others took the place of, fields of records included."""
    assert spec_of(sample).aliases == {
        ("retention",): ("days",),
        ("limits", "low"): ("limits", "soft"),
        ("bounds", "soft"): ("limits", "soft"),
        ("bounds", "low"): ("limits", "soft"),
    }
