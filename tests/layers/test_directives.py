"""Every directive of the design's table, bare and with a dollar sign, with and without companions."""

from __future__ import annotations

import datetime

import pytest

from traitconf.layers.companions import ALONE, Companions
from traitconf.layers.definition import definitions_of
from traitconf.layers.layer import GLOBAL
from traitconf.layers.secrets import Reference
from traitconf.schema.spec import spec_of

NEW_YEAR = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def said(read, sample):
    """A function that reads a TOML text below `[sample]`: what it defines, and what is wrong with it."""

    def make(text):
        (layer,) = read({"traits.toml": "[sample]\n" + text}).graph.at(GLOBAL)
        problems = []
        return [*definitions_of(layer, spec_of(sample), problems.append)], problems

    return make


@pytest.fixture
def definitions(said):
    """A function that returns option, operation, raw value, band and companions of what a right text defines."""

    def make(text):
        found, problems = said(text)
        assert problems == []
        return [(one.option.name, one.operation, one.raw, one.band.name, one.companions) for one in found]

    return make


@pytest.fixture
def fault(said):
    """A function that returns code and message of the one fault of a text."""

    def make(text):
        (problem,) = said(text)[1]
        return problem.code, problem.message

    return make


WHY = Companions(NEW_YEAR, "why", "OPS-1")
BESIDE = 'until = 2027-01-01, reason = "why", ticket = "OPS-1"'


class TestBare:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("days = { value = 5, %s }", ("days", "set", 5, "NORMAL")),
            ("days = { lock = 5, %s }", ("days", "set", 5, "LOCK")),
            ("days = { force = 5, %s }", ("days", "set", 5, "FORCE")),
            ("days = { fallback = 5, %s }", ("days", "set", 5, "FALLBACK")),
            ("days = { unset = true, %s }", ("days", "unset", True, "NORMAL")),
            ('sinks = { append = ["a"], %s }', ("sinks", "append", ["a"], "NORMAL")),
            ('sinks = { prepend = ["a"], %s }', ("sinks", "prepend", ["a"], "NORMAL")),
            ('sinks = { remove = ["a"], %s }', ("sinks", "remove", ["a"], "NORMAL")),
            ('sinks.lock = { append = ["a"], %s }', ("sinks", "append", ["a"], "LOCK")),
            ('tags = { add = ["a"], %s }', ("tags", "add", ["a"], "NORMAL")),
            ("days = { allow = { max = 9 }, %s }", ("days", "allow", {"max": 9}, "NORMAL")),
            ("limits.soft = { value = 5, %s }", ("limits.soft", "set", 5, "NORMAL")),
        ],
    )
    def test_with_companions(self, definitions, text, found):
        """Companions stand beside every value, band, operation and `allow`."""
        assert definitions(text % BESIDE) == [(*found, WHY)]

    def test_without_companions(self, definitions):
        """A definition without companions shares the one empty set of them."""
        ((*_, companions),) = definitions("days.lock = 5")
        assert companions is ALONE

    def test_several_at_once(self, definitions):
        """Companions hold for everything in their table; those of an inner table go before."""
        text = (
            'sinks = { remove = ["a"], append = ["b"], lock = { value = ["c"], reason = "inner" }, reason = "outer" }'
        )
        assert [(one[1], one[4].reason) for one in definitions(text)] == [
            ("remove", "outer"),
            ("append", "outer"),
            ("set", "inner"),
        ]

    def test_dotted_and_inline_are_one(self, definitions):
        """Dotted keys, a table and an inline table say the same."""
        dotted = 'days.value = 5\ndays.reason = "why"'
        table = '[sample.days]\nvalue = 5\nreason = "why"'
        assert definitions(dotted) == definitions(table) == definitions('days = { value = 5, reason = "why" }')

    @pytest.mark.parametrize(
        "text", ["days = { until = 2027-01-01 }", 'days.reason = "why"', 'days = { ticket = "T", reason = "R" }']
    )
    def test_companions_alone(self, fault, text):
        """Companions without a value are an error."""
        code, message = fault(text)
        assert code == "TC113"
        assert message.endswith("stands beside no value of 'sample.days'")

    def test_an_empty_table(self, fault):
        """A table that says nothing is an error, not silence."""
        assert fault("days = {}") == ("TC113", "an empty table says nothing of 'sample.days'")

    @pytest.mark.parametrize("text", ['days = { value = 5, until = "soon" }', "days = { value = 5, reason = 5 }"])
    def test_companions_that_cannot_be_read(self, fault, text):
        """A companion of the wrong type is an error; the value is still defined."""
        assert fault(text)[0] == "TC103"

    @pytest.mark.parametrize("name", ["rollout", "vlaue", "$force", "merge"])
    def test_unknown(self, fault, name):
        """What is no directive is an error; so is `rollout`, which nothing evaluates yet."""
        assert fault(f"days = {{ value = 5, {name!r} = 5 }}") == (
            "TC105",
            f"unknown directive {name!r} for 'sample.days'",
        )

    def test_allow_inside_a_band(self, fault):
        """`allow` has no band."""
        assert fault("days.force.allow = { max = 5 }") == ("TC106", "'allow' cannot stand inside 'force'")

    def test_is_bare(self, said):
        """Only what expires, narrows or refers to a secret needs a second look."""
        found, _ = said('days = { value = 5, reason = "why" }\nname = { value = "a", until = 2027-01-01 }')
        assert [one.is_bare for one in found] == [True, False]
        assert not said("days.allow = { max = 5 }")[0][0].is_bare


