"""The demonstration: a small multi-tenant handbook on real text, told as a story."""

from __future__ import annotations
