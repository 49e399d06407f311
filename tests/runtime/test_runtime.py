from __future__ import annotations

import itertools

import pytest

import traitconf as tc
from traitconf.runtime.runtime import Runtime
from traitconf.schema.catalog import catalog


@pytest.fixture
def config(tmp_path):
    """A function that writes one file of the configuration; the directory is its attribute."""
    directory = tmp_path / "configuration"
    directory.mkdir()

    def write(name, text):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    write.directory = directory
    return write


@pytest.fixture
def runtime(badge, config):
    """A runtime of one's own, beside the process-wide one."""
    config("traits.toml", "[badge]\nsize = 2\n")
    return Runtime((config.directory,), environ={}, complete=True).start()


class TestStart:
    def test_a_runtime_must_be_started(self, badge):
        """Before `start` there is no snapshot, and the message says so."""
        runtime = Runtime(environ={})
        with pytest.raises(RuntimeError, match="not started"):
            runtime.resolve(badge)

    def test_a_bad_configuration_starts_nothing(self, badge, config):
        """A fault stops the start, with every fault, and nothing is published."""
        config("traits.toml", "[badge]\nsize = 'x'\nlabl = 1\n")
        config("broken.toml", "= 1\n")
        runtime = Runtime((config.directory, config.directory / "missing"), environ={}, complete=True)
        with pytest.raises(tc.ConfigError) as caught:
            runtime.start()
        assert sorted(problem.code for problem in caught.value.problems) == ["TC001", "TC004", "TC101", "TC103"]
        with pytest.raises(RuntimeError):
            _ = runtime.snapshot

    def test_it_does_not_touch_the_process_wide_one(self, runtime, badge):
        """A runtime of one's own resolves as its files say, and nobody else sees it."""
        assert runtime.resolve(badge).size == 2
        assert tc.resolve(badge).size == 1

    def test_several_paths_are_read_in_order(self, badge, config, tmp_path):
        """Later paths are stronger, and a path may be a single file."""
        config("traits.toml", "[badge]\nsize = 2\nlabel = 'a'\n")
        single = tmp_path / "more.toml"
        single.write_text("[badge]\nsize = 3\n", encoding="utf-8")
        found = Runtime((config.directory, single), environ={}, complete=True).start().resolve(badge)
        assert (found.size, found.label) == (3, "a")

    def test_the_variables_of_the_process_are_the_default(self, badge, monkeypatch):
        """Without `environ` the process's own environment is read."""
        monkeypatch.setenv("TRAITCONF_TRAITS__BADGE__SIZE", "9")
        assert Runtime().start().resolve(badge).size == 9
        assert Runtime(environ={}).start().resolve(badge).size == 1


class TestReload:
    def test_it_publishes_what_changed(self, runtime, badge, config):
        """A reload returns the new snapshot, which is published at once and whole."""
        first = runtime.snapshot
        config("traits.toml", "[badge]\nsize = 3\n")
        second = runtime.reload()
        assert runtime.snapshot is second is not first
        assert (first.generation, second.generation) == (1, 2)
        assert runtime.resolve(badge).size == 3
        assert first.profile(None).trait(badge, None).size == 2

    def test_the_hash_tells_contents_apart(self, runtime, config):
        """Equal contents have an equal hash, whatever the generation."""
        hashes = [runtime.snapshot.content_hash]
        for size in (2, 3, 2):
            config("traits.toml", f"[badge]\nsize = {size}\n")
            hashes.append(runtime.reload().content_hash)
        assert hashes[0] == hashes[1] == hashes[3] != hashes[2]

    def test_variables_are_part_of_the_hash(self, badge, config):
        """A variable of ours changes the hash, any other does not."""
        environs = ({}, {"HOME": "/x"}, {"TRAITCONF_TRAITS__BADGE__SIZE": "3"})
        one, other, third = (Runtime((config.directory,), environ=e).start().snapshot.content_hash for e in environs)
        assert one == other != third

    def test_a_failed_one_keeps_the_old_snapshot(self, runtime, badge, config):
        """A fault anywhere changes nothing, not even what is right, and the next good reload works."""
        before = runtime.snapshot
        config("traits.toml", "[badge]\nsize = 7\n")
        config("tenants/acme.toml", "[badge]\nsize = 'large'\n")
        with pytest.raises(tc.ConfigError):
            runtime.reload()
        assert runtime.snapshot is before
        assert (runtime.resolve(badge).size, runtime.resolve(badge, tenant="acme").size) == (2, 2)
        config("tenants/acme.toml", "[badge]\nsize = 8\n")
        assert runtime.reload().generation == 2
        assert (runtime.resolve(badge).size, runtime.resolve(badge, tenant="acme").size) == (7, 8)

    def test_calls_under_a_failed_one_go_on(self, tc_config, card, tc_tenant):
        """Bound calls see the old configuration while the files are broken, inside a context too."""
        runtime = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        tc_tenant("acme")
        assert card().save() == ["plain:2", "saved"]
        (runtime.paths[0] / "traits.toml").write_text("[badge\n", encoding="utf-8")
        with pytest.raises(tc.ConfigError):
            runtime.reload()
        assert card().save() == ["plain:2", "saved"]

    def test_warnings_are_those_of_the_last_reading(self, runtime, config):
        """What is no error is kept beside the snapshot."""
        assert runtime.warnings == ()
        config("a.toml", "[badge]\nlabel = 'a'\n")
        config("b.toml", "[badge]\nlabel = 'b'\n")
        runtime.reload()
        assert [problem.code for problem in runtime.warnings] == ["TC301"]
        config("b.toml", "")
        runtime.reload()
        assert runtime.warnings == ()


