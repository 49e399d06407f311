from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import traitconf as tc
from traitconf.runtime import snapshot as module
from traitconf.runtime.runtime import Runtime

NAMED = {"tenants/acme.toml": "[badge]\nsize = 2\n", "tenants/empty.toml": ""}


class TestUnknownTenants:
    def test_they_are_allowed_by_default(self, tc_config, badge):
        """Any id may run, with what every stranger gets."""
        tc_config(NAMED)
        with warnings.catch_warnings(), tc.tenant("stranger"):
            warnings.simplefilter("error")
            assert tc.resolve(badge).size == 1

    def test_a_warning_has_a_suggestion_and_the_callers_line(self, tc_config, badge):
        """`warn` says which id was meant, at the line of the `with` statement, and lets it run."""
        tc_config(NAMED | {"runtime.toml": 'unknown_tenants = "warn"\n'})
        message = r"TC701: unknown tenant 'acmee' did you mean 'acme'\?"
        with pytest.warns(UserWarning, match=message) as caught, tc.tenant("acmee"):
            assert tc.resolve(badge).size == 1
        assert Path(caught[0].filename).name == Path(__file__).name

    def test_an_error_refuses(self, tc_config, badge):
        """`error` does not let it run."""
        tc_config(NAMED | {"runtime.toml": 'unknown_tenants = "error"\n'})
        with pytest.raises(tc.ConfigError) as caught, tc.tenant("acmee"):
            pass
        (problem,) = caught.value.problems
        assert (problem.code, problem.hint) == ("TC701", "did you mean 'acme'?")

    @pytest.mark.parametrize("policy", ["warn", "error"])
    @pytest.mark.parametrize("known", ["acme", "empty", None])
    def test_known_ones_always_run(self, tc_config, badge, policy, known):
        """A tenant that a file names, if only by being empty, and running without one are no strangers."""
        tc_config(NAMED | {"runtime.toml": f'unknown_tenants = "{policy}"\n'})
        with tc.tenant(known) as context:
            assert context.tenant == known

    @pytest.mark.parametrize("policy", ["allow", "warn", "error"])
    @pytest.mark.parametrize("wrong", ["", "x" * 201])
    def test_an_id_has_1_to_200_characters(self, tc_config, policy, wrong):
        """What is no id is refused whatever the policy; 200 characters are an id."""
        tc_config({"runtime.toml": f'unknown_tenants = "{policy}"\n'})
        with pytest.raises(ValueError, match="1 to 200 characters"), tc.tenant(wrong):
            pass

    def test_the_longest_id_runs(self, tc_runtime, badge):
        """200 characters of any kind are an id."""
        with tc.tenant("é" * 200):
            assert tc.resolve(badge).size == 1


class TestTenants:
    def test_it_knows_who_is_named(self, tc_config):
        """A tenant is known by its file, its table, its `extends` or a table of a model of it."""
        files = {
            "tenants/a.toml": "",
            "b.toml": '[tenants.b]\nextends = []\n[tenants."c d".badge]\n[tenants.e.models.X.badge]\nsize = 2\n',
        }
        assert tc_config(files, complete=False).snapshot.tenants == {"a", "b", "c d", "e"}


GROUPED = {
    "runtime.toml": 'default_extends = ["free"]\n',
    "groups/free.toml": "[badge]\nsize = 2\n",
    "groups/gold.toml": "[badge]\nsize = 3\n",
    "tenants/owner.toml": 'extends = ["gold"]\n[badge]\nlabel = "mine"\n',
    "tenants/gold1.toml": 'extends = ["gold"]\n',
    "tenants/gold2.toml": 'extends = ["gold"]\n',
    "tenants/free1.toml": 'extends = ["free"]\n',
    "tenants/empty.toml": "",
}


