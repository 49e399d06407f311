"""Publishing resolved values to dynaconf: existing settings objects and dynaconf's own command line see them."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from collections.abc import Mapping

import attrs
import pytest
from dynaconf import Dynaconf

import traitconf as tc
from traitconf.traits import Auditable
from traitconf.types import FrozenMap

LOADERS = ["traitconf.adapters.dynaconf", "dynaconf.loaders.env_loader"]
FILES = {
    "traits.toml": "[auditable]\nretention_days = 77\n",
    "models/Article.toml": "[auditable]\nretention_days = 5\n",
    "tenants/acme.toml": "[auditable]\nretention_days = 30\n[models.Article.auditable]\nretention_days = 6\n",
}
SETTINGS = f"from dynaconf import Dynaconf\nsettings = Dynaconf(loaders={LOADERS!r}, envvar_prefix='APP')\n"


@attrs.frozen(kw_only=True)
class Login:
    """A record with a secret."""

    user: str = tc.option("me", doc="User.")
    password: str = tc.option("pa55word", doc="Password.", secret=True)


@pytest.fixture
def settings():
    """A function that makes the settings object of an application."""

    def made(**more):
        return Dynaconf(loaders=LOADERS, envvar_prefix="APP", settings_files=[], **more)

    return made


@pytest.fixture
def vault(tc_config):
    """A trait with an option of every kind, configured."""

    @tc.trait
    class Vault(tc.TraitBase):
        """A sample."""

        key: tc.Secret[str] = tc.option(tc.Secret("pa55word"), doc="Key.")
        login: Login = tc.option(Login(), doc="Login.")
        whole: Login = tc.option(Login(), doc="Whole.", merge="atomic")
        every: datetime.timedelta = tc.option(datetime.timedelta(minutes=5), doc="Every.")
        names: frozenset[str] = tc.option(frozenset({"b", "a"}), doc="Names.")
        labels: Mapping[str, str] = tc.option(FrozenMap(), doc="Labels.")
        text: str | None = tc.option(None, doc="Text.")

    return Vault


class TestPublished:
    def test_by_address(self, tc_config, settings):
        """Global values, models, tenants, and tenants' models are where their addresses say, in any case."""
        tc_config(FILES, complete=False)
        found = settings()
        assert found.TRAITS.AUDITABLE.RETENTION_DAYS == 77
        assert found.traits.auditable.retention_days == 77
        assert found.MODELS.ARTICLE.AUDITABLE.RETENTION_DAYS == 5
        assert found.TENANTS.ACME.AUDITABLE.RETENTION_DAYS == 30
        assert found.get("tenants.acme.models.Article.auditable.retention_days") == 6
        assert found["TRAITS"]["auditable"]["sinks"] == ["memory"]

    def test_a_model_that_is_bound(self, tc_config, settings):
        """A class with traits is published under its short name, whether files speak of it or not."""

        @tc.use(Auditable)
        class Invoice:
            def save(self): ...

        tc_config(FILES, complete=False)
        assert settings().MODELS.INVOICE.AUDITABLE.RETENTION_DAYS == 77

    def test_plain_values(self, tc_config, settings, vault):
        """Values are plain, and secrets are not there at all."""
        tc_config({"traits.toml": "[vault]\nlabels = { a = 'b' }\n"})
        found = dict(settings().TRAITS.vault)
        assert {name: found[name] for name in ("every", "names", "labels", "text", "login")} == {
            "every": "5m",
            "names": ["a", "b"],
            "labels": {"a": "b"},
            "text": None,
            "login": {"user": "me"},
        }
        assert not {"key", "whole"} & set(found)
        assert "pa55word" not in repr(settings().as_dict())

    def test_no_token_is_read(self, tc_config, settings, vault, monkeypatch):
        """A text that looks like a token reaches the settings as it is: nobody has files read by setting an option."""
        monkeypatch.setenv("WHO", "me")
        text = "[vault]\ntext = '@json \"@format {env[WHO]}\"'\n[tenants.a.vault]\ntext = '@str @merge x'\n"
        tc_config({"a.toml": text + "labels = { a = '@str @del', b = '@json \"@read_file /etc/hosts\"' }\n"})
        found = settings()
        assert found.TRAITS.vault.text == "@format {env[WHO]}"
        assert found.TENANTS.a.vault.text == "@merge x"
        assert dict(found.TENANTS.a.vault.labels) == {"a": "@del", "b": "@read_file /etc/hosts"}
        assert settings(AUTO_CAST=False).TENANTS.a.vault.text == "@merge x"

    def test_the_next_snapshot(self, tc_config, settings):
        """Reloading the settings fetches the snapshot of the moment, and its generation is in the history."""
        runtime = tc_config(FILES, complete=False)
        found = settings()
        assert found.TRAITS.AUDITABLE.RETENTION_DAYS == 77
        (runtime.paths[0] / "traits.toml").write_text("[auditable]\nretention_days = 78\n", encoding="utf-8")
        runtime.reload()
        assert found.TRAITS.AUDITABLE.RETENTION_DAYS == 77
        found.reload()
        assert found.TRAITS.AUDITABLE.RETENTION_DAYS == 78
        generation = runtime.snapshot.generation
        told = {"generation": generation, "content_hash": runtime.snapshot.content_hash, "tenants_left_out": 0}
        assert dict(found.TRAITCONF) == told
        assert ("traitconf", f"generation {generation}") in [one[:2] for one in found.loaded_by_loaders]

    def test_one_key(self, tc_config, settings):
        """A fresh look at one key publishes that key only."""
        tc_config(FILES, complete=False)
        found = settings()
        assert found.get_fresh("TRAITS").auditable.retention_days == 77
        assert found.get_fresh("nothing_of_ours") is None

    def test_it_replaces(self, tc_config, settings):
        """What is published replaces what stood under its names, even where dynaconf merges everything."""
        tc_config(FILES, complete=False)
        found = settings(merge_enabled=True, TRAITS={"stale": 1}, TENANTS={"gone": {"auditable": 1}})
        assert "stale" not in found.TRAITS
        assert set(found.TENANTS) == {"acme"}

    def test_variables_of_the_application(self, tc_config, settings, monkeypatch):
        """The application's own variables keep the last word in its settings, and none in ours."""
        tc_config(FILES, complete=False)
        monkeypatch.setenv("APP_TRAITS__auditable__retention_days", "1")
        assert settings().TRAITS.auditable.retention_days == 1
        assert tc.explain("auditable.retention_days").value == 77


