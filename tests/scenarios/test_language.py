"""The design's table of directives, run as the command line's user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

HIDDEN = "correct horse"
FILES = {
    "app.py": '''
import traitconf as tc

@tc.trait
class Mailer(tc.TraitBase):
    """Send letters."""

    retention_days: int = tc.option(30, ge=1, le=36500, unit="days", doc="How long letters are kept.")
    sinks: tuple[str, ...] = tc.option(("log",), doc="Where letters go.")
    region: str = tc.option("eu", doc="Where letters are kept.", self_service=True, scope=("group", "tenant"))
    password: tc.Secret[str] = tc.option(doc="Of the server.")
    key: str = tc.option("", secret=True, doc="Of the signature.")
    keep: int = tc.option(30, deprecated="retention_days", doc="How long letters are kept.")
    html: bool = tc.option(True, doc="Whether letters are pretty.")
    pictures: bool = tc.option(True, requires="html", doc="Whether letters have pictures.")
    size: int = tc.option(lambda self: 1000 // self.retention_days, doc="How many letters are kept.")

@tc.use(Mailer)
class Letter: ...
''',
    "config/runtime.toml": 'secret_roots = ["secrets"]\n',
    "config/secrets/password": HIDDEN + "\n",
    "config/traits.toml": """
[mailer]
retention_days = { value = 90, allow = { min = 30, max = 3650 }, reason = "policy" }
sinks.append = ["kafka"]
password.secret = "file:secrets/password"
html = false
""",
    "config/groups/enterprise.toml": """
[mailer]
retention_days = { lock = 2555, until = 2099-01-01, reason = "exactly the contract", ticket = "LEGAL-7" }
region.allow = { one_of = ["eu", "ch"] }
""",
    "config/tenants/acme.toml": """
extends = ["enterprise"]
[mailer]
region = "ch"
password.secret = "env:ACME_PW"
sinks = { remove = ["log"], append = ["s3"] }
[models.Letter.mailer]
key.secret = "env:ACME_PW"
""",
}


@pytest.fixture
def project(tmp_path):
    """A function that runs the command line in a project that uses every directive."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(*arguments, files=None, **environ):
        for name, text in (files or {}).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRAITCONF_")}
        return subprocess.run(
            [sys.executable, "-m", "traitconf", *arguments, "--app", "app"],
            cwd=tmp_path,
            env=clean | {"ACME_PW": HIDDEN} | environ,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_every_directive_is_explained(project):
    """A value with companions, a lock and an `allow` above it is explained to the place of each."""
    ended = project("explain", "mailer.retention_days", "--tenant", "acme")
    assert (ended.returncode, ended.stdout.splitlines()) == (
        0,
        [
            "mailer.retention_days = 2555   int, days, 1..36500",
            (
                "  ● group enterprise   2555  lock    config/groups/enterprise.toml:3:20  "
                "until 2099-01-01 · LEGAL-7 · exactly the contract"
            ),
            "  ○ global               90          config/traits.toml:3:20             shadowed · policy",
            "  ○ default              30          app.py:8",
            "  allowed by global: 30..3650   config/traits.toml:3:32   policy",
        ],
    ), ended.stderr


def test_everything_resolves(project):
    """References, operations, prerequisites and computed defaults give what the files say."""
    ended = project("get", "mailer", "--tenant", "acme", "--json")
    found = json.loads(ended.stdout)["data"]["value"]
    chosen = {
        name: found[name] for name in ("retention_days", "sinks", "region", "password", "html", "pictures", "size")
    }
    assert chosen == {
        "retention_days": 2555,
        "sinks": ["kafka", "s3"],
        "region": "ch",
        "password": "•••",
        "html": False,
        "pictures": False,
        "size": 0,
    }


@pytest.mark.parametrize("command", ["get", "list", "explain", "validate"])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_command_shows_a_secret(project, command, form):
    """No command shows a secret, in any form; the reference may be shown."""
    where = () if command == "validate" else ("mailer", "--tenant", "acme", "--model", "Letter")
    ended = project(command, *where, *form)
    assert HIDDEN not in ended.stdout + ended.stderr
    assert "mailer" in ended.stdout + ended.stderr or command == "validate"
    if command == "explain":
        assert "env:ACME_PW" in ended.stdout


@pytest.mark.parametrize(
    ("file", "text", "code", "line"),
    [
        ("tenants/acme.toml", '[mailer]\nretention_days = 4000\npassword.secret = "env:ACME_PW"\n', "TC220", 2),
        ("tenants/acme.toml", 'extends = ["enterprise"]\n[mailer]\nregion = "us"\n', "TC220", 3),
        ("tenants/acme.toml", 'extends = ["enterprise"]\n[mailer]\nretention_days = 100\n', "TC210", 3),
        ("traits.toml", '[mailer]\npassword.secret = "file:../app.py"\n', "TC404", 2),
        ("traits.toml", '[mailer]\npassword.secret = "env:NOBODY"\n', "TC402", 2),
        ("traits.toml", '[mailer]\npassword = "x"\nregion = "eu"\n', "TC211", 3),
        ("traits.toml", '[mailer]\npassword = "x"\nhtml.rollout = { percent = 5 }\n', "TC105", 3),
        ("traits.toml", '[mailer]\npassword = "x"\nhtml = { until = 2030-01-01 }\n', "TC113", 3),
        ("traits.toml", '[mailer]\npassword = "x"\nkeep = 50\nretention_days = 60\n', "TC321", 3),
    ],
)
def test_faults_end_with_4(project, file, text, code, line):
    """Each fault stops the start at its place with exit 4, and no traceback."""
    ended = project("validate", "--json", files={f"config/{file}": text})
    found = [one for one in json.loads(ended.stdout)["diagnostics"] if one["severity"] == "error"]
    assert (ended.returncode, {(one["code"], one["line"]) for one in found}) == (4, {(code, line)})
    assert "Traceback" not in ended.stderr


def test_without_companions_nothing_changes(project):
    """An explanation without companions looks as it always did."""
    ended = project("explain", "mailer.html")
    assert ended.stdout.splitlines() == [
        "mailer.html = false   bool",
        "  ● global    false      config/traits.toml:6:1",
        "  ○ default    true      app.py:14",
    ]


def test_a_self_service_option_is_described(project, tmp_path):
    """What tenants may set themselves is part of the description."""
    options = "tc.describe(app.Mailer).options"
    program = f"import app, traitconf as tc\nprint([one.name for one in {options} if one.self_service])\n"
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout == "['region']\n"
