"""`traitconf cache`: counts, keys, explanations and clearing, over a real Redis."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

APPLICATION = """\
import attrs
import traitconf as tc

@tc.trait
class Summed(tc.TraitBase):
    "Sum up."
    words: int = tc.option(3, doc="How many words are kept.")

    @tc.operation(cache=True, key=("body",), tags="feed")
    def summary(self, host):
        return host.body

@tc.use(Summed)
@attrs.define
class Note:
    body: str

if __name__ == "__main__":
    tc.configure("config")
    for tenant in ("acme", "globex", None):
        with tc.tenant(tenant):
            for body in ("one", "two"):
                Note(body).summary()
    print(tc.process_runtime().services.metrics.counter("traitconf.cache.miss"))
"""


@pytest.fixture
def project(server, tmp_path):
    """A project whose application has kept six results."""
    (tmp_path / "config").mkdir()
    lines = f'app = "notes"\ncache.store = "redis"\ncache.url = "redis://127.0.0.1:{server.port}/0"\n'
    (tmp_path / "config/runtime.toml").write_text(lines + 'cache.timeout = "2s"\n', encoding="utf-8")
    (tmp_path / "notes.py").write_text(APPLICATION, encoding="utf-8")
    assert computed(tmp_path) == 6
    return tmp_path


def computed(directory):
    """Run the application, and return how many results it has computed."""
    done = subprocess.run(
        [sys.executable, "notes.py"], cwd=directory, env=ENVIRON, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.fixture
def run(project):
    """A function that runs a command line in the project."""

    def run(*words, answer=""):
        command = [sys.executable, "-m", "traitconf", "cache", *words]
        return subprocess.run(
            command, cwd=project, env=ENVIRON, input=answer, capture_output=True, text=True, check=False
        )

    return run


ENVIRON = {"PYTHONPATH": ".", "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}


def test_counts(run):
    """Entries are counted by trait, operation and tenant; options narrow."""
    done = run("stats")
    assert [line.split() for line in done.stdout.splitlines()[:4]] == [
        ["TRAIT", "OPERATION", "TENANT", "ENTRIES"],
        ["summed", "summary", "none", "2"],
        ["summed", "summary", "acme", "2"],
        ["summed", "summary", "globex", "2"],
    ]
    assert done.stdout.splitlines()[-1] == "6 results in redis"
    data = json.loads(run("stats", "--tenant", "acme", "--json").stdout)["data"]
    assert data["entries"] == 2
    assert data["operations"] == [{"trait": "summed", "operation": "summary", "tenant": "acme", "entries": 2}]


def test_keys_and_what_they_say(run, project):
    """Keys are listed with how long they are kept; one is explained, and says when its options are no longer those."""
    lines = run("keys", "--tenant", "acme").stdout.splitlines()
    assert len(lines) == 2
    key = lines[0].split()[0]
    said = json.loads(run("explain", key, "--json").stdout)["data"]
    assert (said["application"], said["tenant"], said["state"]) == ("notes/-", "acme", "fresh")
    assert (said["trait"], said["operation"], said["epoch_is_current"]) == ("summed", "summary", True)
    assert "one" not in json.dumps(said)
    (project / "config/traits.toml").write_text("[summed]\nwords = 5\n", encoding="utf-8")
    assert json.loads(run("explain", key, "--json").stdout)["data"]["epoch_is_current"] is False
    assert "epoch is current" in run("explain", key).stdout


def test_a_word_that_is_no_key(run):
    """Something that is no key is wrong usage, with a hint."""
    done = run("explain", "summary", "--json")
    assert (done.returncode, json.loads(done.stdout)["diagnostics"][0]["code"]) == (2, "TC010")


def test_clearing_says_how_many_and_asks(run, project):
    """A no removes nothing, a yes what was counted, and the rest stays."""
    done = run("clear", "--tenant", "acme", answer="n\n")
    assert "Remove 2 results in redis?" in done.stderr
    assert done.stdout.strip() == "nothing is removed of 2 results in redis"
    assert run("clear", "--tenant", "acme", answer="y\n").stdout.strip() == "2 results removed"
    assert json.loads(run("stats", "--json").stdout)["data"]["entries"] == 4
    assert computed(project) == 2


def test_clearing_without_a_question(run):
    """`--yes` answers; a program must say it, and where nothing is nothing is asked."""
    assert run("clear", "--json").returncode == 2
    data = json.loads(run("clear", "--yes", "--json").stdout)["data"]
    assert data == {"matched": 6, "removed": 6}
    assert run("clear").stdout.strip() == "0 results removed"


def test_a_tag_is_invalidated(run, project):
    """`--tag` retires what has the tag, of the tenant that is named only."""
    assert run("clear", "--tag", "feed", "--tenant", "acme", answer="y\n").returncode == 0
    assert computed(project) == 2
    assert run("clear", "--tag", "feed", "--trait", "summed").returncode == 2


def test_a_store_that_is_away(run, server):
    """Where Redis does not answer the exit code is 7 and the code TC763."""
    server.stop()
    done = run("stats", "--json")
    told = json.loads(done.stdout)["diagnostics"][0]
    assert (done.returncode, told["code"]) == (7, "TC763")
    assert "runtime.cache.url" in told["hint"]
