"""What the tests of binding share: an isolated runtime, a log, and traits that write into it."""

from __future__ import annotations

import importlib
import sys

import pytest

import traitconf as tc


@pytest.fixture(autouse=True)
def _isolated(tc_runtime):
    """Every test has a runtime and a catalog of its own."""


@pytest.fixture
def log():
    """What happened, in order."""
    return []


@pytest.fixture
def tracer(tc_runtime, log):
    """A function that defines a trait which notes when methods begin and end."""

    def define(name, *targets, **relations):
        @tc.trait(name=name, **relations)
        class Tracer(tc.TraitBase):
            """Note every call."""

            @tc.around(*(targets or ("save",)))
            def note(self, host, proceed, /, *args, **kwargs):
                log.append(f"{name}<")
                try:
                    return proceed(*args, **kwargs)
                finally:
                    log.append(f">{name}")

        return Tracer

    return define


@pytest.fixture
def speaking(tc_runtime):
    """A trait that gives a method, two properties and a classmethod."""

    @tc.trait
    class Speaking(tc.TraitBase):
        """Say something."""

        word: str = tc.option("hey", doc="What is said.")

        @tc.provides
        def say(self, host, mark: str = "!") -> str:
            """Say it."""
            return self.word + mark

        @tc.provides(shape="property")
        def loud(self, host) -> str:
            """The word in capitals."""
            return self.word.upper()

        @tc.provides
        @property
        def twice(self, host) -> str:  # noqa: PLR0206 -- a trait's property takes the host
            """The word, doubled."""
            return self.word * 2

        @tc.provides
        @classmethod
        def spoken_by(cls, model, mark: str = "") -> str:
            """Who says it."""
            return f"{model.__name__}: {cls.word}{mark}"

    return Speaking


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A function that writes a real module and returns its name; imported modules are forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    written = []

    def write(name, text, *, load=True):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        written.append(name)
        return importlib.import_module(name) if load else name

    yield write
    for name in written:
        sys.modules.pop(name, None)
