"""A dashboard of Grafana, made from the catalogue of instruments: a panel for what each of them tells."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from traitconf.runtime.exposition import metric_name
from traitconf.runtime.instrument import CALLS, DURATION, Instrument

SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
_WIDTH, _HEIGHT = 12, 8
_UNITS: Final = {"s": "s", "By": "bytes"}
_OPERATION: Final = '{{trait=~"$trait"{more}}}'


def dashboard(instruments: Mapping[str, Instrument]) -> dict[str, Any]:
    """Return the dashboard, ready for JSON.

    Args:
        instruments: by name, those of the framework among them.
    """
    own = [one for one in instruments.values() if not one.name.startswith("traitconf.")]
    rest = [one for one in instruments.values() if one not in own and one.name not in (CALLS, DURATION)]
    rows = (
        ("Operations", _operations(instruments)),
        ("Traits", map(_panel, own)),
        ("The framework itself", map(_panel, rest)),
    )
    return {
        "uid": "traitconf",
        "title": "traitconf",
        "tags": ["traitconf"],
        "schemaVersion": 39,
        "time": {"from": "now-1h", "to": "now"},
        "refresh": "30s",
        "templating": {"list": [_source(), _trait(instruments)]},
        "panels": [*_placed(rows)],
    }


def _source() -> dict[str, Any]:
    return {"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}


def _trait(instruments: Mapping[str, Instrument]) -> dict[str, Any]:
    query = f"label_values({prometheus_name(instruments[CALLS])}, trait)"
    more = {"includeAll": True, "multi": True, "allValue": ".*", "current": {"text": "All", "value": "$__all"}}
    return {"name": "trait", "label": "Trait", "type": "query", "datasource": SOURCE, "query": query, **more}


def prometheus_name(instrument: Instrument, part: str = "") -> str:
    """Return the name of an instrument in Prometheus.

    Args:
        instrument: declared.
        part: of a histogram: `_bucket`, `_sum` or `_count`.
    """
    return metric_name(instrument.full_name, instrument.kind, instrument.unit) + part


def _operations(instruments: Mapping[str, Instrument]) -> Iterator[dict[str, Any]]:
    calls, buckets = prometheus_name(instruments[CALLS]), prometheus_name(instruments[DURATION], "_bucket")
    every, failed = _OPERATION.format(more=""), _OPERATION.format(more=', outcome="failed"')
    rate = f"sum by (trait, operation) (rate({calls}{{}}[$__rate_interval]))"
    legend = "{{trait}}.{{operation}}"
    outcomes = f"sum by (outcome) (rate({calls}{every}[$__rate_interval]))"
    yield _graph("Calls", "How many calls a second.", "reqps", [(rate.replace("{}", every), legend)])
    ratio = f"{rate.replace('{}', failed)} / {rate.replace('{}', every)}"
    yield _graph("Failures", "Share of the calls that raised.", "percentunit", [(ratio, legend)])
    inner = f"sum by (le, trait, operation) (rate({buckets}{every}[$__rate_interval]))"
    lines = [(f"histogram_quantile({share}, {inner})", f"{legend} p{share * 100:.0f}") for share in (0.5, 0.95)]
    yield _graph("Durations", instruments[DURATION].doc, "s", lines)
    yield _graph("Outcomes", "How calls ended.", "reqps", [(outcomes, "{{outcome}}")])


def _panel(instrument: Instrument) -> dict[str, Any]:
    """Return the panel of an instrument of no special meaning."""
    unit = _UNITS.get(instrument.unit, "short")
    by = ", ".join(tag for tag in instrument.tags if tag != "tenant")
    legend = " ".join(f"{{{{{tag}}}}}" for tag in instrument.tags if tag != "tenant") or instrument.name
    total = f"sum by ({by})" if by else "sum"
    if instrument.kind == "counter":
        query = f"{total} (rate({prometheus_name(instrument)}[$__rate_interval]))"
        return _graph(instrument.name, instrument.doc, "cps", [(query, legend)])
    if instrument.kind == "gauge":
        query = f"{prometheus_name(instrument)}"
        return _graph(instrument.name, instrument.doc, unit, [(query, "{{instance}} " + legend)])
    inner = f"sum by (le{', ' + by if by else ''}) (rate({prometheus_name(instrument, '_bucket')}[$__rate_interval]))"
    lines = [(f"histogram_quantile({share}, {inner})", f"{legend} p{share * 100:.0f}") for share in (0.5, 0.95)]
    return _graph(instrument.name, instrument.doc, unit, lines)


def _graph(title: str, doc: str, unit: str, lines: Iterable[tuple[str, str]]) -> dict[str, Any]:
    targets = [
        {"refId": chr(ord("A") + number), "datasource": SOURCE, "expr": query, "legendFormat": legend}
        for number, (query, legend) in enumerate(lines)
    ]
    defaults = {"defaults": {"unit": unit, "min": 0}, "overrides": list[Any]()}
    looks = {"type": "timeseries", "title": title, "description": doc, "datasource": SOURCE}
    return {**looks, "fieldConfig": defaults, "targets": targets}


def _placed(rows: Iterable[tuple[str, Iterable[dict[str, Any]]]]) -> Iterator[dict[str, Any]]:
    top, number = 0, itertools.count(1)
    for title, panels in rows:
        found = list(panels)
        if not found:
            continue
        yield {"id": next(number), "type": "row", "title": title, "gridPos": _place(0, top, 24, 1), "panels": []}
        top += 1
        for at, panel in enumerate(found):
            place = _place(at % 2 * _WIDTH, top + at // 2 * _HEIGHT, _WIDTH, _HEIGHT)
            yield {"id": next(number), **panel, "gridPos": place}
        top += (len(found) + 1) // 2 * _HEIGHT


def _place(left: int, top: int, width: int, height: int) -> dict[str, int]:
    return {"x": left, "y": top, "w": width, "h": height}
