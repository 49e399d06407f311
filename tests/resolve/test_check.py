from __future__ import annotations

from pathlib import Path

import attrs
import pytest

import traitconf as tc
from traitconf.errors import Problem
from traitconf.layers.graph import ConfigGraph
from traitconf.layers.layer import CodeDocument, Layer, Scope
from traitconf.resolve.check import check, unique
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.spec import spec_of
from traitconf.types import Origin, Severity, Source


class TestUnknownTraits:
    def test_without_the_application_they_are_pending(self, tc_config, subject):
        """A trait that may still be imported is a warning with its place, and starts."""
        runtime = tc_config({"traits.toml": "[somewhere_else]\nx = 1\n"}, complete=False)
        (problem,) = runtime.warnings
        assert (problem.code, problem.is_error, problem.origin.line) == ("TC102", False, 1)
        assert [problem.is_error for problem in runtime.check()] == [True]

    def test_with_the_application_they_are_errors(self, problems_of, subject):
        """When everything is loaded, an unknown name is an error that lists the known ones."""
        (problem,) = problems_of({"traits.toml": "[somewhere_else]\nx = 1\n"})
        assert problem.code == "TC102"
        assert "subject" in problem.hint

    @pytest.mark.parametrize("name", ["subjct", "subjects", "zubjezt"])
    def test_a_slip_is_always_an_error(self, problems_of, subject, name):
        """A pending name within edit distance 2 of a known one is an error with a suggestion."""
        (problem,) = problems_of({"traits.toml": f"[{name}]\nx = 1\n"}, complete=False)
        assert (problem.code, problem.hint) == ("TC102", "did you mean 'subject'?")

    def test_the_trait_may_come_later(self, tc_config, tc_runtime):
        """A pending table is checked and counts when its trait has been defined."""
        runtime = tc_config({"traits.toml": "[latecomer]\nsize = 5\n"}, complete=False)

        @tc.trait(name="latecomer")
        class Latecomer(tc.TraitBase):
            """Defined after the configuration was read."""

            size: int = tc.option(1, doc="A value.")

        assert tc.resolve(Latecomer).size == 5
        runtime.reload()
        assert runtime.warnings == ()

    @pytest.mark.parametrize(
        ("name", "text", "shown"),
        [
            ("a.toml", "[far_away]\nx = 1\n", "[far_away]"),
            ("a.toml", '[far_away.token]\nx = "hunter2"\n', "[far_away.token]"),
            ("a.toml", "[far_away] # ours\n", "[far_away] # ours"),
            ("a.toml", 'far_away = "hunter2"\n', "far_away …"),
            ("a.toml", 'far_away.token = "hunter2"\n', "far_away …"),
            ("a.yaml", "far_away: hunter2\n", "far_away …"),
            ("a.yaml", "far_away: {token: hunter2}\n", "far_away …"),
            ("a.yaml", "far_away:\n  token: hunter2\n", "far_away:"),
            ("a.json", '{"far_away": {"token": "hunter2"}}', '{"far_away" …'),
            ("a.json", '{\n"far_away": {\n"token": "hunter2"}}', '"far_away": {'),
        ],
    )
    def test_of_its_line_only_the_name_is_shown(self, tc_config, subject, name, text, shown):
        """What stands behind the name of an unknown trait may be a secret; what cannot be one is shown."""
        (problem,) = tc_config({name: text}, complete=False).warnings
        assert problem.origin.excerpt == shown


class TestUnknownModels:
    def test_without_the_application_they_are_pending(self, tc_config, subject):
        """A model that may still be imported is no fault."""
        assert tc_config({"models/Nowhere.toml": "[subject]\nsize = 2\n"}, complete=False).warnings == ()
        assert tc.resolve(subject, "Nowhere").size == 2

    def test_with_the_application_they_are_errors(self, problems_of, article):
        """When everything is loaded, a name that no bound class nor a base of one has is an error."""
        (problem,) = problems_of({"models/Artcle.toml": "[subject]\nsize = 2\n"})
        assert (problem.code, problem.hint) == ("TC131", "did you mean 'Article'?")

    def test_a_variable_that_names_no_model_is_refused(self, problems_of, article):
        """A variable's token must stand for a known model, and is suggested as variables spell it."""
        (problem,) = problems_of({}, {"TRAITCONF_MODELS__ARTCLE__SUBJECT__SIZE": "3"})
        assert (problem.code, problem.hint) == ("TC131", "did you mean 'ARTICLE'?")

    def test_the_known_ones_are_listed_as_files_spell_them(self, problems_of, article):
        """Where no name is near, those are listed that a file may write."""
        (problem,) = problems_of({"models/Quite_another.toml": "[subject]\nsize = 2\n"})
        assert problem.hint.startswith("known are ")
        assert "Article" in problem.hint
        assert "*" not in problem.hint

    def test_where_there_is_none_it_says_so(self):
        """Where nothing is bound to any class, the hint says that."""
        layer = Layer(Scope(model="Nobody"), Source.FILE, 0, {}, CodeDocument(Origin(Source.FILE, name="here")))
        (problem,) = check(Resolver(ConfigGraph().with_layer(layer)), Catalog(), complete=True)
        assert (problem.code, problem.hint) == ("TC131", "known are none")

    def test_bases_are_known(self, tc_config, article):
        """A base of a bound class may be named although nothing is bound to it."""
        assert tc_config({"models/Document.toml": "[subject]\nsize = 2\n"}).warnings == ()

    def test_configured_models_are_known(self, tc_config, subject):
        """A table that binds a class may hold options before the class is imported."""
        text = '[models.Later]\nclass = "never.imported:Later"\nuse = ["subject"]\n[models.Later.subject]\nsize = 2\n'
        assert tc_config({"a.toml": text}).warnings == ()


