"""What is generated from the code and read by others: stubs for type checkers."""

from __future__ import annotations
