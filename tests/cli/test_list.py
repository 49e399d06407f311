"""`traitconf list`: every option with its value and what decided it."""

from __future__ import annotations

import json


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of a plain table by address."""
    heading, *lines = text.splitlines()
    starts = [heading.index(name) for name in ("OPTION", "VALUE", "DECIDED BY", "WHERE")]
    ends = [*starts[1:], None]
    cells = ([line[a:b].strip() for a, b in zip(starts, ends, strict=True)] for line in lines)
    return {address: rest for address, *rest in cells}


def test_every_option_has_a_row(handbook, cli):
    """Without an address all traits and the settings are listed, one line for each option, defaults included."""
    ended = cli("list")
    found = rows(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert len(found) == len(ended.out.splitlines()) - 1
    assert {"runtime.app", "auditable.enabled", "sluggable.max_length", "soft_deletes.enabled"} <= set(found)
    assert found["auditable.retention_days"] == ["90", "global", "config/traits.toml:2:1"]
    assert found["auditable.enabled"][:2] == ["true", "default"]


def test_the_layer_that_decided_is_named(handbook, cli):
    """Scope, band and place of the deciding definition stand in the row."""
    found = rows(cli("list", "--tenant", "acme", "--model", "Leaflet").out)
    assert found["auditable.retention_days"] == ["2555", "group enterprise (lock)", "config/groups/enterprise.toml:2:1"]
    assert found["sluggable.separator"] == ["_", "tenant acme, model Leaflet", "config/tenants/acme.toml:5:1"]


def test_a_variable_is_named_as_what_decided(handbook, cli):
    """A variable stands in the row with its full name."""
    found = rows(cli("list", "auditable", TRAITCONF_TRAITS__AUDITABLE__ENABLED="false").out)
    assert found["auditable.enabled"] == ["false", "global (force)", "env TRAITCONF_TRAITS__AUDITABLE__ENABLED"]


def test_changed_leaves_defaults_out(handbook, cli):
    """`--changed` lists what some layer defines, whatever its value, and nothing else."""
    handbook.write({"config/models/Leaflet.toml": "[auditable]\nretention_days = 365\nenabled = true\n"})
    assert set(rows(cli("list", "--changed").out)) == {"auditable.retention_days"}
    assert set(rows(cli("list", "--changed", "--model", "Leaflet").out)) == {
        "auditable.enabled",
        "auditable.retention_days",
    }


def test_an_address_narrows_the_list(handbook, cli):
    """A trait, a record, and a mere scope may be asked for."""
    assert {address.partition(".")[0] for address in rows(cli("list", "auditable").out)} == {"auditable"}
    assert all(address.startswith("auditable.log.") for address in rows(cli("list", "auditable.log").out))
    assert rows(cli("list", "tenants.acme").out) == rows(cli("list", "--tenant", "acme").out)
    assert rows(cli("list", "tenants.acme.models.Leaflet", "--changed").out).keys() == {
        "auditable.retention_days",
        "sluggable.max_length",
        "sluggable.separator",
    }
    assert rows(cli("list", "groups.enterprise").out)["auditable.retention_days"][0] == "2555"


def test_nothing_to_list_is_said_aside(handbook, cli):
    """An empty list prints nothing on stdout, and says so on stderr."""
    ended = cli("list", "soft_deletes", "--changed")
    assert (ended.code, ended.out, ended.err) == (0, "", "Every option has its default.\n")
    ended = cli("list", "soft_deletes", "--changed", "--json")
    assert (json.loads(ended.out)["data"]["options"], ended.err) == ([], "")


def test_json_has_the_place_of_each_decision(handbook, cli):
    """The document lists address, value, whether it is changed, and who decided with file, line and column."""
    document = json.loads(cli("list", "auditable", "--json").out)
    assert (document["ok"], document["command"], document["data"]["address"]) == (True, "list", "auditable")
    found = {one["address"]: one for one in document["data"]["options"]}
    assert found["auditable.retention_days"] == {
        "address": "auditable.retention_days",
        "value": 90,
        "type": "int, days, 1..36500",
        "changed": True,
        "decided_by": {
            "scope": "global",
            "band": "",
            "origin": "config/traits.toml:2:1",
            "file": "config/traits.toml",
            "line": 2,
            "column": 1,
        },
    }
    assert found["auditable.enabled"]["changed"] is False


def test_an_unknown_trait_is_a_usage_fault(handbook, cli):
    """What cannot be listed is refused with a suggestion and 2."""
    ended = cli("list", "sluggabel")
    assert (ended.code, ended.out) == (2, "")
    assert "did you mean 'sluggable'?" in ended.err
