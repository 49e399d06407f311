"""Everything that a configuration can be written in, from the file or variable to the resolved value and its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import traitconf as tc
from traitconf.types import FrozenMap


@pytest.fixture
def channel(tc_config):
    """A trait with a list, a set, a mapping and scalars."""

    @tc.trait
    class Channel(tc.TraitBase):
        """Where something is sent."""

        days: int = tc.option(1, doc="Days.")
        name: str = tc.option("none", doc="Name.")
        sinks: tuple[str, ...] = tc.option(("base",), doc="Sinks.")
        tags: frozenset[str] = tc.option(frozenset({"base"}), doc="Tags.")
        labels: Mapping[str, str] = tc.option(FrozenMap({"base": "0"}), doc="Labels.")

    return Channel


FORMATS = {
    "toml": ('[channel]\ndays = 3\nsinks = ["a"]\n[channel.labels]\nx = "1"\n', (2, 1), (5, 1)),
    "yaml": ("channel:\n  days: 3\n  sinks: [a]\n  labels:\n    x: '1'\n", (2, 3), (5, 5)),
    "yml": ("# nothing\nchannel: {days: 3, sinks: [a], labels: {x: '1'}}\n", (2, 11), (2, 41)),
    "json": ('{"channel": {"days": 3,\n\t"sinks": ["a"], "labels": {"x": "1"}}}', (1, 14), (2, 29)),
}


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_three_formats(tc_config, channel, suffix):
    """TOML, YAML and JSON give the same values, each with line and column of its own text."""
    text, days, label = FORMATS[suffix]
    tc_config({f"traits.{suffix}": text})
    found = tc.resolve(channel)
    assert (found.days, found.sinks, dict(found.labels)) == (3, ("a",), {"base": "0", "x": "1"})
    origin = tc.explain("channel.days").reasons[0].origin
    assert (origin.line, origin.column) == days
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({f"traits.{suffix}": text.replace("'1'", "[]").replace('"1"', "[]")})
    (problem,) = caught.value.problems
    assert (problem.code, problem.origin.line, problem.origin.column) == ("TC103", *label)


TREE = {
    "traits.toml": "[channel]\ndays = 1\nname = 'base'\n",
    "tenants.acme.yaml": "channel: {days: 2}\n",
    "environments/prod/traits.json": '{"channel": {"name": "prod"}}',
    "environments/prod/tenants/acme.toml": "[channel]\ndays = 3\n",
    "environments/test/traits.toml": "[channel]\nname = 'test'\n",
}


@pytest.mark.parametrize(
    ("more", "environment", "name", "days"),
    [
        ({}, "", "base", 2),
        ({}, "prod", "prod", 3),
        ({}, "test", "test", 2),
        ({"traits.local.toml": "[channel]\nname = 'local'\n"}, "prod", "local", 3),
        ({"tenants/acme.local.json": '{"channel": {"days": 4}}'}, "prod", "prod", 4),
        ({".secrets.toml": "[channel]\nname = 'secret'\n"}, "prod", "secret", 3),
        ({".secrets.tenants.acme.yaml": "channel: {days: 5}\n"}, "", "base", 5),
        ({"environments/prod/.secrets.toml": "[tenants.acme.channel]\ndays = 6\n"}, "prod", "prod", 6),
    ],
)
def test_which_file_wins(tc_config, channel, more, environment, name, days):
    """Base, then the environment's tree, then local and secret files; flat names are the tree's names."""
    tc_config(TREE | more, environ={"TRAITCONF_ENV": environment})
    found = tc.resolve(channel, tenant="acme")
    assert (found.name, found.days) == (name, days)


FILE = """
[channel]
sinks = ["file"]
tags = ["file"]
labels = { file = "1" }
days = 5
[tenants.acme.channel]
days = 9
"""


@pytest.mark.parametrize(
    ("suffix", "value", "option", "expected"),
    [
        ("DAYS", "7", "days", 7),
        ("DAYS__FORCE", "7", "days", 7),
        ("DAYS__LOCK", "9", "days", 9),
        ("DAYS__NORMAL", "7", "days", 9),
        ("DAYS__FALLBACK", "7", "days", 9),
        ("DAYS__UNSET", "1", "days", 1),
        ("DAYS__JSON", "7", "days", 7),
        ("DAYS__FILE", "<seven>", "days", 7),
        ("DAYS__NORMAL__JSON", "7", "days", 9),
        ("SINKS__APPEND", "a, b", "sinks", ("file", "a", "b")),
        ("SINKS__PREPEND", '["a"]', "sinks", ("a", "file")),
        ("SINKS__REMOVE", "file", "sinks", ()),
        ("SINKS__APPEND__FORCE", "a", "sinks", ("base", "a")),
        ("SINKS__APPEND__JSON", '["a,b"]', "sinks", ("file", "a,b")),
        ("SINKS__APPEND__FILE", "<seven>", "sinks", ("file", "7")),
        ("TAGS__ADD", "a", "tags", {"file", "a"}),
        ("TAGS__REMOVE", "file", "tags", set()),
        ("TAGS__ADD__LOCK", "a", "tags", {"base", "a"}),
        ("LABELS__REMOVE", "file", "labels", {"base": "0"}),
        ("LABELS__REMOVE__FORCE", "base", "labels", {}),
        ("LABELS__NEW", "2", "labels", {"base": "0", "new": "2"}),
        ("LABELS__NEW__NORMAL", "2", "labels", {"base": "0", "file": "1", "new": "2"}),
        ("LABELS__UNSET", "yes", "labels", {"base": "0"}),
        ("NAME", "1.10", "name", "1.10"),
        ("NAME", "", "name", ""),
    ],
)
def test_every_suffix(tc_config, channel, tmp_path, suffix, value, option, expected):
    """Every suffix does to the files' values what it says, and the explanation names the variable in full."""
    path = Path(tmp_path, "seven")
    path.write_text("7\n", encoding="utf-8")
    variable = f"TRAITCONF_TRAITS__CHANNEL__{suffix}"
    tc_config({"a.toml": FILE}, environ={variable: value.replace("<seven>", str(path))})
    found = getattr(tc.resolve(channel, tenant="acme"), option)
    assert (dict(found) if option == "labels" else found) == expected
    origins = {str(reason.origin) for reason in tc.explain(f"channel.{option}", tenant="acme").reasons}
    assert f"env {variable}" in origins
