"""Definitions that expire, and what tells when the next one does."""

from __future__ import annotations

import datetime
import json

import pytest

import traitconf as tc
from traitconf.layers.graph import ConfigGraph
from traitconf.layers.layer import CodeDocument, Layer, Scope
from traitconf.layers.secrets import SecretReader
from traitconf.resolve.resolver import Resolver
from traitconf.resolve.screen import Screen
from traitconf.schema.spec import spec_of
from traitconf.types import Origin, Source

NEW_YEAR = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def at(subject):
    """A function that resolves the trait over global tables, as it is at a moment."""

    def resolve(now, *tables):
        graph = ConfigGraph()
        for number, table in enumerate(tables):
            document = CodeDocument(Origin(Source.FILE, name=f"file {number}"))
            graph = graph.with_layer(Layer(Scope(), Source.FILE, number, {"subject": table}, document))
        resolver = Resolver(graph, screen=Screen(now, SecretReader()))
        return resolver, resolver.resolve(spec_of(subject))

    return resolve


class TestExpiry:
    def test_in_time_and_after(self, at):
        """A definition counts until its moment; then it is as if it were not there."""
        table = {"size": {"value": 5, "until": "2027-01-01"}}
        assert at(NEW_YEAR - DAY, table)[1].trait.size == 5
        assert at(NEW_YEAR, table)[1].trait.size == 1

    def test_uncovers_what_stands_below(self, at):
        """An expired lock no longer shadows; an expired operation no longer adds."""
        tables = {"size": 3, "queue_of": ["a"]}, {"size": {"lock": 5, "until": NEW_YEAR}}
        later = {"queue_of": {"append": ["b"], "until": NEW_YEAR}}
        _, before = at(NEW_YEAR - DAY, *tables, later)
        _, after = at(NEW_YEAR, *tables, later)
        assert (before.trait.size, before.trait.queue_of) == (5, ("d", "a", "b"))
        assert (after.trait.size, after.trait.queue_of) == (3, ("d", "a"))

    def test_stays_in_the_chain(self, at):
        """What has expired is kept where it stood, and marked."""
        tables = {"size": {"value": 2, "until": NEW_YEAR}}, {"size": 3}
        steps = at(NEW_YEAR, *tables)[1].chain(("size",)).steps
        assert [(step.value, step.counts, step.expired) for step in steps] == [(2, False, True), (3, True, False)]

    def test_alone_gives_the_default(self, at):
        """Where everything has expired, the default counts."""
        folded = at(NEW_YEAR, {"size": {"value": 2, "until": NEW_YEAR}})[1].chain(("size",))
        assert folded.default_counts
        assert folded.decider is None

    def test_is_still_checked(self, subject, problems_of):
        """A wrong value is an error even after its time."""
        (problem,) = problems_of({"traits.toml": "[subject]\nsize = { value = 2000, until = 2020-01-01 }\n"})
        assert problem.code == "TC104"

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("traits.toml", "[subject]\nsize = { value = 5, until = 2098-01-01T12:00:00Z }\n"),
            ("traits.yaml", "subject:\n  size: {value: 5, until: 2098-01-01T12:00:00Z}\n"),
            ("traits.yaml", "subject:\n  size: {value: 5, until: 2098-01-01 12:00:00}\n"),
            ("traits.json", '{"subject": {"size": {"value": 5, "until": "2098-01-01T12:00:00"}}}'),
        ],
    )
    def test_in_every_format(self, tc_config, subject, name, text):
        """TOML, YAML and JSON say the same moment."""
        runtime = tc_config({name: text})
        assert runtime.resolve(subject).size == 5
        assert runtime.snapshot.next_change == datetime.datetime(2098, 1, 1, 12, tzinfo=datetime.UTC)

    def test_of_locks(self, tc_config, subject):
        """What has expired neither is held against a lock nor holds as one."""
        runtime = tc_config(
            {
                "traits.toml": "[subject]\nsize.lock = 5\nmost = { lock = 60, until = 2020-01-01 }\n",
                "tenants/acme.toml": "[subject]\nsize = { value = 6, until = 2020-01-01 }\nmost = 70\n",
            }
        )
        assert (runtime.resolve(subject, tenant="acme").size, runtime.resolve(subject, tenant="acme").most) == (5, 70)

    def test_of_conflicts(self, tc_config, subject):
        """What has expired contradicts nothing."""
        runtime = tc_config(
            {"a.toml": "[subject]\nsize = 5\n", "b.toml": "[subject]\nsize = { value = 6, until = 2020-01-01 }\n"}
        )
        assert runtime.warnings == ()


