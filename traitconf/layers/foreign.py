"""Variables that configure dynaconf, and that have no effect here: a reader of `env` would believe otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from traitconf.errors import Problem
from traitconf.types import Origin, Severity, Source

CODE: Final = "TC330"
_OWN: Final = "_FOR_DYNACONF"
_DEFAULT_PREFIX: Final = "DYNACONF_"


def foreign_variables(environ: Mapping[str, str]) -> list[Problem]:
    """Return a warning for each variable that dynaconf would take for its own.

    Args:
        environ: names and values.
    """
    return [_warning(name) for name in sorted(environ) if name.endswith(_OWN) or name.startswith(_DEFAULT_PREFIX)]


def _warning(name: str) -> Problem:
    shown = name.encode("utf-8", "backslashreplace").decode()
    if name.endswith(_OWN):
        text = f"{shown}: a setting of dynaconf, which has no effect on traitconf"
        hint = "for a loader, write it under runtime.loader_settings; otherwise unset it"
    else:
        text = f"{shown}: variables of dynaconf are not read"
        hint = "write TRAITCONF_<ADDRESS>; for settings of the application, give its Dynaconf an envvar_prefix"
    return Problem(CODE, text, Origin(Source.VARIABLE, name=shown), hint=hint, severity=Severity.WARNING)
