from __future__ import annotations

from pathlib import Path

import pytest

import traitconf as tc
from traitconf.resolve.shadowed import environment_shadows
from traitconf.schema.catalog import catalog
from traitconf.types import Severity

ACME = {"tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize = 4\n'}


def places(problems):
    """Return scope and file of problems."""
    return [(problem.scope, Path(problem.origin.file).name) for problem in problems]


class TestByOneDefinition:
    @pytest.mark.parametrize(("band", "verb"), [("force", "forces"), ("lock", "locks")])
    def test_something_stronger_covers_it(self, findings, subject, band, verb):
        """A definition that a force or lock of a wider scope covers is a warning that names both places."""
        value = 5 if band == "lock" else 4
        files = {
            "traits.toml": f"[subject]\nsize.{band} = {value}\n",
            "tenants/acme.toml": f"[subject]\nsize = {value}\n",
        }
        (problem,) = findings("TC306", files)
        assert problem.severity is Severity.WARNING
        assert problem.message == f"'subject.size' decides nothing here: global {verb} it"
        assert places([problem]) == [("tenant acme", "acme.toml")]
        assert [Path(origin.file).name for origin, _ in problem.related] == ["traits.toml"]

    @pytest.mark.parametrize(
        "files",
        [
            {"traits.toml": "[subject]\nsize = 5\n"} | ACME,
            {"groups/silver.toml": "[subject]\nsize.force = 5\n"} | ACME,
            {"models/Article.toml": "[subject]\nsize.force = 5\n"} | ACME,
            {"tenants/beta.toml": "[subject]\nsize.force = 5\n"} | ACME,
            {"traits.toml": "[subject]\nmost.force = 5\n"} | ACME,
            {"traits.local.toml": "[subject]\nsize.force = 5\n"} | ACME,
        ],
        ids=["weaker", "other group", "one model", "other tenant", "other option", "one machine"],
    )
    def test_nothing_covers_it(self, findings, article, files):
        """What is weaker, narrower, of another group, or seen by one machine only is held against nobody."""
        assert findings("TC306", files | {"groups/gold.toml": '[subject]\nlabel = "x"\n'}) == []

    def test_a_variable_is_no_reason(self, findings, subject):
        """A variable forces on one machine; no file is blamed for it."""
        assert (
            findings("TC306", {"traits.toml": "[subject]\nsize = 5\n"}, {"TRAITCONF_TRAITS__SUBJECT__SIZE": "6"}) == []
        )

    def test_two_files_of_one_rank_are_another_finding(self, findings, subject):
        """What TC301 reports is not reported again."""
        assert findings("TC306", {"a.toml": "[subject]\nsize = 5\n", "b.toml": "[subject]\nsize = 6\n"}) == []

    def test_a_model_may_be_defined_again_by_its_long_name(self, findings, article):
        """Two names of one model are one place, where the later file counts."""
        long = f"{article.__module__}:{article.__qualname__}"
        files = {"a.toml": "[models.Article.subject]\nsize = 5\n", "b.toml": f"[models.'{long}'.subject]\nsize = 6\n"}
        (problem,) = findings("TC306", files)
        assert problem.message == f"'subject.size' decides nothing here: model {long} defines it again"

    def test_a_fallback_may_be_covered_by_a_force(self, findings, subject):
        """A fallback below a force is covered by the force, not for being a fallback."""
        files = {"traits.toml": "[subject]\nsize.force = 5\n", "tenants/acme.toml": "[subject]\nsize.fallback = 6\n"}
        (problem,) = findings("TC306", files)
        assert problem.message == "'subject.size' decides nothing here: global forces it"

    def test_a_fallback_is_covered_by_what_is_none(self, findings, subject):
        """A fallback below a plain definition waits for nothing."""
        files = {"traits.toml": "[subject]\nsize = 5\n", "tenants/acme.toml": "[subject]\nsize.fallback = 6\n"}
        (problem,) = findings("TC306", files)
        assert problem.message == "'subject.size' decides nothing here: it is a fallback, and global is none"

    def test_a_model_is_covered_by_its_base(self, findings, article):
        """A force for a base covers the models that are derived from it, not the reverse."""
        files = {"models/Document.toml": "[subject]\nsize.force = 5\n", "models/Article.toml": "[subject]\nsize = 6\n"}
        assert places(findings("TC306", files)) == [("model Article", "Article.toml")]
        files = {"models/Article.toml": "[subject]\nsize.force = 5\n", "models/Document.toml": "[subject]\nsize = 6\n"}
        assert findings("TC306", files) == []


class TestOfAGroup:
    FILES = {"groups/gold.toml": "[subject]\nsize = 3\n"} | ACME

    def test_every_tenant_has_its_own(self, findings, subject):
        """A group's definition that each of its tenants replaces decides nothing."""
        (problem,) = findings("TC306", self.FILES)
        assert places([problem]) == [("group gold", "gold.toml")]
        assert "whoever extends the group" in problem.message

    @pytest.mark.parametrize(
        "files",
        [
            {"tenants/beta.toml": 'extends = ["gold"]\n'},
            {"runtime.toml": 'default_extends = ["gold"]\n'},
            {"tenants/acme.toml": 'extends = ["gold"]\n[models.Article.subject]\nsize = 4\n'},
            {"tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize.fallback = 4\n'},
            {"tenants/acme.local.toml": 'extends = ["gold"]\n[subject]\nsize = 4\n', "tenants/acme.toml": ""},
            {"tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize = 3\n'},
            {"tenants/acme.toml": ""},
            {
                "groups/gold.toml": "[subject]\nnames = ['a']\n",
                "tenants/acme.toml": "extends = ['gold']\n[subject]\nnames = ['b']\n",
            },
        ],
        ids=["another tenant", "strangers", "one model", "weaker", "one machine", "repetition", "nobody at all", "law"],
    )
    def test_somebody_needs_it(self, findings, article, files):
        """One tenant, stranger or model that has the group's value is enough; without any, TC311 says so."""
        assert "group gold" not in [problem.scope for problem in findings("TC306", self.FILES | files)]

    def test_a_nearer_group_stands_between(self, findings, subject):
        """A group that every tenant sees through another one, which says something itself, decides nothing."""
        between = {"groups/plus.toml": 'extends = ["gold"]\n[subject]\nsize = 9\n'}
        files = {"groups/gold.toml": "[subject]\nsize = 3\n", "tenants/acme.toml": 'extends = ["plus"]\n'}
        assert places(findings("TC306", files | between)) == [("group gold", "gold.toml")]


@pytest.mark.parametrize(
    ("environ", "count"),
    [
        ({}, 0),
        ({"TRAITCONF_TRAITS__SUBJECT__SIZE": "9"}, 3),
        ({"TRAITCONF_TENANTS__ACME__SUBJECT__SIZE": "9"}, 1),
        ({"TRAITCONF_TRAITS__SUBJECT__SIZE__NORMAL": "9"}, 1),
        ({"TRAITCONF_TRAITS__SUBJECT__SIZE__FALLBACK": "9"}, 0),
        ({"TRAITCONF_TRAITS__SUBJECT__MOST": "9"}, 0),
    ],
)
def test_what_the_environment_shadows_is_counted(tc_config, subject, environ, count):
    """Every definition of a file that a variable leaves without effect for everybody counts once, whoever's it is."""
    files = {"traits.toml": "[subject]\nsize = 2\n", "groups/gold.toml": "[subject]\nsize = 3\n"} | ACME
    assert environment_shadows(tc_config(files, environ).snapshot.resolver, catalog) == count


def test_the_environment_shadows_definitions_of_a_model(tc_config, article):
    """A variable of a base leaves without effect what files say of the models that are derived from it."""
    files = {"models/Article.toml": "[subject]\nsize = 2\n", "models/Elsewhere.toml": "[subject]\nsize = 2\n"}
    runtime = tc_config(files, {"TRAITCONF_MODELS__DOCUMENT__SUBJECT__SIZE": "9"}, complete=False)
    assert environment_shadows(runtime.snapshot.resolver, catalog) == 1


def test_arguments_of_decorators_are_not_counted(tc_config, subject):
    """What stands in code is no definition of a file, although a variable leaves it without effect."""

    @tc.use(subject(size=7))
    class Note: ...

    runtime = tc_config({}, {"TRAITCONF_TRAITS__SUBJECT__SIZE": "9"})
    assert tc.resolve(subject, Note).size == 9
    assert environment_shadows(runtime.snapshot.resolver, catalog) == 0
