"""`traitconf trait list` and `trait show`."""

from __future__ import annotations

import json

import pytest

import traitconf as tc
from traitconf.cli.trait_show import complete_trait
from traitconf.traits import Sluggable


def test_every_known_trait_is_listed(shop, traitconf):
    """Traits of packages and of the application have a line each, with purpose, options and place."""
    lines = traitconf("trait", "list", "--app", "shop").out.splitlines()
    assert lines[0].split() == ["TRAIT", "PURPOSE", "OPTIONS", "MODELS", "WHERE"]
    found = {line.split()[0]: line for line in lines[1:]}
    assert {"auditable", "sluggable", "soft_deletes", "telepathic"} <= set(found)
    assert found["telepathic"].split()[1:3] == ["Find", "documents."]
    assert found["telepathic"].split()[-3] == "2"
    assert found["telepathic"].split()[-1].startswith("shop.py:")


def test_the_list_needs_no_configuration(project, cli):
    """Where there is no configuration, the traits of packages are listed all the same."""
    ended = cli("trait", "list", "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["command"]) == (0, "trait list")
    assert {"auditable", "sluggable", "soft_deletes"} <= {one["name"] for one in document["data"]}


def test_a_broken_configuration_is_reported(handbook, traitconf):
    """With a fault in the configuration nothing is listed, and the exit code says so."""
    handbook.write({"config/traits.toml": "[auditable]\nretention_dayz = 1\n"})
    assert traitconf("trait", "list").code == 4


def test_a_trait_is_shown_whole(shop, traitconf):
    """Purpose, options with defaults, members, hooks, events and the classes that it is bound to are on the page."""
    ended = traitconf("trait", "show", "sluggable", "--app", "shop")
    assert (ended.code, ended.err) == (0, "")
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert "class traitconf.traits.sluggable:Sluggable" in lines
    assert any(line.startswith('sluggable.separator str "-" ') for line in lines)
    assert any(line.startswith("make_slug() -> str method") for line in lines)
    assert any(line.startswith("ensure_slug before save ") for line in lines)
    assert any(line.startswith("slugged event ") for line in lines)
    assert "shop:Leaflet" in lines
    assert not any(line.startswith("sluggable.cache.ttl") for line in lines)
    assert "options that every trait has: --all" in lines[-1]


def test_all_options_are_shown_on_request(shop, traitconf):
    """`--all` lists the options of every trait too, records folded out."""
    lines = traitconf("trait", "show", "sluggable", "--all").out.splitlines()
    assert any(line.startswith("sluggable.cache.ttl ") for line in lines)
    assert "--all" not in lines[-1]


def test_json_is_the_public_description(shop, traitconf):
    """The document's data is what `describe` returns, and the models."""
    document = json.loads(traitconf("trait", "show", "sluggable", "--json", "--app", "shop").out)
    assert document["command"] == "trait show"
    models = document["data"].pop("models")
    assert document["data"] == json.loads(json.dumps(tc.describe(Sluggable).as_dict()))
    assert "shop:Leaflet" in models


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["slugable"], "did you mean 'sluggable'?; an application's own traits are known with --app"),
        (["slugable", "--app", "shop"], "did you mean 'sluggable'?"),
    ],
)
def test_an_unknown_trait_is_refused(shop, traitconf, words, hint):
    """A name that no trait has exits with 2 and a suggestion."""
    ended = traitconf("trait", "show", *words, "--json")
    found = json.loads(ended.out)["diagnostics"]
    assert (ended.code, [one["code"] for one in found], found[0]["hint"]) == (2, ["TC102"], hint)


def test_shared_options_stand_on_every_side(shop, traitconf):
    """What all commands share may stand before, between and behind the two words."""
    expected = traitconf("trait", "list", "--json", "--app", "shop").out
    assert traitconf("--json", "--app", "shop", "trait", "list").out == expected
    assert traitconf("trait", "--json", "--app=shop", "list").out == expected


def test_a_wrong_second_word_is_refused(project, cli):
    """An unknown second word and a missing one are wrong usage."""
    assert cli("trait", "shwo").code == 2
    assert json.loads(cli("trait", "show", "--json").out)["diagnostics"][0]["code"] == "TC010"


def test_names_are_completed():
    """The shell is offered traits, no options."""
    assert [item.value for item in complete_trait(None, None, "slu")] == ["sluggable"]
    assert complete_trait(None, None, "sluggable.") == []
