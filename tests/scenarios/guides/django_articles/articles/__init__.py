"""The one application of the project."""

from __future__ import annotations
