"""Binding: marks, join points and generated dispatchers. It knows the Interceptor protocol, and nothing above it."""

from __future__ import annotations

from traitconf.bind import view as view  # puts the typed view into TraitBase.of
