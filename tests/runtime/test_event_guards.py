"""The guards of events: each scenario holds with its guard, and fails once the guard is taken away."""

from __future__ import annotations

import pytest

import traitconf as tc
from traitconf.runtime import (
    committed,
    delivery,
    event_faults,
    event_names,
    evented,
    evented_links,
    events,
    nesting,
    subscription,
)
from traitconf.runtime.context import Context
from traitconf.runtime.event import Event
from traitconf.runtime.event_faults import EventFaults
from traitconf.runtime.profile import Profile
from traitconf.runtime.subscription import Subscription


class Endless(BaseException):
    """Ends what would not end by itself."""


@pytest.fixture
def host(tc_runtime):
    """An object with an operation, and a declared event."""

    @tc.trait(name="guarded")
    class Guarded(tc.TraitBase):
        """Do something."""

        done = tc.event(doc="It was done.")

        @tc.operation()
        def act(self, host, value):
            return value

    @tc.use(Guarded)
    class Machine:
        """It acts."""

        trait = Guarded

    return Machine()


def counted(limit=300):
    """Return a counter that ends a recursion, and the list of what it counted."""
    calls = []

    def count():
        calls.append(1)
        if len(calls) > limit:
            raise Endless

    return count, calls


def isolation(host):
    """What a subscriber raises does not reach the caller."""
    tc.on("guarded.act.*")(lambda event: 1 / 0)
    assert host.act(1) == 1


def depth(host):
    """A recursion of one subscriber is bounded."""
    count, _ = counted(60)

    def again(event):
        count()
        host.act(1)

    tc.on("guarded.act.after")(again)
    host.act(1)


def breadth(host):
    """Two causes at every level do not double."""
    count, _ = counted()

    def twice(event):
        count()
        host.act(1)
        host.act(1)

    tc.on("guarded.act.after")(twice)
    host.act(1)


def tenants(host):
    """A subscriber for a tenant is not told of another's calls."""
    heard = []
    tc.on("guarded.act.after", tenant="acme")(heard.append)
    with tc.tenant("zen"):
        host.act(1)
    assert heard == []


def models(host):
    """A subscriber for a model is not told of another's objects."""
    heard = []
    tc.on("guarded.act.after", model="Other")(heard.append)
    tc.on("guarded.done", model="Other")(heard.append)
    host.act(1)
    tc.resolve(host.trait).done.emit(host)
    assert heard == []


def renewal(host):
    """A subscription counts from the next call on."""
    heard = []
    host.act(1)
    tc.on("guarded.act.after")(heard.append)
    host.act(1)
    assert len(heard) == 1


def ending(host):
    """So does its end."""
    heard = []
    tc.on("guarded.act.after")(heard.append)
    host.act(1)
    tc.off(heard.append)
    host.act(1)
    assert len(heard) == 1


def muting(host):
    """A muted trait has no declared events."""
    heard = []
    tc.on("guarded.done")(heard.append)
    with tc.muted(host.trait):
        tc.resolve(host.trait).done.emit(host)
    assert heard == []


def muting_operations(host):
    """A muted trait has no events of operations."""
    heard = []
    tc.on("guarded.act.*")(heard.append)
    with tc.muted(host.trait):
        host.act(1)
    assert heard == []


def payload(host):
    """A subscriber cannot change what the next one sees."""
    seen = []
    tc.on("guarded.done")(lambda event: event.payload.update(by="me"))
    tc.on("guarded.done")(lambda event: seen.append(event.payload))
    tc.resolve(host.trait).done.emit(host, by="you")
    assert seen == [{"by": "you"}]


def answers(host):
    """An answer with an argument that there is not changes nothing."""
    for _ in range(2):  # on the long way too
        tc.on("guarded.act.before")(lambda event: {"valeu": 2})
        assert host.act(1) == 1
    assert tc.process_runtime().services.metrics.counter("traitconf.events.errors") == 3


def options(host):
    """`events.only` holds back what it does not name."""
    heard = []
    tc.on("guarded.**")(heard.append)
    with tc.override({"guarded.events.only": ["done"]}):
        host.act(1)
    assert heard == []


def sampling(host):
    """A share of nothing is nothing."""
    heard = []
    tc.on("guarded.act.after")(heard.append)
    with tc.override({"guarded.events.sample": 0.0}):
        host.act(1)
    assert heard == []


def commit(host):
    """`committed` waits for the commit."""
    heard = []
    forget = committed.provide(lambda host, action: True)
    tc.on("guarded.act.committed")(heard.append)
    host.act(1)
    forget()
    assert heard == []


def quiet(host, caplog):
    """The same fault is logged once a minute."""
    tc.on("guarded.act.after")(lambda event: 1 / 0)
    host.act(1)
    host.act(1)
    assert len(caplog.records) == 1


def names(host):
    """A slip in a name is refused."""
    with pytest.raises(LookupError):
        tc.on("guarded.act.aftr")(print)


def _passed_on(faults, whose, event, error):
    raise error


class Open(nesting.Stack):
    """A stack that is never cut."""

    is_cut = property(lambda self: False, lambda self, value: None)


class Free:
    """A gate that never says that it is busy."""

    busy = property(lambda self: False, lambda self, value: None)


GUARDS = {
    isolation: [(EventFaults, "note", _passed_on)],
    depth: [(nesting, "DEEPEST", 10**6)],
    breadth: [(nesting, "Stack", Open)],
    tenants: [(Subscription, "wants_tenant", lambda self, tenant: True)],
    models: [(Subscription, "wants_model", lambda self, model: True)],
    renewal: [(events, "_renew", lambda pattern: None)],
    ending: [(events.Events, "remove", lambda self, subscription: None)],
    muting: [(Context, "mutes", lambda self, trait: False)],
    muting_operations: [(Profile, "_mutes", lambda self, trait: False)],
    payload: [(Event, "payload", property(lambda self: self[3]))],
    answers: [
        (subscription, "checked", lambda answer, payload: None),
        (delivery, "checked", lambda answer, payload: None),
    ],
    options: [(evented, "is_dispatched", lambda options, name: True)],
    sampling: [(evented, "is_sampled", lambda options: True)],
    commit: [(evented, "deferred", lambda host, action: False)],
    quiet: [(event_faults, "QUIET", 0.0)],
    names: [(event_names, "matches", lambda pattern, name: True)],
}


@pytest.mark.parametrize("scenario", GUARDS, ids=lambda scenario: scenario.__name__)
def test_holds(scenario, host, request):
    """The scenario holds."""
    scenario(host, *_further(scenario, request))


@pytest.mark.parametrize("scenario", GUARDS, ids=lambda scenario: scenario.__name__)
def test_fails_without_its_guard(scenario, host, monkeypatch, request):
    """The same scenario fails when its guard is taken away."""
    further = _further(scenario, request)
    for owner, name, replacement in GUARDS[scenario]:
        monkeypatch.setattr(owner, name, replacement)
    with pytest.raises((AssertionError, ZeroDivisionError, Endless, pytest.fail.Exception)):
        scenario(host, *further)


def test_the_short_way_has_a_gate(host, monkeypatch):
    """Without the gate of the short way the depth of one subscriber's recursion is not counted."""
    monkeypatch.setattr(evented_links, "_Gate", Free)
    with pytest.raises(Endless):
        depth(host)


def _further(scenario, request):
    wanted = scenario.__code__.co_varnames[1 : scenario.__code__.co_argcount]
    return [request.getfixturevalue(name) for name in wanted]
