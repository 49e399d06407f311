"""The counters and histograms that traits declare: which series a value belongs to, and whether it is recorded."""

from __future__ import annotations

import random
from typing import Any

from traitconf.runtime.cell import weight
from traitconf.runtime.family import ByTenant
from traitconf.runtime.instrument import Instrument, Kind
from traitconf.runtime.telemetry import Metrics, put
from traitconf.schema.spec import spec_of


def measure(metrics: Metrics, trait: Any, name: str, value: float, tenant: str | None) -> None:
    """Add to a trait's counter, or record a value of its histogram, as its options say.

    Args:
        metrics: of the runtime that resolved the trait.
        trait: as it is resolved.
        name: of the signal.
        value: the amount or value.
        tenant: id of the running tenant, or none.
    """
    options = trait.metrics
    table = metrics.tables.get((spec_of(trait).name, name, options.tenant_tag))
    if table is None:
        table = _table(metrics, trait, name)
    cell = table[tenant if options.tenant_tag != "off" else None]
    if options.sample < 1 and hasattr(cell, "sample"):
        if random.random() >= options.sample:  # noqa: S311 -- a sample guards no secret
            return
        cell.sample = options.sample
    put(metrics, cell, value)


def _table(metrics: Metrics, trait: Any, name: str) -> ByTenant[Any]:
    spec, mode = spec_of(trait), trait.metrics.tenant_tag
    signal, full = spec.signals[name], f"{spec.name}.{name}"
    kind: Kind = "histogram" if signal.kind == "histogram" else "counter"
    metrics.declare(Instrument(full, kind, signal.doc, signal.unit, ("tenant",)))
    most = metrics.top_k if mode == "top_k" else None
    made = ByTenant(lambda tag: metrics.own_series(full, kind, {"tenant": tag}), weight, most)
    return metrics.tables.setdefault((spec.name, name, mode), made)
