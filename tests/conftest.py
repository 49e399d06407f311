"""What holds for the whole suite; pytest takes the names of plugins from here only, where every run begins."""

from __future__ import annotations

import os
from collections.abc import Iterator

import hypothesis
import pytest

from traitconf.schema.catalog import catalog

pytest_plugins = ["pytester", "matrix_table", "printed"]

# A deadline would make a test of a fact a test of the machine's load.
hypothesis.settings.register_profile("traitconf", deadline=None, print_blob=True)
# Whether a changed program fails is all that mutation testing asks; the smallest example of it would take long.
quick = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
hypothesis.settings.register_profile("mutants", deadline=None, phases=quick)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "traitconf"))


@pytest.fixture(autouse=True)
def _forgotten_models() -> Iterator[None]:
    """Let no class outlive its test in the catalog: a second one of its name would make that name ambiguous."""
    with catalog.scratch():
        yield
