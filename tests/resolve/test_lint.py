from __future__ import annotations

from pathlib import Path

import pytest

import traitconf as tc
from traitconf.resolve.lint import Surroundings, lint
from traitconf.schema.catalog import catalog
from traitconf.types import Secret, Severity


class TestForcesAndLocks:
    def test_they_are_noted(self, findings, subject):
        """Every force and lock is a note with its place and for whom it holds."""
        files = {
            "traits.toml": "[subject]\nsize.force = 5\nmost = 60\n",
            "groups/gold.toml": "[subject]\nleast.lock = 2\n",
        }
        (force,), (lock,) = findings("TC303", files), findings("TC304", files)
        assert (force.severity, lock.severity) == (Severity.NOTE, Severity.NOTE)
        assert (force.message, force.origin.line) == ("'subject.size' is forced for everybody", 2)
        assert lock.message == "'subject.least' is locked for group gold"

    def test_variables_force(self, findings, subject):
        """A variable is an active force, unless its suffix says otherwise."""
        (problem,) = findings("TC303", {}, {"TRAITCONF_TRAITS__SUBJECT__SIZE": "5"})
        assert problem.origin.name == "TRAITCONF_TRAITS__SUBJECT__SIZE"
        assert findings("TC303", {}, {"TRAITCONF_TRAITS__SUBJECT__SIZE__NORMAL": "5"}) == []

    def test_only_active_ones(self, findings, subject):
        """A force that a lock covers is no active one; it is a definition without effect."""
        files = {"traits.toml": "[subject]\nsize.lock = 5\n", "tenants/acme.toml": "[subject]\nsize.force = 5\n"}
        assert findings("TC303", files) == []
        assert len(findings("TC306", files)) == 1


class TestSecrets:
    @pytest.fixture
    def posting(self, tc_runtime):
        """A trait with secrets of both kinds."""

        @tc.trait(name="posting")
        class Posting(tc.TraitBase):
            """Has secrets."""

            token: str = tc.option("", secret=True, doc="A secret by declaration.")
            key: Secret[str] | None = tc.option(None, doc="A secret by type.")
            name: str = tc.option("", doc="No secret.")

        return Posting

    TEXT = '[posting]\ntoken = "mellon"\nkey = "melon"\nname = "gate"\n'

    def test_in_a_tracked_file(self, tc_config, posting):
        """Each literal secret in a tracked file is a warning at its line, and its value is shown nowhere."""
        runtime = tc_config({"traits.toml": self.TEXT})
        tracked = frozenset({str(runtime.paths[0] / "traits.toml")})
        found = lint(runtime.snapshot.resolver, catalog, Surroundings(tracked=tracked))
        problems = [problem for problem in found if problem.code == "TC310"]
        assert [(problem.address, problem.origin.line) for problem in problems] == [
            ("posting.token", 2),
            ("posting.key", 3),
        ]
        assert not any(word in problem.render() for problem in problems for word in ("mellon", "melon"))

    @pytest.mark.parametrize("text", ['[posting]\ntoken = ""\nkey = "@none"\n', "[posting]\ntoken.unset = true\n"])
    def test_nothing_is_no_secret(self, tc_config, posting, text):
        """An empty value, none, and what takes a value away tell nobody anything."""
        runtime = tc_config({"traits.toml": text})
        tracked = frozenset({str(runtime.paths[0] / "traits.toml")})
        found = lint(runtime.snapshot.resolver, catalog, Surroundings(tracked=tracked))
        assert [problem for problem in found if problem.code == "TC310"] == []

    def test_untracked_files_may_hold_them(self, findings, posting):
        """A file that git does not track is where secrets may stand."""
        assert findings("TC310", {".secrets.toml": self.TEXT}, tracked=frozenset({"/elsewhere/traits.toml"})) == []


def test_local_files_that_are_tracked(findings, subject):
    """A file for one machine that git tracks is a warning at its first line."""
    around = {"local": frozenset({"/x/a.local.toml", "/x/b.local.toml"}), "tracked": frozenset({"/x/b.local.toml"})}
    (problem,) = findings("TC315", {}, **around)
    assert (problem.origin.file, problem.origin.line) == ("/x/b.local.toml", 1)


def test_deprecated_traits(findings, tc_runtime):
    """Configuring a deprecated trait is a warning at each table of it, with its author's advice."""

    @tc.trait(name="polling", deprecated="subscribe instead")
    class Polling(tc.TraitBase):
        """Old."""

    files = {"traits.toml": "[polling]\nenabled = false\n", "tenants/acme.toml": "[polling]\nshadow = true\n"}
    problems = findings("TC313", files)
    assert [Path(problem.origin.file).name for problem in problems] == ["acme.toml", "traits.toml"]
    assert {problem.hint for problem in problems} == {"subscribe instead"}


