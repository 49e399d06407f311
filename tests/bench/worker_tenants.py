"""Measure something with many tenants in this process, and print what every contender took in every round.

From the shell: `python worker_tenants.py MEASURE DIRECTORY NUMBER [ARGUMENT]`; the directory holds a corpus.
"""

from __future__ import annotations

import functools
import gc
import itertools
import json
import random
import sys
import tempfile
import tomllib
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import thread_time
from typing import Any, Final

from attrs import evolve

import peers
import traitconf as tc
from tenants import MODELS, Held, Site, globals_and_models, name_of, write
from traitconf.runtime import snapshot
from traitconf.runtime.collecting import not_collecting

IN_USE: Final = 100
"""How many tenants are in use when one of them is changed: what they were before is known."""
COLD: Final = 10
"""How many tenants are read for the first time in one round."""
LOADS: Final = {".json": json.loads, ".toml": tomllib.loads}
Seconds = dict[str, list[float]]
_STRANGERS: Final = [f"stranger-{number}" for number in range(20_000)]


def load(directory: Path, repeats: int) -> Seconds:
    """Measure parsing the files of a corpus and loading it, after a small one: imports are no part of it."""
    with tempfile.TemporaryDirectory(prefix="traitconf-bench-") as small:
        write(Path(small), 3, directory.suffix)
        tc.Runtime((Path(small),), environ={}).start()

    def parse() -> object:
        return [LOADS[file.suffix](file.read_text("utf-8")) for file in sorted(directory.iterdir())]

    does: dict[str, Callable[[], object]] = {
        "parse": parse,
        "quiet": not_collecting()(parse),
        "load": lambda: tc.Runtime((directory,), environ={}).start(),
    }
    return _interleaved(does, repeats)


def load_peer(directory: Path, repeats: int, peer: str) -> Seconds:
    """Measure parsing the files of a corpus and loading it through a peer."""
    with tempfile.TemporaryDirectory(prefix="traitconf-bench-") as small:
        write(Path(small), 2)
        peers.load(peer, Path(small))
    does: dict[str, Callable[[], object]] = {
        "parse": lambda: [json.loads(file.read_text("utf-8")) for file in directory.iterdir()],
        peer: lambda: peers.load(peer, directory),
    }
    return _interleaved(does, repeats)


def change(directory: Path, rounds: int) -> Seconds:
    """Measure changing one option, of a tenant and of all, until the changed value is read; and a first read."""
    tc.configure(directory, environ={})
    names, model, held = _names(directory), MODELS[7], Held()
    used, fresh, numbers = names[:IN_USE], iter(names[IN_USE:]), itertools.count(1)
    for tenant in used:
        tc.resolve(Site, model, tenant)

    def one(tenant: str) -> None:
        port = next(numbers) % 60_000 + 1
        with tc.override({f"tenants.{tenant}.site.store.redis.port": port}):
            assert tc.resolve(Site, model, tenant).store.redis.port == port

    def everybody(tenant: str) -> None:
        timeout = next(numbers) + 0.5
        with tc.override({"site.store.redis.timeout": timeout}):
            assert tc.resolve(Site, model, tenant).store.redis.timeout == timeout

    def by_hand(_: str) -> None:
        evolve(held, store=evolve(held.store, redis=evolve(held.store.redis, port=6380)))

    def cold(tenant: str) -> None:
        tc.resolve(Site, model, tenant)

    does = {"evolve": (by_hand, 100), "one": (one, 20), "global": (everybody, 20), "cold": (cold, COLD)}
    seconds: Seconds = defaultdict(list)
    for _ in range(rounds):
        for name in random.sample([*does], len(does)):
            function, count = does[name]
            chosen = [*itertools.islice(fresh, count)] if name == "cold" else random.sample(used, min(count, len(used)))
            if chosen:
                taken = _taken(functools.partial(_each, function, chosen))
                seconds[name].append(taken / len(chosen))
    return dict(seconds)


def _each(function: Callable[[str], None], tenants: Sequence[str]) -> None:
    for tenant in tenants:
        function(tenant)


def memory(directory: Path, rounds: int) -> Seconds:
    """Count the bytes that a tenant keeps: with definitions, and without any when it is read.

    So many ids are remembered that counting past that bound would take minutes: it is made smaller here.
    """
    snapshot.KNOWN_IDS = len(_STRANGERS) // 20  # type: ignore[misc]  # this process measures, nothing else
    counted: Seconds = {"five": [], "none": []}
    tracemalloc.start()
    with tempfile.TemporaryDirectory(prefix="traitconf-bench-") as common:
        (Path(common) / "common.json").write_text(json.dumps(globals_and_models()), encoding="utf-8")
        tc.Runtime((Path(common),), environ={}).start()
        for _ in range(rounds):
            nothing = _held()
            bare = tc.Runtime((Path(common),), environ={}).start()
            common_bytes = _held() - nothing
            full = tc.Runtime((directory,), environ={}).start()
            counted["five"].append((_held() - nothing - 2 * common_bytes) / int(directory.stem))
            del full
            bytes_of = [_read(bare, strangers) for strangers in (_STRANGERS[: snapshot.KNOWN_IDS], _STRANGERS)]
            counted["none"].append(bytes_of[1] / len(_STRANGERS))
            del bare
    return counted


def _read(runtime: tc.Runtime, tenants: Sequence[str]) -> int:
    before = _held()
    for tenant in tenants:
        runtime.resolve(Site, MODELS[0], tenant)
    return _held() - before


def collector(directory: Path, rounds: int) -> Seconds:
    """Measure a full garbage collection with all tenants held, and without them."""
    seconds: Seconds = {"held": [], "free": []}
    runtime: Any = tc.Runtime((directory,), environ={}).start()
    for name in seconds:
        gc.collect()
        seconds[name] = [_taken(gc.collect) for _ in range(rounds)]
        assert runtime is None or len(runtime.snapshot.tenants) == int(directory.stem)
        runtime = None
    return seconds


def _names(directory: Path) -> list[str]:
    return [name_of(number) for number in range(int(directory.stem))]


def _interleaved(does: Mapping[str, Callable[[], object]], rounds: int) -> Seconds:
    seconds: Seconds = defaultdict(list)
    for _ in range(rounds):
        for name in random.sample([*does], len(does)):
            gc.collect()
            seconds[name].append(_taken(does[name]))
    return dict(seconds)


def _taken(function: Callable[[], object]) -> float:
    """Return the processor time of a call; what it returns is let go after the clock has stopped."""
    started = thread_time()
    kept = function()
    taken = thread_time() - started
    del kept
    return taken


def _held() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


MEASURES: Final[Mapping[str, Callable[..., Seconds]]] = {
    "load": load,
    "peer": load_peer,
    "change": change,
    "memory": memory,
    "collector": collector,
}


def main() -> int:
    """Measure and print."""
    measure, directory, number, *arguments = sys.argv[1:]
    print(json.dumps(MEASURES[measure](Path(directory), int(number), *arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
