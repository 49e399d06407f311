"""The registry of codes: complete, without strangers, documented, and every example executed."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from traitconf.errors import rules
from traitconf.errors.rules import HUNDREDS, RULES, reference
from traitconf.types import Severity

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_EXAMPLE = {
    "TC115",  # a hundred groups are no example
    "TC660",  # of a product that need not be installed
    "TC661",  # of a session of such a product
    "TC663",  # likewise
    "TC664",  # likewise
    "TC667",  # likewise
    "TC668",  # likewise
    "TC710",  # what nobody foresaw, in the code of a trait
    *("TC720", "TC721", "TC722", "TC723", "TC724"),  # what a request brings; tests/adapters/test_asgi.py
    *("TC741", "TC742"),  # what is not installed, and what a running program does
    *("TC760", "TC761", "TC762", "TC763", "TC764"),  # calls, and stores that fail; tests/runtime/test_cache_call.py
    "TC799",  # a fault of traitconf itself: whoever knows one mends it
}
REGISTRY = "traitconf/errors/rules"
EXAMPLES = [(code, kind) for code in RULES if code not in WITHOUT_EXAMPLE for kind in ("wrong", "right")]


def codes_in(tree: ast.Module) -> set[str]:
    """Return every string of a module that is a code and nothing else."""
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in texts if re.fullmatch(r"TC\d{3}", text)}


def test_every_code_has_a_rule(sources):
    """Every code that the package mentions is in the registry."""
    used = {code for source in sources if not str(source.path).startswith(REGISTRY) for code in codes_in(source.tree)}
    assert used
    assert used - set(RULES) == set()


def test_every_rule_is_used(sources):
    """Every code of the registry is reported somewhere in the package."""
    used = {code for source in sources if not str(source.path).startswith(REGISTRY) for code in codes_in(source.tree)}
    assert set(RULES) - used == set()


def test_codes_are_unique_and_in_their_part():
    """No two rules share a code, and every code belongs to a hundred that has a name."""
    counted = Counter(rule.code for part in rules._PARTS for rule in part.RULES)
    assert [code for code, count in counted.items() if count > 1] == []
    assert {code[:3] for code in RULES} <= set(HUNDREDS)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_says_everything(code):
    """Title, meaning and reason are there, as sentences, and so are both examples."""
    rule = RULES[code]
    assert rule.title
    assert not rule.title.endswith(".")
    for text in (rule.meaning, rule.reason):
        assert text.endswith(".")
        assert text[0].isupper() or text.startswith("`")
    assert bool(rule.wrong and rule.right) == (code not in WITHOUT_EXAMPLE)
    assert rule.wrong != rule.right or code in WITHOUT_EXAMPLE


@pytest.fixture(scope="module")
def without_command():
    """What the examples report that are files only; all of them are run by one process of their own."""
    script = Path(__file__).with_name("rule_examples.py")
    done = subprocess.run([sys.executable, script], capture_output=True, check=True, timeout=300)
    found = json.loads(done.stdout)
    assert len(found) > 50
    return found


@pytest.mark.parametrize(("code", "kind"), EXAMPLES, ids=[f"{code}-{kind}" for code, kind in EXAMPLES])
def test_examples_hold(code, kind, tmp_path, without_command):
    """A wrong example is reported with its code, as severely as the rule says; the right one without any error."""
    example = getattr(RULES[code], kind)
    commands = [listing.text for listing in example if not listing.file]
    found = _run(commands[0], example, tmp_path) if commands else without_command[f"{code}-{kind}"]
    severities = {Severity(severity) for reported, severity in found if reported == code}
    if kind == "wrong":
        assert severities == {RULES[code].severity}, found
    else:
        assert not severities, found
        assert [one for one in found if one[1] == "error"] == []


def _run(command, example, directory):
    """Run the command of an example in a shell and return what its JSON document reports."""
    (directory / "config").mkdir()
    for listing in example:
        if listing.file:
            path = directory / listing.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(listing.text, encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRAITCONF_", "GIT_"))}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    environ["PYTHONPATH"] = str(directory)
    words = command if "--json" in command else f"{command} --json"
    done = subprocess.run(words, shell=True, cwd=directory, env=environ, capture_output=True, check=False, timeout=60)  # noqa: S602 -- our own example
    return [(one["code"], one["severity"]) for one in json.loads(done.stdout)["diagnostics"]]


def test_the_reference_is_up_to_date():
    """docs/rules.md is what the registry says now."""
    path = ROOT / "docs/rules.md"
    assert path.read_text(encoding="utf-8") == reference(), (
        "write it anew: python -m traitconf rule --markdown > docs/rules.md"
    )
