"""`traitconf model list` and `model show`."""

from __future__ import annotations

import json

APPLICATION = """\
from __future__ import annotations

import attrs

import traitconf as tc
from traitconf.traits import Auditable, Sluggable, SoftDeletes


class Sheet:
    def save(self) -> None: ...


@attrs.define
@tc.use(Sluggable(source="title"), Auditable, exclude={"audit_log"}, alias={"audit_log": "log"})
class Pamphlet(Sheet):
    title: str
    slug: str | None = None


@tc.use(SoftDeletes)
class Broadside(Pamphlet):
    def save(self) -> None:
        super().save()

    def delete(self) -> None: ...
"""


def documents(text):
    """Return the data of a JSON reply."""
    return json.loads(text)["data"]


def test_models_are_listed_with_their_traits(project, traitconf):
    """Each class with traits, subclasses included, has a line with its traits in order and its place."""
    project.write({"pamphlets.py": APPLICATION})
    lines = traitconf("model", "list", "--app", "pamphlets").out.splitlines()
    assert lines[0].split() == ["MODEL", "TRAITS", "CLASS", "WHERE"]
    found = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert found["Pamphlet"] == ["auditable,", "sluggable", "pamphlets:Pamphlet", "pamphlets.py:13"]
    assert found["Broadside"] == ["auditable,", "soft_deletes,", "sluggable", "pamphlets:Broadside", "pamphlets.py:20"]


def test_what_nobody_imported_is_listed_too(project, traitconf):
    """A model that only the configuration names stands in the list, as not loaded, with the place that names it."""
    project.write({"config/models/Unloaded.toml": 'class = "unloaded_models:Unloaded"\nuse = ["auditable"]\n'})
    found = {one["name"]: one for one in documents(traitconf("model", "list", "--json").out)}
    assert found["Unloaded"] == {
        "name": "Unloaded",
        "class": "unloaded_models:Unloaded",
        "traits": ["auditable"],
        "inherits_from": [],
        "origin": "config/models/Unloaded.toml:2:1",
        "loaded": False,
    }


def test_a_model_is_shown_whole(project, traitconf):
    """Traits in order with who bound them, members with their origin, and what a call of a method meets."""
    project.write({"pamphlets_shown.py": APPLICATION})
    ended = traitconf("model", "show", "pamphlets_shown:Broadside", "--app", "pamphlets_shown")
    assert ended.code == 0, ended.err
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert "bases pamphlets_shown:Pamphlet, pamphlets_shown:Sheet" in lines
    assert "1 auditable pamphlets_shown.py:14 Pamphlet" in lines
    assert "2 soft_deletes pamphlets_shown.py:20 itself" in lines
    assert '3 sluggable pamphlets_shown.py:14 Pamphlet source="title"' in lines
    assert any(line.startswith("log() -> tuple[AuditEntry, ...] auditable ") for line in lines)
    assert any("only by T.of(host): excluded, here it is 'log'" in line for line in lines)
    calls = [line.split()[1:4] for line in lines if line.startswith("save ")]
    assert calls == [["1.", "auditable", "around"], ["2.", "sluggable", "before"], ["3.", "the", "method"]]
    assert "save 3. the method itself pamphlets_shown.py:22" in lines


def test_json_holds_every_binding(project, traitconf):
    """The document has one record for each binding, and each method with its hooks."""
    project.write({"pamphlets_told.py": APPLICATION})
    found = documents(traitconf("model", "show", "pamphlets_told:Broadside", "--app", "pamphlets_told", "--json").out)
    assert [one["trait"] for one in found["bindings"]] == ["auditable", "soft_deletes", "sluggable"]
    assert [one["inherited"] for one in found["bindings"]] == [True, False, True]
    assert {method["method"] for method in found["methods"]} >= {"save", "delete", "restore"}
    assert found["bindings"][1]["bound_by"] == "pamphlets_told.py:20"


def test_a_class_without_traits_is_shown(project, traitconf):
    """A base that has no traits itself is shown as it is."""
    project.write({"pamphlets_based.py": APPLICATION})
    ended = traitconf("model", "show", "pamphlets_based:Sheet", "--app", "pamphlets_based")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.split()[:2] == ["model", "Sheet"]
    assert "TRAIT" not in ended.out


def test_an_unknown_model_is_refused(shop, traitconf):
    """A name that nothing has, and one whose class nobody imported, exit with 2 and say what to do."""
    ended = traitconf("model", "show", "Leaflett", "--app", "shop", "--json")
    found = json.loads(ended.out)["diagnostics"]
    assert (ended.code, found[0]["code"], found[0]["hint"]) == (2, "TC131", "did you mean 'Leaflet'?")
    shop.write({"config/models/Nowhere.toml": "[auditable]\nretention_days = 1\n"})
    ended = traitconf("model", "show", "Nowhere", "--json")
    found = json.loads(ended.out)["diagnostics"]
    assert (ended.code, found[0]["hint"]) == (2, "--app names the module that defines it")


def test_nothing_to_list_is_said(project, traitconf):
    """Without an application there is no model, and a sentence says how to name one."""
    ended = traitconf("model", "list")
    assert (ended.code, ended.out) == (0, "")
    assert "--app" in ended.err
