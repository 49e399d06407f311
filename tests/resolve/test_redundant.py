from __future__ import annotations

from pathlib import Path

import attrs
import pytest

import traitconf as tc
from traitconf.types import Severity

GLOBAL = {"traits.toml": "[subject]\nsize = 5\n"}
GOLD = {"groups/gold.toml": "[subject]\nsize = 5\n"}
MEMBER = {"tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize = 5\n'}


def seen(problems):
    """Return scope, severity and the files of related places of problems."""
    return [(one.scope, one.severity, [Path(origin.file).name for origin, _ in one.related]) for one in problems]


class TestRepetition:
    def test_of_the_global_layer(self, findings, subject):
        """A tenant that repeats the global value is a warning that names both places."""
        (problem,) = findings("TC307", GLOBAL | {"tenants/acme.toml": "[subject]\nsize = 5\n"})
        assert seen([problem]) == [("tenant acme", Severity.WARNING, ["traits.toml"])]
        assert problem.message == "'subject.size' repeats what stands below it (global)"

    def test_of_the_nearest(self, findings, subject):
        """What counts is the nearest definition below, whatever stands below that."""
        files = {"traits.toml": "[subject]\nsize = 9\n"} | GOLD | MEMBER
        assert seen(findings("TC307", files)) == [("tenant acme", Severity.WARNING, ["gold.toml"])]

    def test_of_a_base(self, findings, article):
        """A model repeats what its base has."""
        files = {"models/Document.toml": "[subject]\nsize = 5\n", "models/Article.toml": "[subject]\nsize = 5\n"}
        assert seen(findings("TC307", files)) == [("model Article", Severity.WARNING, ["Document.toml"])]

    @pytest.mark.parametrize(
        "files",
        [
            {"tenants/acme.toml": "[subject]\nsize = 6\n"},
            GOLD
            | {"tenants/acme.toml": 'extends = ["silver", "gold"]\n[subject]\nsize = 5\n'}
            | {"groups/silver.toml": "[subject]\nsize = 7\n"},
            {"models/Article.toml": "[subject]\nsize = 7\n", "tenants/acme.toml": "[subject]\nsize = 5\n"},
            {"tenants/acme.toml": "[subject]\nsize.force = 5\n"},
            {"tenants/acme.toml": "[subject]\nsize.unset = true\n"},
        ],
        ids=["another value", "another group between", "a model between", "a force", "unset"],
    )
    def test_a_definition_that_matters(self, findings, article, files):
        """Another value, or one that stands between for somebody, makes the definition matter."""
        assert [one.scope for one in findings("TC307", GLOBAL | files) if one.scope != "group gold"] == []

    def test_groups_are_seen_in_every_order(self, findings, subject):
        """A group's definition repeats nothing when one tenant has another group below it."""
        files = GLOBAL | GOLD | {"groups/silver.toml": "[subject]\nsize = 7\n"}
        alone = {"tenants/acme.toml": 'extends = ["gold"]\n', "tenants/beta.toml": 'extends = ["silver"]\n'}
        both = alone | {"tenants/beta.toml": 'extends = ["gold", "silver"]\n'}
        assert [problem.scope for problem in findings("TC307", files | alone)] == ["group gold"]
        assert findings("TC307", files | both) == []

    def test_other_laws_are_left_alone(self, findings, subject):
        """Where definitions are added up, or compared, a repetition is no mistake that one can be sure of."""
        files = {"traits.toml": '[subject]\nnames = ["a"]\nmost = 60\n'}
        assert findings("TC307", files | {"tenants/acme.toml": '[subject]\nnames = ["a"]\nmost = 60\n'}) == []

    def test_a_file_of_one_machine_is_no_reason(self, findings, subject):
        """What a local file says is not there for others."""
        files = {"traits.local.toml": "[subject]\nsize = 5\n", "tenants/acme.toml": "[subject]\nsize = 5\n"}
        assert findings("TC307", files) == []


class TestDefault:
    def test_is_a_note(self, findings, subject):
        """A definition that gives the option's default is a note that names the declaration."""
        (problem,) = findings("TC307", {"traits.toml": "[subject]\nsize = 1\n"})
        assert seen([problem]) == [("global", Severity.NOTE, ["conftest.py"])]

    def test_not_where_a_fallback_waits(self, findings, subject):
        """Without the definition a fallback would count somewhere."""
        files = {"traits.toml": "[subject]\nsize = 1\n", "tenants/acme.toml": "[subject]\nsize.fallback = 4\n"}
        assert findings("TC307", files) == []

    def test_not_where_it_makes_a_record_exist(self, findings, tc_runtime):
        """An optional record is there as soon as one field is defined, whatever its value."""

        @attrs.frozen(kw_only=True)
        class Limits:
            """A record."""

            soft: int = tc.option(1, doc="Soft.")

        @tc.trait(name="limited")
        class Limited(tc.TraitBase):
            """Has an optional record."""

            limits: Limits | None = tc.option(None, doc="Limits.")

        assert findings("TC307", {"traits.toml": "[limited.limits]\nsoft = 1\n"}) == []


class TestDecorators:
    @pytest.fixture
    def page(self, subject):
        """A model whose decorator gives a value."""

        @tc.use(subject(size=8))
        class Page: ...

        return Page

    def test_a_global_definition_has_no_effect(self, findings, page):
        """A decorator's argument stands above the global layer; the models are named, with the decorator's line."""
        (problem,) = findings("TC309", GLOBAL)
        assert problem.message == (
            "'subject.size' has no effect for TestDecorators.page.<locals>.Page: a decorator's argument stands above it"
        )
        assert [Path(origin.file).name for origin, _ in problem.related] == ["test_redundant.py"]

    @pytest.mark.parametrize(
        "files",
        [
            {"traits.toml": "[subject]\nsize.force = 5\n"},
            {"models/Page.toml": "[subject]\nsize = 5\n"},
            GLOBAL | {"models/Page.toml": "[subject]\nsize = 6\n"},
            {"traits.toml": "[subject]\nmost = 60\n"},
        ],
        ids=["force", "model", "model as well", "other option"],
    )
    def test_not_what_is_written_on_purpose(self, findings, page, files):
        """A force, a definition for the model itself, or one of another option is no mistake."""
        assert findings("TC309", files) == []

    def test_a_file_may_repeat_the_decorator(self, findings, page):
        """A model's file that gives what the decorator gives is a repetition."""
        (problem,) = findings("TC307", {"models/Page.toml": "[subject]\nsize = 8\n"})
        assert seen([problem]) == [("model Page", Severity.WARNING, ["test_redundant.py"])]
