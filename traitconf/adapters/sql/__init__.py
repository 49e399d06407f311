"""SQLAlchemy's sessions, in parts: what they query, write, remember and commit."""

from __future__ import annotations
