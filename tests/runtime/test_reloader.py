from __future__ import annotations

import gc
import os
import signal
import threading
import time
import weakref

import pytest

import traitconf as tc
from traitconf.runtime import reloader as module
from traitconf.runtime.runtime import Runtime

GENEROUS = 60
FAST = "[watch]\nenabled = true\ninterval = '10ms'\ndebounce = '5ms'\nforce_polling = {polling}\n"


@pytest.fixture
def names():
    """A function that returns the names of the threads that we have started; those of earlier tests may still end."""
    before = set(threading.enumerate())

    def names():
        started = (thread.name for thread in threading.enumerate() if thread not in before)
        return sorted(name for name in started if name.startswith("traitconf-"))

    return names


def replace(path, text):
    """Write a file as careful programs do: beside it, then in its place."""
    other = path.with_name(path.name + "~")
    other.write_text(text, encoding="utf-8")
    other.replace(path)


class Watched:
    """A runtime that is watched, and what it says."""

    def __init__(self, runtime):
        self.runtime, self.directory = runtime, runtime.paths[0]
        self.events = []
        self._changed = threading.Condition()
        for name in ("traitconf.config.changed", "traitconf.config.failed"):
            runtime.services.events.subscribe(name, self._note)

    def _note(self, event):
        with self._changed:
            self.events.append(event.name.rpartition(".")[2])
            self._changed.notify_all()

    def write(self, text, name="traits.toml"):
        replace(self.directory / name, text)

    def wait_for(self, *events):
        """Wait until these are the events so far, in this order."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.events == list(events), GENEROUS), self.events


@pytest.fixture(params=["polling", "told"])
def fast(request):
    """Settings of a fast watch: by looking, or by being told where watchfiles is installed."""
    if request.param == "told":
        pytest.importorskip("watchfiles")
    return FAST.format(polling="true" if request.param == "polling" else "false")


@pytest.fixture
def watched(badge, tc_config, fast):
    """A runtime of which every change is picked up."""
    return Watched(tc_config({"traits.toml": "[badge]\nsize = 2\n", "runtime.toml": fast}))


class TestWatching:
    def test_a_change_is_picked_up(self, watched, badge, card):
        """A file that changes is read by itself; contexts, calls and readers follow."""
        with tc.tenant("acme"):
            watched.write("[badge]\nsize = 3\n")
            watched.wait_for("changed")
            assert (tc.resolve(badge).size, card().save()) == (3, ["plain:3", "saved"])

    def test_a_fault_changes_nothing_and_the_next_file_is_picked_up(self, watched, badge):
        """A broken file is said once and tried once; the next correct one is published."""
        watched.write("[badge\n")
        watched.wait_for("failed")
        assert tc.resolve(badge).size == 2
        watched.write("[badge]\nsize = 'x'\n")
        watched.wait_for("failed", "failed")
        watched.write("[badge]\nsize = 4\n")
        watched.wait_for("failed", "failed", "changed")
        assert tc.resolve(badge).size == 4
        assert watched.runtime.snapshot.generation == 2

    def test_files_come_and_go(self, watched, badge):
        """A new file and a removed one are changes; so is a directory that is gone and comes back."""
        watched.write("[badge]\nlabel = 'new'\n", "more.toml")
        watched.wait_for("changed")
        assert tc.resolve(badge).label == "new"
        (watched.directory / "more.toml").unlink()
        watched.wait_for("changed", "changed")
        away = watched.directory.with_name("away")
        watched.directory.rename(away)
        watched.wait_for("changed", "changed", "failed")
        assert tc.resolve(badge).size == 2
        (away / "traits.toml").write_text("[badge]\nsize = 9\n", encoding="utf-8")
        away.rename(watched.directory)
        watched.wait_for("changed", "changed", "failed", "changed")
        assert tc.resolve(badge).size == 9

    def test_editors_that_write_in_place_and_that_rename_are_followed(self, watched, badge):
        """A file may be rewritten, replaced, or moved away and written anew."""
        file = watched.directory / "traits.toml"
        replace(file, "[badge]\nsize = 3\n")
        watched.wait_for("changed")
        with file.open("r+", encoding="utf-8") as stream:
            stream.write("[badge]\nsize = 4\n")
        watched.wait_for("changed", "changed")
        backup = "[badge]\nsize = 5\n"
        os.link(file, file.with_suffix(".bak"))
        replace(file, backup)
        watched.wait_for("changed", "changed", "changed")
        assert tc.resolve(badge).size == 5

    def test_it_can_be_switched_off(self, watched, badge):
        """One line ends it; another reload by hand switches it on again."""
        watched.write("", "runtime.toml")
        watched.wait_for("changed")
        watched.write("[badge]\nsize = 7\n")
        assert tc.resolve(badge).size == 2
        watched.write(FAST.format(polling="true"), "runtime.toml")
        watched.runtime.reload()
        assert tc.resolve(badge).size == 7
        watched.write("[badge]\nsize = 8\n")
        watched.wait_for("changed", "changed", "changed")
        assert tc.resolve(badge).size == 8

    def test_a_reload_by_hand_is_not_repeated(self, watched, badge):
        """What `reload()` has read is known to the watch; the next change is the next generation."""
        watched.write("[badge]\nsize = 3\n")
        watched.runtime.reload()
        watched.wait_for("changed")
        generation = watched.runtime.snapshot.generation
        watched.write("[badge]\nsize = 4\n")
        watched.wait_for("changed", "changed")
        assert watched.runtime.snapshot.generation == generation + 1

    def test_stopping_ends_the_threads(self, names, watched):
        """After `stop` none of the runtime's threads runs, and no change is picked up."""
        assert "traitconf-reload" in names()
        former = threading.enumerate()
        watched.runtime.stop()
        for thread in [thread for thread in former if thread.name.startswith("traitconf-")]:
            thread.join(GENEROUS)
        assert names() == []


