"""What reading an option costs, and evaluating a toggle; and the same with many tenants held."""

from __future__ import annotations

import dataclasses
import functools
import random
from collections.abc import Mapping
from typing import Any

import attrs

import peers
import traitconf as tc
import workers
from corpora import Extent
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


def measure_reads(rounds: int) -> Samples:
    """Measure the reads in this process."""
    return measure(deal_reads, rounds)


def measure_peer_reads(rounds: int) -> Samples:
    """Measure reads through the peers in this process, beside a slot."""
    deal = {"slot": Contender("held.limit", {"held": Slots()}), **peers.contenders()}
    return Samples(measure(lambda: deal, rounds).seconds, peers.absent())


def measure_toggles(rounds: int) -> Samples:
    """Measure the toggles of one model in this process: what further models add for each tenant is no part of it."""
    model, tenants = host_class(Named), random.sample([*TENANTS], len(TENANTS))
    return measure(lambda: deal_toggles(model), rounds, tenants)


OWN_READS = (
    Row("read an option of a held resolved trait", "slot attribute", "held", "slot", 1.05),
    Row("read through the context: tc.reader(T, Model)().option", "slot attribute", "reader", "slot", 12),
    Row(
        "read through the context: tc.resolve(T, Model).option", "slot attribute", "resolve", "slot", aside="no budget"
    ),
)
READS = Table(
    name="reads",
    method="processor time less the empty loop",
    rows=OWN_READS,
    rounds=240,
    measure=functools.partial(workers.measure, "reads"),
)
PEER_READS = Table(
    name="reads through peers",
    method="one held object, no tenants, processor time less the empty loop",
    rows=tuple(Row(f"{peer}: settings.section.option", "slot attribute", peer, "slot") for peer in peers.MODULES),
    rounds=24,
    measure=functools.partial(workers.measure, "peer reads", workers=3),
)
TOGGLES = Table(
    name="toggles",
    method=f"{len(TENANTS)} tenants in random order, processor time less the empty loop",
    rows=(Row("evaluate a toggle, tenant switching each time", "d[tenant][flag]", "enabled", "dict", 6),),
    rounds=96,
    measure=functools.partial(workers.measure, "toggles"),
)


def held_tables(extent: Extent) -> tuple[Table, ...]:
    """Return the same tables with many tenants held beside those that are asked for.

    Args:
        extent: how many.
    """
    more = {"workers": 3, "extra": extent.most}
    return (
        dataclasses.replace(
            READS,
            name=f"reads, {extent.most:,} tenants held",
            rows=OWN_READS,
            rounds=60,
            measure=functools.partial(workers.measure, "reads", **more),
        ),
        dataclasses.replace(
            TOGGLES,
            name=f"toggles, {extent.most:,} tenants held",
            rounds=36,
            measure=functools.partial(workers.measure, "toggles", **more),
        ),
    )
