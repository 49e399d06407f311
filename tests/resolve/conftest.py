"""What the tests of resolution share: a trait with an option of every law, a model with a base, and refusals."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import traitconf as tc
from traitconf.resolve.convert import _converter
from traitconf.resolve.lint import Surroundings, lint
from traitconf.schema.catalog import catalog
from traitconf.schema.spec import spec_of


@pytest.fixture(autouse=True)
def new_converter():
    """No test sees what another one has made of the kinds of values that there are."""
    _converter.cache_clear()


@pytest.fixture
def subject(tc_runtime):
    """A trait with options of all merge laws."""

    @tc.trait(name="subject")
    class Subject(tc.TraitBase):
        """What is resolved."""

        size: int = tc.option(1, le=1000, doc="A plain value.")
        label: str | None = tc.option("unlabelled", doc="A value that may be none.")
        active: bool = tc.option(False, doc="A toggle of its own.")
        most: int = tc.option(50, merge="max", doc="The largest.")
        least: int | None = tc.option(50, merge="min", doc="The smallest.")
        every: bool = tc.option(False, merge="and", doc="Whether all agree.")
        some: bool = tc.option(True, merge="or", doc="Whether one agrees.")
        plain: tuple[str, ...] = tc.option(("d",), doc="A list that is replaced.")
        queue_of: tuple[str, ...] = tc.option(("d",), merge="append", doc="A list that grows.")
        stack: tuple[str, ...] = tc.option(("d",), merge="prepend", doc="A list that grows at its head.")
        names: tuple[str, ...] = tc.option(("d",), merge="unique", doc="A list without repetitions.")
        chosen: frozenset[str] = tc.option(frozenset("d"), doc="A set that is replaced.")
        tags: frozenset[str] = tc.option(frozenset("d"), merge="union", doc="A set that grows.")
        common: frozenset[str] = tc.option(frozenset("d"), merge="intersection", doc="A set that shrinks.")
        limits: Mapping[str, int] = tc.option(tc.FrozenMap({"d": 1}), doc="A mapping that is merged.")
        map_of: Mapping[str, int] = tc.option(tc.FrozenMap({"d": 1}), merge="replace", doc="A mapping, replaced.")

    return Subject


@pytest.fixture
def article(subject):
    """A model that has the trait, with a base class that is a model too."""

    class Document: ...

    @tc.use(subject)
    class Article(Document): ...

    return Article


@pytest.fixture
def problems_of(tc_config):
    """A function that configures with files that must be refused, and returns every problem."""

    def configure(files, environ=None, **options):
        with pytest.raises(tc.ConfigError) as caught:
            tc_config(files, environ, **options)
        return list(caught.value.problems)

    return configure


@pytest.fixture
def findings(tc_config):
    """A function that configures and returns every finding of lint with a certain code."""

    def find(code, files, environ=None, **around):
        runtime = tc_config(files, environ)
        surroundings = Surroundings(**{"bound": _names_of_traits, **around})
        return [one for one in lint(runtime.snapshot.resolver, catalog, surroundings) if one.code == code]

    return find


def _names_of_traits(cls):
    return [spec_of(trait).name for trait in tc.traits_of(cls)]
