"""What we use of dynaconf, pinned: each test fails with the words for what has changed there."""

from __future__ import annotations

import ast
import inspect
import json
import os
import subprocess
import sys

import pytest
from dynaconf import default_settings, loaders
from dynaconf.base import Settings
from dynaconf.loaders.base import SourceMetadata
from dynaconf.utils import parse_conf
from dynaconf.utils.functional import empty
from dynaconf.vendor import tomllib
from dynaconf.vendor.ruamel import yaml

from traitconf.layers import capture, token_value
from traitconf.layers.tokens import Siblings

BOX = {"AUTO_CAST_FOR_DYNACONF": True, "DYNABOXIFY": False}


def parsed(text, **more):
    return parse_conf.parse_conf_data(text, tomlfy=False, box_settings=BOX | more)


class TestReaders:
    def test_toml(self):
        """`dynaconf.vendor.tomllib` is the parser of the standard library, with places in its messages."""
        assert tomllib.loads("a.b = 1") == {"a": {"b": 1}}, "vendored tomllib no longer parses dotted keys"
        with pytest.raises(tomllib.TOMLDecodeError) as caught:
            tomllib.loads("a = \n")
        assert "(at line 1, column 5)" in str(caught.value), "vendored tomllib words its places in another way"

    def test_toml_alone(self):
        """The parser of TOML can be loaded by its place, and is dynaconf's; the package is not imported."""
        program = (
            "import sys; from traitconf.layers.files import _toml_parser, parse_text; parse_text('.toml', 'a = 1'); "
            "print(_toml_parser().__file__, *(name for name in sys.modules if name.startswith('dynaconf')))"
        )
        answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert answer.stdout.split() == [tomllib.__file__], "vendored tomllib cannot be loaded without dynaconf"

    def test_yaml(self):
        """The vendored ruamel composes nodes with marks, follows YAML 1.2, and refuses a key that stands twice."""
        root = yaml.compose("a:\n  - yes\n", Loader=yaml.SafeLoader)
        (key, value) = root.value[0]
        assert (root.id, value.id, key.value) == ("mapping", "sequence", "a"), "nodes of the vendored ruamel changed"
        assert (key.start_mark.index, key.end_mark.index) == (0, 1), "marks of the vendored ruamel changed"
        loader = yaml.SafeLoader("a: yes\nb: 012\n")
        assert loader.construct_document(loader.get_single_node()) == {"a": "yes", "b": 12}, "YAML is no longer 1.2"
        loader.dispose()
        loader = yaml.SafeLoader("a: 1\na: 2\n")
        with pytest.raises(yaml.constructor.DuplicateKeyError, match="found duplicate key"):
            loader.construct_document(loader.get_single_node())
        loader.dispose()
        assert yaml.nodes.ScalarNode("tag:yaml.org,2002:str", "a", None, None).value == "a", "ScalarNode changed"
        assert issubclass(yaml.constructor.ConstructorError, Exception), "ConstructorError is gone"
        assert hasattr(yaml.SafeLoader, "construct_non_recursive_object"), "the hook that places bad values is gone"


class TestSettings:
    def test_inert(self, monkeypatch):
        """Without loaders and validators a settings object reads no variable and no file."""
        monkeypatch.setenv("DYNACONF_X", "1")
        monkeypatch.setenv("SETTINGS_FILE_FOR_DYNACONF", "nowhere.py")
        made = Settings(dynaconf_skip_loaders=True, dynaconf_skip_validators=True)
        more = set(made.store) - {"DYNACONF_SKIP_LOADERS", "DYNACONF_SKIP_VALIDATORS", "SETTINGS_MODULE"}
        assert not more, f"an inert Settings holds {sorted(more)}: it reads more than it is given"
        assert made.get("X") is None, "an inert Settings reads variables"

    def test_everything_goes_through_set(self):
        """`update`, items and attributes all call `set(key, value, loader_identifier)`, which a subclass may catch."""
        seen = []

        class Catcher(Settings):
            def set(self, key, value, loader_identifier=None, *rest, **more):
                seen.append((key, value, loader_identifier))

        made = Catcher(dynaconf_skip_loaders=True, dynaconf_skip_validators=True)
        seen.clear()
        source = SourceMetadata("a", "b", "c")
        made.update({"k": 1}, loader_identifier=source, validate=False)
        made["i"] = 2
        made.A = 3
        assert seen == [("k", 1, source), ("i", 2, None), ("A", 3, None)], f"setting arrives as {seen}"
        assert source.env == "c", "SourceMetadata has no env any more"

    def test_defaults(self):
        """Our table of dynaconf's own settings is what dynaconf has where no variable is set."""
        program = (
            "import json; from dynaconf import default_settings as d; from dynaconf.utils import RENAMED_VARS as r; "
            "print(json.dumps({k: v for k, v in vars(d).items() if k.endswith('_FOR_DYNACONF') and k not in r}))"
        )
        clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        answer = subprocess.run([sys.executable, "-c", program], env=clean, capture_output=True, text=True, check=True)
        theirs = {name.removesuffix("_FOR_DYNACONF"): value for name, value in json.loads(answer.stdout).items()}
        changed = {name: (theirs.get(name), capture.DEFAULTS.get(name)) for name in theirs.keys() | capture.DEFAULTS}
        changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
        assert not changed, f"settings of dynaconf that changed (theirs, ours): {changed}"

    def test_parts(self):
        """The settings that dynaconf puts together are put together from the parts that we know."""
        text = inspect.getsource(default_settings)
        asked = {
            node.args[0].value.removesuffix("_FOR_DYNACONF")
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get"
            if isinstance(node.args[0], ast.Constant)
        }
        known = set(capture.DEFAULTS) | {part for parts in capture._PARTS.values() for part in parts.values()}
        known |= {"VAULT_SCHEME", "VAULT_HOST", "VAULT_PORT"}  # of which the default of VAULT_URL is made
        assert asked - known <= {"SETTINGS_FILES"}, f"dynaconf has new settings: {sorted(asked - known)}"

    def test_loaders(self):
        """Loaders are modules with `load(obj, env, silent, key, validate)`."""
        from dynaconf.loaders import env_loader, redis_loader

        for module in (env_loader, redis_loader):
            names = list(inspect.signature(module.load).parameters)[:5]
            assert names == ["obj", "env", "silent", "key", "validate"], f"{module.__name__}.load takes {names}"
        assert loaders.default_loader, "default_loader is gone"


