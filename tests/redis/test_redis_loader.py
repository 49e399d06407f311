"""dynaconf's own Redis loader as a source, against a real Redis."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import traitconf as tc
from traitconf.runtime.runtime import Runtime
from traitconf.traits import Auditable, Sluggable

HASH = "DYNACONF_MAIN"


@pytest.fixture
def runtime(server, tmp_path):
    """A function that returns a runtime over a file and the store, not started."""

    def over(settings="REDIS_FOR_DYNACONF = '{host = \"127.0.0.1\", port = <PORT>}'", **environ):
        config = tmp_path / "config"
        config.mkdir(exist_ok=True)
        (config / "traits.toml").write_text("[auditable]\nretention_days = 90\nsinks = ['memory']\n", encoding="utf-8")
        text = f'loaders = ["dynaconf.loaders.redis_loader"]\nloader_timeout = "5m"\n[loader_settings]\n{settings}\n'
        (config / "runtime.toml").write_text(text.replace("<PORT>", str(server.port)), encoding="utf-8")
        return Runtime((config,), environ=environ)

    return over


@pytest.fixture
def client(server):
    """A client of the server."""
    with server.client as made:
        yield made


@pytest.mark.parametrize(
    "settings",
    [
        'REDIS_FOR_DYNACONF = \'{host = "127.0.0.1", port = <PORT>}\'\nENVVAR_PREFIX_FOR_DYNACONF = "DYNACONF"',
        'REDIS_HOST_FOR_DYNACONF = "127.0.0.1"\nREDIS_PORT_FOR_DYNACONF = "<PORT>"',
        'REDIS_URL_FOR_DYNACONF = "redis://127.0.0.1:<PORT>/0"',
        'REDIS_URL_FOR_DYNACONF = "redis://127.0.0.1:<PORT>/0?decode_responses=true"',
        'REDIS_URL_FOR_DYNACONF = "@format {env[REDIS]}"',
    ],
)
def test_configured_with_dynaconfs_own_settings(runtime, client, server, settings):
    """Every way in which dynaconf is told where Redis is works in runtime.loader_settings, and only there."""
    client.hset(HASH, "TRAITS__AUDITABLE__RETENTION_DAYS", "40")
    elsewhere = {"REDIS_PORT_FOR_DYNACONF": "1", "REDIS_URL_FOR_DYNACONF": "redis://nowhere.invalid"}
    started = runtime(settings, REDIS=f"redis://127.0.0.1:{server.port}", **elsewhere).start()
    assert started.resolve(Auditable).retention_days == 40


def test_the_process_is_not_asked(runtime, client, monkeypatch):
    """Variables of the process decide neither where Redis is nor what is read from it."""
    for name, value in {"REDIS_PORT_FOR_DYNACONF": "1", "ENVVAR_PREFIX_FOR_DYNACONF": "ELSEWHERE"}.items():
        monkeypatch.setenv(name, value)
    client.hset(HASH, "AUDITABLE__RETENTION_DAYS", "40")
    client.hset("ELSEWHERE_MAIN", "AUDITABLE__RETENTION_DAYS", "41")
    assert runtime().start().resolve(Auditable).retention_days == 40


def test_every_scope_and_kind(runtime, client):
    """Texts are cast by the option's type; JSON and the casts of dynaconf are read; ids fold as in variables."""
    values = {
        "AUDITABLE__SINKS": "memory",
        "SLUGGABLE": '@json {"separator": "_"}',
        "SLUGGABLE__ASCII": "false",
        "TENANTS__ACME__AUDITABLE__RETENTION_DAYS": "@int 30",
        "TENANTS": '{"acme": {"models": {"Article": {"sluggable": {"max_length": 20}}}}}',
        "MODELS__ARTICLE__SLUGGABLE__MAX_LENGTH__LOCK": "20",
    }
    client.hset(HASH, mapping=values)
    started = runtime().start()
    slug = started.resolve(Sluggable, "Article", "acme")
    assert (slug.separator, slug.ascii, slug.max_length) == ("_", False, 20)
    assert started.resolve(Auditable, tenant="acme").retention_days == 30
    assert started.resolve(Auditable).retention_days == 90


