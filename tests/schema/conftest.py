"""Fixtures of the schema floor's tests: every trait that a test defines is forgotten with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import traitconf as tc
from traitconf.errors import Problem
from traitconf.schema.catalog import catalog
from traitconf.schema.options import Option


@pytest.fixture(autouse=True)
def scratch() -> Iterator[None]:
    """Forget the traits that the test defines."""
    with catalog.scratch():
        yield


@pytest.fixture
def declare() -> Callable[..., type[tc.TraitBase]]:
    """A function that declares a trait from a class body of types and values, under a name of its own."""

    def make(annotations: dict | None = None, name: str = "sample", **body: object) -> type[tc.TraitBase]:
        namespace = {
            "__doc__": "A sample.",
            "__module__": __name__,
            "__qualname__": "declare.<locals>.Sample",
            "__annotations__": annotations or {},
            **body,
        }
        return tc.trait(name=name)(type("Sample", (tc.TraitBase,), namespace))

    return make


@pytest.fixture
def refused(declare) -> Callable[..., list[Problem]]:
    """A function that declares a trait as `declare` does, expects a refusal, and returns the problems."""

    def refuse(annotations: dict | None = None, **body: object) -> list[Problem]:
        with pytest.raises(tc.ConfigError) as error:
            declare(annotations, **body)
        assert catalog.find("sample") is None
        return list(error.value.problems)

    return refuse


@pytest.fixture
def option_of(declare) -> Callable[..., Option]:
    """A function that declares a trait with one option `x` of a type, and returns the option."""

    def make(kind: object, *default: object, **metadata: object) -> Option:
        made = declare({"x": kind}, x=tc.option(*default, doc="An option.", **metadata))
        return made.__traitconf_spec__.options["x"]

    return make
