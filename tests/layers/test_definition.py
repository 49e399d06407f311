from __future__ import annotations

from collections.abc import Mapping

import attrs
import pytest

import traitconf as tc
from traitconf.layers.definition import definitions_of
from traitconf.layers.layer import GLOBAL, CodeDocument, Layer, Scope
from traitconf.schema.spec import spec_of
from traitconf.types import Band, FrozenMap, Origin, Secret, Source


@attrs.frozen(kw_only=True)
class Limits:
    soft: int = tc.option(1, doc="Soft.")
    hard: int = tc.option(2, doc="Hard.")


@attrs.frozen(kw_only=True)
class Inner:
    limits: Limits = tc.option(Limits(), doc="Limits.")
    name: str = tc.option("", doc="Name.")


@pytest.fixture
def sample(scratch):
    """A trait with an option of every form."""

    @tc.trait
    class Sample(tc.TraitBase):
        """A sample."""

        days: int = tc.option(3, doc="Days.")
        sinks: tuple[str, ...] = tc.option((), doc="Sinks.")
        tags: frozenset[str] = tc.option(frozenset(), doc="Tags.")
        labels: Mapping[str, str] = tc.option(FrozenMap(), doc="Labels.")
        limits: Limits = tc.option(Limits(soft=7), doc="Limits.")
        maybe: Limits | None = tc.option(None, doc="Maybe.")
        inner: Inner = tc.option(Inner(), doc="Inner.")
        whole: Limits = tc.option(Limits(), doc="Whole.", merge="atomic")

    return Sample


@pytest.fixture
def definitions(read, sample):
    """A function that reads a TOML text and returns its definitions: option, operation, raw value and band of each."""

    def make(text):
        found, problems = both(read, sample, text)
        assert not problems
        return [(one.option.name, one.operation, one.raw, one.band.name) for one in found]

    return make


@pytest.fixture
def faults(read, sample):
    """A function that reads the TOML text of a trait's table and returns its problems."""

    def make(text):
        return both(read, sample, text)[1]

    return make


def both(read, trait, text):
    reading = read({"a.toml": text})
    assert not reading.problems
    problems = []
    (layer,) = reading.graph.all_layers()
    return list(definitions_of(layer, spec_of(trait), problems.append)), problems


class TestScalars:
    def test_a_plain_value(self, definitions):
        """A value that is no table sets the option, in the layer's own band."""
        assert definitions("[sample]\ndays = 5\nsinks = ['a']") == [
            ("days", "set", 5, "NORMAL"),
            ("sinks", "set", ["a"], "NORMAL"),
        ]

    @pytest.mark.parametrize("band", ["fallback", "force", "lock"])
    def test_bands(self, definitions, band):
        """`fallback`, `force` and `lock` wrap a value or an operation."""
        assert definitions(f"[sample]\ndays.{band} = 5") == [("days", "set", 5, band.upper())]
        assert definitions(f"[sample]\nsinks.{band}.append = ['a']") == [("sinks", "append", ["a"], band.upper())]

    def test_value(self, definitions):
        """`value` is the plain value where companions are wanted."""
        assert definitions("[sample]\ndays = { value = 5, lock = 6 }") == [
            ("days", "set", 5, "NORMAL"),
            ("days", "set", 6, "LOCK"),
        ]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("days.unset = true", ("days", "unset", True)),
            ("sinks.append = ['a']", ("sinks", "append", ["a"])),
            ("sinks.prepend = ['a']", ("sinks", "prepend", ["a"])),
            ("sinks.remove = ['a']", ("sinks", "remove", ["a"])),
            ("tags.add = ['a']", ("tags", "add", ["a"])),
            ("tags.remove = ['a']", ("tags", "remove", ["a"])),
        ],
    )
    def test_operations(self, definitions, text, expected):
        """Each operation of the design suits the kinds that it can work on."""
        assert definitions(f"[sample]\n{text}") == [(*expected, "NORMAL")]

    def test_remove_goes_first(self, definitions):
        """`remove` goes before `append` where both stand, however they are written."""
        found = definitions("[sample]\nsinks.append = ['a']\nsinks.remove = ['b']\nsinks.prepend = ['c']")
        assert [operation for _, operation, _, _ in found] == ["remove", "append", "prepend"]

    def test_steps_rise(self, read, sample):
        """The operations of one layer have an order of their own."""
        found, _ = both(read, sample, "[sample]\nsinks = { prepend = ['c'], append = ['a'], remove = ['b'] }")
        assert [one.step for one in found] == sorted({one.step for one in found})


