from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import traitconf as tc

FILES = {
    "traits.toml": "[badge]\nsize = 2\n",
    "tenants/acme.toml": "[badge]\nsize.force = 3\n",
}


def codes(values):
    """Return the codes of everything that is wrong with an override."""
    with pytest.raises(tc.ConfigError) as caught, tc.override(values):
        pass
    return sorted(problem.code for problem in caught.value.problems)


def test_values_hold_inside_the_block(tc_config, badge, card):
    """Options and calls see the override inside of the block, and nothing of it afterwards."""
    tc_config(FILES)
    with tc.override({"badge.size": 9}) as context:
        assert (tc.resolve(badge).size, tc.resolve(badge, tenant="acme").size) == (9, 9)
        assert card().save() == ["plain:9", "saved"]
        assert context.pinned
    assert (tc.resolve(badge).size, card().save()) == (2, ["plain:2", "saved"])


def test_it_nests(tc_config, badge):
    """Inner overrides add to outer ones and win over them."""
    tc_config(FILES)
    with tc.override({"badge.size": 9, "badge.label": "outer"}):
        with tc.override({"badge.size": 10}):
            assert (tc.resolve(badge).size, tc.resolve(badge).label) == (10, "outer")
            with tc.tenant("acme"), tc.override({"badge.label": "inner"}):
                assert (tc.resolve(badge).size, tc.resolve(badge).label) == (10, "inner")
        assert (tc.resolve(badge).size, tc.resolve(badge).label) == (9, "outer")


def test_it_keeps_tenant_and_actor(tc_config):
    """An override changes values only; who runs stays."""
    tc_config({})
    with tc.context(tenant="acme", actor="ana", request_id="r"), tc.override({}) as context:
        assert (context.tenant, str(context.actor), context.request_id) == ("acme", "ana", "r")


def test_addresses_are_those_of_files(tc_config, badge, card):
    """Scopes may be named, dotted or nested, and every directive is possible."""
    tc_config({"groups/g.toml": "", "tenants/acme.toml": 'extends = ["g"]\n'})
    values = {
        "tenants.acme.models.Card.badge.size": 5,
        "groups.g.badge": {"label": "group"},
        "traits.badge.cache.ttl": "9s",
        "models": {"Card": {"badge": {"shadow": True}}},
    }
    with tc.override(values):
        found = tc.resolve(badge, card, "acme")
        assert (found.size, found.label, found.cache.ttl.seconds, found.shadow) == (5, "group", 9, True)
        assert (tc.resolve(badge).size, tc.resolve(badge).label, tc.resolve(badge).shadow) == (1, "plain", False)


def test_it_is_for_the_running_context_only(tc_config, badge):
    """Other threads and later contexts do not see it."""
    tc_config(FILES)
    with tc.override({"badge.size": 9}), ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: tc.resolve(badge).size).result() == 2


def test_it_holds_its_snapshot(tc_config, badge):
    """A reload does not reach an override that is running, and does not undo it."""
    runtime = tc_config(FILES)
    with tc.override({"badge.label": "held"}):
        (runtime.paths[0] / "traits.toml").write_text("[badge]\nsize = 7\n", encoding="utf-8")
        runtime.reload()
        assert (tc.resolve(badge).size, tc.resolve(badge).label) == (2, "held")
    assert (tc.resolve(badge).size, tc.resolve(badge).label) == (7, "plain")


def test_everything_wrong_is_found_at_once(tc_config, badge):
    """Unknown names, wrong types and broken rules of an override are reported together, at the calling line."""
    tc_config(FILES)
    values = {"badge.sise": 1, "badge.size": 500, "badge.label": 3, "nobody.x": 1, "models.None.badge.size": 1}
    assert codes(values) == ["TC101", "TC102", "TC103", "TC104", "TC131"]
    with pytest.raises(tc.ConfigError) as caught, tc.override({"badge.size": "x"}):
        pass
    (problem,) = caught.value.problems
    assert Path(problem.origin.file).name == Path(__file__).name
    assert problem.origin.line > 0


def test_a_refused_one_changes_nothing(tc_config, badge):
    """After a refusal the running values are what they were."""
    tc_config(FILES)
    assert codes({"badge.label": "x", "badge.size": "x"}) == ["TC103"]
    assert (tc.resolve(badge).size, tc.resolve(badge).label) == (2, "plain")


@pytest.mark.parametrize("tenant", [None, "acme"])
def test_it_may_not_break_a_lock(tc_config, tc_tenant, badge, tenant):
    """A locked option keeps its value: another one is TC210, the same one is allowed."""
    tc_config(FILES | {"traits.toml": "[badge]\nsize.lock = 3\n"})
    tc_tenant(tenant)
    assert codes({"badge.size": 9}) == ["TC210"]
    assert codes({"tenants.acme.badge.size": 9}) == ["TC210"]
    with tc.override({"badge.size": 3, "badge.label": "x"}):
        assert (tc.resolve(badge).size, tc.resolve(badge).label) == (3, "x")


def test_other_tenants_may_be_told_apart(tc_config, badge):
    """Where one tenant's lock stands in the way, the override names the tenant that it is for."""
    tc_config({"tenants/acme.toml": "[badge]\nsize.lock = 3\n"})
    assert codes({"badge.size": 9}) == ["TC210"]
    with tc.override({"tenants.globex.badge.size": 9}):
        assert (tc.resolve(badge, tenant="globex").size, tc.resolve(badge, tenant="acme").size) == (9, 3)


def test_settings_can_be_overridden(tc_config, badge):
    """The framework's own settings obey an override too."""
    tc_config({"groups/g.toml": "[badge]\nsize = 6\n"})
    with tc.override({"runtime.default_extends": ["g"], "runtime.unknown_tenants": "error"}):
        assert tc.resolve(badge, tenant="anybody").size == 6
        with pytest.raises(tc.ConfigError), tc.tenant("anybody"):
            pass
    assert tc.resolve(badge, tenant="anybody").size == 1
    assert codes({"runtime.default_extends": ["h"]}) == ["TC110"]


def test_a_tenant_can_be_put_into_another_group(tc_config, badge):
    """`extends` is an address like any other."""
    tc_config({"groups/g.toml": "[badge]\nsize = 6\n", "tenants/acme.toml": "extends = []\n"})
    with tc.override({"tenants.acme.extends": ["g"]}):
        assert tc.resolve(badge, tenant="acme").size == 6
    assert codes({"tenants.acme.extends": ["h"]}) == ["TC110"]


def test_a_generation_is_not_counted(tc_config, badge):
    """An override derives a snapshot; it is no new generation of the configuration."""
    runtime = tc_config(FILES)
    with tc.override({}) as context:
        assert context.snapshot is not runtime.snapshot
        assert context.snapshot.generation == runtime.snapshot.generation == 1
