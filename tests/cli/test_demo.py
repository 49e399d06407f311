"""`traitconf demo`: the demonstration as a command."""

from __future__ import annotations

import json


def test_the_story_is_told_and_kept(project, traitconf):
    """The demonstration runs anywhere, prints its story, keeps its data where it is told to, and ends with 0."""
    ended = traitconf("demo", "--data", "handbook")
    assert ended.code == 0
    assert "0 errors" in ended.out
    assert "Try next" in ended.out
    assert (project.directory / "handbook/config/traits.toml").is_file()


def test_programs_get_one_document(project, traitconf):
    """With --json stdout is one document, and the story goes to stderr."""
    ended = traitconf("demo", "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["ok"], document["data"]) == (0, True, {"succeeded": True, "directory": None})
    assert "Try next" in ended.err


def test_it_has_a_configuration_of_its_own(cli):
    """The demonstration takes no --config, on either side."""
    for words in (["demo", "--config", "x"], ["--config", "x", "demo"]):
        ended = cli(*words)
        assert ended.code == 2
        assert "No such option" in ended.err
