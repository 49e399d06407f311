"""`traitconf lint`: findings with their places, what is chosen of them, and the exit code."""

from __future__ import annotations

import json
import subprocess

import pytest

DOUBTFUL = {
    "config/traits.toml": "[auditable]\nenabled.force = true\n[sluggable]\nmax_length = 40\n",
    "config/tenants/acme.toml": 'extends = ["enterprise"]\n\n[auditable]\nenabled = false\n',
    "config/tenants/globex.toml": "[sluggable]\nmax_length = 40\n",
}


def codes(ended):
    """Return the codes of a JSON document, in order."""
    return [one["code"] for one in json.loads(ended.out)["diagnostics"]]


def test_findings_are_shown_and_counted(handbook, cli):
    """Each finding has its place and a hint; the codes are summed up, and warnings exit with 1."""
    handbook.write(DOUBTFUL)
    ended = cli("lint")
    assert (ended.code, ended.err) == (1, "")
    assert "warning[TC306]: 'auditable.enabled' decides nothing here: global forces it" in ended.out
    assert "  --> config/tenants/acme.toml:4:1" in ended.out
    assert "note: this is stronger everywhere\n  --> config/traits.toml:2:1" in ended.out
    assert ended.out.splitlines()[-6:] == [
        "TC303  1  active force",
        "TC304  1  active lock",
        "TC306  1  definition that decides nothing for anybody",
        "TC307  1  definition that repeats what stands below",
        "",
        "2 warnings, 2 notes in 4 files (5 files checked); traitconf rule CODE says more",
    ]


def test_notes_alone_are_no_findings(handbook, cli):
    """A lock is listed and exits with 0, unless notes are to count."""
    ended = cli("lint")
    assert (ended.code, "note[TC304]" in ended.out) == (0, True)
    assert cli("lint", "--fail-on", "note").code == 1


def test_nothing_doubtful(project, cli):
    """Without a finding one line says what was checked."""
    project.write({"config/traits.toml": "[auditable]\nretention_days = 90\n"})
    assert cli("lint") == type(cli("lint"))(0, "nothing doubtful (1 file checked)\n", "")


def test_an_invalid_configuration_is_not_looked_at(handbook, cli):
    """Errors are shown instead, and exit with 4."""
    handbook.write(DOUBTFUL | {"config/models/Leaflet.toml": "[auditable]\nretention_dayz = 3\n"})
    ended = cli("lint", "--json")
    assert (ended.code, codes(ended)) == (4, ["TC101"])


def test_what_validate_warns_of_is_a_finding(handbook, cli):
    """Warnings of the check itself count, such as two files of one rank."""
    handbook.write({"config/zz.toml": "[auditable]\nretention_days = 30\n"})
    assert "TC301" in codes(cli("lint", "--json"))
    assert cli("lint").code == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--select", "TC306"], ["TC306"]),
        (["--select", "tc306,TC307"], ["TC306", "TC307"]),
        (["--select", "TC306", "--select", "TC307"], ["TC306", "TC307"]),
        (["--select", "TC3", "--ignore", "TC306"], ["TC304", "TC307", "TC303"]),
        (["--ignore", "TC303,TC304", "--ignore", "TC307"], ["TC306"]),
        (["--select", "TC311"], []),
    ],
)
def test_codes_are_chosen(handbook, cli, words, expected):
    """Codes, or beginnings of codes, are chosen or left out, by commas or by repetition."""
    handbook.write(DOUBTFUL)
    ended = cli("lint", "--json", *words)
    assert codes(ended) == expected
    assert ended.code == (1 if {"TC306", "TC307"} & set(expected) else 0)


@pytest.mark.parametrize("words", [["--select", "TC999"], ["--ignore", "T"], ["--select", "TC3O6"], ["--ignore", ""]])
def test_unknown_codes_are_refused(handbook, cli, words):
    """A code that no rule has is a usage error, not a silent choice of nothing; an empty one is none."""
    ended = cli("lint", *words)
    assert ended.code == (2 if words[1] else 0)
    assert ("there is no rule" in ended.err) is bool(words[1])


