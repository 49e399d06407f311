from __future__ import annotations

import pytest

from traitconf.layers.layer import GLOBAL, Scope
from traitconf.layers.read import assemble, parse_override, read_config
from traitconf.schema.catalog import catalog
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.types import Band, Origin, Source

PLACE = Origin(Source.OVERRIDE, "/nowhere/test.py", 5, name="override()")


class TestReading:
    def test_weakest_first(self, read):
        """Files rank in reading order, then the environment's, then local ones, then variables."""
        reading = read(
            {
                "b.toml": "sample.days = 2",
                "a.toml": "sample.days = 1",
                "environments/prod/a.toml": "sample.days = 3",
                "a.local.toml": "sample.days = 4",
                ".secrets.toml": "sample.days = 5",
            },
            {"TRAITCONF_ENV": "prod", "TRAITCONF_TRAITS__AUDITABLE__ENABLED": "false"},
        )
        assert not reading.problems
        found = [(layer.source.name, layer.tables.get("sample", {}).get("days")) for layer in reading.graph.at(GLOBAL)]
        assert found == [
            ("FILE", 1),
            ("FILE", 2),
            ("ENVIRONMENT_FILE", 3),
            ("LOCAL", 5),
            ("LOCAL", 4),
            ("VARIABLE", None),
        ]
        assert [path.name for path in reading.files] == ["a.toml", "b.toml", "a.toml", ".secrets.toml", "a.local.toml"]

    def test_several_paths(self, write, tmp_path):
        """Several directories and files are read one after the other, weakest first."""
        directory = write({"a.toml": "sample.days = 1"})
        other = tmp_path / "other.toml"
        other.write_text("sample.days = 2", encoding="utf-8")
        reading = read_config((other, directory), {}, catalog, SETTINGS_SPECS)
        assert [layer.tables["sample"]["days"] for layer in reading.graph.at(GLOBAL)] == [2, 1]

    def test_without_paths(self):
        """Without paths there are variables only."""
        reading = read_config((), {"TRAITCONF_RUNTIME__CONFLICTS": "error"}, catalog, SETTINGS_SPECS)
        assert [dict(layer.tables) for layer in reading.graph.all_layers()] == [{"runtime": {"conflicts": "error"}}]

    def test_every_problem_in_one_run(self, read, tmp_path):
        """Missing paths, unreadable files, syntax errors, wrong structure and wrong variables are told together."""
        reading = read(
            {
                "a.toml": "x = = 1",
                "b.toml": b"\xff",
                "c.json": "[]",
                "d.yaml": "tenants: 3",
                "e.ini": "ignored",
                "groups/f.toml": "extends = 'g'\nsample.days = 1",
            },
            {"TRAITCONF_ENV": "gone", "TRAITCONF_NONSENSE": "1"},
        )
        codes = [problem.code for problem in reading.problems]
        assert codes == ["TC001", "TC004", "TC003", "TC103", "TC103", "TC103", "TC142"]
        assert all(problem.origin is not None for problem in reading.problems)
        assert [layer.scope for layer in reading.graph.all_layers()] == [Scope("group", "f")]
        missing = read_config((tmp_path / "gone", tmp_path / "gone too"), {}, catalog, SETTINGS_SPECS)
        assert [problem.code for problem in missing.problems] == ["TC001", "TC001"]

    def test_a_directory_named_like_a_file(self, write):
        """Such a directory is read as the file that it pretends to be, and refused."""
        directory = write({"a.toml": ""})
        (directory / "traits.toml").mkdir()
        (problem,) = read_config((directory,), {}, catalog, SETTINGS_SPECS).problems
        assert (problem.code, problem.message) == ("TC002", "cannot read traits.toml: Is a directory")

    def test_later_files_win(self, read):
        """Of two files that say what a tenant extends, or what a model's class is, the later one counts."""
        reading = read(
            {
                "a.toml": 'tenants.acme.extends = ["a"]\n[models.A]\nclass = "x:A"\nuse = []',
                "b.toml": 'tenants.acme.extends = ["b"]\n[models.A]\nclass = "y:A"\nuse = []',
            }
        )
        assert reading.graph.edges["tenant", "acme"].names == ("b",)
        assert [bound.target for bound in reading.graph.bindings] == ["y:A"]


