"""Fixtures of the adapters' tests: traits and models that are forgotten with the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from traitconf.schema.catalog import catalog


@pytest.fixture(autouse=True)
def scratch() -> Iterator[None]:
    """Forget the traits and models that the test defines."""
    with catalog.scratch():
        yield
