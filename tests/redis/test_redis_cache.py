"""Cached results in a real Redis: shared by processes, retired by tags, and no harm done when it goes away."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import enum
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

import traitconf as tc
from traitconf.runtime.cached import cached
from traitconf.runtime.caches import Caches


class Mood(enum.Enum):
    GOOD = "good"


@attrs.frozen
class Answer:
    words: tuple[str, ...]
    at: datetime.datetime
    mood: Mood = Mood.GOOD


class Foreign(enum.Enum):
    ONE = 1


@pytest.fixture
def settings(server):
    """The lines of runtime.toml that choose the store."""
    url = f"redis://127.0.0.1:{server.port}/0"
    return f'app = ""\ncache.store = "redis"\ncache.url = "{url}"\ncache.pause = "0s"\ncache.timeout = "1s"\n'


@pytest.fixture
def runtime(tc_config, settings):
    """A runtime whose results are in Redis."""
    started = tc_config({"runtime.toml": settings + 'cache.namespace = "shop"\n'})
    yield started
    started.services.shared(Caches).close()


class Called:
    """A cached function, and how often it computed."""

    def __init__(self, function, **options):
        self.count = 0

        @cached(**options)
        def answer(number: int, mark: str = "") -> object:
            self.count += 1
            return function(number)

        self.answer = answer


def counter(name):
    return tc.process_runtime().services.metrics.counter(f"traitconf.cache.{name}")


def test_one_line_moves_results_to_redis(tc_config, server, settings):
    """The same function, without a change, keeps its results in Redis when the configuration says so."""
    called = Called(lambda number: number)
    tc_config({})
    called.answer(1)
    with server.client as client:
        assert client.dbsize() == 0
    runtime = tc_config({"runtime.toml": settings})
    assert [called.answer(1), called.answer(1)] == [1, 1]
    assert called.count == 2
    with server.client as client:
        assert [key for key in client.scan_iter() if ":-:" in key]
    runtime.services.shared(Caches).close()


@pytest.mark.parametrize(
    "value",
    [
        0,
        1 << 70,
        -0.5,
        float("inf"),
        True,
        "é",
        b"\x00",
        (1, [2, {3}], frozenset({4})),
        {"a": 1, 2: None},
        datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        datetime.timedelta(days=1),
        decimal.Decimal("1.10"),
    ],
    ids=str,
)
def test_values_come_back_as_they_were(runtime, value):
    """What Redis gives back is equal and of the same type, and is not computed again."""
    called = Called(lambda number: value)
    first, second = called.answer(1), called.answer(1)
    assert (second, type(second)) == (first, type(first))
    assert called.count == 1


def test_records_come_back_where_the_annotation_says_so(runtime):
    """Records and enums that the function says to return are made again; of others nothing is read."""
    made = Answer(("a", "b"), datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    computed = []

    @cached
    def said() -> Answer | None:
        computed.append(1)
        return made

    @cached
    def unsaid():
        computed.append(1)
        return Foreign.ONE

    assert [said(), said(), said()] == [made] * 3
    assert len(computed) == 1
    assert [unsaid(), unsaid()] == [Foreign.ONE] * 2
    assert len(computed) == 3


def test_results_that_are_no_data_are_not_kept(runtime, caplog):
    """An object of a foreign class is returned, counted, and computed each time."""
    called = Called(lambda number: object.__new__(type("Thing", (), {})))
    called.answer(1)
    called.answer(1)
    assert called.count == 2
    assert counter("refused") == 2
    assert "TC762" in caplog.text


def test_processes_share_results_and_invalidations(runtime, server, tmp_path):
    """Another process computes nothing, and what it invalidates is computed anew here."""
    called = Called(lambda number: f"computed {number}", tags="feed")
    name = f"{called.answer.__module__}.{called.answer.__qualname__}"
    called.answer(1)
    program = tmp_path / "other.py"
    program.write_text(
        "import traitconf as tc\n"
        "@tc.cached(tags='feed')\n"
        "def answer(number, mark=''): raise AssertionError('computed here')\n"
        f"answer.__wrapped__.__module__, answer.__wrapped__.__qualname__ = {name.rpartition('.Called')[0]!r}, "
        f"{'Called' + name.rpartition('.Called')[2]!r}\n"
        "tc.configure('config')\n"
        "print(answer(1))\n"
        "tc.invalidate('feed')\n"
    )
    answer = subprocess.run([sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == "computed 1", answer.stderr
    called.answer(1)
    assert called.count == 2


def test_a_write_racing_an_invalidation_is_never_served(runtime):
    """What was computed before an invalidation and written after it is retired, by another process's reads as well."""
    answers = ["old", "new"]

    def slow(number):
        found = answers.pop(0)
        if found == "old":
            tc.invalidate("feed")
        return found

    called = Called(slow, tags="feed")
    assert [called.answer(1), called.answer(1), called.answer(1)] == ["old", "new", "new"]


def test_forty_threads_compute_once(runtime):
    """In one process forty threads on one cold key compute once."""
    together = threading.Barrier(40)
    called = Called(lambda number: number)

    def call():
        together.wait(20)
        return called.answer(1)

    with ThreadPoolExecutor(40) as pool:
        assert {one.result() for one in [pool.submit(call) for _ in range(40)]} == {1}
    assert called.count == 1


def test_forty_tasks_compute_once(runtime):
    """Forty tasks compute once through the asyncio client, in one event loop and in the next one."""
    computed = []

    @cached(tags="feed")
    async def later(number):
        computed.append(1)
        await asyncio.sleep(0)
        return number

    async def main():
        found = await asyncio.gather(*(later(1) for _ in range(40)))
        await tc.ainvalidate("feed")
        return found

    assert asyncio.run(main()) == [1] * 40
    assert len(computed) == 1
    assert asyncio.run(main()) == [1] * 40
    assert len(computed) == 2


