"""`traitconf get`: the bare value, for people's eyes and for scripts."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        ("auditable.retention_days", "90"),
        ("auditable.enabled", "true"),
        ("auditable.cache.ttl", "5m"),
        ("auditable.cache.jitter", "0.1"),
        ("auditable.sinks", '["memory"]'),
        ("sluggable.fallback", "item"),
        ("traits.sluggable.fallback", "item"),
        ("runtime.unknown_tenants", "allow"),
        ("tenants.acme.sluggable.max_length", "40"),
        ("models.Leaflet.auditable.retention_days", "365"),
        ("groups.enterprise.auditable.retention_days", "2555"),
    ],
)
def test_a_value_is_printed_bare(handbook, cli, address, printed):
    """Text is printed as it is, everything else as JSON, and nothing around it."""
    ended = cli("get", address)
    assert (ended.code, ended.out, ended.err) == (0, f"{printed}\n", "")


def test_flags_choose_model_and_tenant(handbook, cli):
    """`--model` and `--tenant` say for whom."""
    assert cli("get", "auditable.retention_days", "--model", "Leaflet").out == "365\n"
    assert cli("get", "auditable.retention_days", "--model", "Leaflet", "--tenant", "acme").out == "2555\n"


def test_a_variable_overrides_files(handbook, cli):
    """What a variable forces is what is printed, and a tenant's variable beats the global one."""
    variables = {"TRAITCONF_TRAITS__SLUGGABLE__MAX_LENGTH": "50"}
    assert cli("get", "sluggable.max_length", "--tenant", "acme", **variables).out == "50\n"
    variables["TRAITCONF_TENANTS__ACME__SLUGGABLE__MAX_LENGTH"] = "45"
    assert cli("get", "sluggable.max_length", "--tenant", "acme", **variables).out == "45\n"


def test_a_trait_is_a_line_for_each_option(handbook, cli):
    """For a trait each option has a line, its value as JSON."""
    lines = cli("get", "auditable").out.splitlines()
    found = {address: json.loads(value) for address, _, value in (line.partition(" = ") for line in lines)}
    assert len(found) == len(lines)
    assert found["auditable.retention_days"] == 90
    assert found["auditable.cache.ttl"] == "5m"
    assert found["auditable.sinks"] == ["memory"]


def test_a_secret_is_dots(shop, traitconf):
    """The value of a secret option is never printed, whichever way it is asked for."""
    shop.write({"config/zz.toml": '[telepathic]\ntoken = "hunter22"\n'})
    for line in ("get telepathic.token", "get telepathic --json", "list telepathic", "explain telepathic.token --json"):
        ended = traitconf(*line.split(), "--app", "shop")
        assert ended.code == 0
        assert "•••" in ended.out
        assert "hunter22" not in ended.out + ended.err
        assert "initial" not in ended.out + ended.err


def test_json_of_an_option(handbook, cli):
    """The document of one option holds address, model, tenant and the typed value."""
    document = json.loads(cli("get", "tenants.acme.sluggable.max_length", "--json").out)
    assert document == {
        "schema": "traitconf.cli/1",
        "command": "get",
        "ok": True,
        "generation": 1,
        "data": {"address": "sluggable.max_length", "model": None, "tenant": "acme", "value": 40},
        "diagnostics": [],
    }


def test_json_of_a_trait_is_a_tree(handbook, cli):
    """The document of a trait holds its options as a configuration file nests them."""
    data = json.loads(cli("get", "auditable", "--tenant", "acme", "--json").out)["data"]
    assert data["value"]["retention_days"] == 2555
    assert data["value"]["cache"]["ttl"] == "5m"
    assert json.loads(cli("get", "auditable.cache", "--json").out)["data"]["value"] == data["value"]["cache"]


def test_a_missing_configuration_is_an_error(project, cli):
    """Where there is no configuration nothing is printed but the fault, its path, and what to do."""
    ended = cli("get", "auditable.enabled")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("error[TC001]: ")
    assert "  --> config" in ended.err
    assert "--config or TRAITCONF_CONFIG" in ended.err


def test_a_variable_that_breaks_a_lock_is_an_error(handbook, cli):
    """Against a lock of the tenant's own group a tenant's variable is refused with TC210 and 4."""
    variables = {"TRAITCONF_TENANTS__ACME__AUDITABLE__RETENTION_DAYS": "3"}
    ended = cli("get", "auditable.retention_days", "--tenant", "acme", **variables)
    assert (ended.code, ended.out) == (4, "")
    assert "error[TC210]" in ended.err
    assert "TRAITCONF_TENANTS__ACME__AUDITABLE__RETENTION_DAYS" in ended.err


def test_a_misspelt_variable_is_an_error(handbook, cli):
    """A variable that addresses nothing is refused with a suggestion and 4."""
    ended = cli("get", "auditable.enabled", TRAITCONF_TRAITS__AUDITABLE__ENABELD="false")
    assert ended.code == 4
    assert "did you mean 'ENABLED'?" in ended.err
