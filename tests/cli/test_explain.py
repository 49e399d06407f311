"""`traitconf explain`: text, JSON, and what cannot be explained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from traitconf.traits import auditable

LINE = next(
    number
    for number, text in enumerate(Path(auditable.__file__).read_text(encoding="utf-8").splitlines(), start=1)
    if text.strip().startswith("retention_days: int")
)
CHAIN = f"""\
auditable.retention_days = 2555   int, days, 1..36500
  ● group enterprise   2555  lock    config/groups/enterprise.toml:2:1
  ○ model Leaflet       365          config/models/Leaflet.toml:2:1     shadowed
  ○ global               90          config/traits.toml:2:1             shadowed
  ○ default              30          {auditable.__file__}:{LINE}
"""


def test_the_chain_names_every_place(shop, traitconf):
    """The text is the chain, strongest first, each definition with file, line and column, the default with its line."""
    ended = traitconf("explain", "auditable.retention_days", "--app", "shop", "--model", "Leaflet", "--tenant", "acme")
    assert (ended.code, ended.err) == (0, "")
    assert [line.split() for line in ended.out.splitlines()] == [line.split() for line in CHAIN.splitlines()]
    assert ended.out == CHAIN


def test_a_full_address_says_the_same_as_flags(handbook, cli):
    """Tenant and model may stand in the address, as in files."""
    flags = cli("explain", "sluggable.separator", "--model", "Leaflet", "--tenant", "acme")
    address = cli("explain", "tenants.acme.models.Leaflet.sluggable.separator")
    assert flags.code == 0
    assert "● tenant acme, model Leaflet" in flags.out
    assert address == flags


def test_a_group_is_explained_as_what_its_tenants_get(handbook, cli):
    """The address of a group explains what a tenant gets that extends it and says nothing itself."""
    ended = cli("explain", "groups.enterprise.auditable.retention_days")
    assert ended.out.splitlines()[0].startswith("auditable.retention_days = 2555 ")
    assert "config/groups/enterprise.toml:2:1" in ended.out


def test_a_trait_is_explained_option_by_option(handbook, cli):
    """An address above options explains each of them, apart by an empty line."""
    blocks = cli("explain", "auditable.cache").out.rstrip("\n").split("\n\n")
    assert [block.partition(" = ")[0] for block in blocks] == [
        f"auditable.cache.{name}"
        for name in ("enabled", "ttl", "stale", "stale_if_error", "negative_ttl", "jitter", "store", "vary")
    ]
    assert all("○" in block or "●" in block for block in blocks)


def test_the_frameworks_own_settings_are_explained(handbook, cli):
    """`runtime` is explained like any option, variables included."""
    ended = cli("explain", "runtime.conflicts", TRAITCONF_RUNTIME__CONFLICTS="error")
    assert ended.out.splitlines()[0].startswith("runtime.conflicts = error ")
    assert "env TRAITCONF_RUNTIME__CONFLICTS" in ended.out


def test_json_gives_the_chain_with_places(handbook, cli):
    """The document of one option holds its value and every definition with its place."""
    words = ("explain", "auditable.retention_days", "--model", "Leaflet", "--tenant", "acme", "--json")
    document = json.loads(cli(*words).out)
    assert {name: document[name] for name in ("schema", "command", "ok", "generation", "diagnostics")} == {
        "schema": "traitconf.cli/1",
        "command": "explain",
        "ok": True,
        "generation": 1,
        "diagnostics": [],
    }
    data = document["data"]
    assert (data["address"], data["model"], data["tenant"], data["value"]) == (
        "auditable.retention_days",
        "Leaflet",
        "acme",
        2555,
    )
    places = [(step["counts"], step["file"], step["line"], step["column"]) for step in data["chain"]]
    assert places == [
        (True, "config/groups/enterprise.toml", 2, 1),
        (False, "config/models/Leaflet.toml", 2, 1),
        (False, "config/traits.toml", 2, 1),
        (False, auditable.__file__, LINE, None),
    ]


def test_json_of_a_trait_lists_its_options(handbook, cli):
    """The document of a trait holds the explanation of each option."""
    data = json.loads(cli("explain", "auditable", "--json").out)["data"]
    assert data["address"] == "auditable"
    assert {"auditable.enabled", "auditable.retention_days"} <= {one["address"] for one in data["options"]}


def test_without_application_the_bases_are_unknown_and_it_says_so(handbook, cli):
    """The name of a model is enough for its own layer; that its bases are unknown is said."""
    ended = cli("explain", "auditable.retention_days", "--model", "Leaflet")
    assert ended.out.splitlines()[0].startswith("auditable.retention_days = 365 ")
    assert ended.out.splitlines()[-1].strip() == "the bases of Leaflet are unknown without --app"


def test_with_application_the_bases_count(shop, traitconf):
    """With the application loaded, what is configured for a base of the model counts, also where attrs remade it."""
    shop.write({"config/models/Document.toml": "[auditable]\nenabled = false\n"})
    ended = traitconf("explain", "auditable.enabled", "--app", "shop", "--model", "Leaflet")
    assert ended.out.splitlines()[0] == "auditable.enabled = false   bool"
    assert "● model Document" in ended.out
    assert "unknown" not in ended.out
    assert traitconf("get", "auditable.enabled", "--app", "shop", "--model", "Document").out == "false\n"


def test_the_arguments_of_a_decorator_are_a_layer(shop, traitconf):
    """What the class's decorator was given stands in the chain with its line."""
    out = traitconf("explain", "sluggable.source", "--app", "shop", "--model", "shop:Leaflet").out
    assert "● model Leaflet (decorator)" in out
    assert "shop.py:14" in out


