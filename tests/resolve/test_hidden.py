from __future__ import annotations

from pathlib import Path

import pytest

import traitconf as tc

SIZE = "TRAITCONF_TRAITS__SUBJECT__SIZE"
ACME = "TRAITCONF_TENANTS__ACME__SUBJECT__SIZE"
GOLD = "TRAITCONF_GROUPS__GOLD__SUBJECT__SIZE"
DOCUMENT = "TRAITCONF_MODELS__DOCUMENT__SUBJECT__SIZE"
ARTICLE = "TRAITCONF_MODELS__ARTICLE__SUBJECT__SIZE"


@pytest.fixture
def remark(subject):
    """A model that has nothing to do with the others."""

    @tc.use(subject)
    class Remark: ...

    return Remark


class TestHidden:
    @pytest.mark.parametrize(
        ("files", "environ", "where"),
        [
            ({"tenants/acme.toml": "[subject]\nsize.force = 3\n"}, {SIZE: "9"}, "for tenant acme"),
            ({"models/Article.toml": "[subject]\nsize.force = 3\n"}, {SIZE: "9"}, "for model Article"),
            ({"traits.toml": "[subject]\nsize.lock = 3\n"}, {f"{SIZE}__NORMAL": "3"}, "anywhere"),
            ({"tenants/acme.toml": "[subject]\nsize.lock = 3\n"}, {SIZE: "9"}, "for tenant acme"),
            ({"tenants/acme.toml": "[subject]\nsize = 3\n"}, {f"{SIZE}__NORMAL": "9"}, "for tenant acme"),
            ({"traits.toml": "[subject]\nsize.force = 3\n"}, {f"{ACME}__NORMAL": "9"}, "anywhere"),
            (
                {"groups/gold.toml": "", "tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize.force = 3\n'},
                {GOLD: "9"},
                "for tenant acme",
            ),
            (
                {"groups/gold.toml": "", "tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize = 3\n'},
                {f"{GOLD}__FALLBACK": "9"},
                "for tenant acme",
            ),
            ({"groups/gold.toml": "[subject]\nsize.force = 3\n"}, {f"{SIZE}__NORMAL": "9"}, "for group gold"),
            ({"models/Article.toml": "[subject]\nsize.force = 3\n"}, {DOCUMENT: "9"}, "for model Article"),
        ],
    )
    def test_something_is_stronger(self, findings, article, files, environ, where):
        """A lock, or a more specific definition of the same band, hides a variable; it is said for whom."""
        (problem,) = findings("TC308", files, environ)
        (name,) = environ
        assert problem.message == f"{name} has no effect {where}: something stronger sets 'subject.size'"
        assert problem.origin.name == name
        assert [Path(origin.file).name for origin, _ in problem.related] == [Path([*files][-1]).name]

    @pytest.mark.parametrize(
        ("files", "environ"),
        [
            ({"tenants/acme.toml": "[subject]\nsize = 3\n"}, {SIZE: "9"}),
            ({"traits.toml": "[subject]\nsize.force = 3\n"}, {SIZE: "9"}),
            ({"traits.toml": "[subject]\nsize.force = 3\n"}, {ACME: "9"}),
            ({"tenants/beta.toml": "[subject]\nsize.force = 3\n", "tenants/acme.toml": ""}, {ACME: "9"}),
            ({"tenants/acme.toml": "[subject]\nmost.force = 60\n"}, {SIZE: "9"}),
            ({"tenants/acme.toml": "[subject]\nmost.force = 60\n"}, {"TRAITCONF_TRAITS__SUBJECT__MOST": "70"}),
            ({"groups/gold.toml": "", "groups/side.toml": "[subject]\nsize.force = 3\n"}, {GOLD: "9"}),
            ({"tenants/acme.toml": "[subject]\nsize = 3\n"}, {SIZE: "9", ACME: "8"}),
            ({"tenants/acme.toml": "[subject]\nsize.fallback = 3\n"}, {SIZE: "9", f"{ACME}__NORMAL": "8"}),
            ({"models/Remark.toml": "[subject]\nsize.force = 3\n"}, {f"{DOCUMENT}__NORMAL": "9"}),
            ({"models/Document.toml": "[subject]\nsize.force = 3\n"}, {ARTICLE: "9"}),
            ({"groups/gold.toml": "", "groups/side.toml": "[subject]\nsize.force = 3\n"}, {f"{GOLD}__NORMAL": "9"}),
            (
                {"groups/gold.toml": "", "tenants/acme.toml": "[subject]\nsize.force = 3\n"},
                {f"{GOLD}__NORMAL": "9"},
            ),
        ],
    )
    def test_nothing_is_stronger(self, findings, article, remark, files, environ):
        """What is weaker, wider, of somebody else or another option, added up, or a variable too, hides none."""
        assert findings("TC308", files, environ) == []

    def test_many_places_are_counted(self, findings, subject):
        """Three places are named, of the others the number, however many tenants there are."""
        files = {f"tenants/t{number}.toml": "[subject]\nsize.force = 3\n" for number in range(8)}
        (problem,) = findings("TC308", files, {SIZE: "9"})
        assert "for tenant t0; tenant t1; tenant t2 and 5 more:" in problem.message
        assert len(problem.related) == 3

    def test_sibling_groups_meet_in_a_tenant(self, findings, subject):
        """A force in a group hides a variable of another group where a tenant has the first one nearer."""
        files = {"groups/gold.toml": "", "groups/side.toml": "[subject]\nsize.force = 3\n"}
        near = {"tenants/acme.toml": 'extends = ["side", "gold"]\n'}
        far = {"tenants/acme.toml": 'extends = ["gold", "side"]\n'}
        assert len(findings("TC308", files | near, {GOLD: "9"})) == 1
        assert findings("TC308", files | far, {GOLD: "9"}) == []

    def test_sibling_groups_meet_in_whatever_order(self, findings, subject):
        """A force in a group hides a weaker variable of another group wherever a tenant has both."""
        files = {"groups/gold.toml": "", "groups/side.toml": "[subject]\nsize.force = 3\n"}
        both = {"tenants/acme.toml": 'extends = ["gold", "side"]\n'}
        (problem,) = findings("TC308", files | both, {f"{GOLD}__NORMAL": "9"})
        assert "for group side:" in problem.message


class TestUnknownTenants:
    def test_a_slip_is_found(self, findings, subject):
        """A variable for a tenant that no file names is a warning with the nearest name."""
        (problem,) = findings("TC312", {"tenants/acme.toml": ""}, {ACME.replace("ACME", "ACMEE"): "3"})
        assert (problem.hint, problem.origin.name) == ("did you mean 'ACME'?", ACME.replace("ACME", "ACMEE"))

    def test_a_known_one_is_no_finding(self, findings, subject):
        """A variable for a tenant that a file names is as it should be."""
        assert findings("TC312", {"tenants/acme.toml": ""}, {ACME: "3", SIZE: "4"}) == []
