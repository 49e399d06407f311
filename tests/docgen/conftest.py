"""What the tests of generated files share: real modules, and stubs of them."""

from __future__ import annotations

import importlib
import sys

import pytest

from traitconf.bind.info import models
from traitconf.docgen.names import _top_level
from traitconf.docgen.typings import typings


@pytest.fixture(autouse=True)
def _isolated(tc_runtime):
    """Every test has a runtime and a catalog of its own."""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A function that writes modules by their path and imports one of them; all are forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(files, name):
        for path, text in files.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield write
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]
    _top_level.cache_clear()


@pytest.fixture
def stubs(tmp_path):
    """A function that returns the stubs of the classes of modules whose names begin with a word, by path."""

    def make(start):
        mine = [cls for cls in models() if cls.__module__.startswith(start)]
        return {file.path.as_posix(): file.text for file in typings(mine, tmp_path / "typings").files}

    return make
