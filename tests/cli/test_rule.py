"""`traitconf rule`: one rule, all rules, and what is said about a code that does not exist."""

from __future__ import annotations

import json

import pytest

from traitconf.cli.rule import complete_code
from traitconf.errors.rules import RULES, reference


def test_a_rule_is_shown(cli):
    """One page holds the code, what it means, why, and both examples."""
    ended = cli("rule", "TC210")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "TC210 error: definition that breaks a lock"
    assert [line for line in lines if line in ("Wrong:", "Right:")] == ["Wrong:", "Right:"]
    assert "    retention_days.lock = 2555" in lines
    assert all(len(line) <= 100 for line in lines)


def test_letters_may_be_small(cli):
    """Nobody has to type capitals."""
    assert cli("rule", "tc210").out == cli("rule", "TC210").out


def test_json_holds_the_record(cli):
    """The document's data is the rule with its examples as files and commands."""
    document = json.loads(cli("rule", "TC140", "--json").out)
    data = document["data"]
    assert (document["command"], document["ok"], data["code"], data["severity"]) == ("rule", True, "TC140", "error")
    assert [one["language"] for one in data["wrong"]] == ["console", "toml"]
    assert data["wrong"][0]["file"] is None
    assert data["right"][1] == {
        "file": "config/traits.toml",
        "language": "toml",
        "text": "[auditable]\nretention_days = 90\n",
    }


def test_all_rules_are_listed(cli):
    """Without a code there is one line for each, and the same as data."""
    lines = cli("rule").out.splitlines()
    assert lines[0].split() == ["CODE", "SEVERITY", "TITLE"]
    assert [line.split()[0] for line in lines[1:]] == [*RULES]
    assert [one["code"] for one in json.loads(cli("rule", "--json").out)["data"]] == [*RULES]


def test_the_reference_is_printed(cli):
    """`--markdown` prints the page of the documentation."""
    assert cli("rule", "--markdown").out == reference()


@pytest.mark.parametrize(
    ("code", "hint"), [("TC7999", "did you mean 'TC799'?"), ("nonsense", "traitconf rule lists all codes")]
)
def test_an_unknown_code_is_refused(cli, code, hint):
    """A code that does not exist exits with 2 and a suggestion."""
    ended = cli("rule", code)
    assert (ended.code, ended.out) == (2, "")
    assert f"there is no rule '{code}'" in ended.err
    assert hint in ended.err


def test_codes_are_completed():
    """The shell offers the codes that begin with what is typed, with their titles."""
    found = complete_code(None, None, "tc21")
    assert [item.value for item in found] == [code for code in RULES if code.startswith("TC21")]
    assert found[0].help == RULES["TC210"].title


def test_no_configuration_is_needed(project, traitconf):
    """It works where there is no configuration at all."""
    assert traitconf("rule", "TC001").code == 0


def test_a_terminal_gets_colours(cli, monkeypatch):
    """On a terminal the headings are coloured, and the text is the same."""
    plain = cli("rule", "TC210").out
    monkeypatch.setattr("traitconf.cli.terminal.is_lively", lambda **_: True)
    lively = cli("rule", "TC210")
    assert lively.code == 0
    assert lively.out.rstrip() == plain.rstrip()  # the runner strips colours, as a pipe would