class TestRecordsAndMappings:
    def test_a_record_merges_per_field(self, definitions):
        """The keys of a record are its fields, each a definition of its own, at every depth."""
        assert definitions("[sample]\nlimits = { soft = 5 }\ninner.limits.hard.lock = 6") == [
            ("limits.soft", "set", 5, "NORMAL"),
            ("inner.limits.hard", "set", 6, "LOCK"),
        ]

    def test_a_mapping_is_data(self, definitions):
        """The keys of a mapping are data, whatever they are called."""
        raw = {"lock": "a", "append": "b", "value": "c"}
        assert definitions('[sample.labels]\nlock = "a"\nappend = "b"\nvalue = "c"') == [
            ("labels", "set", raw, "NORMAL")
        ]
        assert definitions("[sample]\nlabels = {}") == [("labels", "set", {}, "NORMAL")]

    def test_an_atomic_record_is_one_value(self, definitions):
        """A record that is taken as a whole is one definition."""
        assert definitions("[sample]\nwhole = { soft = 5 }") == [("whole", "set", {"soft": 5}, "NORMAL")]

    @pytest.mark.parametrize("band", ["fallback", "force", "lock"])
    def test_bands(self, definitions, band):
        """With a dollar sign the bands wrap records and mappings."""
        text = f'[sample]\nlimits."${band}" = {{ soft = 5 }}\nlabels."${band}" = {{ a = "b" }}'
        assert definitions(text) == [
            ("limits.soft", "set", 5, band.upper()),
            ("labels", "set", {"a": "b"}, band.upper()),
        ]

    def test_data_beside_a_directive(self, definitions):
        """Data and directives may stand side by side in a mapping."""
        assert definitions('[sample.labels]\na = "b"\n"$remove" = ["c"]') == [
            ("labels", "remove", ["c"], "NORMAL"),
            ("labels", "set", {"a": "b"}, "NORMAL"),
        ]

    def test_replace(self, definitions):
        """`$replace` forgets what stands below before the new fields or keys count."""
        assert definitions('[sample.limits]\n"$replace" = { soft = 5 }') == [
            ("limits.soft", "unset", True, "NORMAL"),
            ("limits.hard", "unset", True, "NORMAL"),
            ("limits.soft", "set", 5, "NORMAL"),
        ]
        assert definitions('[sample.labels]\n"$replace" = { a = "b" }') == [("labels", "replace", {"a": "b"}, "NORMAL")]

    def test_unset(self, definitions):
        """`$unset` drops a whole record or mapping."""
        assert definitions('[sample]\nlimits."$unset" = true\nlabels."$unset" = true') == [
            ("limits.soft", "unset", True, "NORMAL"),
            ("limits.hard", "unset", True, "NORMAL"),
            ("labels", "unset", True, "NORMAL"),
        ]

    @pytest.mark.parametrize("name", ["a.toml", "a.yaml"])
    def test_none(self, read, sample, name):
        """An optional record can be none, in TOML as text, and is then none again whatever stands below."""
        text = {"a.toml": "[sample]\nmaybe = '@none'\n", "a.yaml": "sample: {maybe: null}\n"}[name]
        reading = read({name: text})
        (layer,) = reading.graph.all_layers()
        found = list(definitions_of(layer, spec_of(sample), pytest.fail))
        assert [(one.option.name, one.operation) for one in found] == [("maybe.soft", "unset"), ("maybe.hard", "unset")]

    def test_none_counts_above_fields(self, sample, tc_config):
        """What a model sets to none is none there, although the global layer defines a field."""
        tc_config(
            {"traits.toml": "[sample]\nmaybe.soft = 5\n", "models/A.yaml": "sample: {maybe: null}\n"}, complete=False
        )
        assert tc.resolve(sample, tenant=None).maybe == Limits(soft=5)
        assert tc.resolve(sample, "A", tenant=None).maybe is None


class TestFromCode:
    @pytest.fixture
    def coded(self, sample):
        """A function that returns the definitions of values given in code."""

        def make(**values):
            place = Origin(Source.DECORATOR, "/nowhere/a.py", 3)
            layer = Layer(
                Scope(model="A"), Source.DECORATOR, 0, {"sample": values}, CodeDocument(place), band=Band.FORCE
            )
            found = list(definitions_of(layer, spec_of(sample), pytest.fail))
            assert {one.origin for one in found} <= {place}
            return [(one.option.name, one.operation, one.raw, one.band.name) for one in found]

        return make

    def test_values(self, coded):
        """Typed values set their options; a mapping from code is data."""
        assert coded(days=5, labels=FrozenMap({"lock": "a"})) == [
            ("days", "set", 5, "FORCE"),
            ("labels", "set", {"lock": "a"}, "FORCE"),
        ]

    def test_records(self, coded):
        """Of a typed record the fields count that differ from the option's default."""
        assert coded(limits=Limits(soft=7, hard=3)) == [("limits.hard", "set", 3, "FORCE")]
        assert coded(limits=Limits(soft=1)) == [("limits.soft", "set", 1, "FORCE")]
        assert coded(inner=Inner(limits=Limits(hard=4))) == [("inner.limits.hard", "set", 4, "FORCE")]
        assert coded(whole=Limits(soft=7)) == [("whole", "set", Limits(soft=7), "FORCE")]
        assert [one[:2] for one in coded(maybe=None)] == [("maybe.soft", "unset"), ("maybe.hard", "unset")]