class TestNextChange:
    def test_is_the_earliest_to_come(self, at):
        """Of all moments that have not come, the earliest counts, whichever option and band it belongs to."""
        table = {
            "size": {"value": 5, "until": NEW_YEAR + 2 * DAY},
            "most": {"lock": 60, "until": NEW_YEAR + DAY},
            "limits": {"a": 1, "$until": NEW_YEAR},
        }
        for now, expected in [
            (NEW_YEAR - DAY, NEW_YEAR),
            (NEW_YEAR, NEW_YEAR + DAY),
            (NEW_YEAR + DAY, NEW_YEAR + 2 * DAY),
            (NEW_YEAR + 2 * DAY, None),
        ]:
            resolver, _ = at(now, table)
            assert (resolver.now, resolver.next_change()) == (now, expected)

    def test_of_a_snapshot(self, tc_config, article):
        """A snapshot says it for every scope, as an aware moment; without moments there is none."""
        files = {
            "traits.toml": "[subject]\nsize = { value = 5, until = 2098-01-01 }\n",
            "tenants/acme.toml": (
                "[models.Article.subject]\nsize = { allow = { max = 9 }, until = 2097-06-01T12:00:00 }\n"
            ),
        }
        assert tc_config(files).snapshot.next_change == datetime.datetime(2097, 6, 1, 12, tzinfo=datetime.UTC)
        assert tc_config({"traits.toml": "[subject]\nsize = 5\n"}).snapshot.next_change is None

    def test_of_an_override(self, tc_config, subject):
        """An override's moments count inside of it only."""
        runtime = tc_config({"traits.toml": "[subject]\nsize = { value = 5, until = 2098-01-01 }\n"})
        with tc.override({"subject.most": {"value": 60, "until": datetime.date(2097, 1, 1)}}):
            assert tc.current_context().snapshot.next_change.year == 2097
        assert runtime.snapshot.next_change.year == 2098

    def test_keeps_to_its_graph(self, at, subject):
        """Moments of layers that another graph does not have do not count there, though conversions are shared."""
        resolver, _ = at(NEW_YEAR - DAY, {"size": {"value": 5, "until": NEW_YEAR}})
        other = resolver.over(ConfigGraph())
        assert resolver.next_change() == NEW_YEAR
        assert (other.now, other.next_change()) == (resolver.now, None)


class TestExplained:
    @pytest.fixture
    def explained(self, tc_config, subject, tmp_path, monkeypatch):
        """What is said of one option with every kind of companion."""
        monkeypatch.chdir(tmp_path)
        text = "[subject]\nsize = { value = 5, until = 2098-01-01, reason = 'a\\n\\u001b[31mb', ticket = 'OPS-1' }\n"
        tc_config(
            {
                "traits.toml": text.replace("'", '"'),
                "tenants/acme.toml": '[subject]\nsize = { lock = 6, until = 2020-01-01T08:00:00, reason = "over" }\n',
                "tenants/bob.toml": '[subject]\nsize = { value = 7, ticket = "OPS-2" }\n',
            }
        )
        return lambda tenant: tc.explain("subject.size", tenant=tenant)

    def test_as_text(self, explained):
        """Moment, ticket and reason end the line, each on that line; expired ones say so."""
        assert [line.rstrip().split("  ")[-1].strip() for line in str(explained("acme")).splitlines()[1:3]] == [
            "expired 2020-01-01T08:00:00Z · over",
            "until 2098-01-01 · OPS-1 · a [31mb",
        ]
        assert [line.rstrip().split("  ")[-1].strip() for line in str(explained("bob")).splitlines()[1:3]] == [
            "OPS-2",
            "shadowed · until 2098-01-01 · OPS-1 · a [31mb",
        ]

    def test_as_data(self, explained):
        """The same stands in the dictionary, unabridged and ready for JSON."""
        found = explained("acme").as_dict()
        assert json.loads(json.dumps(found)) == found
        keys = ("counts", "until", "expired", "reason", "ticket")
        assert [tuple(step[key] for key in keys) for step in found["chain"]] == [
            (False, "2020-01-01T08:00:00+00:00", True, "over", None),
            (True, "2098-01-01T00:00:00+00:00", False, "a\n\x1b[31mb", "OPS-1"),
            (False, None, False, None, None),
        ]