class TestProfiles:
    def test_tenants_without_definitions_share_one(self, tc_config, badge):
        """Tenants that extend the same and say nothing themselves have one profile, strangers the default one."""
        profile = tc_config(GROUPED).snapshot.profile
        assert profile("gold1") is profile("gold2")
        assert profile("x") is profile("y") is profile("empty") is profile("free1")
        assert len({id(profile(name)) for name in ("gold1", "x", "owner", None)}) == 4

    def test_sharing_does_not_mix_values(self, tc_config, badge):
        """Each tenant sees what it extends."""
        tc_config(GROUPED)
        sizes = {name: tc.resolve(badge, tenant=name).size for name in ("gold1", "gold2", "x", "owner", "empty")}
        assert sizes == {"gold1": 3, "gold2": 3, "x": 2, "owner": 3, "empty": 2}
        assert (tc.resolve(badge, tenant="owner").label, tc.resolve(badge, tenant=None).size) == ("mine", 1)

    def test_running_without_a_tenant_is_apart(self, tc_runtime):
        """Nobody shares the profile of running without a tenant."""
        assert tc_runtime.snapshot.profile(None) is not tc_runtime.snapshot.profile("anybody")

    def test_a_variable_for_a_token_makes_one_profile(self, tc_config, badge):
        """Ids that fold to one token of a variable share what it says, however many there are."""
        runtime = tc_config({}, {"TRAITCONF_TENANTS__ACME_EU__BADGE__SIZE": "5"})
        ids = ["acme-eu", "acme_eu", "ACME.EU", *("acme" + "-" * n + "eu" for n in range(2, 50))]
        assert {tc.resolve(badge, tenant=name).size for name in ids} == {5}
        assert tc.resolve(badge, tenant="acmeeu").size == 1
        assert len({id(runtime.snapshot.profile(name)) for name in ids}) == 1

    def test_tokens_and_groups_are_told_apart(self, tc_config, badge):
        """Ids of one token that extend different groups do not share a profile."""
        files = {"groups/g.toml": "[badge]\nlabel = 'g'\n", "a.toml": '[tenants."x y"]\nextends = ["g"]\n'}
        tc_config(files, {"TRAITCONF_TENANTS__X_Y_Z__BADGE__SIZE": "5"})
        assert tc.resolve(badge, tenant="x-y-z").label == "plain"
        tc_config(files, {"TRAITCONF_TENANTS__X_Y__BADGE__SIZE": "5"})
        assert (tc.resolve(badge, tenant="x y").size, tc.resolve(badge, tenant="x y").label) == (5, "g")


class TestMemory:
    def test_strangers_do_not_fill_it(self, tc_config, badge, card, monkeypatch):
        """However many ids are made up, a bounded number is remembered, and values stay right."""
        monkeypatch.setattr(module, "KNOWN_IDS", 100)
        runtime = tc_config({"tenants/acme.toml": "[badge]\nsize = 2\n"})
        snapshot = runtime.snapshot
        for number in range(1000):
            with tc.tenant(f"stranger {number}"):
                assert tc.resolve(badge).size == 1
                assert card().save() == ["plain:1", "saved"]
            assert tc.resolve(badge, card, tenant=f"other {number}").size == 1
        assert 50 <= len(snapshot._profiles.everything()) <= 100
        assert len(snapshot._shared) <= 2
        assert len(snapshot.resolver.lineages._known) == 1
        assert sum(len(ids) for traits in snapshot.by_tenant.values() for ids in traits.values()) <= 100
        assert tc.resolve(badge, tenant="acme").size == 2
        assert not list(snapshot.contexts)

    def test_the_bound_is_large(self):
        """Real numbers of tenants fit."""
        assert module.KNOWN_IDS >= 100_000

    def test_explaining_strangers_leaves_nothing(self, tc_config, badge):
        """Explanations of made-up tenants are not remembered."""
        runtime = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        for number in range(300):
            runtime.explain("badge.size", tenant=f"stranger {number}")
        assert len(runtime.snapshot.resolver.lineages._known) == 1
        assert len(runtime.snapshot.resolver._made) <= 2

    def test_threads_may_ask_at_once(self, badge, monkeypatch):
        """Looking up strangers from many threads keeps the bound and raises nothing."""
        monkeypatch.setattr(module, "KNOWN_IDS", 8)
        snapshot = Runtime(environ={}).start().snapshot
        gate = threading.Barrier(4)

        def ask(thread):
            gate.wait()
            return {snapshot.profile(f"{thread} {n % 40}").trait(badge, None).size for n in range(500)}

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(ask, range(4))) == [{1}] * 4
        assert len(snapshot._profiles.everything()) <= 8


def test_settings_are_read_like_options(tc_config):
    """The framework's settings come from files and variables, typed."""
    runtime = tc_config({"runtime.toml": 'conflicts = "error"\n'}, {"TRAITCONF_RUNTIME__UNKNOWN_TENANTS": "warn"})
    assert runtime.snapshot.settings.conflicts == "error"
    assert runtime.snapshot.settings.unknown_tenants == "warn"
    assert runtime.snapshot.settings.default_extends == ()
