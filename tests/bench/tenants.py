"""The corpus of many tenants: one global file, 50 models with 4 overrides each, N tenants with 5 overrides each.

Three overrides of a tenant hold for all models, two for one model. Every tenant's are drawn by its own number, so that
a corpus is the beginning of every larger one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

import traitconf as tc

MODELS: Final = tuple(f"Model{number:02}" for number in range(50))
CHOICES: Final[Mapping[str, Sequence[Any]]] = {
    "store.ttl": range(10, 1000, 10),
    "store.backend": ("memory", "redis", "disk"),
    "store.max_size": (256, 512, 1024, 2048),
    "store.prefix": [f"p{number}" for number in range(100)],
    "store.redis.host": [f"redis-{number}.example" for number in range(50)],
    "store.redis.port": range(6300, 6500),
    "store.redis.db": range(16),
    "bus.max_listeners": range(8, 129, 8),
    "bus.async_dispatch": (False, True),
    "jobs.retries": range(11),
    "jobs.timeout": [number / 2 for number in range(1, 121)],
    "gauges.sample_rate": [number / 20 for number in range(1, 21)],
    "lines.level": ("DEBUG", "INFO", "WARNING", "ERROR"),
    "features.audit": (False, True),
    "features.search": (False, True),
    "features.versioning": (False, True),
}
"""What overrides are drawn from: options with their values."""


@attrs.frozen(kw_only=True)
class Redis:
    """Record: where the store is."""

    host: str = tc.option("localhost", doc="Its host.")
    port: int = tc.option(6379, ge=1, le=65535, doc="Its port.")
    db: int = tc.option(0, ge=0, doc="Its number.")
    timeout: float = tc.option(1.5, ge=0, doc="How long to wait.")


@attrs.frozen(kw_only=True)
class Store:
    """Record: a store."""

    enabled: bool = tc.option(True, doc="Whether it is used.")
    ttl: int = tc.option(300, ge=0, doc="Seconds.")
    backend: str = tc.option("memory", one_of=("memory", "redis", "disk"), doc="What it is.")
    max_size: int = tc.option(1024, ge=1, doc="Entries.")
    prefix: str = tc.option("tc", doc="Of its keys.")
    redis: Redis = tc.option(Redis(), doc="Where it is.")


@attrs.frozen(kw_only=True)
class Bus:
    """Record: a bus."""

    enabled: bool = tc.option(True, doc="Whether it is used.")
    name: str = tc.option("local", doc="Its name.")
    async_dispatch: bool = tc.option(False, doc="Whether it is asynchronous.")
    max_listeners: int = tc.option(64, ge=1, doc="How many may listen.")


@attrs.frozen(kw_only=True)
class Jobs:
    """Record: jobs."""

    enabled: bool = tc.option(False, doc="Whether they are queued.")
    name: str = tc.option("default", doc="Of their queue.")
    retries: int = tc.option(3, ge=0, le=10, doc="How often.")
    timeout: float = tc.option(30.0, ge=0, doc="Seconds.")


@attrs.frozen(kw_only=True)
class Gauges:
    """Record: measurements."""

    enabled: bool = tc.option(True, doc="Whether they are taken.")
    prefix: str = tc.option("app", doc="Of their names.")
    sample_rate: float = tc.option(1.0, ge=0, le=1, doc="Share that is taken.")


@attrs.frozen(kw_only=True)
class Lines:
    """Record: a log."""

    enabled: bool = tc.option(True, doc="Whether it is written.")
    level: str = tc.option("INFO", one_of=("DEBUG", "INFO", "WARNING", "ERROR"), doc="From which level on.")


@attrs.frozen(kw_only=True)
class Features:
    """Record: features."""

    soft_delete: bool = tc.option(False, doc="A feature.")
    audit: bool = tc.option(False, doc="A feature.")
    search: bool = tc.option(False, doc="A feature.")
    versioning: bool = tc.option(False, doc="A feature.")


@tc.trait
class Site(tc.TraitBase):
    """26 options on three levels, beside those that every trait has."""

    store: Store = tc.option(Store(), doc="The store.")
    bus: Bus = tc.option(Bus(), doc="The bus.")
    jobs: Jobs = tc.option(Jobs(), doc="The jobs.")
    gauges: Gauges = tc.option(Gauges(), doc="The measurements.")
    lines: Lines = tc.option(Lines(), doc="The log.")
    features: Features = tc.option(Features(), doc="The features.")


@attrs.frozen
class Held:
    """The same 26 values as a program holds them that knows no tenants."""

    store: Store = Store()
    bus: Bus = Bus()
    jobs: Jobs = Jobs()
    gauges: Gauges = Gauges()
    lines: Lines = Lines()
    features: Features = Features()


DISTINCT: Final = 10_000
"""How many different tables of tenants there are."""


def name_of(number: int) -> str:
    """Return a tenant's id."""
    return f"t{number:06}"


def table_of(number: int) -> dict[str, Any]:
    """Return what is written of a tenant: three overrides for all models, two for one."""
    drawn = random.Random(number)  # noqa: S311 -- no secret
    wide, narrow = _drawn(drawn, 3), _drawn(drawn, 2)
    return {"site": wide, "models": {drawn.choice(MODELS): {"site": narrow}}}


def document(tenants: int) -> dict[str, Any]:
    """Return the document of all tenants; beyond 10,000 their tables repeat, their ids do not."""
    tables = [table_of(number) for number in range(min(tenants, DISTINCT))]
    return {"tenants": {name_of(number): tables[number % DISTINCT] for number in range(tenants)}}


def globals_and_models() -> dict[str, Any]:
    """Return the document that holds for all tenants: every option once, and four overrides for each model."""
    drawn = random.Random("models")  # noqa: S311 -- no secret
    everything = attrs.asdict(Held())
    return {"traits": {"site": everything}, "models": {model: {"site": _drawn(drawn, 4)} for model in MODELS}}


def _drawn(drawn: random.Random, count: int) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name in drawn.sample([*CHOICES], count):
        put(table, name, drawn.choice(CHOICES[name]))
    return table


def put(table: dict[str, Any], name: str, value: Any) -> None:
    """Put a value below a dotted name."""
    *sections, option = name.split(".")
    for section in sections:
        table = table.setdefault(section, {})
    table[option] = value


def write(directory: Path, tenants: int, suffix: str = ".json") -> Path:
    """Write the corpus; return the file of the tenants.

    Args:
        directory: where.
        tenants: how many.
        suffix: format of the tenants' file.
    """
    (directory / "common.json").write_text(json.dumps(globals_and_models()), encoding="utf-8")
    path = directory / f"customers{suffix}"
    text = json.dumps(document(tenants)) if suffix == ".json" else as_toml(document(tenants))
    path.write_text(text, encoding="utf-8")
    return path


def as_toml(table: Mapping[str, Any], path: str = "") -> str:
    """Return a nested table as TOML, as people write it: a heading for each table that holds values."""
    values = {name: value for name, value in table.items() if not isinstance(value, dict)}
    lines = [f"[{path}]\n"] if path and values else []
    lines += [f"{name} = {json.dumps(value)}\n" for name, value in values.items()]
    for name, inner in table.items():
        if isinstance(inner, dict):
            lines.append(as_toml(inner, f"{path}.{name}" if path else name))
    return "".join(lines)
