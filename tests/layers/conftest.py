"""Fixtures of the layers floor's tests: files on disk, and traits that are forgotten with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import attrs
import pytest

import traitconf as tc
from traitconf.layers.read import Reading, read_config
from traitconf.schema.catalog import catalog
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.types import FrozenMap


@pytest.fixture(autouse=True)
def scratch() -> Iterator[None]:
    """Forget the traits that the test defines."""
    with catalog.scratch():
        yield


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes files below a directory of configuration and returns the directory."""

    def into(files: Mapping[str, str | bytes]) -> Path:
        directory = tmp_path / "config"
        directory.mkdir(exist_ok=True)
        for name, content in files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return directory

    return into


@pytest.fixture
def read(write) -> Callable[..., Reading]:
    """A function that writes files, reads them and the given variables, and returns the reading."""

    def from_files(files: Mapping[str, str | bytes], environ: Mapping[str, str] | None = None) -> Reading:
        return read_config((write(files),), environ or {}, catalog, SETTINGS_SPECS)

    return from_files


@pytest.fixture
def sample(scratch) -> type[tc.TraitBase]:
    """A trait with an option of every form."""

    @tc.trait
    class Sample(tc.TraitBase):
        """A sample."""

        days: int = tc.option(3, ge=1, doc="Days.")
        name: str | None = tc.option(None, doc="Name.")
        sinks: tuple[str, ...] = tc.option((), doc="Sinks.")
        tags: frozenset[str] = tc.option(frozenset(), doc="Tags.")
        labels: Mapping[str, str] = tc.option(FrozenMap(), doc="Labels.")
        limits: Limits = tc.option(Limits(), doc="Limits.")
        whole: Limits = tc.option(Limits(), doc="Whole.", merge="atomic")

    return Sample


@attrs.frozen(kw_only=True)
class Limits:
    """A record."""

    soft: int = tc.option(1, doc="Soft.")
    hard: int = tc.option(2, doc="Hard.")
