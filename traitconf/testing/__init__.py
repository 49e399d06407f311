"""The test kit: pytest fixtures for applications that use traitconf, and for traitconf itself."""

from __future__ import annotations