@pytest.mark.parametrize(
    ("words", "code", "message", "hint"),
    [
        (["auditble.enabled"], "TC102", "unknown trait 'auditble'", "did you mean 'auditable'?"),
        (["auditable.enabeld"], "TC101", "unknown option 'auditable.enabeld'", "did you mean 'enabled'?"),
        (["auditable.cache.tll"], "TC101", "unknown option 'auditable.cache.tll'", "did you mean 'cache.ttl'?"),
        (["runtim.app"], "TC102", "unknown trait 'runtim'", "did you mean 'runtime'?"),
        (["groups.enterprize.auditable"], "TC110", "unknown group 'enterprize'", "did you mean 'enterprise'?"),
        (["tenants..auditable"], "TC105", "'tenants..auditable' is not an address", "trait.option"),
        (["tenants."], "TC105", "'tenants.' is not an address", "trait.option"),
        (["tenants.a.auditable", "--tenant", "b"], "TC105", "the address says 'a', --tenant says 'b'", "say one"),
        (["models.A.auditable", "--model", "B"], "TC105", "the address says 'A', --model says 'B'", "say one"),
    ],
)
def test_what_is_unknown_is_a_usage_fault_with_a_hint(handbook, cli, words, code, message, hint):
    """A question that makes no sense is refused with 2, a code, and what may have been meant."""
    ended = cli("explain", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"error[{code}]: {message}")
    assert hint in ended.err
    document = json.loads(cli("explain", *words, "--json").out)
    assert (document["ok"], document["data"], document["diagnostics"][0]["code"]) == (False, None, code)


def test_every_fault_of_a_question_is_named_at_once(handbook, cli):
    """Trait and group are both wrong, and both are named."""
    err = cli("explain", "groups.enterprize.auditble").err
    assert "TC102" in err
    assert "TC110" in err


def test_an_unknown_model_of_a_known_application_is_a_usage_fault(shop, traitconf):
    """With the application loaded, a model that it does not define is refused with a suggestion."""
    ended = traitconf("explain", "auditable.enabled", "--app", "shop", "--model", "Leaflt")
    assert (ended.code, ended.out) == (2, "")
    assert "error[TC131]: unknown model 'Leaflt'" in ended.err
    assert "did you mean 'Leaflet'?" in ended.err


def test_a_model_name_that_two_classes_have_must_be_qualified(shop, traitconf):
    """An ambiguous name is refused with the qualified names, and each of those is accepted."""
    shop.write({"depot.py": "import shop\n\n@shop.tc.use(shop.Auditable)\nclass Leaflet: ...\n"})
    ended = traitconf("explain", "auditable.enabled", "--app", "depot", "--model", "Leaflet")
    assert ended.code == 2
    assert "name one of depot:Leaflet, shop:Leaflet" in ended.err
    assert traitconf("explain", "auditable.enabled", "--app", "depot", "--model", "depot:Leaflet").code == 0


def test_an_unknown_tenant_is_answered_with_a_note(handbook, cli):
    """An id that no file names is legal, so it gets its answer; a slip is pointed at on stderr."""
    ended = cli("explain", "sluggable.max_length", "--tenant", "acmee")
    assert ended.code == 0
    assert ended.out.startswith("sluggable.max_length = ")
    assert ended.err.startswith("note[TC701]: no file names the tenant 'acmee'")
    assert "did you mean 'acme'?" in ended.err


def test_an_unknown_tenant_is_refused_where_the_settings_say_so(handbook, cli):
    """With `unknown_tenants = "error"` the same is a usage fault."""
    handbook.write({"config/runtime.toml": 'unknown_tenants = "error"\n'})
    ended = cli("explain", "sluggable.max_length", "--tenant", "acmee")
    assert (ended.code, ended.out) == (2, "")
    assert "error[TC701]: unknown tenant 'acmee'" in ended.err
    assert cli("explain", "sluggable.max_length", "--tenant", "acme").code == 0


def test_a_tenant_that_only_a_variable_names_is_known(handbook, cli):
    """A variable names a tenant by its folded id; asking for that id raises no doubt."""
    ended = cli(
        "get", "sluggable.max_length", "--tenant", "new-co", TRAITCONF_TENANTS__NEW_CO__SLUGGABLE__MAX_LENGTH="9"
    )
    assert (ended.out, ended.err) == ("9\n", "")


def test_a_broken_configuration_explains_nothing(handbook, cli):
    """All faults are shown, nothing is explained, and the code is 4."""
    handbook.write({"config/traits.toml": "[auditable]\nretention_dayz = 1\nenabled = 3\n"})
    ended = cli("explain", "auditable.enabled")
    assert (ended.code, ended.out) == (4, "")
    assert "config/traits.toml:2:1" in ended.err
    assert "config/traits.toml:3:1" in ended.err
    assert ended.err.endswith("\n2 errors\n")
    document = json.loads(cli("explain", "auditable.enabled", "--json").out)
    assert (document["ok"], document["generation"], len(document["diagnostics"])) == (False, None, 2)


def test_warnings_do_not_drown_an_answer(handbook, cli):
    """Beside an answer warnings are counted in one line; JSON has them whole."""
    handbook.write({"config/zz.toml": "[auditable]\nretention_days = 80\n"})
    ended = cli("explain", "auditable.enabled")
    assert ended.code == 0
    assert ended.err == "note: the configuration has 1 warning; traitconf validate shows them\n"
    document = json.loads(cli("explain", "auditable.enabled", "--json").out)
    assert (document["ok"], document["diagnostics"][0]["severity"]) == (True, "warning")