class TestStop:
    def test_it_no_longer_publishes_to_everybody(self, tc_config, badge):
        """After `stop` a reload reaches its own contexts only."""
        runtime = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        with tc.tenant("acme"):
            runtime.stop()
            (runtime.paths[0] / "traits.toml").write_text("[badge]\nsize = 3\n", encoding="utf-8")
            runtime.reload()
            assert tc.resolve(badge).size == 3
        assert tc.resolve(badge).size == 2


class TestVerbs:
    def test_check_counts_everything_as_loaded(self, badge, config):
        """`check` reports as errors what was pending when the runtime started."""
        config("traits.toml", "[not_there_yet]\nx = 1\n")
        config("models/Nobody.toml", "[badge]\nsize = 3\n")
        runtime = Runtime((config.directory,), environ={}).start()
        assert [problem.code for problem in runtime.warnings] == ["TC102"]
        assert {(problem.code, problem.is_error) for problem in runtime.check()} == {("TC102", True), ("TC131", True)}

    def test_explain_finds_all_options_below_an_address(self, runtime):
        """The runtime explains one option, a record or a whole trait."""
        assert [one.value for one in runtime.explain("badge.size")] == [2]
        assert len(runtime.explain("badge.metrics")) == 3
        assert {one.address for one in runtime.explain("badge")} > {"badge.size", "badge.log.level"}

    def test_a_context_runs_under_it(self, runtime, badge, card, config):
        """A context of a runtime of one's own sees that runtime, and follows its reloads."""
        assert card().save() == ["plain:1", "saved"]
        with runtime.context("acme") as context:
            assert (context.tenant, context.snapshot) == ("acme", runtime.snapshot)
            assert card().save() == ["plain:2", "saved"]
            with tc.tenant("globex"):
                assert card().save() == ["plain:2", "saved"]
            config("traits.toml", "[badge]\nsize = 4\n")
            runtime.reload()
            assert card().save() == ["plain:4", "saved"]
        assert card().save() == ["plain:1", "saved"]

    def test_it_knows_only_its_own_services(self, runtime, badge):
        """Counters of traits that a runtime resolved stay with that runtime."""
        runtime.resolve(badge).shows.add(3)
        assert runtime.services.metrics.counter("badge.shows") == 3
        assert tc.process_runtime().services.metrics.counter("badge.shows") == 0

    def test_its_catalog_is_the_common_one(self, runtime):
        """Without another catalog, a runtime knows what is registered."""
        assert runtime.catalog is catalog


def test_many_reloads_leave_one_snapshot(runtime, config, badge):
    """Every reload counts, and only the newest snapshot is what contexts follow."""
    for size in itertools.islice(itertools.cycle((2, 3)), 20):
        config("traits.toml", f"[badge]\nsize = {size}\n")
        runtime.reload()
    assert runtime.snapshot.generation == 21
    assert runtime._contexts.latest is runtime.snapshot