class TestTenants:
    def test_many_are_left_out(self, tc_config, settings):
        """Beyond a hundred tenants none is published unless it is listed, and the settings say how many are missing."""
        tc_config({"a.toml": "".join(f"[tenants.t{n}.auditable]\nretention_days = {n + 1}\n" for n in range(101))})
        found = settings()
        assert (found.TENANTS, found.TRAITCONF.TENANTS_LEFT_OUT) == ({}, 101)
        chosen = settings(TRAITCONF_TENANTS=["t7", "stranger"])
        assert {name: table.auditable.retention_days for name, table in chosen.TENANTS.items()} == {
            "t7": 8,
            "stranger": 30,
        }
        assert chosen.TRAITCONF.TENANTS_LEFT_OUT == 100

    def test_no_marker(self, tc_config, settings):
        """A tenant that is called like a marker of dynaconf is not published."""
        tc_config({"a.toml": "[tenants.x.auditable]\nretention_days = 4\n"})
        assert set(settings(TRAITCONF_TENANTS=["x", "dynaconf_merge"]).TENANTS) == {"x"}


class TestCommandLine:
    @pytest.fixture
    def dynaconf(self, tmp_path):
        """A function that runs dynaconf's own command in a project that lists our loader."""
        (tmp_path / "shop_settings.py").write_text(SETTINGS, encoding="utf-8")
        for name, content in FILES.items():
            path = tmp_path / "config" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")

        def run(*words, **variables):
            command = [sys.executable, "-m", "dynaconf", "-i", "shop_settings.settings", *words]
            environ = {name: value for name, value in os.environ.items() if not name.startswith("TRAITCONF_")}
            return subprocess.run(
                command, cwd=tmp_path, env=environ | variables, capture_output=True, text=True, check=False
            )

        return run

    def test_list(self, dynaconf):
        """`dynaconf list` shows the resolved values of the configuration in `config/`."""
        answer = dynaconf("list", "--json")
        assert answer.returncode == 0, answer.stderr
        found = json.loads(answer.stdout)
        assert found["TRAITS"]["auditable"]["retention_days"] == 77
        assert found["TENANTS"]["acme"]["models"]["Article"]["auditable"]["retention_days"] == 6
        assert "retention_days': 77" in dynaconf("list").stdout

    def test_get_and_inspect(self, dynaconf):
        """`dynaconf get` finds a value by its address, and `dynaconf inspect` says where it comes from."""
        assert dynaconf("get", "TENANTS.ACME.AUDITABLE.RETENTION_DAYS").stdout.strip() == "30"
        assert '"identifier": "generation 1"' in dynaconf("inspect", "-k", "TRAITCONF").stdout

    def test_another_place(self, dynaconf, tmp_path):
        """`TRAITCONF_CONFIG` says where the configuration is, and our variables count."""
        (tmp_path / "other.toml").write_text("[auditable]\nretention_days = 3\n", encoding="utf-8")
        key = "TRAITS.AUDITABLE.RETENTION_DAYS"
        assert dynaconf("get", key, TRAITCONF_CONFIG="other.toml").stdout.strip() == "3"
        assert dynaconf("get", key, TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS="9").stdout.strip() == "9"

    def test_a_wrong_configuration(self, dynaconf, tmp_path):
        """A wrong configuration is shown with its place, not passed over in silence."""
        (tmp_path / "config/traits.toml").write_text("[auditable]\nretention_dayz = 3\n", encoding="utf-8")
        answer = dynaconf("list")
        assert answer.returncode != 0
        assert "config/traits.toml:2:1" in answer.stderr

    def test_no_configuration(self, dynaconf, tmp_path):
        """Where there is no configuration the defaults are published."""
        (tmp_path / "config").rename(tmp_path / "elsewhere")
        assert dynaconf("get", "TRAITS.AUDITABLE.RETENTION_DAYS").stdout.strip() == "30"