class TestMounts:
    def test_a_swapped_link_is_a_change(self, badge, tc_config, fast, tmp_path):
        """A ConfigMap's `..data` link is swapped in one step, and the files behind it are read."""
        mount = tmp_path / "mount"
        for version in (1, 2):
            (mount / f"..v{version}").mkdir(parents=True)
            (mount / f"..v{version}" / "traits.toml").write_text(f"[badge]\nsize = {version + 1}\n", encoding="utf-8")
            (mount / f"..v{version}" / "runtime.toml").write_text(fast, encoding="utf-8")
        (mount / "..data").symlink_to("..v1")
        for name in ("traits.toml", "runtime.toml"):
            (mount / name).symlink_to(f"..data/{name}")
        watched = Watched(tc.configure(mount, environ={}))
        assert tc.resolve(badge).size == 2
        (mount / "..data_tmp").symlink_to("..v2")
        (mount / "..data_tmp").replace(mount / "..data")
        watched.wait_for("changed")
        assert tc.resolve(badge).size == 3

    def test_a_root_that_is_a_link_may_be_swapped(self, badge, tc_config, fast, tmp_path):
        """The configured path may itself be a link to a release, and another release takes its place."""
        for version in (1, 2):
            (tmp_path / f"r{version}").mkdir()
            (tmp_path / f"r{version}" / "traits.toml").write_text(f"[badge]\nsize = {version + 1}\n", encoding="utf-8")
            (tmp_path / f"r{version}" / "runtime.toml").write_text(fast, encoding="utf-8")
        (tmp_path / "live").symlink_to("r1")
        watched = Watched(tc.configure(tmp_path / "live", environ={}))
        (tmp_path / "next").symlink_to("r2")
        (tmp_path / "next").replace(tmp_path / "live")
        watched.wait_for("changed")
        assert tc.resolve(badge).size == 3

    def test_nothing_is_written(self, badge, tc_config, fast, tmp_path):
        """Watching leaves a directory as it is, so that a read-only one will do."""
        runtime = tc_config({"traits.toml": "[badge]\nsize = 2\n", "runtime.toml": fast})
        before = sorted(str(path) for path in tmp_path.rglob("*"))
        runtime.paths[0].chmod(0o555)
        try:
            watched = Watched(runtime)
            (runtime.paths[0] / "traits.toml").write_text("[badge]\nsize = 3\n", encoding="utf-8")
            watched.wait_for("changed")
            assert sorted(str(path) for path in tmp_path.rglob("*")) == before
        finally:
            runtime.paths[0].chmod(0o755)

    def test_a_single_file_is_watched(self, badge, fast, tmp_path, tc_runtime):
        """A path may be one file, which an editor replaces."""
        file = tmp_path / "all.toml"
        settings = fast.replace("[watch]", "[runtime.watch]")
        file.write_text(f"{settings}[badge]\nsize = 2\n", encoding="utf-8")
        watched = Watched(tc.configure(file, environ={}))
        replace(file, f"{settings}[badge]\nsize = 3\n")
        watched.wait_for("changed")
        assert tc.resolve(badge).size == 3


