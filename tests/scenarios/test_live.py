"""Configuration that lives, as a whole: threads that read while it is replaced, a preforking server, a database."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import weakref
from datetime import timedelta
from typing import ClassVar

import pytest

import traitconf as tc
from traitconf.runtime.runtime import Runtime
from traitconf.runtime.verbs import isolated

GENEROUS = 60
RELOADS = int(os.environ.get("RELOADS", "10000"))


@pytest.fixture
def twins(tc_runtime):
    """A trait with two options that are always given the same value, and a class that has it."""

    @tc.trait(name="twins")
    class Twins(tc.TraitBase):
        """Two values that belong together."""

        one: int = tc.option(0, doc="A value.")
        other: int = tc.option(0, doc="The same value.")

        @tc.around("save")
        def look(self, host, proceed, /):
            return self.one, self.other, proceed()

    @tc.use(Twins)
    class Card:
        def save(self):
            return "saved"

    return Twins, Card


class Readers:
    """Eight threads that read and call all the time, and remember what was wrong."""

    def __init__(self, twins, beside):
        self._trait, self._card = twins
        self._beside = beside
        self._over = threading.Event()
        self.errors, self.rounds = [], [0] * 8
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(8)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self, number):
        card, tenant = self._card(), f"tenant {number}"
        try:
            while not self._over.wait(0.01):
                with tc.tenant(tenant):
                    found = tc.resolve(self._trait, self._card)
                    assert found.one == found.other
                    one, other, saved = card.save()
                    assert (one, saved) == (other, "saved")
                    with tc.pinned():
                        assert tc.resolve(self._trait).one == tc.resolve(self._trait, self._card).other
                found = tc.resolve(self._trait, self._card, f"given {number}")
                assert found.one == found.other
                with self._beside.context(tenant):
                    assert card.save() == (-1, -1, "saved")
                self.rounds[number] += 1
        except BaseException as error:  # noqa: BLE001 -- the test judges it
            self.errors.append(error)


def test_eight_threads_read_while_one_reloads(twins):
    """Ten thousand times: no torn read, no exception, no leak; and a second runtime beside is not touched by it."""
    said = {}

    def say(number):
        said.update({f"TRAITCONF_TRAITS__TWINS__{name}": str(number) for name in ("ONE", "OTHER")})

    say(0)
    beside = Runtime(environ={"TRAITCONF_TRAITS__TWINS__ONE": "-1", "TRAITCONF_TRAITS__TWINS__OTHER": "-1"}).start()
    sizes, snapshots = [], []
    with isolated(Runtime(environ=said)) as runtime, Readers(twins, beside) as readers:
        for number in range(RELOADS):
            say(number)
            snapshots.append(weakref.ref(runtime.reload()))
            if number % (RELOADS // 4) == RELOADS // 8:
                gc.collect()
                sizes.append(len(gc.get_objects()) - len(snapshots))
        assert not readers.errors
    assert runtime.snapshot.generation == RELOADS + 1
    assert min(readers.rounds) > 10
    gc.collect()
    assert sum(snapshot() is not None for snapshot in snapshots) <= 2
    assert max(sizes) - sizes[0] < 2000


SERVED = """
import os
import threading
import traitconf as tc

@tc.trait
class Shown(tc.TraitBase):
    "What is shown."

    size: int = tc.option(1, doc="A size.")

runtime = tc.configure(os.environ["SHOWN_CONFIG"], environ={})

def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    with tc.tenant("acme"):
        return [f"{os.getpid()} {tc.resolve(Shown).size}".encode()]
"""
WATCH = "[watch]\nenabled = true\ninterval = '50ms'\ndebounce = '20ms'\n"


def free_port():
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition):
    """Wait until a condition holds, and return what it gave."""
    end = time.monotonic() + GENEROUS
    while not (found := condition()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)
    return found


class Server:
    """A preforking server with two workers; the configuration is read before it forks."""

    def __init__(self, place):
        self.place, self.port = place, free_port()
        (place / "served.py").write_text(SERVED, encoding="utf-8")
        (place / "config").mkdir()
        (place / "config" / "runtime.toml").write_text(WATCH, encoding="utf-8")
        self.write(1)

    def write(self, size):
        (self.place / "config" / "traits.toml").write_text(f"[shown]\nsize = {size}\n", encoding="utf-8")

    def __enter__(self):
        command = [sys.executable, "-m", "gunicorn", "--preload", "-w", "2", "-b", f"127.0.0.1:{self.port}"]
        environ = os.environ | {"SHOWN_CONFIG": "config", "HOME": str(self.place)}
        self.process = subprocess.Popen(
            [*command, "served:app"], cwd=self.place, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        self.process.wait(GENEROUS)

    def ask(self):
        """Return which worker answered, and what; nothing while the server is not up."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as answer:
                return tuple(answer.read().decode().split())
        except OSError:
            assert self.process.poll() is None
            return None

    def wait_for(self, size):
        """Wait until two workers answer with a size, and return their process ids."""

        def agreed():
            answers = {answer for answer in (self.ask() for _ in range(10)) if answer}
            return {pid for pid, _ in answers} if {said for _, said in answers} == {str(size)} else None

        return until(lambda: found if len(found := agreed() or ()) == 2 else None)


