from __future__ import annotations

import inspect

import attrs
import pytest

import traitconf as tc
from traitconf.schema.computed import is_computed
from traitconf.schema.describe import describe
from traitconf.schema.spec import spec_of
from traitconf.types import MISSING


@pytest.fixture
def sample(scratch):
    @tc.trait
    class Sample(tc.TraitBase):
        """A sample."""

        days: int = tc.option(3, doc="Days.")
        hours: float = tc.option(lambda self: self.days * 24, le=240, doc="Hours.")
        label: str = tc.option(lambda self: f"{self.hours:g} h", doc="Label.")

    return Sample


class TestValue:
    def test_from_the_other_options(self, sample):
        """A computed default sees the other options, computed ones before it included, and has the option's type."""
        assert (sample().hours, sample().label) == (72.0, "72 h")
        assert type(sample().hours) is float
        assert (sample(days=1).hours, sample(days=1).label) == (24.0, "24 h")

    def test_what_is_given_wins(self, sample):
        """A value that is given is not computed."""
        assert (sample(hours=5.0).hours, sample(hours=5.0).label) == (5.0, "5 h")

    def test_resolved(self, sample, tc_config, tc_tenant):
        """Where nothing is configured the value is computed from what is resolved for that tenant."""
        tc_config({"traits.toml": "[sample]\ndays = 2\n", "tenants/acme.toml": "[sample]\ndays = 5\n"})
        assert tc.resolve(sample).label == "48 h"
        tc_tenant("acme")
        assert tc.resolve(sample).label == "120 h"
        with tc.override({"sample.hours": 1.5}):
            assert tc.resolve(sample).label == "1.5 h"

    def test_explained(self, sample, tc_runtime):
        """An explanation shows the value and says that the default is computed."""
        explanation = tc.explain("sample.hours", tenant=None)
        assert explanation.value == 72.0
        assert [(reason.scope, reason.value) for reason in explanation.reasons] == [("default", "computed")]

    def test_repr(self, sample):
        """What equals its computed default is not shown."""
        assert repr(sample(days=1)) == "Sample(days=1)"
        assert repr(sample(hours=5.0)) == "Sample(hours=5.0)"

    def test_described(self, sample):
        """The description says that there is a default that is computed, and shows no function."""
        hours = next(option for option in describe(sample).options if option.name == "hours")
        assert (hours.computed, hours.required, hours.default) == (True, False, None)


class TestFaults:
    @pytest.mark.parametrize(
        ("kind", "metadata", "code", "message"),
        [
            (int, {}, "TC103", "expected int for 'sample.x', got str 'text'"),
            (str, {"one_of": ("a",)}, "TC104", "'sample.x' must be one of a, got 'text'"),
            (tuple[str, ...], {}, "TC125", "'sample.x': a list of str cannot have a computed default"),
        ],
    )
    def test_what_the_option_cannot_hold(self, refused, kind, metadata, code, message):
        """A computed default that its option could not hold is refused when the trait is declared."""
        (problem,) = refused({"x": kind}, x=tc.option(lambda self: "text", doc="x", **metadata))
        line = inspect.currentframe().f_lineno - 1
        assert problem.code == code
        assert problem.message.startswith(message)
        assert (problem.origin.file, problem.origin.line) == (__file__, line)

    def test_a_function_that_fails(self, refused):
        """A function that fails is a problem with its reason, not a traceback."""
        (problem,) = refused({"x": int}, x=tc.option(lambda self: 1 // 0, doc="x"))
        assert (problem.code, problem.message) == (
            "TC125",
            "the default of 'sample.x' cannot be computed: ZeroDivisionError: integer division or modulo by zero",
        )

    def test_found_at_the_start(self, sample, tc_config):
        """What some tenant's configuration breaks is found when it is read, beside every other fault."""
        with pytest.raises(tc.ConfigError) as error:
            tc_config({"traits.toml": "[sample]\ndays = 1\nlabel = 3\n", "tenants/acme.toml": "[sample]\ndays = 20\n"})
        assert [(problem.code, problem.scope) for problem in error.value.problems] == [
            ("TC103", "global"),
            ("TC104", "tenant acme"),
        ]

    def test_what_a_function_says_beside_a_secret(self, declare):
        """Where a trait has secrets, what a function says when it fails is not quoted: it may be one."""
        key = tc.option("hunter2", secret=True, doc="k")
        with pytest.raises(tc.ConfigError) as error:
            declare({"key": str, "x": int}, key=key, x=tc.option(lambda self: int(self.key), doc="x"))
        (problem,) = error.value.problems
        assert problem.message == "the default of 'sample.x' cannot be computed: ValueError"

    def test_fields_of_records(self, refused):
        """A record's field is no option of the trait, so nothing could be computed for it."""

        @attrs.frozen
        class Limits:
            soft: int = tc.option(lambda self: 3, doc="Soft.")

        (problem,) = refused({"x": Limits}, x=tc.option(doc="x"))
        assert (problem.code, problem.message) == ("TC125", "'sample.x': the field soft cannot have a computed default")

    def test_beside_a_required_option(self, declare):
        """Where another option is required, the function is first called when that one has a value."""
        made = declare({"a": int, "b": int}, a=tc.option(doc="a"), b=tc.option(lambda self: self.a + 1, doc="b"))
        assert made(a=1).b == 2
        assert (made().b, repr(made()), repr(made(b=3))) == (MISSING, "Sample()", "Sample(b=3)")
        assert is_computed(spec_of(made).options["b"].default)

    def test_a_rule_that_a_configuration_breaks(self, sample, tc_runtime):
        """A computed value that breaks its option's rule under some configuration is an error with the rule's place."""
        with tc.override({"sample.days": 20}), pytest.raises(tc.ConfigError) as error:
            tc.resolve(sample)
        (problem,) = error.value.problems
        assert (problem.code, problem.message) == ("TC104", "'sample.hours' must be at most 240, got 480.0")
