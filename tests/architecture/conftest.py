"""What the architecture tests look at: the files, their syntax trees and the live modules."""

from __future__ import annotations

import ast
import importlib
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file.

    Attributes:
        path: relative to the root of the repository.
        text: what it holds.
        tree: its syntax tree.
    """

    path: Path
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """The dotted name that the file is imported by."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def floor(self) -> str:
        """The child of the package that the file belongs to; empty for the package's own `__init__`."""
        return (*self.module.split("."), "")[1]


def _parse(path: Path) -> Source:
    text = (ROOT / path).read_text(encoding="utf-8")
    return Source(path, text, ast.parse(text, filename=str(path)))


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file of the repository that git does not ignore, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    # A file deleted but not yet committed is still in the index.
    found = sorted({Path(name) for name in answer.stdout.split("\0") if name and (ROOT / name).exists()})
    assert found, "git lists no file"
    return found


@pytest.fixture(scope="session")
def sources(files: list[Path]) -> list[Source]:
    """Every Python file of the package."""
    found = [_parse(path) for path in files if path.parts[0] == "traitconf" and path.suffix == ".py"]
    assert found, "the package holds no Python file"
    return found


@pytest.fixture(scope="session")
def test_sources(files: list[Path]) -> list[Source]:
    """Every Python file that pytest collects tests from."""
    found = [_parse(path) for path in files if path.parts[0] == "tests" and path.match("test_*.py")]
    assert found, "tests/ holds no test file"
    return found


@pytest.fixture(scope="session")
def modules(sources: list[Source]) -> dict[str, ModuleType]:
    """Every module of the package, imported, but for those whose third-party product is not installed."""
    found: dict[str, ModuleType] = {}
    for source in sources:
        if source.path.name == "__main__.py":
            continue
        try:
            found[source.module] = importlib.import_module(source.module)
        except ModuleNotFoundError as error:
            if (error.name or "traitconf").partition(".")[0] == "traitconf":
                raise
    assert found, "no module could be imported"
    return found
