"""`traitconf validate`: every fault with its place, a summary, and the exit code."""

from __future__ import annotations

import json

BROKEN = {
    "config/traits.toml": "[auditable]\nretention_dayz = 90\nenabled = 'no'\n",
    "config/models/Leaflet.toml": "[auditable]\nretention_days = = 3\n",
    "config/groups/business.toml": "[auditabel]\nenabled = true\n",
    "config/tenants/acme.toml": 'extends = ["enterprise", "gold"]\n[auditable]\nretention_days = 3\n',
}


def test_a_right_configuration_is_summed_up(handbook, cli):
    """Without a fault one line says what was checked."""
    ended = cli("validate")
    assert (ended.code, ended.out, ended.err) == (0, "4 files, 1 group, 1 tenant: ok\n", "")


def test_every_fault_is_shown_with_its_place(handbook, cli):
    """All faults of all files appear in one run on stdout, each with code, file, line and column; the code is 4."""
    handbook.write(BROKEN)
    ended = cli("validate")
    assert (ended.code, ended.err) == (4, "")
    for code, place in (
        ("TC101", "config/traits.toml:2:1"),
        ("TC103", "config/traits.toml:3:1"),
        ("TC004", "config/models/Leaflet.toml:2:"),
        ("TC102", "config/groups/business.toml:1:2"),
        ("TC110", "config/tenants/acme.toml:1:26"),
        ("TC210", "config/tenants/acme.toml:3:1"),
    ):
        assert f"error[{code}]: " in ended.out
        assert f"  --> {place}" in ended.out
    assert ended.out.splitlines()[-1] == "6 errors in 4 files (5 files checked)"


def test_a_fault_looks_as_a_compiler_would_print_it(handbook, cli):
    """The line stands there, with a caret below the key and the hint behind it."""
    handbook.write({"config/models/Leaflet.toml": "[auditable]\nretention_dayz = 365\n"})
    assert cli("validate").out == (
        "error[TC101]: unknown option 'auditable.retention_dayz'\n"
        "  --> config/models/Leaflet.toml:2:1\n"
        "   |\n"
        "  2| retention_dayz = 365\n"
        "   | ^^^^^^^^^^^^^^ did you mean 'retention_days'?\n"
        "\n"
        "1 error in 1 file (4 files checked)\n"
    )


def test_json_has_the_faults_as_diagnostics(handbook, cli):
    """The document holds counts as data, and each fault as a diagnostic with all of its fields."""
    handbook.write(BROKEN)
    ended = cli("validate", "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["ok"], document["generation"]) == (4, False, None)
    assert document["data"]["errors"] == len(document["diagnostics"]) == 6
    assert all(
        set(one) == {"code", "severity", "message", "address", "file", "line", "column", "hint", "related"}
        for one in document["diagnostics"]
    )
    lock = next(one for one in document["diagnostics"] if one["code"] == "TC210")
    assert (lock["file"], lock["line"], lock["column"]) == ("config/tenants/acme.toml", 3, 1)
    assert [set(place) for place in lock["related"]] == [{"file", "line", "column", "message"}]
    assert lock["related"][0]["file"] == "config/groups/enterprise.toml"


def test_places_are_relative_below_the_working_directory(handbook, cli):
    """A configuration named by an absolute path is still shown relative where it can be."""
    handbook.write({"config/traits.toml": "[auditable]\nretention_dayz = 90\n"})
    words = ("validate", "--config", str(handbook.directory / "config"))
    assert "  --> config/traits.toml:2:1" in cli(*words).out
    assert json.loads(cli(*words, "--json").out)["diagnostics"][0]["file"] == "config/traits.toml"


def test_pending_names_are_warnings_without_application(handbook, cli):
    """A trait that an application may define is a warning with its place, and warnings alone exit with 0."""
    handbook.write({"config/zz.toml": "[telepathic]\nfuzzy = true\n\n[pamphletic.margins]\ntop = 3\n"})
    ended = cli("validate")
    assert ended.code == 0
    assert "warning[TC102]: the trait 'telepathic' is not known yet" in ended.out
    assert "  --> config/zz.toml:1:2" in ended.out
    assert "  --> config/zz.toml:4:2" in ended.out
    assert ended.out.splitlines()[-1] == "5 files, 1 group, 1 tenant: ok, 2 warnings"
    document = json.loads(cli("validate", "--json").out)
    assert (document["ok"], document["data"]["warnings"], document["data"]["application"]) == (True, 2, None)
    assert {one["severity"] for one in document["diagnostics"]} == {"warning"}


def test_with_application_an_unknown_name_is_an_error(shop, traitconf):
    """With --app its own trait is known, and a name that it does not define is an error."""
    shop.write({"config/zz.toml": "[telepathic]\nfuzzy = true\n\n[pamphletic]\ntop = 3\n"})
    ended = traitconf("validate", "--app", "shop")
    assert ended.code == 4
    assert "error[TC102]: unknown trait 'pamphletic'" in ended.out
    assert "  --> config/zz.toml:4:2" in ended.out
    assert ended.out.splitlines()[-1] == "1 error in 1 file (5 files checked)"


def test_a_near_miss_is_an_error_also_without_application(handbook, cli):
    """A pending name within two letters of a known one is a slip."""
    handbook.write({"config/zz.toml": "[slugable]\nmax_length = 3\n"})
    ended = cli("validate")
    assert ended.code == 4
    assert "did you mean 'sluggable'?" in ended.out


def test_options_of_an_applications_trait_are_checked(shop, traitconf):
    """With --app the options of its own traits are checked like any."""
    shop.write({"config/zz.toml": '[telepathic]\nfuzzy = "yes"\n'})
    ended = traitconf("validate", "--app", "shop", "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["diagnostics"][0]["code"]) == (4, "TC103")
    assert document["data"]["application"] == "shop"


def test_layers_of_unknown_models_are_errors_with_application(shop, traitconf):
    """A model's layer that no class has is an error; that of a base of a model is none."""
    shop.write({"config/models/Document.toml": "[auditable]\nenabled = true\n"})
    assert traitconf("validate", "--app", "shop").code == 0
    shop.write({"config/models/Leaflte.toml": "[auditable]\nenabled = true\n"})
    ended = traitconf("validate", "--app", "shop")
    assert ended.code == 4
    assert "error[TC131]: unknown model 'Leaflte'" in ended.out


def test_unreadable_text_is_a_fault_of_its_file(handbook, cli):
    """A file that is not UTF-8 is named with line and column, and the other files are checked all the same."""
    (handbook.directory / "config/zz.yaml").write_bytes(b"auditable:\n  enabled: \xff\n")
    handbook.write({"config/traits.toml": "[auditable]\nretention_dayz = 90\n"})
    out = cli("validate").out
    assert "  --> config/zz.yaml:2:12" in out
    assert "  --> config/traits.toml:2:1" in out


def test_several_configurations_are_checked_together(handbook, cli):
    """`--config` may stand several times, and every file counts."""
    handbook.write({"extra.toml": "[auditable]\nenabled = false\n"})
    words = ("--config", "config", "--config", "extra.toml")
    assert cli("validate", *words).out == "5 files, 1 group, 1 tenant: ok\n"
    assert cli("get", "auditable.enabled", *words).out == "false\n"


def test_only_a_variable_may_be_at_fault(handbook, cli):
    """A fault without a file is counted without one."""
    ended = cli("validate", TRAITCONF_TRAITS__AUDITABLE__ENABLED="maybe")
    assert ended.code == 4
    assert ended.out.splitlines()[-1] == "1 error (4 files checked)"
