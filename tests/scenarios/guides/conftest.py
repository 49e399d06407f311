"""The projects of the guides are applications of their own: test_guides.py runs each where it stands alone."""

from __future__ import annotations

collect_ignore_glob = ["*"]
