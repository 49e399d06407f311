"""Plugins of the whole suite; pytest takes their names from here only, where every run begins."""

from __future__ import annotations

pytest_plugins = ["pytester"]
