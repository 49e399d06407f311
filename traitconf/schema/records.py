"""The option records that every trait has from `TraitBase`: what they govern is the work of `runtime`."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import attrs

from traitconf.schema.options import option


@attrs.frozen(kw_only=True)
class EventOptions:
    """Record: event dispatching of a trait."""

    enabled: bool = option(True, doc="Whether the trait's events are dispatched.")
    only: tuple[str, ...] = option((), doc="Names of the only events to dispatch; empty means all.")
    sample: float = option(1.0, ge=0, le=1, doc="Share of events that is dispatched.")


@attrs.frozen(kw_only=True)
class MetricOptions:
    """Record: metric recording of a trait."""

    enabled: bool = option(True, doc="Whether the trait's metrics are recorded.")
    tenant_tag: Literal["off", "top_k", "all"] = option("off", doc="Whether metrics carry the tenant as a tag.")
    sample: float = option(
        1.0,
        ge=0,
        le=1,
        doc="Share of calls that is timed, and of values that is recorded; counters count all.",
    )


@attrs.frozen(kw_only=True)
class CacheOptions:
    """Record: caching of the operations declared with `cache=True`."""

    enabled: bool = option(True, doc="Whether results are cached.")
    ttl: timedelta = option(timedelta(minutes=5), doc="How long a result is fresh.")
    stale: timedelta = option(timedelta(0), doc="How long a stale result may be served while it is computed again.")
    stale_if_error: timedelta = option(
        timedelta(0), doc="How long a stale result may be served because computing it again fails."
    )
    negative_ttl: timedelta = option(timedelta(0), doc="How long an empty result, None, is kept.")
    jitter: float = option(0.1, ge=0, le=1, doc="Share by which a lifetime varies, so that entries expire apart.")
    store: Literal["default", "memory", "redis"] = option(
        "default", doc="Where results are kept; as runtime.cache.store says, or always there."
    )
    vary: tuple[str, ...] = option(
        (), one_of=("actor", "request_id"), doc="Values of the running context that are part of the key."
    )


@attrs.frozen(kw_only=True)
class LogOptions:
    """Record: structured logging of a trait."""

    level: Literal["debug", "info", "warning", "error", "off"] = option("info", doc="Lowest level that is logged.")
    sample: float = option(1.0, ge=0, le=1, doc="Share of lines that is logged; warnings and errors always are.")
    fields: tuple[str, ...] = option((), doc="Names of the host's fields that every line carries.")


@attrs.frozen(kw_only=True)
class QueueOptions:
    """Record: where and how the operations declared with `queue=True` run."""

    mode: Literal["inline", "after_commit", "background"] = option("inline", doc="When and where a job runs.")
    name: str = option("default", doc="Name of the queue.")
    retries: int = option(3, ge=0, doc="How often a failed job is tried again.")
    backoff: timedelta = option(timedelta(seconds=2), doc="Delay before the first retry; it doubles each time.")
    timeout: timedelta = option(timedelta(minutes=5), doc="How long one attempt may take.")
    unique: bool = option(False, doc="Whether an equal job that still waits suppresses a new one.")