def test_explained(runtime, client):
    """An explanation names the loader, the key and dynaconf's environment; the file's value is shadowed."""
    client.hset("DYNACONF_GLOBAL", "AUDITABLE__RETENTION_DAYS", "40")
    (found,) = runtime(TRAITCONF_TRAITS__AUDITABLE__SINKS="memory").start().explain("auditable.retention_days")
    origin = "loader dynaconf.loaders.redis_loader AUDITABLE__RETENTION_DAYS (global)"
    assert [(str(reason.origin), reason.counts) for reason in found.reasons[:1]] == [(origin, True)]
    assert [reason.value for reason in found.reasons] == ["40", "90", "30"]


def test_below_variables_and_locks(runtime, client):
    """A variable beats the store, and the store may not break a lock of a file."""
    client.hset(HASH, mapping={"AUDITABLE__RETENTION_DAYS": "40", "TENANTS__ACME__AUDITABLE__RETENTION_DAYS": "1"})
    variables = {"TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS": "7"}
    assert runtime(**variables).start().resolve(Auditable).retention_days == 7
    with pytest.raises(tc.ConfigError) as caught:
        runtime(TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS__LOCK="40").start()
    assert {problem.code for problem in caught.value.problems if problem.is_error} == {"TC210"}


def test_what_dynaconf_writes_is_read(runtime, server):
    """What `dynaconf write redis` stores, casts included, is read back."""
    environ = {**os.environ, "REDIS_ENABLED_FOR_DYNACONF": "true", "REDIS_PORT_FOR_DYNACONF": str(server.port)}
    program = (
        "from dynaconf import Dynaconf\nfrom dynaconf.loaders import redis_loader\n"
        "redis_loader.write(Dynaconf(), {'AUDITABLE__RETENTION_DAYS': 44, 'AUDITABLE__ONLY_CHANGES': True, "
        "'AUDITABLE__FIELDS': ['title'], 'SLUGGABLE': {'max_length': 30}})"
    )
    subprocess.run([sys.executable, "-c", program], env=environ, check=True)
    started = runtime().start()
    found = started.resolve(Auditable)
    assert (found.retention_days, found.only_changes, found.fields) == (44, True, ("title",))
    assert started.resolve(Sluggable).max_length == 30


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("AUDITABLE__SINKS", "@merge file"),
        ("SLUGGABLE__SOURCE", "@format {env[HOME]}"),
        ("SLUGGABLE__SOURCE", "@jinja {{ 7 * 7 }}"),
        ("SLUGGABLE__SOURCE", "@str @read_file /etc/hosts"),
        ("AUDITABLE__RETENTION_DAYS", "@del "),
        ("AUDITABLE__SINKS", '["dynaconf_merge", "file"]'),
        ("SLUGGABLE__SOURCE", '@json {"secret": "env:HOME"}'),
        ("MODELS__ARTICLE", '{"class": "os:system", "use": ["auditable"]}'),
        ("RUNTIME__APP", "antigravity"),
    ],
)
def test_values_only(runtime, client, key, value):
    """Tokens, secrets, bindings and the framework's settings are refused from Redis, each as TC230."""
    client.hset(HASH, key, value)
    with pytest.raises(tc.ConfigError) as caught:
        runtime().start()
    found = [problem for problem in caught.value.problems if problem.is_error]
    assert {problem.code for problem in found} == {"TC230"}
    assert all(f"redis_loader {key} (main)" in str(problem.origin) for problem in found)


def test_down_and_up_again(runtime, client, server):
    """While Redis is down a reload fails and the old snapshot keeps serving; once it is up its values are picked up."""
    client.hset(HASH, "AUDITABLE__RETENTION_DAYS", "40")
    started = runtime().start()
    server.stop()
    with pytest.raises(tc.ConfigError) as caught:
        started.reload()
    assert [problem.code for problem in caught.value.problems if problem.is_error] == ["TC702"]
    assert "Connection refused" in caught.value.problems[0].message
    assert started.resolve(Auditable).retention_days == 40
    server.start()
    client.hset(HASH, "AUDITABLE__RETENTION_DAYS", "41")
    started.reload()
    assert started.resolve(Auditable).retention_days == 41


def test_the_command_line(runtime, client, tmp_path):
    """`traitconf get` and `validate` read the store as a program does."""
    client.hset(HASH, "AUDITABLE__RETENTION_DAYS", "40")
    runtime()
    command = [sys.executable, "-m", "traitconf"]
    answer = subprocess.run(
        [*command, "get", "auditable.retention_days"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "40"
    client.hset(HASH, "AUDITABLE__RETENTION_DAYZ", "40")
    answer = subprocess.run([*command, "validate"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 4
    assert "loader dynaconf.loaders.redis_loader AUDITABLE__RETENTION_DAYZ (main)" in answer.stdout