def test_tenants_have_keys_and_tags_of_their_own(runtime, server):
    """Calls under two tenants, interleaved in threads, never meet: neither value nor key nor tag."""
    called = Called(lambda number: tc.current_context().tenant, tags="feed")
    wrong = []

    def call(tenant):
        with tc.tenant(tenant):
            wrong.extend(number for number in range(100) if called.answer(number % 5) != tenant)

    with ThreadPoolExecutor(10) as pool:
        for job in [pool.submit(call, tenant) for tenant in ("acme", "globex") * 5]:
            job.result()
    assert wrong == []
    assert called.count == 10
    tc.invalidate("feed", tenant="acme")
    call("globex")
    assert called.count == 10
    with server.client as client:
        entries = [key for key in client.scan_iter() if ":-:" in key]
        assert {json.loads(client.get(key))["v"] for key in entries if ":acme:" in key} == {"acme"}
        assert sorted(key.split(":")[2] for key in entries) == ["acme"] * 5 + ["globex"] * 5


def test_redis_killed_in_the_middle(runtime, server, caplog):
    """While Redis is away calls go on and the metric says so; when it is back results are kept again."""
    called = Called(lambda number: number, tags="feed")
    called.answer(1)
    server.stop()
    assert [called.answer(1) for _ in range(5)] == [1] * 5
    assert called.count == 6
    assert counter("store_failures") >= 3
    assert counter("bypass") == 5
    assert "TC763: the store redis fails, calls go on without it" in caplog.text
    server.start()
    assert [called.answer(1), called.answer(1)] == [1, 1]
    assert called.count == 7
    assert counter("store_recoveries") == 1


def test_what_is_invalidated_while_redis_is_away_stays_invalidated(runtime, server):
    """An invalidation that Redis could not be told is told before anything is read again."""
    called = Called(lambda number: number, tags="feed")
    called.answer(1)
    with server.paused():
        tc.invalidate("feed")
        called.answer(1)
        assert called.count == 2
    called.answer(1)
    assert called.count == 3


def test_async_calls_go_on_without_redis(runtime, server):
    """The asyncio client fails open as well, and recovers in the same loop."""
    computed = []

    @cached
    async def later(number):
        computed.append(1)
        return number

    async def main():
        found = [await later(1), await later(1)]
        server.stop()
        found += [await later(1), await later(1)]
        server.start()
        return [*found, await later(1), await later(1)]

    assert asyncio.run(main()) == [1] * 6
    assert len(computed) == 4


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"no json",
        b"[]",
        b"null",
        b'{"f":2,"v":1,"t":[0,9e9,9e9,9e9],"g":[]}',
        b'{"f":1}',
        b'{"f":1,"v":["R","os:system",{}],"t":[0,9e9,9e9,9e9],"g":[]}',
        b'{"f":1,"v":["e","os:system","x"],"t":[0,9e9,9e9,9e9],"g":[]}',
        b'{"f":1,"v":["?"],"t":[0,9e9,9e9,9e9],"g":[]}',
        b'{"f":1,"v":1,"t":["x",0,0,0],"g":[]}',
        b'{"f":1,"v":1,"t":[0,9e9,9e9,9e9],"g":["other"]}',
        b"[" * 100_000,
        b"\x80\x04\x95pickle",
    ],
)
def test_what_cannot_be_read_is_computed_and_written_anew(runtime, server, damage):
    """An entry that is broken, or of another version, or names a class, answers nothing and is replaced."""
    called = Called(lambda number: "right")
    called.answer(1)
    with server.client as client:
        (key,) = [key for key in client.scan_iter() if ":-:" in key]
        client.set(key, damage)
    assert [called.answer(1), called.answer(1)] == ["right", "right"]
    assert called.count == 2


def test_a_stamp_that_redis_evicts_brings_nothing_back(runtime, server):
    """Without its stamp an entry is retired: a stamp that is made anew is another one."""
    called = Called(lambda number: number, tags="feed")
    called.answer(1)
    with server.client as client:
        client.delete(*[key for key in client.scan_iter() if ":#" in key])
    called.answer(1)
    assert called.count == 2


def test_a_full_store_is_survived(runtime, server):
    """Where Redis takes no more, calls compute and the metric says so."""
    called = Called(lambda number: "x" * 1000)
    with server.client as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
    assert [len(called.answer(number)) for number in range(3)] == [1000] * 3
    assert counter("store_failures") >= 1
    with server.client as client:
        client.config_set("maxmemory", "0")


def test_entries_expire_in_redis(runtime, server):
    """An entry is kept as long as somebody may ask for it, and no longer."""
    called = Called(lambda number: number, ttl="10s", stale="50s", jitter=0.0)
    called.answer(1)
    with server.client as client:
        (key,) = [key for key in client.scan_iter() if ":-:" in key]
        assert 50_000 < client.pttl(key) <= 60_000


def test_keys_are_as_the_design_says(runtime, server):
    """A key says version, application, environment, tenant, trait, operation and epoch, then only a digest."""
    called = Called(lambda number: number)
    with tc.tenant("a:b é"):
        called.answer(1, "password")
    with server.client as client:
        (key,) = [key for key in client.scan_iter() if ":-:" in key]
    version, space, tenant, trait, _, epoch, digest = key.split(":")
    assert (version, space, tenant, trait) == ("tc1", "{shop/-}", "a%3Ab%20%C3%A9", "-")
    assert (len(epoch), len(digest)) == (8, 32)
    assert key.isascii()
    assert len(key) <= 200
    assert "password" not in key