class TestConfiguredBindings:
    TEXT = '[models.Later]\nclass = "never.imported:Later"\nuse = ["subject", "{name}"]\n'

    def test_an_unknown_trait_is_pending(self, tc_config, subject):
        """`use` may name a trait that is not imported yet."""
        (problem,) = tc_config({"a.toml": self.TEXT.format(name="distant")}, complete=False).warnings
        assert (problem.code, problem.origin.line, problem.address) == ("TC102", 3, "models.Later.use")

    @pytest.mark.parametrize(("name", "complete"), [("distant", True), ("subjekt", False)])
    def test_a_wrong_name_is_an_error(self, problems_of, subject, name, complete):
        """`use` with an unknown name is refused when everything is loaded, a slip always."""
        (problem,) = problems_of({"a.toml": self.TEXT.format(name=name)}, complete=complete)
        assert problem.code == "TC102"


CONFLICTING = {"a.toml": "[subject]\nsize = 2\n", "b.toml": "[traits.subject]\nsize = 3\n"}


class TestConflicts:
    def test_the_later_file_wins_with_a_lint(self, tc_config, subject):
        """Two files of one rank that define one option are a lint naming both places."""
        (problem,) = tc_config(CONFLICTING).warnings
        assert (problem.code, problem.address) == ("TC301", "subject.size")
        assert Path(problem.origin.file).name == "b.toml"
        assert [Path(origin.file).name for origin, _ in problem.related] == ["a.toml"]
        assert tc.resolve(subject).size == 3

    def test_the_setting_makes_it_an_error(self, problems_of, subject):
        """`runtime.conflicts = "error"` refuses them."""
        (problem,) = problems_of(CONFLICTING | {"runtime.toml": 'conflicts = "error"\n'})
        assert problem.code == "TC301"

    @pytest.mark.parametrize(
        "files",
        [
            {"a.toml": "[subject]\nsize = 2\n", "b.local.toml": "[subject]\nsize = 3\n"},
            {"a.toml": "[subject]\nsize = 2\n", "b.toml": "[subject]\nsize.force = 3\n"},
            {"a.toml": "[subject]\nsize = 2\n", "b.toml": "[subject]\nmost = 3\n"},
            {"a.toml": '[subject]\nnames = ["a"]\n', "b.toml": '[subject]\nnames = ["b"]\n'},
            {"a.toml": '[subject]\nplain = ["a"]\n', "b.toml": '[subject]\nplain.append = ["b"]\n'},
            {"a.toml": "[subject]\nsize = 2\n", "b.toml": "[tenants.x.subject]\nsize = 3\n"},
            {"a.toml": "[subject.cache]\nttl = '1s'\n", "b.toml": "[subject.cache]\njitter = 0.2\n"},
            {"a.toml": "[traits.subject]\nsize = 2\n[subject]\nsize = 3\n"},
        ],
        ids=["rank", "band", "option", "law", "operation", "scope", "field", "file"],
    )
    def test_different_keys_are_no_conflict(self, tc_config, subject, files):
        """Another rank, band, option, field or scope, a law that merges, or one file alone, is no conflict."""
        assert tc_config(files).warnings == ()

    def test_fields_of_records_conflict_one_by_one(self, tc_config, subject):
        """Of a record, only the field that both files define is in conflict."""
        texts = {f"{name}.toml": f"[subject.cache]\nttl = '{n}s'\n" for n, name in enumerate("ab", start=1)}
        (problem,) = tc_config(texts | {"c.toml": "[subject.cache]\njitter = 0.2\n"}).warnings
        assert problem.address == "subject.cache.ttl"


@attrs.frozen(kw_only=True)
class Bounds:
    """A record whose fields may be set where the whole may."""

    low: int = tc.option(0, doc="The lower.")
    high: int = tc.option(9, scope="model", doc="The upper, set for models.")


