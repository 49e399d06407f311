"""What reading an option costs, and evaluating a toggle."""

from __future__ import annotations

import functools
import random
from collections.abc import Mapping
from typing import Any

import attrs
import dynaconf

import traitconf as tc
import workers
from corpus import ON, TENANTS, Named
from hosts import host_class
from rounds import Contender, measure
from row import Row
from samples import Samples
from table import Table


@attrs.frozen
class Slots:
    """A frozen object with a slot, as one writes it by hand."""

    limit: int = 3


def deal_reads() -> Mapping[str, Contender]:
    """Make the contenders that read an option."""
    model = host_class(Named)
    trait = {"trait": Named, "model": model}
    return {
        "slot": Contender("held.limit", {"held": Slots()}),
        "held": Contender("held.limit", {"held": tc.resolve(Named, model, ON)}),
        "reader": Contender("named().limit", {"named": tc.reader(Named, model)}, _tenant),
        "resolve": Contender("tc.resolve(trait, model).limit", {"tc": tc, **trait}, _tenant),
        "dynaconf": Contender("settings.NAMED.limit", {"settings": _dynaconf()}),
    }


def deal_toggles(model: type[Any]) -> Mapping[str, Contender]:
    """Make the contenders that ask for a tenant whether something is on."""
    flags = {tenant: {"named": on, "starred": on} for tenant, on in TENANTS.items()}
    assert all(tc.enabled(Named, model, tenant) is on for tenant, on in TENANTS.items())
    return {
        "dict": Contender("flags[{item}]['named']", {"flags": flags}),
        "enabled": Contender("tc.enabled(trait, model, {item})", {"tc": tc, "trait": Named, "model": model}),
    }


def _tenant() -> Any:
    return tc.tenant(ON)


def _dynaconf() -> Any:
    return dynaconf.Dynaconf(settings_files=[], core_loaders=[], loaders=[], NAMED={"limit": 3})


def measure_reads(rounds: int) -> Samples:
    """Measure the reads in this process."""
    return measure(deal_reads, rounds)


def measure_toggles(rounds: int) -> Samples:
    """Measure the toggles of one model in this process: what further models add for each tenant is no part of it."""
    model, tenants = host_class(Named), random.sample([*TENANTS], len(TENANTS))
    return measure(lambda: deal_toggles(model), rounds, tenants)


READS = Table(
    name="reads",
    method="processor time less the empty loop",
    rows=(
        Row("read an option of a held resolved trait", "slot attribute", "held", "slot", 1.05),
        Row("read through the context: tc.reader(T, Model)().option", "slot attribute", "reader", "slot", 12),
        Row(
            "read through the context: tc.resolve(T, Model).option",
            "slot attribute",
            "resolve",
            "slot",
            aside="no budget",
        ),
        Row("dynaconf: settings.SECTION.option, no tenants", "slot attribute", "dynaconf", "slot"),
    ),
    rounds=240,
    measure=functools.partial(workers.measure, "reads"),
)
TOGGLES = Table(
    name="toggles",
    method=f"{len(TENANTS)} tenants in random order, processor time less the empty loop",
    rows=(Row("evaluate a toggle, tenant switching each time", "d[tenant][flag]", "enabled", "dict", 6),),
    rounds=96,
    measure=functools.partial(workers.measure, "toggles"),
)
