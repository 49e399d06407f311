"""What loaders give, as layers: names by the schema, values only, and a Vault-like store from end to end."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import traitconf as tc
from traitconf.layers.capture import Caught
from traitconf.layers.loaders import loaded_layers
from traitconf.runtime.runtime import Runtime
from traitconf.schema.catalog import catalog
from traitconf.types import Source

KNOWN = {"models/Article.toml": "", "tenants/acme-eu.toml": "[sample]\ndays = 4\n", "groups/gold.toml": ""}


@pytest.fixture
def load(read, sample):
    """A function that reads what a loader gave, over files that name some tenants, groups and models."""

    def of(*pairs):
        graph = read(KNOWN).graph
        caught = [Caught(key, value, "main") for key, value in pairs]
        return loaded_layers("some.loader", caught, 0, graph, catalog)

    return of


class TestNames:
    @pytest.mark.parametrize(
        ("key", "value", "scope", "tables"),
        [
            ("TRAITS__SAMPLE__DAYS", "5", "global", {"sample": {"days": "5"}}),
            ("SAMPLE__DAYS", 5, "global", {"sample": {"days": 5}}),
            ("SAMPLE", {"DAYS": 5}, "global", {"sample": {"days": 5}}),
            ("TRAITS", {"sample": {"days": 5}}, "global", {"sample": {"days": 5}}),
            ("sample.days", 5, "global", {"sample": {"days": 5}}),
            ("SAMPLE__LIMITS__SOFT", 5, "global", {"sample": {"limits": {"soft": 5}}}),
            ("SAMPLE__DAYS__LOCK", 5, "global", {"sample": {"days": {"lock": 5}}}),
            (
                "SAMPLE__LABELS",
                {"Some": "1", "OTHER": "2"},
                "global",
                {"sample": {"labels": {"Some": "1", "other": "2"}}},
            ),
            ("SAMPLE__LABELS", '{"a": "b"}', "global", {"sample": {"labels": {"a": "b"}}}),
            ("SAMPLE__SINKS", '@json ["a"]', "global", {"sample": {"sinks": ["a"]}}),
            ("SAMPLE__ENABLED", "@bool False", "global", {"sample": {"enabled": False}}),
            ("SAMPLE__NAME", "@str @int 3", "global", None),
            ("SAMPLE__NAME", "@none", "global", {"sample": {"name": "@none"}}),
            ("MODELS__ARTICLE__SAMPLE__DAYS", 5, "model ARTICLE", {"sample": {"days": 5}}),
            ("MODELS", {"Article": {"sample": {"days": 5}}}, "model Article", {"sample": {"days": 5}}),
            ("TENANTS__ACME_EU__SAMPLE__DAYS", 5, "tenant acme-eu", {"sample": {"days": 5}}),
            ("TENANTS__STRANGER__SAMPLE__DAYS", 5, "tenant STRANGER", {"sample": {"days": 5}}),
            ("GROUPS__GOLD__SAMPLE__DAYS", 5, "group gold", {"sample": {"days": 5}}),
            (
                "TENANTS__ACME_EU__MODELS__ARTICLE__SAMPLE__DAYS",
                5,
                "tenant acme-eu, model ARTICLE",
                {"sample": {"days": 5}},
            ),
            ("LATER__SOME_OPTION", "x", "global", {"later": {"some_option": "x"}}),
        ],
    )
    def test_by_the_schema(self, load, key, value, scope, tables):
        """Upper-case names are looked up as those of variables are; everything else is what a file says."""
        loaded = load((key, value))
        if tables is None:
            assert [problem.code for problem in loaded.parsed.problems] == ["TC230"]
            return
        assert not loaded.parsed.problems
        (layer,) = loaded.layers
        assert (layer.scope.label, layer.source, layer.tables) == (scope, Source.STORE, tables)

    def test_what_upper_case_stands_for(self, load):
        """An upper-case model or unknown tenant stands for everything that folds to it."""
        scopes = [layer.scope for layer in load(("TENANTS__NEW__MODELS__ARTICLE__SAMPLE__DAYS", 5)).layers]
        assert [(scope.name, scope.model) for scope in scopes] == [("*NEW", "*ARTICLE")]

    def test_extends(self, load):
        """A store may say what a tenant extends."""
        loaded = load(("TENANTS__ACME_EU__EXTENDS", ["gold"]))
        assert {node: edge.names for node, edge in loaded.parsed.extends.items()} == {("tenant", "acme-eu"): ("gold",)}

    def test_later_environments_win(self, load):
        """Of one loader's environments the later wins, value by value, and says so in the origin."""
        loaded = load(("SAMPLE", {"days": 3, "name": "a"}), ("SAMPLE__DAYS", 5))
        (layer,) = loaded.layers
        assert layer.tables == {"sample": {"days": 5, "name": "a"}}
        names = [layer.origin(("sample", option)).name for option in ("days", "name")]
        assert names == ["loader some.loader SAMPLE__DAYS (main)", "loader some.loader SAMPLE (main)"]


