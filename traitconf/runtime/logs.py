"""What the runtime says in the log; without an application's handler, nothing is heard of it."""

from __future__ import annotations

import logging
from typing import Final

from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog

log: Final = logging.getLogger("traitconf")
log.addHandler(logging.NullHandler())


def log_shadowing(resolver: Resolver, catalog: Catalog) -> None:
    """Log how many definitions of files the environment leaves without effect; counted only where it is heard.

    Args:
        resolver: over the graph.
        catalog: the known traits and models.
    """
    if not log.isEnabledFor(logging.INFO):
        return
    from traitconf.resolve.shadowed import environment_shadows

    if count := environment_shadows(resolver, catalog):
        noun = "definition of a file has" if count == 1 else "definitions of files have"
        log.info("%d %s no effect: environment variables are stronger; traitconf lint shows more", count, noun)
