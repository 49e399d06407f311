"""`traitconf about`: versions, and what was found."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version

import traitconf as tc


def lines(text: str) -> dict[str, str]:
    """Return what is said by name."""
    pairs = (line.partition("  ") for line in text.splitlines())
    return {name: rest.strip() for name, _, rest in pairs}


def test_it_works_without_any_configuration(project, cli):
    """In an empty directory versions are shown, and that there is no configuration; this is no error."""
    ended = cli("about")
    found = lines(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert found["traitconf"] == tc.__version__
    assert found["python"].startswith(platform.python_version())
    assert found["configuration"].startswith("none: no --config, TRAITCONF_CONFIG")
    assert f"attrs {version('attrs')}" in found["dependencies"]
    assert json.loads(cli("about", "--json").out)["data"]["configuration"] is None


def test_it_says_what_was_found_and_how(shop, traitconf):
    """Configuration, application, traits, models, groups, tenants and generation of a real project are shown."""
    shop.write({"config/runtime.toml": 'app = "shop"\n'})
    ended = traitconf("about")
    found = lines(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert found["configuration"] == "config (in the working directory), 5 files"
    assert found["application"] == "shop (config/runtime.toml:1:1)"
    assert found["traits"] == "auditable, cacheable, sluggable, soft_deletes, telepathic"
    assert found["models"] == "shop:Leaflet"
    assert (found["groups"], found["tenants"]) == ("1", "1")
    assert found["generation"].startswith("1, content ")


def test_json_has_the_same(handbook, cli):
    """The document holds everything as data, the whole content hash included."""
    document = json.loads(cli("about", "--json").out)
    data = document["data"]
    assert (document["ok"], document["generation"], document["diagnostics"]) == (True, 1, [])
    assert data["configuration"] == {
        "paths": ["config"],
        "found": "in the working directory",
        "files": 4,
        "errors": 0,
        "warnings": 0,
    }
    assert len(data["snapshot"]["content_hash"]) == 64
    assert (data["snapshot"]["groups"], data["snapshot"]["tenants"]) == (1, 1)
    assert data["application"] is None
    assert {"attrs", "cattrs", "click", "dynaconf"} <= set(data["dependencies"])


def test_the_content_decides_the_hash(handbook, cli):
    """The content hash changes with a file, and only then."""

    def content() -> str:
        return json.loads(cli("about", "--json").out)["data"]["snapshot"]["content_hash"]

    before = content()
    assert content() == before
    handbook.write({"config/traits.toml": "[auditable]\nretention_days = 91\n"})
    assert content() != before


def test_a_broken_configuration_is_counted(handbook, cli):
    """Faults are counted, the rest is still shown, and 4 is the code; JSON has the faults."""
    handbook.write({"config/traits.toml": "[auditable]\nretention_dayz = 1\n"})
    ended = cli("about")
    assert (ended.code, ended.err) == (4, "")
    assert lines(ended.out)["configuration"].endswith("4 files; 1 error: see traitconf validate")
    document = json.loads(cli("about", "--json").out)
    assert (document["ok"], document["data"]["snapshot"]) == (False, None)
    assert [one["code"] for one in document["diagnostics"]] == ["TC101"]


def test_a_configuration_that_was_named_must_be_there(project, cli):
    """That nothing stands where --config or a variable points is an error."""
    assert cli("about", "--config", "nowhere").code == 4
    assert cli("about", TRAITCONF_CONFIG="nowhere").code == 4
