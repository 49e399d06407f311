"""Which stubs an application needs, and how those that are there differ."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Literal

import attrs

from traitconf.bind.binding import bound_class
from traitconf.docgen.names import source_of
from traitconf.docgen.stub import HEADER, module_stub

State = Literal["unchanged", "missing", "stale", "superfluous"]


@attrs.frozen
class StubFile:
    """One file below the directory of stubs.

    Attributes:
        path: below that directory.
        module: what it is the stub of; empty when it is of nothing any more.
        text: what it must hold; empty when it must not be.
        found: what it holds; empty when it is not there.
    """

    path: Path
    module: str
    text: str
    found: str

    @property
    def state(self) -> State:
        """How the file stands to what it must be."""
        if self.text == self.found:
            return "unchanged"
        if not self.found:
            return "missing"
        return "stale" if self.text else "superfluous"

    def diff(self) -> str:
        """Return a unified diff from what is there to what must be."""
        name = self.path.as_posix()
        before, after = self.found.splitlines(keepends=True), self.text.splitlines(keepends=True)
        return "".join(difflib.unified_diff(before, after, name, name))


@attrs.frozen
class Typings:
    """The stubs of an application.

    Attributes:
        files: each file that is or must be there.
        sources: modules whose classes have members from traits.
        left_out: classes that no stub can be made for, with the reason.
    """

    files: tuple[StubFile, ...]
    sources: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]

    def differing(self) -> list[StubFile]:
        """Return the files that are not as they must be."""
        return [file for file in self.files if file.state != "unchanged"]

    def write(self, directory: Path) -> None:
        """Make the files as they must be; others are left alone.

        Args:
            directory: of the stubs.
        """
        for file in self.differing():
            path = directory / file.path
            if not file.text:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")


def typings(classes: Iterable[type], directory: Path) -> Typings:
    """Return the stubs that classes need, beside those that are there.

    A stub replaces its module for type checkers, and so do the packages around it: each has one.

    Args:
        classes: classes with traits.
        directory: of the stubs.
    """
    wanted, left_out = _by_module(classes)
    packages = {package for module in wanted for package in _packages(module)}
    files = {}
    for name in sorted({*wanted, *packages}):
        module = sys.modules[name]
        path = _path(module)
        text = module_stub(module, source_of(module), wanted.get(name, ()))
        files[path] = StubFile(path, name, text, _read(directory / path))
    for path in sorted(_generated(directory)):
        files.setdefault(path, StubFile(path, "", "", _read(directory / path)))
    return Typings(tuple(files.values()), tuple(sorted(wanted)), tuple(left_out))


def _by_module(classes: Iterable[type]) -> tuple[dict[str, list[type]], list[tuple[str, str]]]:
    wanted: dict[str, list[type]] = {}
    left_out = []
    for cls in classes:
        bound = bound_class(cls)
        names = [name for name, point in bound.points.items() if point.provided and "." not in name] if bound else []
        if not names:
            continue
        if reason := _obstacle(cls):
            left_out.append((f"{cls.__module__}:{cls.__qualname__}", reason))
        else:
            wanted.setdefault(cls.__module__, []).append(cls)
    return wanted, left_out


def _obstacle(cls: type) -> str:
    """Return why no stub can be made for a class; nothing when it can."""
    if "<locals>" in cls.__qualname__:
        return "it is made inside a function"
    if cls.__module__ == "__main__":
        return "its module is run, not imported"
    if cls.__module__.partition(".")[0] in sys.stdlib_module_names:
        return "it belongs to the standard library"
    module = sys.modules.get(cls.__module__)
    if module is None or not (getattr(module, "__file__", None) or "").endswith(".py"):
        return "its module has no source"
    return ""


def _packages(module: str) -> Iterator[str]:
    """Yield the packages around a module that have a file of their own."""
    parts = module.split(".")[:-1]
    names = (".".join(parts[: end + 1]) for end in range(len(parts)))
    yield from (name for name in names if getattr(sys.modules.get(name), "__file__", None))


def _path(module: ModuleType) -> Path:
    parts = module.__name__.split(".")
    if hasattr(module, "__path__"):
        return Path(*parts, "__init__.pyi")
    return Path(*parts[:-1], f"{parts[-1]}.pyi")


def _generated(directory: Path) -> Iterator[Path]:
    """Yield the stubs that are there and were made by us."""
    first = HEADER.partition("\n")[0]
    for path in directory.rglob("*.pyi"):
        if _read(path).startswith(first):
            yield path.relative_to(directory)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
