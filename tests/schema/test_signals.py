from __future__ import annotations

import attrs
import pytest

import traitconf as tc
from traitconf.schema.base import assembled
from traitconf.schema.records import EventOptions, MetricOptions
from traitconf.schema.spec import spec_of


class Recorder:
    """The services of a runtime, writing down what they are asked for."""

    def __init__(self):
        self.calls = []

    def emit(self, trait, event, host, payload):
        self.calls.append(("emit", event, host, payload))

    def count(self, trait, counter, amount):
        self.calls.append(("count", counter, amount))

    def record(self, trait, histogram, value):
        self.calls.append(("record", histogram, value))


@pytest.fixture
def sample(scratch):
    @tc.trait
    class Sample(tc.TraitBase):
        """A sample."""

        refreshed = tc.event(doc=" A summary was computed. ")
        made = tc.counter(doc="Summaries.")
        words = tc.histogram(unit="1", doc="Words.")

    return Sample


@pytest.fixture
def resolved(sample):
    """A function that makes a resolved instance of the trait and returns it with what it is asked for."""

    def make(**values):
        recorder = Recorder()
        defaults = {name: option.default for name, option in spec_of(sample).options.items()}
        return assembled(sample, defaults | values, recorder), recorder

    return make


def use(trait):
    trait.refreshed.emit("host", words=3)
    trait.made.add()
    trait.made.add(5)
    trait.words.record(2.5)


def test_declarations(sample):
    """On the class a signal is its declaration, with name, kind, unit and doc."""
    declared = [(s.name, s.kind, s.unit, s.doc) for s in (sample.refreshed, sample.made, sample.words)]
    assert declared == [
        ("refreshed", "event", "", "A summary was computed."),
        ("made", "counter", "1", "Summaries."),
        ("words", "histogram", "1", "Words."),
    ]


def test_a_resolved_trait_reports(resolved):
    """On a resolved trait each signal reaches the runtime under its own name."""
    trait, recorder = resolved()
    use(trait)
    assert recorder.calls == [
        ("emit", "refreshed", "host", {"words": 3}),
        ("count", "made", 1),
        ("count", "made", 5),
        ("record", "words", 2.5),
    ]


@pytest.mark.parametrize(
    ("off", "left"),
    [
        ({"events": EventOptions(enabled=False)}, ["count", "count", "record"]),
        ({"metrics": MetricOptions(enabled=False)}, ["emit"]),
    ],
)
def test_configuration_governs(resolved, off, left):
    """Events and metrics are silent where the trait's options say so."""
    trait, recorder = resolved(**off)
    use(trait)
    assert [call[0] for call in recorder.calls] == left


def test_without_a_runtime(sample):
    """On a trait written in code signals do nothing and harm nothing."""
    use(sample())
    assert attrs.asdict(sample().events)["enabled"]


@pytest.mark.parametrize("declare", [tc.event, tc.counter, lambda doc: tc.histogram(doc=doc, unit="s")])
def test_doc_is_required(declare):
    """A signal without a sentence for the reference is refused."""
    with pytest.raises(TypeError, match=r"\(\) needs doc=, one sentence for the reference"):
        declare(doc=" ")
