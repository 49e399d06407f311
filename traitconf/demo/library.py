"""Renders the documentation of modules with the standard library's own `pydoc.HTMLDoc`, and takes the time."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import pydoc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType

import attrs

import traitconf as tc
from traitconf.runtime.caches import Caches

MODULES = 200
PACKAGES = (
    "collections",
    "concurrent",
    "email",
    "html",
    "http",
    "importlib",
    "json",
    "logging",
    "urllib",
    "wsgiref",
    "xml",
    "encodings",
)
OPERATION = "cacheable.docmodule"


@attrs.frozen
class Pass:
    """Record: what rendering all modules once has taken.

    Attributes:
        name: which pass it was.
        seconds: in all.
        median: of one module, in seconds.
        slow: nineteen of twenty modules took less, in seconds.
        hits: how many were answered from the cache.
        pages: what was rendered.
    """

    name: str
    seconds: float
    median: float
    slow: float
    hits: int
    pages: tuple[str, ...] = attrs.field(repr=False)

    @property
    def row(self) -> tuple[str, ...]:
        """The cells of a table."""
        ratio = f"{self.hits / len(self.pages):.0%}"
        times = map(readable, (self.seconds, self.median, self.slow))
        return (self.name, str(len(self.pages)), *times, ratio)


def readable(seconds: float) -> str:
    """Return a time as people read it.

    >>> readable(2.345), readable(0.0123), readable(0.0000123)
    ('2.3 s', '12.3 ms', '12.3 µs')
    """
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.1f} {unit}"
    return f"{seconds * 1e6:.1f} µs"


def modules(count: int) -> list[ModuleType]:
    """Return modules of the standard library that any program may import.

    Args:
        count: how many.
    """
    return list(itertools.islice(_modules(), count))


def _modules() -> Iterator[ModuleType]:
    for package in map(importlib.import_module, PACKAGES):
        yield package
        for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if "._" not in info.name:
                try:
                    yield importlib.import_module(info.name)
                except ImportError:  # of another platform
                    continue


def render(name: str, chosen: Sequence[ModuleType], advance: Callable[[], None]) -> Pass:
    """Render the documentation of modules, and return what it took.

    Args:
        name: of the pass.
        chosen: the modules.
        advance: called after each of them.
    """
    writer, pages, times, before = pydoc.HTMLDoc(), [], [], _hits()
    for module in chosen:
        started = time.perf_counter()
        pages.append(writer.docmodule(module))
        times.append(time.perf_counter() - started)
        advance()
    shares = statistics.quantiles(times, n=20)
    return Pass(name, sum(times), statistics.median(times), shares[-1], _hits() - before, tuple(pages))


def _hits() -> int:
    counts = tc.process_runtime().services.shared(Caches).counts()
    return counts.get(OPERATION, {}).get("hit", 0)