class TestListeners:
    def test_a_listener_that_fails_is_replaced_by_looking(self, badge, tc_config, monkeypatch, caplog):
        """Where the system can tell no more, the files are looked at, and it is said once."""

        def broken(paths, stop):
            raise OSError("too many watches")
            yield

        monkeypatch.setattr(module, "listener", lambda: broken)
        watched = Watched(
            tc_config({"traits.toml": "[badge]\nsize = 2\n", "runtime.toml": FAST.format(polling="false")})
        )
        watched.write("[badge]\nsize = 3\n")
        watched.wait_for("changed")
        assert "too many watches" in caplog.text

    def test_without_a_product_files_are_looked_at(self, names, badge, tc_config, monkeypatch):
        """An installation without the extra needs no listener."""
        monkeypatch.setattr(module, "listener", lambda: None)
        watched = Watched(
            tc_config({"traits.toml": "[badge]\nsize = 2\n", "runtime.toml": FAST.format(polling="false")})
        )
        watched.write("[badge]\nsize = 3\n")
        watched.wait_for("changed")
        assert "traitconf-listen" not in names()


@pytest.fixture
def hangup():
    """The handler of SIGHUP, which comes back after the test; whether it was called is in the list."""
    called = []
    former = signal.signal(signal.SIGHUP, lambda number, frame: called.append(number))
    yield called
    signal.signal(signal.SIGHUP, former)


class TestSignals:
    def test_a_signal_reloads(self, badge, tc_config, hangup):
        """SIGHUP has the files read again; the handler that was there is called as well, and `stop` gives it back."""
        before = signal.getsignal(signal.SIGHUP)
        watched = Watched(tc_config({"traits.toml": "[badge]\nsize = 2\n"}))
        watched.runtime.reload_on(signal.SIGHUP)
        watched.runtime.reload_on(signal.SIGHUP)
        watched.write("[badge]\nsize = 3\n")
        os.kill(os.getpid(), signal.SIGHUP)
        watched.wait_for("changed")
        assert tc.resolve(badge).size == 3
        watched.write("[badge\n")
        os.kill(os.getpid(), signal.SIGHUP)
        watched.wait_for("changed", "failed")
        assert tc.resolve(badge).size == 3
        assert hangup == [signal.SIGHUP] * 2
        watched.runtime.stop()
        assert signal.getsignal(signal.SIGHUP) is before

    def test_only_the_main_thread_can_ask_for_it(self, badge, tc_config):
        """Elsewhere Python refuses, and so does the verb."""
        runtime = tc_config({})
        caught = []

        def ask():
            try:
                runtime.reload_on(signal.SIGHUP)
            except ValueError as error:
                caught.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        assert len(caught) == 1

    def test_a_burst_is_one_reload(self, badge, tc_config, hangup):
        """Signals that come while it is waited for quiet are one reload."""
        runtime = tc_config({"runtime.toml": "[watch]\ndebounce = '300ms'\n"})
        runtime.reload_on(signal.SIGHUP)
        published = runtime.services.metrics.counter("traitconf.config.published")
        for _ in range(20):
            os.kill(os.getpid(), signal.SIGHUP)
        end = time.monotonic() + GENEROUS
        while runtime.snapshot.generation == 1 and time.monotonic() < end:
            time.sleep(0.01)
        assert runtime.services.metrics.counter("traitconf.config.published") == published + 1


class TestThreads:
    def test_without_a_watch_there_is_none(self, names, badge, tc_config):
        """A runtime that watches nothing has no thread."""
        tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        assert names() == []

    def test_a_forgotten_runtime_ends_its_thread(self, badge, tmp_path):
        """The thread keeps no runtime alive, and ends when it is gone."""
        (tmp_path / "runtime.toml").write_text(FAST.format(polling="true"), encoding="utf-8")
        runtime = Runtime((tmp_path,), environ={}).start()
        thread = runtime._reloader._thread
        gone = weakref.ref(runtime)
        del runtime
        gc.collect()
        assert gone() is None
        thread.join(GENEROUS)
        assert not thread.is_alive()

    def test_whatever_goes_wrong_the_thread_goes_on(self, badge, tc_config, monkeypatch, caplog):
        """An error that nobody has thought of is logged, said as a failure, and the next change is picked up."""
        watched = Watched(
            tc_config({"traits.toml": "[badge]\nsize = 2\n", "runtime.toml": FAST.format(polling="true")})
        )
        from traitconf.runtime import runtime as assembly

        def broken(*arguments):
            raise MemoryError("no room")

        with monkeypatch.context() as patched:
            patched.setattr(assembly, "read_config", broken)
            watched.write("[badge]\nsize = 3\n")
            watched.wait_for("failed")
        assert "no room" in caplog.text
        watched.write("[badge]\nsize = 4\n")
        watched.wait_for("failed", "changed")
        assert tc.resolve(badge).size == 4
