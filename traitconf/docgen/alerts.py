"""Alert rules of Prometheus, made from the catalogue of instruments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from traitconf.docgen.dashboard import prometheus_name
from traitconf.runtime.instrument import CALLS, DURATION, Instrument

FAILURES: Final = 0.05
"""Share of failing calls that is too much."""
SLOW: Final = 1.0
"""Seconds that one call in twenty may take."""


@attrs.frozen
class Alert:
    """Record: one rule.

    Attributes:
        name: of the alert.
        query: true where there is something to say.
        lasts: for how long it must be true.
        severity: `warning` or `critical`.
        summary: one line, with what the series is about.
        action: what to do.
    """

    name: str
    query: str
    lasts: str
    severity: str
    summary: str
    action: str


def alerts(instruments: Mapping[str, Instrument]) -> Iterator[Alert]:
    """Yield the rules.

    Args:
        instruments: by name, those of the framework among them.

    Raises:
        KeyError: when a rule is about an instrument that there is not.
    """
    calls, buckets = prometheus_name(instruments[CALLS]), prometheus_name(instruments[DURATION], "_bucket")
    rate = "sum by (job, trait, operation) (rate({}[5m]))"
    failed, every = rate.format(f'{calls}{{outcome="failed"}}'), rate.format(calls)
    quantile = f"histogram_quantile(0.95, sum by (le, job, trait, operation) (rate({buckets}[5m])))"
    which = "{{ $labels.trait }}.{{ $labels.operation }}"
    yield Alert(
        "TraitconfOperationFails",
        f"{failed} / {every} > {FAILURES}",
        "10m",
        "critical",
        f"{which} fails: {{{{ $value | humanizePercentage }}}} of its calls raise.",
        "traitconf metrics top shows which; traitconf explain shows what the trait is configured to do.",
    )
    yield Alert(
        "TraitconfOperationSlow",
        f"{quantile} > {SLOW:g}",
        "10m",
        "warning",
        f"{which} is slow: one call in twenty takes more than {{{{ $value | humanizeDuration }}}}.",
        "traitconf metrics top shows where the time goes.",
    )
    info = prometheus_name(instruments["traitconf.config.info"])
    yield Alert(
        "TraitconfConfigsDiffer",
        f"count by (job) (count by (job, hash) ({info})) > 1",
        "10m",
        "warning",
        "Processes of {{ $labels.job }} run with {{ $value }} different configurations.",
        "One of them could not read the new one, or was not told; its log says why.",
    )
    for name, when, alert in _COUNTED:
        metric = prometheus_name(instruments[f"traitconf.{name}"])
        tags = ", ".join(("job", *(tag for tag in instruments[f"traitconf.{name}"].tags if tag != "tenant")))
        yield Alert(f"Traitconf{alert[0]}", f"sum by ({tags}) (increase({metric}[15m])) > 0", when, *alert[1:])


_COUNTED: Final[tuple[tuple[str, str, tuple[str, str, str, str]], ...]] = (
    (
        "config.failures",
        "0m",
        ("ConfigRefused", "critical", "A new configuration was refused; the old one serves.", "traitconf validate."),
    ),
    (
        "sink.failures",
        "15m",
        ("SinkFails", "warning", "The sink {{ $labels.sink }} takes no metrics.", "The log of the program says why."),
    ),
    (
        "sink.dropped",
        "15m",
        ("SinkDrops", "warning", "The sink {{ $labels.sink }} loses values.", "Tell it more often, or sample."),
    ),
    (
        "metrics.overflow",
        "0m",
        (
            "TooManySeries",
            "warning",
            "{{ $labels.instrument }} has more series than runtime.telemetry.series allows.",
            "Switch its tenant tag to top_k or off.",
        ),
    ),
    (
        "directory.failures",
        "5m",
        ("DirectoryFails", "warning", "The tenant directory does not answer.", "Look at the database behind it."),
    ),
    (
        "requests.refused",
        "15m",
        ("RequestsRefused", "warning", "Requests come without a tenant that is known.", "Look at who sends them."),
    ),
)


def rules(instruments: Mapping[str, Instrument]) -> str:
    """Return the rules as the file that Prometheus reads.

    Args:
        instruments: by name.
    """
    lines = ["groups:", "  - name: traitconf", "    rules:"]
    for alert in alerts(instruments):
        lines += [
            f"      - alert: {alert.name}",
            f"        expr: {_quoted(alert.query)}",
            f"        for: {alert.lasts}",
            "        labels:",
            f"          severity: {alert.severity}",
            "        annotations:",
            f"          summary: {_quoted(alert.summary)}",
            f"          action: {_quoted(alert.action)}",
        ]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