class TestDollared:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ('labels = { a = "b", %s }', [("labels", "set", {"a": "b"}, "NORMAL")]),
            ('labels = { "$lock" = { a = "b" }, %s }', [("labels", "set", {"a": "b"}, "LOCK")]),
            ('labels = { "$fallback" = { a = "b" }, %s }', [("labels", "set", {"a": "b"}, "FALLBACK")]),
            ('labels = { "$force" = { a = "b" }, %s }', [("labels", "set", {"a": "b"}, "FORCE")]),
            ('labels = { "$replace" = { a = "b" }, %s }', [("labels", "replace", {"a": "b"}, "NORMAL")]),
            ('labels = { "$remove" = ["a"], %s }', [("labels", "remove", ["a"], "NORMAL")]),
            ('labels = { "$unset" = true, %s }', [("labels", "unset", True, "NORMAL")]),
            ("limits = { soft = 5, %s }", [("limits.soft", "set", 5, "NORMAL")]),
            ('limits = { "$lock" = { soft = 5 }, %s }', [("limits.soft", "set", 5, "LOCK")]),
            (
                'limits = { "$replace" = { soft = 5 }, %s }',
                [
                    ("limits.soft", "unset", True, "NORMAL"),
                    ("limits.hard", "unset", True, "NORMAL"),
                    ("limits.soft", "set", 5, "NORMAL"),
                ],
            ),
            ("whole = { soft = 5, %s }", [("whole", "set", {"soft": 5}, "NORMAL")]),
        ],
    )
    def test_with_companions(self, definitions, text, found):
        """In records and mappings companions carry a dollar sign, and hold for what stands beside them."""
        beside = BESIDE.replace("until", '"$until"').replace("reason", '"$reason"').replace("ticket", '"$ticket"')
        assert definitions(text % beside) == [(*one, WHY) for one in found]

    def test_without_a_dollar_they_are_data(self, definitions):
        """A mapping may have a key `until`."""
        assert definitions('labels = { until = "b" }')[0][2] == {"until": "b"}

    def test_order_is_fixed(self, definitions):
        """What a table says first is not what counts: unset, replace, remove, then the data."""
        text = 'labels = { b = "2", "$remove" = ["x"], "$unset" = true, "$replace" = { a = "1" } }'
        assert [one[1] for one in definitions(text)] == ["unset", "replace", "remove", "set"]

    @pytest.mark.parametrize("option", ["labels", "limits"])
    def test_companions_alone(self, fault, option):
        """Companions without a value are an error here as well."""
        assert fault(f'{option} = {{ "$reason" = "why" }}') == (
            "TC113",
            f"'$reason' stands beside no value of 'sample.{option}'",
        )

    @pytest.mark.parametrize("name", ["$allow", "$append", "$value", "$secret", "$"])
    def test_unknown(self, fault, name):
        """What is no directive of records and mappings is an error."""
        assert fault(f"labels = {{ {name!r} = 5 }}") == ("TC105", f"unknown directive {name!r} for 'sample.labels'")


def test_a_secret_is_a_reference(read, sample):
    """`secret` makes a definition of the reference; bands wrap it like a value."""
    import traitconf as tc

    @tc.trait
    class Hidden(tc.TraitBase):
        """Hidden."""

        token: tc.Secret[str] = tc.option(tc.Secret(""), doc="Token.")

    (layer,) = read({"traits.toml": '[hidden]\ntoken.lock.secret = "env:PW"\n'}).graph.at(GLOBAL)
    (found,) = definitions_of(layer, spec_of(Hidden), lambda problem: pytest.fail(problem.render()))
    assert (found.operation, found.raw, found.band.name) == ("set", Reference("env", "PW"), "LOCK")
    assert (found.origin.line, found.origin.excerpt, found.is_bare) == (2, "", False)