class TestFingerprint:
    def test_what_changes_it(self, read):
        """Files' names and contents and our variables change the fingerprint; nothing else does."""
        one = read({"a.toml": "x.y = 1"}).graph.fingerprint
        assert read({"a.toml": "x.y = 1"}, {"PATH": "/"}).graph.fingerprint == one
        others = [
            read({"a.toml": "x.y = 2"}).graph.fingerprint,
            read({"a.toml": "x.y = 1", "b.toml": ""}).graph.fingerprint,
            read({"a.toml": "x.y = 1"}, {"TRAITCONF_RUNTIME__APP": "x"}).graph.fingerprint,
            read({"a.toml": "x.y = 1"}, {"TRAITCONF_RUNTIME__APP": "y"}).graph.fingerprint,
        ]
        assert len({one, *others}) == 5

    def test_bytes_that_are_no_text(self, read):
        """A variable that is not UTF-8 is a problem, not a stumble over its hash."""
        reading = read({}, {"TRAITCONF_RUNTIME__APP": "\udcff"})
        assert [problem.code for problem in reading.problems] == ["TC003"]
        assert reading.graph.fingerprint != read({}, {"TRAITCONF_RUNTIME__APP": "\udcfe"}).graph.fingerprint


def test_assemble_nothing():
    """Without documents there is an empty graph."""
    assert list(assemble([]).all_layers()) == []


class TestOverride:
    @pytest.mark.parametrize(
        ("values", "layers"),
        [
            ({"sample.days": 5}, {"global": {"sample": {"days": 5}}}),
            ({"traits.sample.days": 5}, {"global": {"sample": {"days": 5}}}),
            ({"sample": {"days": 5}}, {"global": {"sample": {"days": 5}}}),
            ({"sample": {"days": 5}, "sample.name": "x"}, {"global": {"sample": {"days": 5, "name": "x"}}}),
            ({"sample.name": "x", "sample": {"days": 5}}, {"global": {"sample": {"days": 5, "name": "x"}}}),
            ({"sample.labels": {}}, {"global": {"sample": {"labels": {}}}}),
            ({"sample.labels": {"a.b": "c"}}, {"global": {"sample": {"labels": {"a.b": "c"}}}}),
            ({"tenants.acme.sample.days": 5}, {"tenant acme": {"sample": {"days": 5}}}),
            ({"tenants": {"a.b": {"sample": {"days": 5}}}}, {"tenant a.b": {"sample": {"days": 5}}}),
            (
                {"groups.g.models.A.sample.days": 5, "models.A.sample.days": 6},
                {"group g, model A": {"sample": {"days": 5}}, "model A": {"sample": {"days": 6}}},
            ),
            ({"runtime.app": "x"}, {"global": {"runtime": {"app": "x"}}}),
        ],
    )
    def test_addresses_as_in_files(self, values, layers):
        """Dotted addresses and nested tables say the same, and may be mixed."""
        parsed = parse_override(values, PLACE, sequence=3)
        assert not parsed.problems
        assert {layer.scope.label: layer.tables for layer in parsed.layers} == layers
        for layer in parsed.layers:
            assert (layer.source, layer.sequence, layer.band) == (Source.OVERRIDE, 3, Band.FORCE)
            assert layer.origin(("sample", "days")) is PLACE

    def test_what_is_given_stays(self):
        """The mapping that is given is not changed, however deep."""
        values = {"sample": {"labels": {"a": "b"}}, "sample.days": 5, "sample.labels": {"c": "d"}}
        parse_override(values, PLACE)
        assert values == {"sample": {"labels": {"a": "b"}}, "sample.days": 5, "sample.labels": {"c": "d"}}

    @pytest.mark.parametrize(
        ("values", "blamed"),
        [
            ({"sample.days": 5, "sample.days.lock": 6}, "sample.days.lock"),
            ({"sample.days.lock": 6, "sample.days": 5}, "sample.days"),
            ({"sample": {"days": 5}, "sample.days": 6}, "sample.days"),
            ({"sample": 5, "sample.days": 6}, "sample.days"),
        ],
    )
    def test_contradictions(self, values, blamed):
        """Two addresses that cannot both hold are a problem that names the second."""
        (problem,) = parse_override(values, PLACE).problems
        assert (problem.code, problem.address, problem.origin) == ("TC103", blamed, PLACE)
        assert problem.message == f"'{blamed}' contradicts another address of this override"
