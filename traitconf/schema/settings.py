"""`RuntimeSettings`: the framework's own settings, declared, addressed and explained like the options of a trait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

import attrs

from traitconf.schema.options import option
from traitconf.schema.spec import TraitSpec
from traitconf.schema.telemetry_settings import TelemetryOptions
from traitconf.schema.trait import record_spec
from traitconf.types import ByteSize, FrozenMap, Secret


@attrs.frozen(kw_only=True)
class WatchOptions:
    """Record: whether and how the files of the configuration are watched, section `[runtime.watch]`."""

    enabled: bool = option(False, doc="Whether changed files are read again by themselves.")
    interval: timedelta = option(
        timedelta(seconds=1),
        ge=timedelta(milliseconds=1),
        doc="How often the files are looked at; ten times longer where the system tells of changes.",
    )
    debounce: timedelta = option(
        timedelta(milliseconds=200), ge=timedelta(0), doc="How long nothing more may change before they are read."
    )
    force_polling: bool = option(
        False, doc="Whether to look at the files even where the system could tell; for network file systems."
    )


@attrs.frozen(kw_only=True)
class DirectoryOptions:
    """Record: how the tenant directory is asked, section `[runtime.directory]`."""

    ttl: timedelta = option(
        timedelta(seconds=30), ge=timedelta(milliseconds=10), doc="How long an answer about a tenant holds."
    )
    timeout: timedelta = option(
        timedelta(milliseconds=500),
        ge=timedelta(0),
        doc="How long an answer may take before the last known one counts.",
    )
    size: int = option(10_000, ge=1, doc="About how many tenants' answers are kept.")


@attrs.frozen(kw_only=True)
class EventSettings:
    """Record: what is kept of events, section `[runtime.events]`."""

    journal: str = option("", doc="File that gets a line for every event, which `traitconf events tail` follows.")
    journal_size: ByteSize = option(ByteSize(10_000_000), doc="How large it grows before a new one is begun.")
    values: bool = option(False, doc="Whether it holds the values of payloads as well, and not only their names.")


@attrs.frozen(kw_only=True)
class CacheSettings:
    """Record: where results are cached, section `[runtime.cache]`."""

    store: Literal["memory", "redis"] = option("memory", doc="Where results are kept: in each process, or in Redis.")
    url: Secret[str] = option(Secret("redis://localhost:6379/0"), doc="Where Redis is; it may hold a password.")
    namespace: str = option("", doc="What this application's keys begin with; by default runtime.app.")
    size: int = option(10_000, ge=1, doc="How many results a process keeps in memory.")
    timeout: timedelta = option(
        timedelta(milliseconds=250), ge=timedelta(milliseconds=1), doc="How long the store may take to answer."
    )
    pause: timedelta = option(
        timedelta(seconds=5), ge=timedelta(0), doc="How long a store that fails is left alone; calls compute meanwhile."
    )


@attrs.frozen(kw_only=True)
class RuntimeSettings:
    """Record: the framework's own settings, section `[runtime]`.

    >>> RuntimeSettings().unknown_tenants
    'allow'
    """

    app: str = option("", doc="Module that the command line imports to know the application's traits and models.")
    default_extends: tuple[str, ...] = option((), doc="Groups of a tenant that has no extends of its own.")
    unknown_tenants: Literal["allow", "warn", "error"] = option(
        "allow", doc="What to do about a tenant that no file and no directory names."
    )
    tenant_mismatch: Literal["error", "warn", "instance"] = option(
        "error",
        doc="What to do when an object of a class with tenant_of belongs to another tenant than the running one:"
        " refuse the call, or run it for the object's tenant, with a warning or without.",
    )
    secret_roots: tuple[str, ...] = option(
        ("/run/secrets",),
        doc="Directories below which file: secrets may lie; relative ones are below the configuration directory.",
    )
    conflicts: Literal["lint", "error"] = option(
        "lint", doc="What to do about two files of the same rank that define the same option."
    )
    loaders: tuple[str, ...] = option(
        (), doc="Modules of dynaconf loaders that are read as sources, above the files and below the variables."
    )
    loader_settings: Mapping[str, Secret[str]] = option(
        FrozenMap(),
        doc="Settings of dynaconf for its loaders, each as one exports it: REDIS_URL_FOR_DYNACONF and so on.",
    )
    loader_timeout: timedelta = option(timedelta(seconds=10), doc="How long one loader may take.")
    watch: WatchOptions = option(WatchOptions(), doc="Watching the files of the configuration.")
    directory: DirectoryOptions = option(DirectoryOptions(), doc="Asking the tenant directory.")
    events: EventSettings = option(EventSettings(), doc="The journal of events.")
    telemetry: TelemetryOptions = option(TelemetryOptions(), doc="Where metrics and traces go.")
    cache: CacheSettings = option(CacheSettings(), doc="Where the results of cached operations are kept.")


RUNTIME: Final = record_spec(RuntimeSettings, "runtime")
SETTINGS_SPECS: Final[Mapping[str, TraitSpec]] = {"runtime": RUNTIME}
