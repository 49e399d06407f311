from __future__ import annotations

import pytest

from traitconf.schema.settings import RUNTIME, SETTINGS_SPECS, RuntimeSettings


def test_defaults():
    """Without a word of configuration unknown tenants are allowed and conflicts are a lint."""
    settings = RuntimeSettings()
    assert (settings.app, settings.default_extends) == ("", ())
    assert (settings.unknown_tenants, settings.conflicts) == ("allow", "lint")


@pytest.mark.parametrize("name", ["app", "default_extends", "unknown_tenants", "conflicts"])
def test_settings_are_options(name):
    """Each setting is an option like any other: typed, described, placed at its line."""
    option = SETTINGS_SPECS["runtime"].options[name]
    assert option.kind.accepts(option.default)
    assert option.meta.doc
    assert option.meta.origin.file.endswith("settings.py")


def test_it_is_no_trait():
    """The settings have an address and cannot be bound."""
    assert (RUNTIME.name, RUNTIME.is_trait, RUNTIME.doc.split(",")[0]) == (
        "runtime",
        False,
        "Record: the framework's own settings",
    )
