"""The options of the section `[runtime.telemetry]`: where metrics go, and how much of them there may be."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import attrs

from traitconf.schema.options import option


@attrs.frozen(kw_only=True)
class StatsdOptions:
    """Record: the sink `statsd`, section `[runtime.telemetry.statsd]`."""

    url: str = option(
        "udp://127.0.0.1:8125",
        pattern=r"(udp|tcp)://[^/:\s]+:\d+|(udp|tcp)://\[[0-9a-fA-F:]+\]:\d+|unix:///.+",
        doc="Where the daemon listens: udp://HOST:PORT, tcp://HOST:PORT or unix:///PATH.",
    )
    tags: Literal["dogstatsd", "graphite", "plain"] = option(
        "dogstatsd", doc="How tags are written: |#k:v, ;k=v, or as parts of the name."
    )
    prefix: str = option("", doc="What stands before every name.")
    timeout: timedelta = option(
        timedelta(seconds=1), ge=timedelta(milliseconds=1), doc="How long a connection may block its thread."
    )
    packet: int = option(1432, ge=64, le=65_000, doc="Largest datagram of UDP, in bytes.")
    resolve: timedelta = option(timedelta(minutes=1), doc="After how long the host's name is looked up again.")


@attrs.frozen(kw_only=True)
class PrometheusOptions:
    """Record: the sink `prometheus`, section `[runtime.telemetry.prometheus]`."""

    address: str = option(
        "",
        pattern=r"|[^/]*:\d+",
        doc="HOST:PORT where the metrics are served; empty where the application serves them itself.",
    )


@attrs.frozen(kw_only=True)
class TelemetryOptions:
    """Record: where metrics and traces go, section `[runtime.telemetry]`."""

    sinks: tuple[str, ...] = option(
        (), doc="Where metrics are sent: file, statsd, otel, prometheus, or what an installed package offers."
    )
    interval: timedelta = option(timedelta(seconds=10), ge=timedelta(milliseconds=10), doc="How often they are sent.")
    series: int = option(2000, ge=1, doc="How many series an instrument may have; further ones are counted together.")
    top_k: int = option(50, ge=1, doc="How many tenants have series of their own where tenant_tag is top_k.")
    directory: str = option(
        ".traitconf/metrics",
        doc="Where the sink file writes, one file for each process; traitconf metrics reads it.",
    )
    traces: bool = option(False, doc="Whether every call of an operation is a span of OpenTelemetry.")
    statsd: StatsdOptions = option(StatsdOptions(), doc="The sink statsd.")
    prometheus: PrometheusOptions = option(PrometheusOptions(), doc="The sink prometheus.")
