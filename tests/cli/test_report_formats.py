"""`--format` of validate and lint: SARIF 2.1.0, GitHub's workflow commands, JSON; against what the formats demand."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest

BROKEN = {
    "config/traits.toml": "[auditable]\nretention_dayz = 90\nenabled = 'no'\n",
    "config/groups/business.toml": "[auditabel]\nenabled = true\n",
    "config/tenants/acme.toml": 'extends = ["enterprise", "gold"]\n[auditable]\nretention_days = 3\n',
    "config/tenants/é %x.toml": "[auditable]\n",
}
LEVELS = {"none", "note", "warning", "error"}


def assert_keys(record, required, optional=()):
    """Check the names of a record: all that the format demands, and none that it does not know."""
    assert set(required) <= set(record) <= {*required, *optional}, record


def check_location(location):
    """Check a SARIF location."""
    assert_keys(location, [], ["id", "physicalLocation", "logicalLocations", "message"])
    if physical := location.get("physicalLocation"):
        assert_keys(physical, ["artifactLocation"], ["region"])
        artifact = physical["artifactLocation"]
        assert_keys(artifact, ["uri"], ["uriBaseId"])
        assert re.fullmatch(r"[A-Za-z0-9%/._~:-]+", artifact["uri"]), "not percent-encoded"
        assert artifact["uri"].startswith("file:///") or artifact["uriBaseId"] == "%SRCROOT%"
        if region := physical.get("region"):
            assert_keys(region, ["startLine"], ["startColumn", "endColumn"])
            assert all(type(number) is int and number >= 1 for number in region.values())
            assert region.get("endColumn", 1000) > region.get("startColumn", 0)
    for logical in location.get("logicalLocations", ()):
        assert_keys(logical, ["fullyQualifiedName"])


def check_sarif(log):
    """Check a SARIF 2.1.0 log as its schema would, and return its results."""
    assert_keys(log, ["version", "runs"], ["$schema"])
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert_keys(run, ["tool"], ["results", "columnKind", "invocations"])
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    assert_keys(run["tool"], ["driver"])
    driver = run["tool"]["driver"]
    assert_keys(driver, ["name"], ["version", "rules"])
    for rule in driver["rules"]:
        assert_keys(rule, ["id"], ["name", "shortDescription", "fullDescription", "help", "defaultConfiguration"])
        assert rule["help"]["text"]
        assert_keys(rule["help"], ["text"], ["markdown"])
        assert rule["defaultConfiguration"]["level"] in LEVELS
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for invocation in run["invocations"]:
        assert_keys(invocation, ["executionSuccessful"], ["exitCode"])
    for result in run["results"]:
        assert_keys(result, ["message"], ["ruleId", "ruleIndex", "level", "locations", "relatedLocations"])
        assert_keys(result["message"], ["text"])
        assert result["level"] in LEVELS
        assert ids[result["ruleIndex"]] == result["ruleId"]
        for location in (*result.get("locations", ()), *result.get("relatedLocations", ())):
            check_location(location)
        numbers = [related["id"] for related in result.get("relatedLocations", ())]
        assert len(numbers) == len(set(numbers))
        assert all("message" in related for related in result.get("relatedLocations", ()))
    return run["results"]


class TestSarif:
    def test_errors_of_validate(self, handbook, cli):
        """Every fault is a result with rule, level, region and related places; the exit code stays."""
        handbook.write(BROKEN)
        ended = cli("validate", "--format", "sarif")
        log = json.loads(ended.out)
        results = check_sarif(log)
        assert ended.code == 4
        assert log["runs"][0]["invocations"] == [{"executionSuccessful": True, "exitCode": 4}]
        assert len(results) == len(json.loads(cli("validate", "--json").out)["diagnostics"]) == 6
        first = next(result for result in results if result["ruleId"] == "TC101")
        assert first["message"]["text"].endswith("; did you mean 'retention_days'?")
        assert first["locations"][0]["physicalLocation"] == {
            "artifactLocation": {"uri": "config/traits.toml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 2, "startColumn": 1, "endColumn": 15},
        }
        lock = next(result for result in results if result["ruleId"] == "TC210")
        (related,) = lock["relatedLocations"]
        assert related["physicalLocation"]["artifactLocation"]["uri"] == "config/groups/enterprise.toml"
        assert related["message"] == {"text": "locked here, group enterprise"}

    def test_names_of_files_are_encoded(self, handbook, cli):
        """A path is a URI: what may not stand in one is percent-encoded, and reads back as the path."""
        handbook.write(BROKEN)
        results = check_sarif(json.loads(cli("validate", "--format", "sarif").out))
        uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]
        assert "config/tenants/%C3%A9%20%25x.toml" in uris
        assert all((handbook.directory / unquote(uri)).is_file() for uri in uris)

    def test_paths_elsewhere_are_absolute(self, handbook, cli, tmp_path_factory):
        """A file outside the working directory has a file URI."""
        elsewhere = tmp_path_factory.mktemp("elsewhere") / "x.toml"
        elsewhere.write_text("[auditable]\nretention_dayz = 1\n", encoding="utf-8")
        (result,) = check_sarif(json.loads(cli("validate", str(elsewhere), "--format", "sarif").out))
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact == {"uri": elsewhere.as_uri()}

    def test_variables_have_no_file(self, handbook, cli):
        """A fault without a file has a logical place: the variable."""
        ended = cli("validate", "--format", "sarif", TRAITCONF_TRAITS__AUDITABLE__ENABLED="maybe")
        (result,) = check_sarif(json.loads(ended.out))
        names = [one["fullyQualifiedName"] for one in result["locations"][0]["logicalLocations"]]
        assert "TRAITCONF_TRAITS__AUDITABLE__ENABLED" in names

    def test_rules_carry_their_help(self, handbook, cli):
        """The rules of the findings come with title, meaning and examples, in text and Markdown."""
        log = json.loads(cli("lint", "--format", "sarif").out)
        (result,) = check_sarif(log)
        (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
        assert (result["level"], rule["id"], rule["name"]) == ("note", "TC304", "ActiveLock")
        assert "```toml" in rule["help"]["markdown"]

    def test_nothing_is_an_empty_list(self, project, cli):
        """Without findings there is a run with no results, so that what was reported before is closed."""
        project.write({"config/traits.toml": "[auditable]\nretention_days = 90\n"})
        ended = cli("lint", "--format", "sarif")
        assert (ended.code, check_sarif(json.loads(ended.out))) == (0, [])

    def test_a_configuration_that_cannot_be_found(self, project, cli):
        """What goes wrong before anything is read is reported in the same format."""
        project.write({"pyproject.toml": "[tool.traitconf]\nconfig = 3\n"})
        (result,) = check_sarif(json.loads(cli("validate", "--format", "sarif").out))
        assert result["ruleId"] == "TC103"


class TestGithub:
    COMMAND = re.compile(r"::(?P<kind>error|warning|notice) (?P<properties>[^:]*)::(?P<text>.*)")

    def commands(self, ended):
        """Return kind, properties and text of each line."""
        found = []
        for line in ended.out.splitlines():
            match = self.COMMAND.fullmatch(line)
            assert match, line
            properties = dict(pair.split("=", 1) for pair in match["properties"].split(","))
            found.append((match["kind"], properties, match["text"]))
        return found

    def test_every_fault_is_a_command(self, handbook, cli):
        """Each problem is one line with file, line, column and code; nothing else is printed."""
        handbook.write(BROKEN)
        ended = cli("validate", "--format", "github")
        commands = self.commands(ended)
        assert (ended.code, len(commands)) == (4, 6)
        kind, properties, text = next(one for one in commands if one[1]["title"] == "TC101")
        assert (kind, properties) == (
            "error",
            {"file": "config/traits.toml", "line": "2", "col": "1", "title": "TC101"},
        )
        assert text == "unknown option 'auditable.retention_dayz'%0Adid you mean 'retention_days'?"

    def test_special_letters_are_escaped(self, handbook, cli):
        """Per cent signs, commas, colons and line ends cannot break a command."""
        name = "50%, a:b"
        handbook.write({f"config/{name}.toml": "[auditable]\nretention_dayz = 1\n"})
        (command,) = self.commands(cli("validate", "--format", "github"))
        assert command[1]["file"] == "config/50%25%2C a%3Ab.toml"

    def test_severities(self, handbook, cli):
        """Warnings and notes have commands of their own."""
        handbook.write({"config/groups/unused.toml": "[sluggable]\nmax_length = 9\n"})
        assert [kind for kind, *_ in self.commands(cli("lint", "--format", "github"))] == ["notice", "warning"]

    def test_variables_have_no_file(self, handbook, cli):
        """A problem without a file has only its code for a title."""
        ended = cli("validate", "--format", "github", TRAITCONF_TRAITS__AUDITABLE__ENABLE="maybe")
        ((_, properties, text),) = self.commands(ended)
        assert properties == {"title": "TC101"}
        assert text.startswith("TRAITCONF_TRAITS__AUDITABLE__ENABLE: ")


class TestChoice:
    def test_json_is_json(self, handbook, cli):
        """`--format json` is `--json`."""
        assert cli("validate", "--format", "json").out == cli("validate", "--json").out

    def test_text_is_the_default(self, handbook, cli):
        """`--format text` is what is printed without."""
        assert cli("lint", "--format", "text").out == cli("lint").out

    @pytest.mark.parametrize("words", [["--json", "--format", "sarif"], ["--format", "xml"]])
    def test_contradictions_are_refused(self, handbook, cli, words):
        """Two formats, or one that nobody knows, are a usage error."""
        assert cli("validate", *words).code == 2

    def test_misuse_is_reported_as_json(self, handbook, cli):
        """Who asks for JSON gets it for a usage error too, however it was asked for."""
        for words in (["--format", "json"], ["--format=json"], ["--json"]):
            document = json.loads(cli("lint", "--selekt", "TC3", *words).out)
            assert document["diagnostics"][0]["code"] == "TC010"


def test_paths_are_relative_to_the_working_directory(handbook, cli, monkeypatch):
    """Seen from a directory below, files above are absolute, and those below relative."""
    handbook.write(BROKEN)
    monkeypatch.chdir(handbook.directory / "config")
    ended = cli("validate", "--config", str(handbook.directory / "config"), "--format", "github")
    files = re.findall(r"file=([^,]*),", ended.out)
    assert "traits.toml" in files
    assert not any(PurePosixPath(file).is_absolute() for file in files)