SUITS = "does not suit 'sample"
TABLE = "expected a table for 'sample.limits', got"


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "code", "message", "hint"),
        [
            ("dayz = 5", "TC101", "unknown option 'sample.dayz'", "did you mean 'days'?"),
            ("limits.sofd = 5", "TC101", "unknown option 'sample.limits.sofd'", "did you mean 'soft'?"),
            ("limits.zzz = 5", "TC101", "unknown option 'sample.limits.zzz'", "known are soft, hard"),
            ("limits.lock = {}", "TC101", "unknown option 'sample.limits.lock'", 'in a record, write "$lock"'),
            ("days.lokc = 5", "TC105", "unknown directive 'lokc' for 'sample.days'", "did you mean 'lock'?"),
            ("days.'$lock' = 5", "TC105", "unknown directive '$lock' for 'sample.days'", "did you mean 'lock'?"),
            ("days.zzz = 5", "TC105", "unknown directive 'zzz' for 'sample.days'", "known are fallback"),
            ("labels.'$lokc' = 5", "TC105", "unknown directive '$lokc' for 'sample.labels'", "did you mean '$lock'?"),
            ("days.append = 5", "TC106", f"'append' {SUITS}.days', a int", "possible here: unset"),
            ("tags.append = 5", "TC106", f"'append' {SUITS}.tags', a set of str", "possible here: unset, add, remove"),
            ("sinks.add = 5", "TC106", f"'add' {SUITS}.sinks', a list of str", "possible here: unset, append, prepend"),
            ("limits.'$remove' = 5", "TC106", f"'$remove' {SUITS}.limits', a record", "use $unset for the whole"),
            ("limits = 5", "TC103", f"{TABLE} int", "its fields are soft, hard"),
            ("limits.'$replace' = 5", "TC103", f"{TABLE} int", "its fields are soft, hard"),
            ("limits = '@none'", "TC103", f"{TABLE} str", "its fields are soft, hard"),
        ],
    )
    def test_each(self, faults, text, code, message, hint):
        """What a table says wrongly is named, placed and answered with a hint."""
        (problem,) = faults(f"[sample]\n{text}")
        assert (problem.code, problem.message) == (code, message)
        assert (problem.origin.line, problem.origin.column) == (2, 1)
        assert problem.hint.startswith(hint)
        assert problem.address.startswith("sample.")
        assert problem.scope == "global"

    def test_no_table(self, faults):
        """A trait that is given a plain value is refused as a whole."""
        (problem,) = faults("sample = 5")
        assert (problem.code, problem.message) == ("TC103", "expected a table of options for trait 'sample', got int")
        assert (problem.origin.line, problem.address) == (1, "sample")

    def test_all_at_once_and_the_rest(self, read, sample):
        """Every fault of a table is told, and what is right is read."""
        found, problems = both(read, sample, "[sample]\ndayz = 1\ndays = 2\nlimits.x = 3\ntags.lock.y = 1\n")
        assert [problem.code for problem in problems] == ["TC101", "TC101", "TC105"]
        assert [one.raw for one in found] == [2]

    def test_rendered(self, faults):
        """A fault is shown with its line, the caret below the name, and the hint."""
        (problem,) = faults("[sample]\n  dayz = 5  # text\n")
        assert problem.render().splitlines()[2:] == [
            "   |",
            "  2|   dayz = 5  # text",
            "   |   ^^^^ did you mean 'days'?",
        ]


class TestPlaces:
    def test_origin_and_address(self, read, sample):
        """A definition knows its line and its full address."""
        reading = read({"a.toml": "[tenants.acme.models.Article.sample]\ndays.lock = 5\nsinks = ['a',\n 'b']\n"})
        (layer,) = reading.graph.all_layers()
        days, sinks = definitions_of(layer, spec_of(sample), pytest.fail)
        assert (days.origin.line, days.origin.column, days.origin.end_column) == (2, 1, 10)
        assert days.address == "tenants.acme.models.Article.sample.days"
        assert (sinks.origin_at((1,)).line, sinks.origin_at((1,)).column) == (4, 2)

    def test_lines_that_may_hold_a_secret(self, read, scratch):
        """Where a trait has secrets, no line of its table is shown: neither of a value nor of a misspelt name."""

        @tc.trait
        class Guarded(tc.TraitBase):
            """Guarded."""

            password: Secret[str] = tc.option(Secret(""), doc="Password.")
            port: int = tc.option(1, doc="Port.")

        text = "guarded = { password = 'pa55', pasword = 'pa55', port.lokc = 1 }\n"
        found, problems = both(read, Guarded, text)
        assert [problem.code for problem in problems] == ["TC101", "TC105"]
        for problem in problems:
            assert "pa55" not in problem.render()
            assert problem.origin.line == 1
        assert [(one.origin.line, one.origin.excerpt) for one in found] == [(1, "")]

    def test_nothing_said(self, sample):
        """A layer that says nothing of a trait has no definitions of it."""
        layer = Layer(GLOBAL, Source.FILE, 0, {"other": {}}, CodeDocument(Origin(Source.FILE)))
        assert list(definitions_of(layer, spec_of(sample), pytest.fail)) == []
