from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.resolve.decide import decide
from traitconf.schema.spec import spec_of


@pytest.mark.parametrize(
    ("files", "value", "reason"),
    [
        ({}, True, "DEFAULT"),
        ({"traits.toml": "[subject]\nenabled = true\n"}, True, "STATIC"),
        ({"traits.toml": "[subject]\nenabled = false\n"}, False, "STATIC"),
        ({"models/Article.toml": "[subject]\nenabled = false\n"}, False, "STATIC"),
        ({"groups/g.toml": "[subject]\nenabled = false\n"}, False, "TARGETING_MATCH"),
        ({"tenants/acme.toml": 'extends = ["g"]\n[subject]\nenabled = false\n'}, False, "TARGETING_MATCH"),
        (
            {
                "tenants/acme.toml": 'extends = ["g"]\n[subject]\nenabled = true\n',
                "traits.toml": "[subject]\nenabled.force = false\n",
            },
            False,
            "STATIC",
        ),
        ({"groups/g.toml": "[models.Article.subject]\nenabled.lock = true\n"}, True, "TARGETING_MATCH"),
        (
            {
                "tenants/acme.toml": 'extends = ["g"]\n[subject]\nenabled.unset = true\n',
                "traits.toml": "[subject]\nenabled = false\n",
            },
            True,
            "TARGETING_MATCH",
        ),
    ],
)
def test_the_reason_follows_the_deciding_scope(tc_config, subject, article, files, value, reason):
    """Nothing defined: DEFAULT; global or model: STATIC; group or tenant: TARGETING_MATCH."""
    tc_config({"groups/g.toml": "", "tenants/acme.toml": 'extends = ["g"]\n'} | files)
    found = tc.decide(subject, model=article, tenant="acme")
    assert (found.value, found.variant, found.reason) == (value, "on" if value else "off", reason)
    assert found.value == tc.enabled(subject, article, "acme")
    assert found.bucket is None


def test_the_origin_is_the_deciding_definition(tc_config, subject):
    """A decision names the place of the definition that decided, or of the declaration."""
    tc_config({"tenants/acme.toml": "\n[subject]\nenabled = false\n"})
    found = tc.decide(subject, tenant="acme").origin
    assert (found.file.endswith("acme.toml"), found.line, found.column) == (True, 3, 1)
    assert str(tc.decide(subject, tenant=None).origin) == str(subject.__traitconf_spec__.options["enabled"].meta.origin)


def test_a_toggle_of_a_trait_that_is_off_is_disabled(tc_config, subject):
    """Another bool option is DISABLED while the trait is off, at the place that switched it off."""
    files = {"traits.toml": "[subject]\nactive = true\n", "tenants/acme.toml": "[subject]\nenabled = false\n"}
    tc_config(files)
    found = tc.decide(subject, "active", tenant="acme")
    assert (found.value, found.variant, found.reason) == (False, "off", "DISABLED")
    assert found.origin.file.endswith("acme.toml")
    assert tc.decide(subject, "active", tenant="other").value is True


def test_every_bool_option_is_a_toggle(tc_config, subject):
    """Options inside records are toggles too."""
    tc_config({"traits.toml": "[subject.events]\nenabled = false\n"})
    found = tc.decide(subject, "events.enabled")
    assert (found.value, found.reason) == (False, "STATIC")


def test_the_traits_own_toggle_is_meant_when_none_is_named(tc_config, subject):
    """Without the name of an option, it is decided whether the trait is on."""
    runtime = tc_config({"traits.toml": "[subject]\nenabled = false\nactive = true\n"})
    found = decide(runtime.snapshot.resolver.resolve(spec_of(subject)))
    assert (found.value, found.reason) == (False, "STATIC")


@pytest.mark.parametrize("option", ["size", "cache", "cache.ttl", "nothing", ""])
def test_other_options_are_none(tc_runtime, subject, option):
    """What is no bool option cannot be decided."""
    with pytest.raises(KeyError, match="subject has no toggle"):
        tc.decide(subject, option)


def test_a_decision_is_no_bool(tc_runtime, subject):
    """Its truth value is refused, because it would hide the reason."""
    with pytest.raises(TypeError, match=r"^a Decision is no bool; use \.value, or tc\.enabled\(\)$"):
        bool(tc.decide(subject))


def test_the_running_tenant_decides(tc_config, tc_tenant, subject):
    """Without a tenant argument the running context's tenant is meant; None means none."""
    tc_config({"tenants/acme.toml": "[subject]\nenabled = false\n"})
    tc_tenant("acme")
    assert tc.decide(subject).value is False
    assert tc.decide(subject, tenant=None).value is True
    assert tc.decide(subject, tenant="other").value is True
