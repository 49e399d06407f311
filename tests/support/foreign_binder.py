"""A pytest plugin for somebody else's suite: binds a trait that does nothing to all public classes of packages.

The suite runs in a process of its own; `TC_FOREIGN_BIND` names the packages, `TC_FOREIGN_REPORT` the file for the
outcome of every test, the classes and the number of calls that ran within the trait.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import pkgutil
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import traitconf as tc

_calls: Final = itertools.count()
_outcomes: Final[dict[str, str]] = {}
_classes: Final[dict[str, str]] = {}


@tc.trait(name="passing")
class Passing(tc.TraitBase):
    """Count a call and pass it on, in every flavour."""

    @tc.around("*", optional=True)
    def count(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Count a plain call."""
        next(_calls)
        return proceed(*args, **kwargs)

    @count.twin
    async def count_async(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Count a call that is awaited."""
        next(_calls)
        return await proceed(*args, **kwargs)

    @count.twin
    def count_generator(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Count a call that generates."""
        next(_calls)
        return (yield from proceed(*args, **kwargs))

    @count.twin
    async def count_async_generator(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Count a call that generates asynchronously."""
        next(_calls)
        async for item in proceed(*args, **kwargs):
            yield item


def pytest_configure(config: pytest.Config) -> None:
    """Bind before any test is imported."""
    for package in filter(None, os.environ.get("TC_FOREIGN_BIND", "").split(",")):
        for cls in public_classes(package):
            try:
                tc.bind(cls, Passing)
            except tc.ConfigError as error:
                _classes[f"{cls.__module__}.{cls.__qualname__}"] = error.problems[0].code
            else:
                _classes[f"{cls.__module__}.{cls.__qualname__}"] = "bound"


def public_classes(package: str) -> Iterator[type]:
    """Yield every public class that a package defines, tests apart.

    Args:
        package: name of an importable package.
    """
    seen: set[type] = set()
    for module in _modules(package):
        for name, found in list(vars(module).items()):
            own = isinstance(found, type) and found.__module__.partition(".")[0] == package and found not in seen
            if own and not name.startswith("_"):
                seen.add(found)
                yield found


def _modules(package: str) -> Iterator[types.ModuleType]:
    root = importlib.import_module(package)
    yield root
    for entry in pkgutil.walk_packages(getattr(root, "__path__", ()), f"{package}.", onerror=lambda name: None):
        if not any(part.startswith(("test", "conftest", "__main__")) for part in entry.name.split(".")):
            try:
                yield importlib.import_module(entry.name)
            except ImportError:
                continue  # a module for a product that is not installed


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a test ended; of its phases, the one that did not pass."""
    if _outcomes.get(report.nodeid, "passed") == "passed":
        _outcomes[report.nodeid] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report."""
    report = {"outcomes": _outcomes, "classes": _classes, "calls": next(_calls)}
    Path(os.environ["TC_FOREIGN_REPORT"]).write_text(json.dumps(report), encoding="utf-8")
