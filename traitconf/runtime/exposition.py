"""Metrics in the text format of Prometheus, and the names that they have there."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_]")
_UNITS: Final = {"s": "seconds", "By": "bytes"}
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


def metric_name(full_name: str, kind: str, unit: str) -> str:
    """Return the name of an instrument in Prometheus.

    >>> metric_name("traitconf.operation.duration", "histogram", "s")
    'traitconf_operation_duration_seconds'
    >>> metric_name("traitconf.operation.calls", "counter", "1")
    'traitconf_operation_calls_total'

    Args:
        full_name: dotted, below `traitconf.`.
        kind: counter, histogram or gauge.
        unit: UCUM unit.
    """
    name = _UNSAFE.sub("_", full_name)
    suffix = _UNITS.get(unit, "")
    if suffix and not name.endswith(f"_{suffix}"):
        name += f"_{suffix}"
    return f"{name}_total" if kind == "counter" else name


def label_name(tag: str) -> str:
    """Return the name of a tag in Prometheus."""
    return _UNSAFE.sub("_", tag)


def exposition(series: Iterable[Mapping[str, Any]]) -> str:
    """Return series as Prometheus reads them.

    Args:
        series: each as the sink `file` writes it.
    """
    named = [(metric_name(one["name"], one["kind"], one["unit"]), one) for one in series]
    lines: list[str] = []
    for name, group in itertools.groupby(sorted(named, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        found = [one for _, one in group]
        lines += [f"# HELP {name} {_escaped(found[0]['doc'])}", f"# TYPE {name} {found[0]['kind']}"]
        for one in found:
            lines += _histogram(name, one) if one["kind"] == "histogram" else _plain(name, one)
    return "\n".join([*lines, ""])


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _plain(name: str, one: Mapping[str, Any]) -> Iterator[str]:
    yield f"{name}{_labels(one['tags'])} {_number(one['value'])}"


def _histogram(name: str, one: Mapping[str, Any]) -> Iterator[str]:
    bounds = [*one["bounds"], math.inf]
    for bound, count in zip(bounds, itertools.accumulate(one["buckets"]), strict=True):
        yield f"{name}_bucket{_labels({**one['tags'], 'le': _number(bound)})} {count}"
    yield f"{name}_sum{_labels(one['tags'])} {_number(one['total'])}"
    yield f"{name}_count{_labels(one['tags'])} {sum(one['buckets'])}"


def _labels(tags: Mapping[str, str]) -> str:
    written = ",".join(f'{label_name(tag)}="{value.translate(_ESCAPES)}"' for tag, value in tags.items())
    return f"{{{written}}}" if written else ""


def _number(value: float) -> str:
    if value == math.inf:
        return "+Inf"
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
