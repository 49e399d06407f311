"""The demonstration as a whole: what it prints, what it keeps, and that it ends well."""

from __future__ import annotations

import json
import re
from pydoc_data.topics import topics

import pytest

from traitconf.demo import library
from traitconf.demo.main import run, shipped_config

TENANTS = ("acme", "globex", "initech")
FEW = 12


@pytest.fixture
def told(tc_runtime, capsys, tmp_path, monkeypatch):
    """A function that runs the demonstration on kept data and returns what it printed."""
    monkeypatch.setattr("traitconf.demo.library.MODULES", FEW)  # the act is the same, and its end is not awaited

    def tell() -> str:
        assert run(tmp_path / "data", plain=True) == 0
        return capsys.readouterr().out

    return tell


def test_the_table_shows_every_topic_for_each_tenant(told):
    """Every topic of the running interpreter is an article of each tenant, each with a slug of its own."""
    text = told()
    for tenant in TENANTS:
        cells = re.search(rf"^{tenant}\s+(\w+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", text, re.MULTILINE)
        assert cells is not None
        assert [int(cells[2]), int(cells[3])] == [len(topics), len(topics)]
        assert 0 < int(cells[5]) < len(topics)


def test_the_reload_loses_no_call(told):
    """One file changes while calls go on, and none of them fails."""
    text = told()
    assert re.search(r"changed in \d+ ms, [\d,]+ calls, 0 errors", text)
    assert "generation 2" in text


def test_a_broken_file_is_shown_and_changes_nothing(told, tmp_path):
    """The broken file is shown as a compiler would, the old snapshot serves, and the file is whole again."""
    text = told()
    assert "error[TC101]: unknown option 'sluggable.max_lenght'" in text
    assert "  --> config/tenants/acme.toml:4:1" in text
    assert "generation 2 keeps serving" in text
    assert "max_lenght" not in (tmp_path / "data/config/tenants/acme.toml").read_text(encoding="utf-8")


def test_the_explanation_names_the_places(told):
    """The last act shows the chain of one value with file, line and column."""
    text = told()
    assert re.search(r"● group enterprise +2555 +lock +config/groups/enterprise.toml:\d+:\d+", text)
    assert re.search(r"○ default +30 +\S+auditable.py:\d+$", text, re.MULTILINE)


def test_a_foreign_class_is_cached(told):
    """Every page is rendered cold and answered warm, and the four lines that do it are shown."""
    text = told()
    assert 'class = "pydoc:HTMLDoc"' in text
    cold, warm = (re.search(rf"^{name}\s+(\d+)\s.*\s(\d+)%$", text, re.MULTILINE) for name in ("cold", "warm"))
    assert [cold[1], cold[2]] == [str(FEW), "0"]
    assert [warm[1], warm[2]] == [str(FEW), "100"]
    assert re.search(r"the same pages, [\d,]+ times faster", text)


def test_two_hundred_modules_are_rendered():
    """The demonstration renders two hundred modules of this Python, each once."""
    chosen = library.modules(library.MODULES)
    assert (library.MODULES, len({module.__name__ for module in chosen})) == (200, 200)


def test_kept_data_is_where_the_next_run_begins(told, tmp_path):
    """A second run on the same data imports no topic twice and finds the configuration as the first left it."""
    first, second = told(), told()
    assert "sluggable.max_length = 40  (tenant acme)" in first
    assert "sluggable.max_length = 24  (tenant acme)" in second
    rows = [json.loads(line) for line in (tmp_path / "data/articles.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(TENANTS) * len(topics)
    assert {row["topic"] for row in rows} == set(topics)
    trail = [json.loads(line) for line in (tmp_path / "data/audit.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {entry["operation"] for entry in trail} == {"save", "delete", "restore"}


def test_it_names_what_to_try_next(told, tmp_path):
    """The commands at the end name the configuration that the run has kept."""
    assert f"traitconf validate --config {tmp_path / 'data' / 'config'}" in told()


def test_it_works_on_a_copy(told):
    """The configuration that it starts from is not changed by its edits."""
    before = {path: path.read_bytes() for path in shipped_config().rglob("*.toml")}
    assert before
    told()
    assert {path: path.read_bytes() for path in shipped_config().rglob("*.toml")} == before
