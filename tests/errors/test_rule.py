from __future__ import annotations

import pytest

from traitconf.errors.rule import Listing, Rule, app, group, model, shell, tenant, traits
from traitconf.types import Severity

RULE = Rule(
    code="TC000",
    title="an example",
    severity=Severity.NOTE,
    meaning="Something is so.",
    reason="It need not be.",
    wrong=(shell("traitconf lint"), traits("[a]\nb = 1\n")),
    right=(Listing('{"a": {}}\n', "config/a.json"),),
)


@pytest.mark.parametrize(
    ("listing", "language", "lines"),
    [
        (shell("traitconf lint"), "console", ["$ traitconf lint"]),
        (traits("[a]\n"), "toml", ["# config/traits.toml", "[a]"]),
        (tenant("[a]\n", "x"), "toml", ["# config/tenants/x.toml", "[a]"]),
        (group("[a]\n"), "toml", ["# config/groups/gold.toml", "[a]"]),
        (model("[a]\n"), "toml", ["# config/models/Article.toml", "[a]"]),
        (app("x = 1\n"), "python", ["# app.py", "import traitconf as tc", "x = 1"]),
        (Listing("{}\n", "config/a.json"), "json", ["{}"]),
        (Listing("x\n", ".gitignore"), "text", ["# .gitignore", "x"]),
    ],
)
def test_listings_say_what_they_are(listing, language, lines):
    """A listing knows its language by its name, and is headed by that name where its format has comments."""
    assert (listing.language, listing.lines) == (language, lines)


def test_text_is_for_a_terminal():
    """Meaning, reason and both examples follow each other, examples indented."""
    assert RULE.text() == (
        "Something is so.\n\nWhy: It need not be.\n\nWrong:\n    $ traitconf lint\n\n    # config/traits.toml\n"
        '    [a]\n    b = 1\n\nRight:\n    {"a": {}}'
    )


def test_markdown_is_for_a_page():
    """The same in Markdown, each listing a fenced block of its language."""
    assert RULE.markdown() == (
        "Something is so.\n\n**Why:** It need not be.\n\nWrong:\n\n```console\n$ traitconf lint\n```\n\n"
        '```toml\n# config/traits.toml\n[a]\nb = 1\n```\n\nRight:\n\n```json\n{"a": {}}\n```'
    )


def test_the_record_is_for_programs():
    """Everything is there as plain data."""
    data = RULE.as_dict()
    assert [data[name] for name in ("code", "title", "severity", "meaning", "reason")] == [
        "TC000",
        "an example",
        "note",
        "Something is so.",
        "It need not be.",
    ]
    assert data["wrong"][0] == {"file": None, "language": "console", "text": "traitconf lint"}
    assert data["right"] == [{"file": "config/a.json", "language": "json", "text": '{"a": {}}\n'}]
