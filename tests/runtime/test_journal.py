from __future__ import annotations

import json
import threading

import pytest

import traitconf as tc


@pytest.fixture
def noisy(tc_runtime):
    """A trait that announces what it is told."""

    @tc.trait(name="noisy")
    class Noisy(tc.TraitBase):
        """Announce."""

        said = tc.event(doc="Something was said.")

        @tc.operation()
        def work(self, host):
            raise ValueError("too loud")

    return Noisy


@pytest.fixture
def configured(tmp_path, tc_config):
    """A function that configures with settings of events, and returns the path of the journal."""

    def configure(more=""):
        path = tmp_path / "run" / "events.jsonl"
        tc_config({"runtime.toml": f"[events]\njournal = {json.dumps(str(path))}\n{more}"})
        return path

    return configure


def lines(path):
    """Return the records of a journal."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_for_every_event(noisy, configured):
    """A line has time, process, name, tenant, model, and the names of the payload; the directory is made."""
    path = configured()
    with tc.tenant("acme"):
        tc.resolve(noisy).said.emit("host", word="secret word")
    (record,) = lines(path)
    assert (record["name"], record["tenant"], record["model"]) == ("noisy.said", "acme", "str")
    assert record["payload"] == ["word"]
    assert "secret word" not in path.read_text()


def test_values_are_short_and_secrets_masked(noisy, configured):
    """With `values` it has the payload's values, cut; secrets are masked within containers as well."""
    path = configured("values = true\n")
    tc.resolve(noisy).said.emit("host", word="x" * 1000, token=tc.Secret("hunter2"), many=[tc.Secret("hunter2")])
    (record,) = lines(path)
    assert len(record["payload"]["word"]) < 100
    assert "hunter2" not in path.read_text()


def test_failures_have_the_error(noisy, configured):
    """A failure has the name of the exception, not its text."""

    @tc.use(noisy)
    class Host:
        """It works."""

    path = configured()
    with pytest.raises(ValueError, match="too loud"):
        Host().work()
    assert [(one["name"], one.get("error")) for one in lines(path)] == [
        ("noisy.work.before", None),
        ("noisy.work.failed", "ValueError"),
    ]
    assert "too loud" not in path.read_text()


def test_configuration_switches_it(noisy, configured, tc_config):
    """A reload that names no journal ends it, and then nobody subscribes any more."""
    path = configured()
    tc.resolve(noisy).said.emit("host")
    runtime = tc.process_runtime()
    (runtime.paths[0] / "runtime.toml").write_text("")
    runtime.reload()
    tc.resolve(noisy).said.emit("host")
    assert [one["name"] for one in lines(path)] == ["noisy.said"]
    assert runtime.services.events.subscriptions == ()


def test_it_begins_anew_when_full(noisy, configured):
    """A full file is put aside; at most two are kept."""
    path = configured("journal_size = 1000\n")
    for number in range(100):
        tc.resolve(noisy).said.emit("host", **{f"word{number}": 1})
    assert path.stat().st_size <= 1200
    assert sorted(file.name for file in path.parent.iterdir()) == ["events.jsonl", "events.jsonl.1"]


def test_threads_write_whole_lines(noisy, configured):
    """Lines of several threads do not mix."""
    path = configured()
    resolved = tc.resolve(noisy)

    def work():
        for _ in range(50):
            resolved.said.emit("host", word=1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(path)) == 200


def test_a_journal_that_cannot_be_written(noisy, tmp_path, tc_config, caplog):
    """A journal at an impossible place is logged, and breaks nothing."""
    (tmp_path / "file").write_text("")
    tc_config({"runtime.toml": f"[events]\njournal = {json.dumps(str(tmp_path / 'file' / 'events.jsonl'))}\n"})
    tc.resolve(noisy).said.emit("host")
    assert "NotADirectoryError" in caplog.text
