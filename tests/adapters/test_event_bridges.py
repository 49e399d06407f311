"""Bridges between events and the signals of blinker and Django."""

from __future__ import annotations

import importlib

import pytest

import traitconf as tc


@pytest.fixture(params=["blinker", "django_signals"])
def bridge(request, tc_runtime):
    """The adapter of each product, where the product is installed."""
    product = request.param.partition("_")[0]
    pytest.importorskip(product, reason=f"{product} is not installed here")
    return importlib.import_module(f"traitconf.adapters.{request.param}")


@pytest.fixture
def ringing(tc_runtime):
    """A trait with an operation and two declared events."""

    @tc.trait(name="ringing")
    class Ringing(tc.TraitBase):
        """Ring."""

        rung = tc.event(doc="It rang.")
        heard = tc.event(doc="Somebody heard it.")

        @tc.operation()
        def ring(self, host, times):
            self.rung.emit(host, times=times)
            return times

    return Ringing


@pytest.fixture
def bell(ringing):
    """One object that rings."""

    @tc.use(ringing)
    class Bell:
        """It rings."""

    return Bell()


class Receiver:
    """Keeps what a signal brings."""

    def __init__(self):
        self.got = []

    def __call__(self, sender, **arguments):
        """Keep sender and arguments."""
        self.got.append((sender, arguments))


def test_events_become_signals(bridge, bell):
    """A receiver gets host and event of every event of the pattern, until the bridge is taken away."""
    signal, receiver = bridge.Signal(), Receiver()
    signal.connect(receiver)
    end = bridge.send("ringing.*", signal)
    bell.ring(3)
    end()
    bell.ring(4)
    ((sender, arguments),) = receiver.got
    assert arguments["event"].name == "ringing.rung"
    assert arguments["event"].payload == {"times": 3}
    assert bell in (sender, arguments.get("instance"))


def test_receivers_that_fail(bridge, bell, caplog):
    """What a receiver raises stays with it: the operation returns."""

    def fail(sender, **arguments):
        raise ValueError("broken receiver")

    signal = bridge.Signal()
    signal.connect(fail, weak=False)
    bridge.send("ringing.rung", signal)
    assert bell.ring(1) == 1


def test_signals_become_events(bridge, ringing, bell, tc_events):
    """A signal is emitted as a declared event, under the running tenant, until the bridge is taken away."""
    signal = bridge.Signal()
    end = bridge.receive(signal, (ringing, "heard"))
    with tc.tenant("acme"):
        signal.send(bell, where="tower")
    end()
    signal.send(bell, where="yard")
    (event,) = tc_events.of("ringing.heard")
    assert (event.host, event.tenant, event.payload) == (bell, "acme", {"where": "tower"})


def test_no_loop(bridge, ringing, bell, tc_events):
    """With bridges in both directions an event crosses once and does not come back."""
    signal, receiver = bridge.Signal(), Receiver()
    signal.connect(receiver)
    bridge.send("ringing.heard", signal)
    bridge.receive(signal, (ringing, "heard"))
    tc.resolve(ringing).heard.emit(bell)
    assert len(receiver.got) == 1
    assert len(tc_events.of("ringing.heard")) == 1
    signal.send(bell)
    assert len(tc_events.of("ringing.heard")) == 2


def test_the_instance_is_the_host(ringing, bell, tc_events):
    """Django's own signals name the object as `instance`, the class as sender."""
    pytest.importorskip("django", reason="django is not installed here")
    bridge = importlib.import_module("traitconf.adapters.django_signals")
    signal = bridge.Signal()
    bridge.receive(signal, (ringing, "heard"), sender=type(bell))
    signal.send(type(bell), instance=bell, created=True)
    signal.send(object, instance=bell)
    (event,) = tc_events.of("ringing.heard")
    assert (event.host, event.payload) == (bell, {"created": True})


def test_a_namespace(ringing, bell):
    """Blinker's namespaces have a signal of each event's name."""
    blinker = pytest.importorskip("blinker", reason="blinker is not installed here")
    bridge = importlib.import_module("traitconf.adapters.blinker")
    names, receiver = blinker.Namespace(), Receiver()
    names.signal("ringing.ring.after").connect(receiver)
    bridge.send("ringing.**", names)
    bell.ring(2)
    ((sender, arguments),) = receiver.got
    assert (sender, arguments["event"].result) == (bell, 2)