def test_json_has_counts_and_diagnostics(handbook, cli):
    """The data holds the counts by severity and by code."""
    handbook.write(DOUBTFUL)
    document = json.loads(cli("lint", "--json").out)
    assert document["data"] == {
        "errors": 0,
        "warnings": 2,
        "notes": 2,
        "files": 5,
        "faulty_files": 4,
        "application": None,
        "codes": {"TC303": 1, "TC304": 1, "TC306": 1, "TC307": 1},
    }
    assert (document["ok"], document["generation"]) == (False, 1)


def test_models_are_looked_at_with_the_application(shop, traitconf):
    """With --app, decorators and the traits of models count."""
    shop.write(
        {
            "config/traits.toml": '[sluggable]\nsource = "name"\n[auditable]\nretention_days = 90\n',
            "config/models/Leaflet.toml": "[auditable]\nretention_days = 365\n[soft_deletes]\ncolumn = 'gone'\n",
        }
    )
    assert {"TC309", "TC314"} & set(codes(traitconf("lint", "--json"))) == set()
    assert {"TC309", "TC314"} <= set(codes(traitconf("lint", "--app", "shop", "--json")))


def test_paths_are_arguments(handbook, cli):
    """A list of paths is what --config names; both at once are refused."""
    handbook.write({"extra.toml": "[auditable]\nretention_days = 30\n"})
    assert json.loads(cli("lint", "config", "extra.toml", "--json").out)["data"]["files"] == 5
    assert cli("validate", "config", "extra.toml").out.endswith("5 files, 1 group, 1 tenant: ok, 1 warning\n")
    ended = cli("lint", "config", "--config", "extra.toml")
    assert (ended.code, "not both" in ended.err) == (2, True)


class TestGit:
    @pytest.fixture
    def repository(self, shop):
        """The project as a repository, with a secret and a local file in it."""
        shop.write(
            {
                "config/zz.toml": "[telepathic]\ntoken = 'mellon'\n",
                "config/traits.local.toml": "[auditable]\nretention_days = 3\n",
                "config/.secrets.toml": "[telepathic]\ntoken = 'melon'\n",
            }
        )
        subprocess.run(["git", "init", "-q"], check=True)
        return shop

    def add(self, *names):
        """Let git track files."""
        subprocess.run(["git", "add", "-f", *names], check=True)

    def found(self, traitconf, *words):
        """Return code and file of what git has to do with."""
        ended = traitconf("lint", "--app", "shop", "--json", "--select", "TC310,TC315", *words)
        assert "mel" not in ended.out
        return [(one["code"], one["file"]) for one in json.loads(ended.out)["diagnostics"]]

    def test_tracked_files_are_found(self, repository, traitconf):
        """A secret in a tracked file, and a tracked local or secrets file, are warnings."""
        self.add(".")
        assert self.found(traitconf) == [
            ("TC315", "config/.secrets.toml"),
            ("TC310", "config/.secrets.toml"),
            ("TC315", "config/traits.local.toml"),
            ("TC310", "config/zz.toml"),
        ]

    def test_a_secret_is_reported_once(self, repository, traitconf):
        """What git tracks is not reported a second time as standing in clear; what it does not is."""
        found = [("--select", "TC401,TC310"), ("--app", "shop"), ("--json",)]
        words = [word for pair in found for word in pair]
        assert codes(traitconf("lint", *words)) == ["TC401"]
        self.add("config/zz.toml")
        assert codes(traitconf("lint", *words)) == ["TC310"]

    def test_untracked_files_are_not(self, repository, traitconf):
        """What git does not track, or where there is no repository, is nobody's business."""
        self.add("config/traits.toml")
        assert self.found(traitconf) == []

    def test_a_named_file_is_looked_at(self, repository, traitconf):
        """A single file given as the configuration is asked about as well."""
        self.add(".")
        assert self.found(traitconf, "config/zz.toml") == [("TC310", "config/zz.toml")]
