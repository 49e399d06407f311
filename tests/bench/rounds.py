"""Measures statements in one process: interleaved in a fresh random order each round, the empty loop subtracted."""

from __future__ import annotations

import gc
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import chain, repeat
from time import thread_time_ns
from typing import Any

from samples import Samples

UNROLLED = 10
"""How many times a loop repeats its statement."""
CHUNK_NS = 800_000
"""How long a loop runs in one round, in nanoseconds of processor time: other processes do not count."""
ROUNDS_OF_A_DEAL = 10
"""After how many rounds everything is made anew: where things lie in memory sways what they cost by a tenth."""
EMPTY = "empty loop"


@dataclass(frozen=True)
class Contender:
    """One statement to measure.

    Attributes:
        statement: what is measured; `{item}` stands for one of the items that the loop runs over.
        names: what its names stand for; they are local variables of the loop.
        scope: entered around each measurement.
    """

    statement: str
    names: Mapping[str, Any] = field(default_factory=dict)
    scope: Callable[[], AbstractContextManager[Any]] = nullcontext


Deal = Callable[[], Mapping[str, Contender]]
"""Makes the contenders, with new classes, objects and functions each time."""


class Loop:
    """A contender's compiled loop."""

    def __init__(self, contender: Contender, items: Sequence[object]) -> None:
        """Compile it, let the interpreter specialise it, and find out how often it fits into a chunk."""
        self._contender = contender
        self._batches = list(zip(*[iter(items)] * UNROLLED, strict=True))
        self._run = _compiled(contender, over_items=bool(items))
        self._repeats = 1
        self._nanoseconds()  # what is compiled by the first call must not look like a long loop
        while (taken := self._nanoseconds()) < CHUNK_NS // 2:
            self._repeats = max(2 * self._repeats, self._repeats * CHUNK_NS // (taken + 1))

    def seconds(self) -> float:
        """Measure once; return the seconds of one statement, with its share of the loop."""
        statements = UNROLLED * self._repeats * max(len(self._batches), 1)
        return self._nanoseconds() / statements / 1e9

    def _nanoseconds(self) -> int:
        laps: Iterable[object] = repeat(None, self._repeats)
        if self._batches:
            laps = chain.from_iterable(repeat(self._batches, self._repeats))
        with self._contender.scope():
            taken: int = self._run(laps, **self._contender.names)
        return taken


def _compiled(contender: Contender, *, over_items: bool) -> Callable[..., int]:
    targets = [f"item_{number}" for number in range(UNROLLED)]
    lines = [
        f"def run(laps, {', '.join(contender.names)}):",
        "    started = clock()",
        f"    for {', '.join(targets) if over_items else '_'} in laps:",
        *(f"        {contender.statement.format(item=target)}" for target in targets),
        "    return clock() - started",
    ]
    space: dict[str, Any] = {"clock": thread_time_ns}
    exec("\n".join(lines), space)  # noqa: S102 -- the statements are our own
    run: Callable[..., int] = space["run"]
    return run


def measure(deal: Deal, rounds: int, items: Sequence[object] = ()) -> Samples:
    """Measure contenders against each other.

    Args:
        deal: makes them.
        rounds: how many times each is measured.
        items: what their loops run over, if anything; a multiple of `UNROLLED`.
    """
    seconds: dict[str, list[float]] = defaultdict(list)
    loops: dict[str, Loop] = {}
    with _no_collector():
        for number in range(rounds):
            if number % ROUNDS_OF_A_DEAL == 0:
                loops = {}
                gc.collect()
                contenders = {EMPTY: Contender("pass"), **deal()}
                loops = {name: Loop(contender, items) for name, contender in contenders.items()}
            for name in random.sample([*loops], len(loops)):
                seconds[name].append(loops[name].seconds())
    return Samples(seconds).less(EMPTY)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the garbage collector from running in the middle of a measurement."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