def test_findings_are_sorted_by_place(tc_config, subject):
    """Whatever found them, findings come in the order of files, lines and columns, the same each time."""
    files = {
        "b.toml": "[subject]\nsize.force = 5\nmost = 50\n",
        "a.toml": "[tenants.acme.subject]\nsize = 5\n",
        "groups/g.toml": "[subject]\nleast = 2\n",
    }
    runtime = tc_config(files)
    runs = [lint(runtime.snapshot.resolver, catalog, Surroundings()) for _ in range(2)]
    assert [one.render() for one in runs[0]] == [one.render() for one in runs[1]]
    places = [(Path(one.origin.file).name, one.origin.line, one.code) for one in runs[0]]
    assert places == [("a.toml", 2, "TC306"), ("b.toml", 2, "TC303"), ("g.toml", 1, "TC311")]


def test_a_clean_configuration_has_no_findings(tc_config, subject):
    """Where everything counts for somebody, there is nothing to say."""
    files = {
        "traits.toml": "[subject]\nsize = 5\n",
        "groups/gold.toml": "[subject]\nsize = 6\n",
        "tenants/acme.toml": 'extends = ["gold"]\n[subject]\nlabel = "acme"\n',
    }
    assert lint(tc_config(files).snapshot.resolver, catalog, Surroundings()) == []


class TestCompanions:
    def test_what_has_expired(self, findings, subject):
        """A definition whose time is over is a warning with its reason, and no other finding speaks of it."""
        text = '[subject]\nsize.force = { value = 5, until = 2020-01-01, reason = "sale", ticket = "OPS-1" }\n'
        (problem,) = findings("TC305", {"traits.toml": text})
        assert (problem.severity, problem.message) == (
            Severity.WARNING,
            "'subject.size' expired on 2020-01-01 (sale, OPS-1)",
        )
        assert findings("TC303", {"traits.toml": text}) == []

    def test_what_will_expire(self, findings, subject):
        """A definition that will expire is a note that says when."""
        text = "[subject]\nsize = { value = 5, until = 2999-01-01T12:00:00 }\n"
        (problem,) = findings("TC316", {"tenants/acme.toml": text})
        assert (problem.severity, problem.scope) == (Severity.NOTE, "tenant acme")
        assert problem.message == "'subject.size' holds until 2999-01-01T12:00:00Z"

    def test_reasons_are_told(self, findings, subject):
        """The note of a force or lock says why it was made."""
        text = '[subject]\nsize = { lock = 5, reason = "contract" }\n'
        assert [one.message for one in findings("TC304", {"traits.toml": text})] == [
            "'subject.size' is locked for everybody (contract)"
        ]

    @pytest.mark.parametrize("code", ["TC306", "TC307"])
    def test_what_expires_is_no_reason(self, findings, subject, code):
        """Nothing is useless for the sake of a definition that will be gone."""
        band = "force" if code == "TC306" else "value"
        files = {
            "traits.toml": f"[subject]\nsize = {{ {band} = 5, until = 2999-01-01 }}\n",
            "tenants/acme.toml": "[subject]\nsize = 5\n",
        }
        assert findings(code, files) == []

    def test_allow_is_no_value(self, findings, subject):
        """Narrowing an option neither repeats nor shadows a value of it."""
        files = {
            "traits.toml": "[subject]\nsize = 5\n",
            "groups/gold.toml": "[subject]\nsize.allow = { max = 9 }\n",
            "tenants/acme.toml": 'extends = ["gold"]\n[subject]\nsize = 7\n',
        }
        assert [findings(code, files) for code in ("TC306", "TC307")] == [[], []]


def test_a_reference_to_a_secret_is_none(findings, tc_runtime):
    """What stands in the file is where the secret is, not the secret."""

    @tc.trait(name="posting")
    class Posting(tc.TraitBase):
        """Has a secret."""

        token: str = tc.option("", secret=True, doc="A secret.")

    files = {"traits.toml": '[posting]\ntoken.secret = "env:TOKEN"\n'}

    class Everything(frozenset):
        """Contains whatever is asked for."""

        def __contains__(self, item):
            return True

    assert findings("TC310", files, {"TOKEN": "mellon"}, tracked=Everything({"x"})) == []