class TestTokens:
    def test_every_token_is_known(self):
        """All tokens of dynaconf are ones that we have tried, and none has gone."""
        known = (
            "@str @int @float @bool @json @format @jinja @reset @del @merge @merge_unique @insert @get @read_file "
            "@upper @lower @title @capitalize @strip @lstrip @rstrip @split @casefold @swapcase "
            "@note @comment @null @none @empty"
        )
        found = set(parse_conf.converters)
        assert found == set(known.split()), f"tokens that came or went: {sorted(found ^ set(known.split()))}"
        assert set(token_value.CASTS) <= found, "a cast of ours is no token of dynaconf any more"

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("@int 3", 3),
            ("@float 3", 3.0),
            ("@json [1]", [1]),
            ("@str 3", "3"),
            ("@none", None),
            ("@note x", None),
            ("@upper x", "X"),
            ("@split a b", ["a", "b"]),
            ("plain", "plain"),
            ("1.10", "1.10"),
            ("@nobody 3", "@nobody 3"),
        ],
    )
    def test_values(self, text, value):
        """Converters give plain values, and guess nothing where they are not asked to."""
        assert parsed(text) == value, f"{text!r} gives {parsed(text)!r}"

    def test_boxes(self):
        """With our settings for the parser tables are plain, and the variable that switches casts off has no say."""
        assert type(parsed('@json {"a": 1}')) is dict, "DYNABOXIFY no longer gives plain tables"
        assert parsed("@int 3", AUTO_CAST_FOR_DYNACONF=False) == "@int 3", "AUTO_CAST no longer switches casts off"
        assert parsed("@empty x") is empty, "@empty gives something else"

    @pytest.mark.parametrize(
        ("text", "kind", "value", "unique"),
        [
            ("@merge a", "Merge", ["a"], False),
            ("@merge a,b", "Merge", ["a", "b"], False),
            ('@merge ["a", "b"]', "Merge", ["a", "b"], False),
            ("@merge a=1", "Merge", {"a": 1}, False),
            ('@merge {"a": 1}', "Merge", {"a": 1}, False),
            ("@merge_unique a", "Merge", ["a"], True),
        ],
    )
    def test_merging(self, text, kind, value, unique):
        """`@merge` gives a `Merge` with a list or a table, and says whether it is unique."""
        found = parsed(text)
        assert (type(found).__name__, found.unwrap(), found.unique) == (kind, value, unique), f"{text!r} gives {found}"
        assert isinstance(found, parse_conf.MetaValue), "Merge is no MetaValue any more"

    def test_the_other_marks(self):
        """`@insert` gives place and value, `@del` gives a `Del`; both are MetaValues."""
        found = parsed("@insert -1 x")
        assert (type(found), found.index, found.unwrap()) == (parse_conf.Insert, -1, "x"), "Insert changed"
        assert parsed("@insert x").index == 0, "@insert without a place no longer means the first"
        assert isinstance(parsed("@del"), parse_conf.Del), "Del changed"
        assert all(issubclass(one, parse_conf.MetaValue) for one in (parse_conf.Insert, parse_conf.Del)), "no MetaValue"

    def test_lazy_values(self):
        """What is computed later has a value, a formatter that takes env and this, and perhaps a cast."""
        found = parsed("@int @format {env[A]}")
        assert isinstance(found, parse_conf.Lazy), "@format is not lazy any more"
        assert (found.value, str(found.formatter)) == ("{env[A]}", "format"), "Lazy changed"
        assert found.casting(found.formatter(found.value, env={"A": "3"}, this={})) == 3, "formatters are called anew"
        assert parsed("@read_file @format x").value.value == "x", "tokens are no longer nested as Lazy in Lazy"
        found = parsed("@get a b").formatter("a b", env={}, this=Siblings({"a": 1}))
        assert found == 1, "@get no longer asks `this` with `in` and `get(key=, default=, cast=)`"

    def test_words_for_true_and_false(self):
        """The words that `@bool` knows are those that we know it knows."""
        assert set(parse_conf.true_values) == {"t", "true", "enabled", "1", "on", "yes"}, "true_values changed"
        assert set(parse_conf.false_values) == {"f", "false", "disabled", "0", "off", "no", ""}, "false_values changed"
        assert parse_conf.boolean_fix("True") == "true", "boolean_fix changed"

    def test_text_that_is_handed_over(self):
        """A text in `@json "…"` is that text, whatever token it begins with: so values are published without harm."""
        for token in parse_conf.converters:
            assert parsed(f'@json "{token} @read_file x"') == f"{token} @read_file x", f"{token} is read inside @json"
