from __future__ import annotations

import itertools
import json
import re

import pytest

import traitconf as tc
from traitconf.docgen.alerts import alerts, rules
from traitconf.docgen.dashboard import dashboard, prometheus_name
from traitconf.runtime.instrument import CALLS, DURATION, catalogue
from traitconf.schema.catalog import catalog


@pytest.fixture
def instruments():
    """The catalogue, with the signals of a trait of ours."""

    @tc.trait(name="page")
    class Page(tc.TraitBase):
        """Give pages."""

        words = tc.counter(doc="Words.")
        size = tc.histogram(unit="By", doc="Size.")
        shown = tc.event(doc="It was shown.")

    return catalogue(catalog)


def test_every_instrument_has_a_panel(instruments):
    """Counters, histograms and gauges are on the dashboard, each with its sentence; events are not instruments."""
    panels = [panel for panel in dashboard(instruments)["panels"] if panel["type"] != "row"]
    assert {"page.words", "page.size", "traitconf.config.info"} <= {panel["title"] for panel in panels}
    assert "page.shown" not in instruments
    shown = {panel["title"]: panel for panel in panels}
    assert shown["page.words"]["description"] == "Words."
    assert shown["page.words"]["targets"][0]["expr"] == "sum (rate(traitconf_page_words_total[$__rate_interval]))"
    assert shown["page.size"]["fieldConfig"]["defaults"]["unit"] == "bytes"
    asked = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    for one in instruments.values():
        assert prometheus_name(one, "_bucket" if one.kind == "histogram" else "") in asked
    assert instruments[CALLS].doc
    assert instruments[DURATION].doc


def test_every_name_that_is_asked_exists(instruments):
    """Queries of the dashboard and of the rules ask for no series that nobody writes."""
    written = {
        prometheus_name(one, part)
        for one in instruments.values()
        for part in (("_bucket", "_sum", "_count") if one.kind == "histogram" else ("",))
    }
    queries = [json.dumps(dashboard(instruments)), *(alert.query for alert in alerts(instruments))]
    asked = {name for query in queries for name in re.findall(r"\btraitconf_\w+", query)}
    assert asked
    assert asked <= written


def test_panels_do_not_overlap(instruments):
    """Each panel has an id and a place of its own."""
    panels = dashboard(instruments)["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    for one, other in itertools.combinations(places, 2):
        apart_x = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_y = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_x or apart_y


def test_both_are_the_same_every_time(instruments):
    """Nothing in them depends on when or where they are made."""
    assert json.dumps(dashboard(instruments)) == json.dumps(dashboard(dict(instruments)))
    assert rules(instruments) == rules(dict(instruments))