class TestTrust:
    @pytest.mark.parametrize(
        ("key", "value", "word"),
        [
            ("SAMPLE__NAME", "@format {env[HOME]}", "@format"),
            ("SAMPLE__NAME", "@read_file …", "@read_file"),
            ("SAMPLE__NAME", "@int @read_file /etc/hosts", "@int"),
            ("SAMPLE__SINKS", ["dynaconf_merge", "x"], "dynaconf_merge"),
            ("SAMPLE", {"dynaconf_merge": True, "days": 3}, "dynaconf_merge"),
            ("SAMPLE", {"sinks": ["@merge x"]}, "@merge"),
            ("SAMPLE", {"days": "@int 3"}, "@int"),
            ("MODELS__ARTICLE__CLASS", "a:B", "class"),
            ("MODELS", {"Article": {"use": ["sample"]}}, "use"),
            ("RUNTIME__APP", "intruder", "runtime"),
            ("runtime", {"loaders": ["intruder"]}, "runtime"),
            ("TRAITS__RUNTIME__LOADERS", ["intruder"], "runtime"),
        ],
    )
    def test_values_only(self, load, key, value, word):
        """Tokens, bindings and the framework's own settings are refused, with the key that says them."""
        loaded = load((key, value))
        assert not [layer for layer in loaded.layers if layer.tables]
        assert not loaded.parsed.bindings
        (problem,) = loaded.parsed.problems
        assert (problem.code, problem.message) == ("TC230", f"'{word}' is refused from a source that is not trusted")
        assert problem.origin.name == f"loader some.loader {key} (main)"

    def test_structure(self, load):
        """Faults of structure are those of files, with the loader as their place."""
        loaded = load(("TENANTS__ACME_EU", "x"), ("SAMPLE__DAYS", "@int x"))
        found = [(problem.code, problem.origin.name.split()[1]) for problem in loaded.parsed.problems]
        assert found == [("TC005", "some.loader"), ("TC103", "some.loader")]

    def test_json_only(self, load):
        """`@json` is JSON and nothing that resembles it."""
        assert [problem.code for problem in load(("SAMPLE__SINKS", "@json ['a']")).parsed.problems] == ["TC005"]

    def test_too_deep(self, load):
        """What is nested too deeply is a fault of its key."""
        value = {"a": 1}
        for _ in range(100_000):
            value = {"a": value}
        loaded = load(("SAMPLE", value), ("SAMPLE__DAYS", 4))
        assert [(problem.code, problem.address) for problem in loaded.parsed.problems] == [("TC004", "SAMPLE")]
        assert [layer.tables for layer in loaded.layers] == [{"sample": {"days": 4}}]
        while isinstance(value, dict):  # taken apart by hand: the interpreter would recurse
            value = value.pop("a")


VAULT = """
import json
import urllib.request
from dynaconf.loaders.base import SourceMetadata
from dynaconf.utils import build_env_list

def load(obj, env=None, silent=True, key=None, validate=False):
    place = obj.VAULT_FOR_DYNACONF
    for name in build_env_list(obj, env):
        url = f"{place['url']}/v1/{obj.VAULT_MOUNT_POINT_FOR_DYNACONF}/data/{obj.VAULT_PATH_FOR_DYNACONF}/{name}"
        request = urllib.request.Request(url, headers={"X-Vault-Token": place["token"]})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                data = json.load(answer)["data"]["data"]
        except urllib.error.HTTPError as error:
            error.close()
            raise PermissionError(f"the vault answers {error.code}") from None
        if data:
            source = SourceMetadata("vault", "unique", name)
            obj.update(data, loader_identifier=source, tomlfy=True, validate=validate)
"""


