from __future__ import annotations

import logging

import pytest

from traitconf.runtime.family import CANDIDATES, ByTenant, Family
from traitconf.runtime.instrument import Instrument
from traitconf.runtime.telemetry import Metrics

OVERFLOW = "traitconf.metrics.overflow"


def test_the_budget_counts_the_excess_together(caplog):
    """Series beyond the budget are counted in one, said once, and counted as refused; nothing is lost."""
    metrics = Metrics(budget=3)
    with caplog.at_level(logging.WARNING, "traitconf.metrics"):
        for number in range(10):
            metrics.count("shop.sales", 2, shop=f"s{number}")
    assert metrics.counter("shop.sales") == 20
    assert [metrics.counter("shop.sales", shop=f"s{number}") for number in (0, 2, 3)] == [2, 2, 0]
    assert metrics.counter("shop.sales", shop="__other__") == 14
    assert metrics.counter(OVERFLOW, instrument="shop.sales") == 7
    assert [record.getMessage() for record in caplog.records] == [
        "shop.sales has 3 series; further ones are counted together"
    ]


def test_beyond_the_budget_what_code_says_is_kept():
    """Where it is the tenants that are too many, the other tags of the rest stay."""
    family = Family(Instrument("calls", "counter", tags=("outcome", "tenant")), budget=4)
    for number in range(4):
        family.cell({"outcome": "ok", "tenant": f"t{number}"})
    for outcome in ("ok", "failed"):
        cell, is_own = family.cell({"outcome": outcome, "tenant": "late"})
        assert cell is family.cells[outcome, "__other__"]
        assert not is_own


def test_no_more_series_than_twice_the_budget():
    """However many tags there are, there is a last series that takes all."""
    metrics = Metrics(budget=5)
    for number in range(100):
        metrics.count("calls", outcome=f"o{number}", tenant=f"t{number}")
    assert len(metrics._families["calls"].cells) <= 11
    assert metrics.counter("calls") == 100


def test_tags_are_a_closed_list():
    """A tag that an instrument does not have is refused and counted; the caller does not hear of it."""
    metrics = Metrics()
    metrics.count("shop.sales", shop="a")
    metrics.count("shop.sales", user="u1")
    metrics.count("traitconf.config.published", user="u1")
    assert metrics.counter("shop.sales") == 1
    assert metrics.counter("traitconf.config.published") == 0
    assert metrics.counter("traitconf.metrics.refused", reason="tag") == 2


def test_long_values_are_cut():
    """A tag's value that somebody typed cannot fill the memory."""
    metrics = Metrics()
    metrics.count("shop.sales", shop="x" * 10_000)
    (point,) = (point for point in metrics.points() if point.instrument.name == "shop.sales")
    assert len(dict(point.tags)["shop"]) == 120


class Tally:
    """A number."""

    def __init__(self):
        self.count = 0


@pytest.fixture
def table():
    """A table of two places, and everything that was made for it."""
    made = {}

    def make(tag):
        return made.setdefault(tag, Tally()), True

    table = ByTenant(make, lambda tally: tally.count, most=2)
    table.made = made
    return table


def counted(table, **times):
    for tenant, count in times.items():
        for _ in range(count):
            table[tenant].count += 1


def test_places_go_to_the_busiest(table):
    """A tenant that was busier since the last look takes the place of one that was less; sums are never moved."""
    counted(table, a=10, b=1, c=5)
    table.rebalance()
    assert sorted(table) == ["a", "c"]
    counted(table, a=1, b=2, c=5)
    assert {tag: tally.count for tag, tally in table.made.items()} == {"a": 11, "b": 1, "c": 5, "__other__": 7}
    table.rebalance()
    assert sorted(table) == ["b", "c"]


def test_a_tie_changes_nothing(table):
    """Who is only as busy as the one that has the place waits."""
    counted(table, a=2, b=2, c=2)
    table.rebalance()
    assert sorted(table) == ["a", "b"]


def test_a_million_names_cost_no_memory(table):
    """Of tenants without a place only so many are counted, and only until the next look."""
    for number in range(CANDIDATES + 500):
        table[f"t{number}"].count += 1
    assert len(table._candidates) == CANDIDATES
    table.rebalance()
    assert (len(table), len(table._candidates)) == (2, 0)
    assert sum(tally.count for tally in table.made.values()) == CANDIDATES + 500


def test_beyond_the_budget_no_tenant_is_remembered():
    """With `all`, tenants that the budget does not allow leave nothing behind but their counts."""
    metrics = Metrics(budget=2)
    table = ByTenant(lambda tag: metrics.own_series("x.y", "counter", {"tenant": tag}), lambda cell: cell.value)
    for number in range(50):
        next(table[f"t{number}"].ticks)
    assert len(table) == 2
    assert metrics.counter("x.y") == 50
    assert metrics.counter("x.y", tenant="__other__") == 48


def test_the_number_of_places_follows_the_configuration(tc_config):
    """`runtime.telemetry.top_k` holds for tables that are there already."""
    runtime = tc_config({})
    metrics = runtime.services.metrics
    metrics.tables["x",] = ByTenant(lambda tag: (Tally(), True), lambda tally: tally.count, most=50)
    (runtime.paths[0] / "runtime.toml").write_text("[telemetry]\ntop_k = 3\n", encoding="utf-8")
    runtime.reload()
    assert (metrics.top_k, metrics.tables["x",].most) == (3, 3)
