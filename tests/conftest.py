"""What holds for the whole suite; pytest takes the names of plugins from here only, where every run begins."""

from __future__ import annotations

import hypothesis

pytest_plugins = ["pytester", "matrix_table", "printed"]

# A deadline would make a test of a fact a test of the machine's load.
hypothesis.settings.register_profile("traitconf", deadline=None, print_blob=True)
hypothesis.settings.load_profile("traitconf")
