from __future__ import annotations

from pathlib import Path

import pytest

import traitconf as tc
from traitconf.types import Severity

GOLD = {"groups/gold.toml": "[subject]\nsize = 3\n"}


class TestGroups:
    def test_nobody_extends_it(self, findings, subject):
        """A group without tenants is a warning at its place."""
        (problem,) = findings("TC311", GOLD | {"tenants/acme.toml": ""})
        assert (problem.severity, problem.address) == (Severity.WARNING, "groups.gold")
        assert Path(problem.origin.file).name == "gold.toml"

    def test_without_any_tenant_it_is_a_note(self, findings, subject):
        """Where no file names a tenant, they may be kept elsewhere."""
        assert [problem.severity for problem in findings("TC311", GOLD)] == [Severity.NOTE]

    @pytest.mark.parametrize(
        "files",
        [
            {"tenants/acme.toml": 'extends = ["gold"]\n'},
            {"tenants/acme.toml": 'extends = ["plus"]\n', "groups/plus.toml": 'extends = ["gold"]\n'},
            {"runtime.toml": 'default_extends = ["gold"]\n', "tenants/acme.toml": ""},
        ],
        ids=["directly", "through another", "by default"],
    )
    def test_somebody_has_it(self, findings, subject, files):
        """A tenant, another group with tenants, or the setting for strangers makes a group used."""
        assert findings("TC311", GOLD | files) == []

    def test_a_group_without_definitions_has_a_place_too(self, findings, subject):
        """A group that only extends another is placed at its `extends`."""
        files = GOLD | {"groups/plus.toml": '\nextends = ["gold"]\n', "tenants/acme.toml": 'extends = ["gold"]\n'}
        (problem,) = findings("TC311", files)
        assert (Path(problem.origin.file).name, problem.origin.line) == ("plus.toml", 2)


class TestModelsWithoutTheTrait:
    @pytest.fixture
    def hooked(self, tc_runtime):
        """A trait that acts on classes."""

        @tc.trait(name="hooked")
        class Hooked(tc.TraitBase):
            """Acts."""

            size: int = tc.option(1, doc="A value.")

            @tc.provides
            def measured(self, host) -> int:
                return self.size

        return Hooked

    def test_a_model_lacks_it(self, findings, article, hooked):
        """A trait that acts, configured for a known class that does not have it, is a warning at its table."""
        files = {"tenants/acme.toml": "[models.Article.hooked]\nsize = 3\n"}
        (problem,) = findings("TC314", files)
        assert (problem.address, problem.origin.line, problem.scope) == ("hooked", 1, "tenant acme, model Article")
        assert "@tc.use(Hooked)" in problem.hint

    def test_plain_options_need_no_host(self, findings, hooked):
        """A trait of mere options may be configured for any model."""

        @tc.trait(name="plainly")
        class Plainly(tc.TraitBase):
            """Only options."""

            size: int = tc.option(1, doc="A value.")

        @tc.use(hooked)
        class Article: ...

        assert findings("TC314", {"models/Article.toml": "[plainly]\nsize = 3\n[hooked]\nsize = 4\n"}) == []

    def test_a_base_passes_it_on(self, findings, hooked):
        """Configuring a base is right when a class derived from it has the trait, and the reverse."""

        class Document: ...

        @tc.use(hooked)
        class Article(Document): ...

        class Special(Article): ...

        tc.use(hooked)(Special)
        files = {"models/Document.toml": "[hooked]\nsize = 3\n", "models/Special.toml": "[hooked]\nsize = 4\n"}
        assert findings("TC314", files) == []

    def test_a_binding_in_a_file_counts(self, findings, article, hooked):
        """What `use` promises is not reported as missing before the class has it."""
        text = 'class = "never.imported:Article"\nuse = ["hooked"]\n[hooked]\nsize = 3\n'
        assert findings("TC314", {"models/Article.toml": text}) == []
