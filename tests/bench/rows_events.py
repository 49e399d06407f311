"""What a call costs that somebody may want to be told of: with nobody and with one subscriber, and through peers."""

from __future__ import annotations

import functools
import importlib.util
import sys
from collections.abc import Mapping
from typing import Any, Final

import traitconf as tc
import workers
from hosts import host_class, new_module
from rounds import Contender, measure
from row import Row
from samples import Samples
from table import Table
from traitconf.schema.records import MetricOptions

_NEWER: Final = sys.version_info >= (3, 12)
"""There a plain call takes a fifth less, and making the event takes as long as ever."""
PEERS: Final = ("blinker", "pluggy")
_SENDING: Final = """
class Host:
    def __init__(self, send):
        self.send = send

    def touch(self, amount):
        self.send(self, amount=amount)
        return amount
"""
_HOOKED: Final = _SENDING.replace("self.send(self, amount", "self.send(host=self, amount")


@tc.trait
class Announced(tc.TraitBase):
    """Announce what is done."""

    told = tc.event(doc="It was done; `amount`.")
    whispered = tc.event(doc="The same, and nobody listens.")

    @tc.operation()
    def stir(self, host: Any, amount: int) -> int:
        """Do nothing, as an operation."""
        return amount

    @tc.provides
    def give(self, host: Any, amount: int) -> int:
        """Do nothing, without the pipeline of operations."""
        return amount

    @tc.provides
    def tell(self, host: Any, amount: int) -> int:
        """Do nothing but to tell."""
        self.told.emit(host, amount=amount)
        return amount

    @tc.provides
    def whisper(self, host: Any, amount: int) -> int:
        """Do nothing but to tell nobody."""
        self.whispered.emit(host, amount=amount)
        return amount


def hear(event: object) -> None:
    """Be told, and do nothing."""


def deal() -> Mapping[str, Contender]:
    """Make the contenders: a class for each way to be subscribed to."""
    tc.off(hear)
    uncounted = Announced(metrics=MetricOptions(enabled=False))
    nobody, before, after = (host_class(uncounted) for _ in range(3))
    tc.on("announced.stir.before", model=before)(hear)
    tc.on("announced.stir.after", model=after)(hear)
    tc.on("announced.told")(hear)
    found = {
        "plain": Contender("host.touch(1)", {"host": host_class()()}),
        "provided": Contender("host.give(1)", {"host": nobody()}),
        "nobody": Contender("host.stir(1)", {"host": nobody()}),
        "before": Contender("host.stir(1)", {"host": before()}),
        "after": Contender("host.stir(1)", {"host": after()}),
        "declared": Contender("host.tell(1)", {"host": after()}),
        "declared, nobody": Contender("host.whisper(1)", {"host": nobody()}),
    }
    there = [peer for peer in PEERS if importlib.util.find_spec(peer) is not None]
    for peer in there:
        for receivers in (0, 1):
            found[f"{peer}, {receivers}"] = Contender("host.touch(1)", {"host": _PEERS[peer](receivers)})
    return found


def measure_events(rounds: int) -> Samples:
    """Measure the calls in this process."""
    samples = measure(deal, rounds)
    reason = "not installed: `make bench` installs the extra [bench]"
    absent = [peer for peer in PEERS if importlib.util.find_spec(peer) is None]
    faults = {f"{peer}, {receivers}": reason for peer in absent for receivers in (0, 1)}
    return Samples(samples.seconds, {**samples.faults, **faults})


def _blinker(receivers: int) -> Any:
    import blinker

    signal = blinker.Signal()
    held = [lambda sender, amount: None for _ in range(receivers)]
    for receiver in held:
        signal.connect(receiver, weak=False)
    return new_module(_SENDING)["Host"](signal.send)


def _pluggy(receivers: int) -> Any:
    import pluggy

    class Spec:
        """What plugins may do."""

        @pluggy.HookspecMarker("bench")
        def touched(self, host: object, amount: int) -> None:
            """Be told."""

    class Plugin:
        """One that does it."""

        @pluggy.HookimplMarker("bench")
        def touched(self, host: object, amount: int) -> None:
            """Do nothing."""

    manager = pluggy.PluginManager("bench")
    manager.add_hookspecs(Spec)
    for _ in range(receivers):
        manager.register(Plugin())
    return new_module(_HOOKED)["Host"](manager.hook.touched)


_PEERS: Final = {"blinker": _blinker, "pluggy": _pluggy}
_PLAIN: Final = "plain call"
EVENTS = Table(
    name="events",
    method="as calls",
    rows=(
        Row("operation, nobody subscribes", "member that is no operation", "nobody", "provided", 1.05),
        Row("operation, nobody subscribes", _PLAIN, "nobody", "plain", aside="no budget"),
        Row("operation, one subscriber after", _PLAIN, "after", "plain", 16 if _NEWER else 12),
        Row("operation, one subscriber before", _PLAIN, "before", "plain", 16 if _NEWER else 12),
        Row("declared event, nobody subscribes", _PLAIN, "declared, nobody", "plain", aside="no budget"),
        Row("declared event, one subscriber", _PLAIN, "declared", "plain", aside="no budget"),
        Row("blinker signal, no receiver", _PLAIN, "blinker, 0", "plain"),
        Row("blinker signal, one receiver", _PLAIN, "blinker, 1", "plain"),
        Row("pluggy hook, no plugin", _PLAIN, "pluggy, 0", "plain"),
        Row("pluggy hook, one plugin", _PLAIN, "pluggy, 1", "plain"),
    ),
    rounds=240,
    measure=functools.partial(workers.measure, "events"),
)