class _Vault(BaseHTTPRequestHandler):
    """Answers as the second version of Vault's key-value store does."""

    def do_GET(self):
        allowed = self.headers["X-Vault-Token"] == self.server.token
        data = self.server.store.get(self.path.removeprefix("/v1/secret/data/"), {}) if allowed else {}
        body = json.dumps({"data": {"data": data}}).encode()
        self.send_response(200 if allowed else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def vault(tmp_path, monkeypatch):
    """A Vault-like server on a free port, with its loader on the path of modules."""
    (tmp_path / "vault_like_loader.py").write_text(VAULT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), _Vault) as server:
        server.token, server.store = "t0ken", {}
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class TestVault:
    @pytest.fixture
    def runtime(self, vault, write, sample):
        """A runtime over a file and the store, not started."""
        url = f"http://127.0.0.1:{vault.server_address[1]}"
        path = write(
            {
                "traits.toml": "[sample]\ndays = 9\nname = 'file'\n",
                "runtime.toml": 'loaders = ["vault_like_loader"]\nloader_settings.VAULT_URL_FOR_DYNACONF = "@format '
                '{env[VAULT]}"\nloader_settings.VAULT_TOKEN_FOR_DYNACONF = "t0ken"\n'
                'loader_settings.VAULT_PATH_FOR_DYNACONF = "shop"\n',
            }
        )
        variables = {"VAULT": url, "TRAITCONF_TRAITS__SAMPLE__TAGS": "x", "VAULT_TOKEN_FOR_DYNACONF": "wrong"}
        return Runtime((path,), environ=variables)

    def test_above_files_and_below_variables(self, vault, runtime, sample):
        """What the store says beats the file, and a variable beats the store."""
        vault.store["shop/main"] = {"sample": {"days": 12, "tags": ["store"]}, "TENANTS__ACME__SAMPLE__DAYS": "30"}
        runtime.start()
        found = runtime.resolve(sample)
        assert (found.days, found.name, found.tags) == (12, "file", {"x"})
        assert runtime.resolve(sample, tenant="acme").days == 30
        reasons = runtime.explain("sample.days")[0].reasons
        assert str(reasons[0].origin) == "loader vault_like_loader sample (main)"

    def test_reloading(self, vault, runtime, sample):
        """A reload reads the store again; the content hash says whether anything changed."""
        vault.store["shop/main"] = {"sample": {"days": 12}}
        runtime.start()
        first = runtime.snapshot.content_hash
        assert runtime.reload().content_hash == first
        vault.store["shop/main"] = {"sample": {"days": 13}}
        assert runtime.reload().content_hash != first
        assert runtime.resolve(sample).days == 13

    def test_a_store_that_is_down(self, vault, runtime, sample):
        """A store that refuses is an error at start and on reload, where the old snapshot stays."""
        vault.store["shop/main"] = {"sample": {"days": 12}}
        runtime.start()
        vault.token = "another"
        with pytest.raises(tc.ConfigError) as caught:
            runtime.reload()
        (problem,) = [one for one in caught.value.problems if one.is_error]
        assert problem.code == "TC702"
        assert problem.message.endswith("PermissionError: the vault answers 403")
        assert runtime.resolve(sample).days == 12

    def test_blamed_where_it_stands(self, vault, runtime):
        """A wrong value is a fault of the loader and its key."""
        vault.store["shop/main"] = {"sample": {"days": "many"}}
        with pytest.raises(tc.ConfigError) as caught:
            runtime.start()
        (problem,) = [one for one in caught.value.problems if one.is_error]
        assert (problem.code, str(problem.origin)) == ("TC103", "loader vault_like_loader sample (main)")

    def test_settings_are_explained_and_hidden(self, vault, runtime):
        """The settings of loaders have their places, and never show their values."""
        runtime.start()
        (found,) = runtime.explain("runtime.loader_settings")
        assert "t0ken" not in str(found)
        assert found.reasons[0].origin.line == 2

    def test_environments(self, vault, runtime, sample):
        """The environments of dynaconf are read weakest first; one that the settings name is among them."""
        vault.store |= {"shop/default": {"sample": {"days": 1, "name": "d"}}, "shop/main": {"sample": {"days": 2}}}
        runtime.start()
        found = runtime.resolve(sample)
        assert (found.days, found.name) == (2, "d")