class TestScope:
    @pytest.fixture(autouse=True)
    def _placed(self, tc_runtime):
        @tc.trait(name="placed")
        class Placed(tc.TraitBase):
            """Options that may be set at some scopes only."""

            host: str = tc.option("h", scope="global", doc="For everybody.")
            quota: int = tc.option(1, scope=("group", "tenant"), doc="For groups and tenants.")
            record: Bounds = tc.option(Bounds(), scope="tenant", doc="For tenants.")

        self.trait = Placed

    def test_an_option_is_refused_elsewhere(self, problems_of):
        """An option with `scope` may be set there only."""
        files = {
            "traits.toml": "[placed]\nhost = 'x'\nquota = 2\n",
            "tenants/acme.toml": "[placed]\nhost = 'y'\nquota = 3\n",
        }
        found = sorted((problem.code, problem.address, problem.scope) for problem in problems_of(files))
        assert found == [("TC211", "placed.host", "tenant acme"), ("TC211", "placed.quota", "global")]

    def test_a_field_is_bound_to_the_scopes_of_its_record(self, tc_config, problems_of):
        """Fields inherit the record's scopes unless they have their own."""
        (problem,) = problems_of({"traits.toml": "[placed.record]\nlow = 1\n"})
        assert (problem.code, problem.address) == ("TC211", "placed.record.low")
        tc_config({"tenants/a.toml": "[placed.record]\nlow = 1\n"})
        assert tc.resolve(self.trait, tenant="a").record.low == 1

    def test_it_holds_for_tables_of_models(self, tc_config, problems_of):
        """A global table of a model is model scope; a tenant's table of a model is tenant scope."""

        @tc.use(self.trait)
        class Article: ...

        tc_config({"models/Article.toml": "[placed.record]\nhigh = 7\n"})
        assert tc.resolve(self.trait, Article).record.high == 7
        (problem,) = problems_of({"tenants/a.toml": "[models.Article.placed.record]\nhigh = 7\n"})
        assert "only at model scope" in problem.message


def test_the_shape_of_a_traits_table_is_checked(problems_of, subject):
    """A trait needs a table of options."""
    (problem,) = problems_of({"traits.toml": "subject = 3\n"})
    assert problem.code == "TC103"
    assert "expected a table" in problem.message


def test_settings_are_checked_like_options(problems_of):
    """The framework's own settings are typed, and their misspellings get a suggestion."""
    found = problems_of({"runtime.toml": 'unknown_tenants = "maybe"\ndefault_extend = []\n'})
    assert [(problem.code, problem.origin.line) for problem in found] == [("TC103", 1), ("TC101", 2)]
    assert found[1].hint == "did you mean 'default_extends'?"


def test_an_override_checks_what_it_adds(tc_config, subject, article):
    """An override names every fault of its own, and none of names that are still pending in files."""
    tc_config({"traits.toml": "[not_imported]\nx = 1\n", "models/Unseen.toml": "[subject]\nsize = 1\n"}, complete=False)
    with tc.override({"subject.size": 2}):
        assert tc.resolve(subject).size == 2
    wrong = {"subject.sizes": 1, "subject.most": "x", "unheard_of.x": 1, "models.Artikle.subject.size": 1}
    with pytest.raises(tc.ConfigError) as caught, tc.override(wrong):
        pass
    assert sorted(problem.code for problem in caught.value.problems) == ["TC101", "TC102", "TC103", "TC131"]


def test_an_override_names_every_kind_of_fault_at_once(tc_config, subject):
    """Faults of values, of `extends`, of locks, limits and secrets are all told together."""
    tc_config({"traits.toml": "[subject]\nmost.lock = 60\nsize.value = 5\nsize.allow = { max = 9 }\n"})

    @tc.trait(name="sealed")
    class Sealed(tc.TraitBase):
        """Something secret."""

        token: tc.Secret[str] = tc.option(tc.Secret(""), doc="A secret.")

    wrong = {
        "subject.sizes": 1,
        "tenants.acme.extends": ["nobody"],
        "subject.most": 61,
        "subject.size": 10,
        "sealed.token.secret": "env:NOT_SET_ANYWHERE",
    }
    with pytest.raises(tc.ConfigError) as caught:
        tc.override(wrong)
    found = [(problem.code, problem.address) for problem in caught.value.problems]
    assert found == [
        ("TC101", "subject.sizes"),
        ("TC110", "tenants.acme.extends"),
        ("TC210", "subject.most"),
        ("TC220", "subject.size"),
        ("TC402", "sealed.token"),
    ]


def test_an_override_is_not_blamed_for_files(tc_config, tc_runtime, subject):
    """What is wrong in files that were read before their trait was known is no fault of an override."""
    files = {
        "traits.toml": '[latecomer]\nsize.allow = { max = 9 }\ntoken = { secret = "env:NOT_SET_ANYWHERE" }\n',
        "tenants/acme.toml": "[latecomer]\nsize = 10\n",
    }
    tc_config(files, complete=False)

    @tc.trait(name="latecomer")
    class Latecomer(tc.TraitBase):
        """Defined after the configuration was read."""

        size: int = tc.option(1, doc="A value.")
        token: tc.Secret[str] = tc.option(tc.Secret(""), doc="A secret.")

    resolver = tc_runtime.snapshot.resolver
    for layer in resolver.graph.all_layers():
        resolver.contribution(layer, spec_of(Latecomer))
    with tc.override({"subject.size": 2}):
        assert tc.resolve(subject).size == 2


def test_problems_are_reported_once():
    """Equal problems of equal places are one."""
    one, other = Problem("TC101", "a"), Problem("TC101", "b", severity=Severity.NOTE)
    assert unique([one, other, one]) == [one, other]
