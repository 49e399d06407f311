from __future__ import annotations

import os
import threading

import pytest

import traitconf as tc
from traitconf.schema import forks

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    # Later versions of Python warn that other threads, such as those of pytest-xdist, do not live on in the child.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def in_child(function):
    """Run a function in a child process and return what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = function()
        except BaseException as error:  # noqa: BLE001 -- the parent judges it
            said = repr(error)
        os.write(writing, str(said).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return said


class Owner:
    """Something with a lock and a thread."""

    def __init__(self):
        self.lock, self.log = threading.RLock(), []

    def forked(self):
        self.lock = threading.RLock()
        self.log.append("forked")

    def resumed(self):
        self.log.append("resumed")


def held_elsewhere(lock):
    """Have another thread hold a lock until the returned function is called."""
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    return lambda: (done.set(), thread.join())


def test_a_child_finds_locks_free():
    """A lock that another thread of the parent holds is a new one in the child, and the parent keeps its own."""
    owner = Owner()
    forks.follow(owner)
    release = held_elsewhere(owner.lock)
    try:
        assert in_child(lambda: owner.lock.acquire(timeout=0)) == "True"
        assert not owner.lock.acquire(timeout=0)
    finally:
        release()


def test_threads_begin_after_every_lock_is_free():
    """`resumed` of every owner comes after `forked` of every owner, and only in the child."""
    log = []
    owners = [Owner() for _ in range(3)]
    for owner in owners:
        owner.log = log
        forks.follow(owner)
    assert in_child(lambda: ",".join(log)) == ",".join(["forked"] * 3 + ["resumed"] * 3)
    assert log == []


def test_a_guarded_lock_is_taken_before_the_fork():
    """A child never begins in the middle of what such a lock guards; in the parent it is free again."""
    owner = Owner()
    forks.follow(owner, lock="lock", order=9)
    was_held = []
    owner.forked = lambda: was_held.append(owner.lock._is_owned())
    assert in_child(lambda: was_held) == "[True]"
    assert not owner.lock._is_owned()


def test_a_fork_does_not_hang_on_a_lock(monkeypatch):
    """A guarded lock that nobody releases delays a fork for a while only."""
    monkeypatch.setattr(forks, "PATIENCE", 0.05)
    owner = Owner()
    forks.follow(owner, lock="lock", order=9)
    release = held_elsewhere(owner.lock)
    try:
        assert in_child(lambda: owner.lock.acquire(timeout=0)) == "True"
    finally:
        release()


def test_every_lock_of_a_runtime_is_free(tc_config, monkeypatch):
    """While other threads hold every lock that a runtime has, a child reads, calls, binds and reloads."""
    monkeypatch.setattr(forks, "PATIENCE", 0.05)

    @tc.trait(name="badge")
    class Badge(tc.TraitBase):
        """A trait."""

        size: int = tc.option(1, doc="A size.")

    class Plans:
        def groups(self, tenant):
            return ()

    runtime = tc_config({"traits.toml": "[badge]\nsize = 2\n"}, directory=Plans())
    owners = [owner for owner in list(forks._owners) if hasattr(owner, "__dict__")]
    locks = [*(owner.__dict__.get("_lock") for owner in owners), runtime.snapshot._lock, runtime.services._lock]
    releases = [held_elsewhere(lock) for lock in locks if lock is not None]

    def work():
        tc.bind(type("Card", (), {}), Badge)
        with tc.tenant("acme"):
            sizes = [tc.resolve(Badge).size, runtime.reload().generation, tc.resolve(Badge, tenant="other").size]
        runtime.services.metrics.count("x")
        return sizes

    try:
        assert len(releases) > 5
        assert in_child(work) == "[2, 2, 2]"
    finally:
        for release in releases:
            release()
