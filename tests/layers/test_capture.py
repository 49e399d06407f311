"""Running loaders of dynaconf: with settings of their own, caught before anything is merged, renamed or computed."""

from __future__ import annotations

import pytest

from traitconf.layers.capture import Caught, LoaderError, run_loader, settings_of_loaders

LOADER = """
import os
from dynaconf.loaders.base import SourceMetadata
from dynaconf.nodes import DataDict, DataList
from dynaconf.utils.parse_conf import parse_conf_data

def load(obj, env=None, silent=True, key=None, validate=False):
    where = SourceMetadata("store", "unique", "main")
    obj.update({"PLAIN": "1.10", "a__b": "x", "TABLE": DataDict({"k": DataList(["v"])})}, loader_identifier=where)
    obj.set("TOKEN", parse_conf_data("@read_file /etc/hosts", tomlfy=True, box_settings={}))
    obj.set("MARK", parse_conf_data("@merge x", tomlfy=True, box_settings={}))
    obj["ITEM"] = b"bytes"
    obj.ATTRIBUTE = (1, {2})
    obj.set("SEEN", [obj.get("MERGE_ENABLED_FOR_DYNACONF"), obj.MY_OWN_FOR_DYNACONF, obj.get("DYNACONF_X"), env])
    obj.set("HOST", obj.REDIS_FOR_DYNACONF["host"])
    obj.set("ENVIRONMENT", obj.current_env)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A function that makes a module and returns its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def of(name, text):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        return name

    return of


class TestRun:
    def test_what_is_set_is_caught(self, module):
        """Every way of setting is caught, in order, in plain containers, with dynaconf's environment."""
        name = module("store_of_everything", LOADER)
        settings = settings_of_loaders({"MY_OWN_FOR_DYNACONF": "3"})
        caught = run_loader(name, settings, "prod", 60)
        assert caught[:3] == [
            Caught("PLAIN", "1.10", "main"),
            Caught("a__b", "x", "main"),
            Caught("TABLE", {"k": ["v"]}, "main"),
        ]
        assert type(caught[2].value) is dict
        assert {one.key: one.value for one in caught[3:]} == {
            "TOKEN": "@read_file …",
            "MARK": "@merge …",
            "ITEM": "bytes",
            "ATTRIBUTE": [1, [2]],
            "SEEN": [False, 3, None, "prod"],
            "HOST": "localhost",
            "ENVIRONMENT": "main",
        }

    def test_the_process_is_not_asked(self, module, monkeypatch):
        """No variable of the process reaches a loader's settings."""
        for name in ("MERGE_ENABLED_FOR_DYNACONF", "REDIS_HOST_FOR_DYNACONF", "ENV_FOR_DYNACONF", "DYNACONF_X"):
            monkeypatch.setenv(name, "true")
        monkeypatch.setenv("MY_OWN_FOR_DYNACONF", "leak")
        name = module("store_of_nothing_else", LOADER)
        caught = run_loader(name, settings_of_loaders({"MY_OWN_FOR_DYNACONF": "3"}), "", 60)
        found = {one.key: one.value for one in caught}
        assert (found["SEEN"], found["HOST"], found["ENVIRONMENT"]) == ([False, 3, None, None], "localhost", "main")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("import nowhere_at_all", "fails: ModuleNotFoundError: No module named 'nowhere_at_all'"),
            ("", "fails: AttributeError: module 'store_{number}' has no attribute 'load'"),
            ("def load(obj, **more): raise OSError('down')", "fails: OSError: down"),
            ("def load(obj, **more): raise SystemExit(3)", "fails: SystemExit: 3"),
        ],
    )
    def test_one_that_fails(self, module, text, message):
        """A loader that cannot be imported, or that fails in any way, is an error that names it."""
        number = abs(hash(text))
        name = module(f"store_{number}", text)
        with pytest.raises(LoaderError) as caught:
            run_loader(name, settings_of_loaders({}), "", 60)
        assert str(caught.value) == f"the loader {name} {message.format(number=number)}"

    def test_one_that_hangs(self, module):
        """A loader that does not come back is given up."""
        text = "import threading\ngate = threading.Event()\ndef load(obj, **more): gate.wait()\n"
        name = module("store_that_hangs", text)
        with pytest.raises(LoaderError, match=r"does not answer within 0\.05 s"):
            run_loader(name, settings_of_loaders({}), "", 0.05)
        __import__(name).gate.set()


class TestSettings:
    def test_as_one_exports_them(self):
        """Values are read in dynaconf's notation, with or without the ending, in any case."""
        given = {"REDIS_FOR_DYNACONF": '{host = "h", port = 1}', "vault_kv_version_for_dynaconf": "2", "ENV": "prod"}
        found = settings_of_loaders(given)
        assert found["REDIS_FOR_DYNACONF"] == {"host": "h", "port": 1}
        assert (found["VAULT_KV_VERSION_FOR_DYNACONF"], found["ENV_FOR_DYNACONF"]) == (2, "prod")
        assert settings_of_loaders({"REDIS_ENABLED": "True"})["REDIS_ENABLED_FOR_DYNACONF"] is True

    def test_parts(self):
        """Parts go where dynaconf puts them; the others keep their defaults."""
        found = settings_of_loaders({"REDIS_HOST": "h", "VAULT_TOKEN_FOR_DYNACONF": "t"})
        assert found["REDIS_FOR_DYNACONF"] == {
            "host": "h", "port": 6379, "db": 0, "decode_responses": True, "username": None, "password": None
        }  # fmt: skip
        assert (found["VAULT_FOR_DYNACONF"]["token"], found["VAULT_FOR_DYNACONF"]["url"]) == (
            "t",
            "http://localhost:8200",
        )

    def test_tokens_stay_text(self):
        """What a store holds is never computed by dynaconf, whatever the settings say."""
        assert settings_of_loaders({"AUTO_CAST_FOR_DYNACONF": "true"})["AUTO_CAST_FOR_DYNACONF"] is False