def test_the_workers_of_a_preforking_server_follow(tmp_path):
    """Both children of a server that read the configuration before it forked follow a file that changes."""
    pytest.importorskip("gunicorn")
    with Server(tmp_path) as server:
        workers = server.wait_for(1)
        server.write(7)
        assert server.wait_for(7) == workers
        server.write("'x'")
        server.write(8)
        assert server.wait_for(8) == workers


FORKING = """
import os, sys, time
import traitconf as tc

@tc.trait
class Shown(tc.TraitBase):
    "What is shown."

    size: int = tc.option(1, doc="A size.")

tc.configure("config", environ={})

def wait_for(size):
    end = time.monotonic() + 60
    while tc.resolve(Shown).size != size:
        if time.monotonic() > end:
            os._exit(3)
        time.sleep(0.01)

children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        wait_for(2)
        grandchild = os.fork()
        if grandchild == 0:
            wait_for(3)
            os._exit(0)
        wait_for(3)
        os._exit(os.waitpid(grandchild, 0)[1])
    children.append(child)
open("config/traits.toml", "w").write("[shown]\\nsize = 2\\n")
wait_for(2)
time.sleep(0.5)
open("config/traits.toml", "w").write("[shown]\\nsize = 3\\n")
wait_for(3)
print([os.waitpid(child, 0)[1] for child in children])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("polling", ["true", "false"])
def test_children_and_their_children_follow(tmp_path, polling):
    """A watch goes on in every process that is forked, whoever tells of the changes."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "runtime.toml").write_text(f"{WATCH}force_polling = {polling}\n", encoding="utf-8")
    (tmp_path / "config" / "traits.toml").write_text("[shown]\nsize = 1\n", encoding="utf-8")
    (tmp_path / "program.py").write_text(FORKING, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=200
    )
    assert (answer.stdout.strip(), answer.returncode) == ("[0, 0, 0]", 0), answer.stderr


class TestDatabase:
    """Plans that are kept in a database; no file is touched."""

    @pytest.fixture
    def engine(self, tmp_path):
        """A database with a table of plans."""
        sqlalchemy = pytest.importorskip("sqlalchemy")
        engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/plans.sqlite")
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE plans (tenant TEXT PRIMARY KEY, plan TEXT NOT NULL)"))
            connection.execute(sqlalchemy.text("INSERT INTO plans VALUES ('acme', 'basic'), ('globex', 'gold')"))
        yield engine
        engine.dispose()

    @pytest.fixture
    def plans(self, engine):
        """The directory of an application."""
        from sqlalchemy import text

        class Plans:
            def groups(self, tenant):
                with engine.connect() as connection:
                    plan = connection.scalar(text("SELECT plan FROM plans WHERE tenant = :id"), {"id": tenant})
                return (plan,) if plan is not None else None

        return Plans()

    FILES: ClassVar = {"groups/basic.toml": "[twins]\none = 1\n", "groups/gold.toml": "[twins]\none = 9\n"}

    def update(self, engine, plan):
        """Change the plan of one tenant."""
        from sqlalchemy import text

        with engine.begin() as connection:
            connection.execute(text("UPDATE plans SET plan = :plan WHERE tenant = 'acme'"), {"plan": plan})

    def test_an_update_takes_effect_within_the_ttl(self, twins, tc_config, engine, plans, tc_clock):
        """After the time to live calls, contexts and look-ups see the new plan."""
        trait, card = twins
        runtime = tc_config(self.FILES, directory=plans)
        assert [tc.resolve(trait, tenant=name).one for name in ("acme", "globex", "stranger")] == [1, 9, 0]
        self.update(engine, "gold")
        tc_clock.advance(seconds=runtime.snapshot.settings.directory.ttl.total_seconds())
        assert tc.resolve(trait, tenant="acme").one == 9
        with tc.tenant("acme"):
            assert card().save()[0] == 9
        assert runtime.snapshot.generation == 1

    def test_it_takes_effect_by_the_real_clock(self, twins, tc_config, engine, plans):
        """The same with a short time to live and the system's clock, for an open context as well."""
        trait, card = twins
        files = self.FILES | {"runtime.toml": "[directory]\nttl = '200ms'\n"}
        tc_config(files, directory=plans)
        with tc.tenant("acme"):
            assert card().save()[0] == 1
            self.update(engine, "gold")
            until(lambda: card().save()[0] == 9)
        assert tc.resolve(trait, tenant="acme").one == 9

    def test_a_database_that_is_gone_is_survived(self, twins, tc_config, engine, plans, tc_clock):
        """Without its table the last known plan counts."""
        from sqlalchemy import text

        trait, _ = twins
        runtime = tc_config(self.FILES, directory=plans)
        assert tc.resolve(trait, tenant="globex").one == 9
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE plans"))
        tc_clock.advance(seconds=timedelta(hours=1).total_seconds())
        assert tc.resolve(trait, tenant="globex").one == 9
        assert runtime.services.metrics.counter("traitconf.directory.failures") == 1
