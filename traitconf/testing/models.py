"""The conformance suite of model adapters: what holds for every product, checked on real objects.

An author of an adapter describes a model in a `Harness` and runs each of `CHECKS`:

    @pytest.mark.parametrize("check", CHECKS)
    def test_conformance(check, harness):
        CHECKS[check](harness)
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import attrs

import traitconf as tc
from traitconf.bind.models import Column, ModelAdapter

_NOTED: Final[list[tuple[str, Any]]] = []
_KEEP: Final[list[bool]] = []
_HIDE: Final[list[str]] = []
_WRITE: Final[list[Callable[[], object]]] = []


@tc.trait(name="conformance_probe")
class Probe(tc.TraitBase):
    """Note what is done with an object; keep, hide and write what a check asks for."""

    @tc.around("save")
    def around_save(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Note a save, and write beside it what the check asks for."""
        _NOTED.append(("save", host))
        for write in _WRITE:
            write()
        return proceed(*args, **kwargs)

    @tc.after("save")
    def after_save(self, host: Any, _result: Any, /, *_args: Any, **_kwargs: Any) -> None:
        """Note the key that an object has once it is saved."""
        _NOTED.append(("saved", tc.adapter_of(host).key(host)))

    @tc.around("delete")
    def around_delete(self, host: Any, proceed: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Note a delete; keep the object where the check asks for it."""
        _NOTED.append(("delete", host))
        return None if _KEEP else proceed(*args, **kwargs)

    @tc.after("load", optional=True)
    def after_load(self, host: Any, _result: Any, /, *_args: Any, **_kwargs: Any) -> None:
        """Note a load."""
        _NOTED.append(("load", host))

    @tc.scope
    def visible(self, _model: type) -> Any:
        """Hide the objects of a name."""
        return [tc.where("name", "!=", name) for name in _HIDE]


@attrs.frozen(kw_only=True)
class Harness:
    """Record: one model of a product, and how it is handled there.

    Attributes:
        adapter: under test.
        model: has the fields `id`, the key that the product or `make` gives, `name` and `owner`, which are texts, and
            `tenant_of = "owner"`.
        make: makes an object that is not saved, from `name` and `owner`.
        save: saves an object, and begins no transaction inside `transaction`.
        delete: deletes an object likewise.
        source: what `load` needs: the session or database.
        names: the names of all rows that a query sees; nothing where the product has no queries.
        transaction: a block that commits, or rolls back on an exception; nothing where there are none.
        forget: lets the next load come from the store; nothing where nothing is remembered.
        stranger: a class that is no model of the product; nothing where all classes are.
    """

    adapter: ModelAdapter
    model: type
    make: Callable[..., Any]
    save: Callable[[Any], object]
    delete: Callable[[Any], object]
    source: Any = None
    names: Callable[[], Iterable[str]] | None = None
    transaction: Callable[[], AbstractContextManager[Any]] | None = None
    forget: Callable[[], object] = lambda: None
    stranger: type | None = None

    def saved(self, name: str = "one", owner: str = "acme") -> Any:
        """Make and save an object."""
        host = self.make(name=name, owner=owner)
        self.save(host)
        return host


@contextmanager
def _probing(harness: Harness) -> Iterator[list[tuple[str, Any]]]:
    switches: tuple[list[Any], ...] = (_NOTED, _KEEP, _HIDE, _WRITE)
    for switch in switches:
        switch.clear()
    tc.bind(harness.model, Probe)
    try:
        yield _NOTED
    finally:
        tc.unbind(harness.model, Probe)
        for switch in switches:
            switch.clear()


def _expect(found: Any, wanted: Any, what: str) -> None:
    if found != wanted:
        raise AssertionError(f"{what}: {found!r}, expected {wanted!r}")


def _holds(fact: object, what: str) -> None:
    if not fact:
        raise AssertionError(f"{what}: does not hold")


def _refuses(code: str, call: Callable[[], object], what: str) -> None:
    try:
        call()
    except tc.ModelError as error:
        _expect(error.problem.code, code, what)
        return
    raise AssertionError(f"{what}: nothing was raised, expected {code}")


def claims(harness: Harness) -> None:
    """The adapter claims its model, and no stranger; it is the one that the model has."""
    _holds(harness.adapter.claims(harness.model), "claims(model)")
    _expect(type(tc.adapter_of(harness.model)), type(harness.adapter), "adapter_of(model)")
    if harness.stranger is not None:
        _holds(not harness.adapter.claims(harness.stranger), "no claims(stranger)")


def fields(harness: Harness) -> None:
    """The declared fields are there, each once, the key among them, and nothing private."""
    names = harness.adapter.fields(harness.model)
    _expect({"id", "name", "owner"} - set(names), set(), "missing fields")
    _expect(len(set(names)), len(names), "repeated fields")
    _expect([name for name in names if name.startswith("_")], [], "private fields")
    _expect(harness.adapter.key_names(harness.model), ("id",), "key_names")


def keys(harness: Harness) -> None:
    """A saved object has a key, a tuple of its fields; two objects have two."""
    one, other = harness.saved("one"), harness.saved("other")
    key = harness.adapter.key(one)
    _expect(key, (one.id,), "key")
    _holds(key != harness.adapter.key(other), "keys differ")


def changes(harness: Harness) -> None:
    """A new object differs by what it holds, a saved one by nothing, and a changed one by old and new value."""
    with _probing(harness):
        host = harness.make(name="one", owner="acme")
        _expect(harness.adapter.changes(host).get("name", (None, None))[1], "one", "new value of a new object")
        harness.save(host)
        _expect(dict(harness.adapter.changes(host)), {}, "changes of a saved object")
        host.name = "two"
        _expect(dict(harness.adapter.changes(host)), {"name": ("one", "two")}, "changes of a changed object")
        harness.save(host)
        _expect(dict(harness.adapter.changes(host)), {}, "changes after a second save")


def loads(harness: Harness) -> None:
    """An object is loaded by its key, alone or as a tuple, sync and awaited; an unknown key gives nothing."""
    host = harness.saved()
    (key,) = harness.adapter.key(host) or (None,)
    harness.forget()
    for form in (key, (key,), {"id": key}):
        found = harness.adapter.load(harness.model, form, harness.source)
        _expect(getattr(found, "name", None), "one", f"load({form!r})")
    awaited = asyncio.run(harness.adapter.aload(harness.model, key, harness.source))
    _expect(getattr(awaited, "name", None), "one", "aload")
    _expect(harness.adapter.load(harness.model, 987654, harness.source), None, "load of an unknown key")


def wrong_keys(harness: Harness) -> None:
    """A key of too many parts, of none, or of other fields is refused, with a code."""
    for key in ((1, 2), (), None, {"number": 1}):
        load = functools.partial(harness.adapter.load, harness.model, key, harness.source)
        _refuses("TC662", load, f"load({key!r})")


def tenants(harness: Harness) -> None:
    """An object belongs to the tenant that its class declares, and a mismatch obeys the policy."""
    host = harness.saved(owner="acme")
    _expect(harness.adapter.tenant(host), "acme", "tenant")
    with tc.tenant("globex"):
        _refuses("TC665", lambda: tc.tenant_for(host), "tenant_for(host)")
        _expect(tc.tenant_for(host, "instance"), "acme", "tenant_for(host, 'instance')")
    with tc.tenant("acme"):
        _expect(tc.tenant_for(host), "acme", "tenant_for(host) of the same tenant")


def saving(harness: Harness) -> None:
    """Hooks run once around a save, and those after it see the key."""
    with _probing(harness) as noted:
        host = harness.saved()
        _expect(noted, [("save", host), ("saved", harness.adapter.key(host))], "hooks of a save")


def deleting(harness: Harness) -> None:
    """A hook that does not go on keeps the object; one that does lets it go."""
    with _probing(harness) as noted:
        host = harness.saved()
        key = harness.adapter.key(host)
        noted.clear()
        _KEEP.append(True)
        harness.delete(host)
        _expect([what for what, _ in noted], ["delete"], "hooks of a delete that is held up")
        harness.forget()
        kept = harness.adapter.load(harness.model, key, harness.source)
        _holds(kept is not None, "the object is kept")
        _KEEP.clear()
        harness.delete(kept)
        harness.forget()
        _expect(harness.adapter.load(harness.model, key, harness.source), None, "load of a deleted object")


def unbinding(harness: Harness) -> None:
    """A class from which all traits are taken is what it was before, and no hook or filter of theirs is left."""
    before = dict(vars(harness.model))
    with _probing(harness) as noted:
        pass
    after = dict(vars(harness.model))
    _expect({name for name in before.keys() | after.keys() if before.get(name) is not after.get(name)}, set(), "names")
    _HIDE.append("hidden")
    harness.saved("hidden")
    _expect(noted, [], "hooks of a class that nothing is bound to")
    if harness.names is not None:
        _expect(list(harness.names()), ["hidden"], "names without a scope")
    _HIDE.clear()


def loading(harness: Harness) -> None:
    """Where the product loads by itself, hooks run once for each load from the store."""
    if "load" not in harness.adapter.points(harness.model):
        return
    with _probing(harness) as noted:
        key = harness.adapter.key(harness.saved())
        harness.forget()
        noted.clear()
        found = harness.adapter.load(harness.model, key, harness.source)
        _expect(noted, [("load", found)], "hooks of a load")


def committing(harness: Harness) -> None:
    """What waits for the commit runs after it, once, in the context that asked, and never after a rollback."""
    ran: list[str | None] = []

    def note() -> None:
        ran.append(tc.current_context().tenant)

    host = harness.saved()
    if harness.transaction is None:
        with tc.tenant("acme"):
            harness.adapter.after_commit(host, note)
        _expect(ran, ["acme"], "after_commit without transactions")
        return
    with harness.transaction():
        host.name = "two"
        harness.save(host)
        with tc.tenant("acme"):
            harness.adapter.after_commit(host, note, harness.source)
        _expect(ran, [], "after_commit before the commit")
    _expect(ran, ["acme"], "after_commit after the commit")
    with _rolled_back(harness):
        harness.adapter.after_commit(host, note, harness.source)
    with harness.transaction():
        harness.saved("three")
    _expect(ran, ["acme"], "after_commit after a rollback")


def together(harness: Harness) -> None:
    """What a hook writes is in the transaction of the object: it goes with a rollback, and stays with a commit."""
    if harness.transaction is None or harness.names is None:
        return
    with _probing(harness):
        beside = [harness.make(name="beside", owner="acme")]
        _WRITE.append(lambda: harness.save(beside.pop()) if beside else None)
        with _rolled_back(harness):
            harness.saved("rolled back")
        _expect(sorted(harness.names()), [], "rows after a rollback")
        beside.append(harness.make(name="beside", owner="acme"))
        with harness.transaction():
            harness.saved("kept")
        _expect(sorted(harness.names()), ["beside", "kept"], "rows after a commit")


def filtering(harness: Harness) -> None:
    """A query sees what the scopes of the traits let it see, and all of it where they are lifted."""
    if harness.names is None:
        return
    with _probing(harness):
        hidden = harness.saved("hidden")
        harness.saved("shown")
        _HIDE.append("hidden")
        key = harness.adapter.key(hidden)
        _expect(sorted(harness.names()), ["shown"], "names under a scope")
        _expect(harness.adapter.load(harness.model, key, harness.source), None, "load of what is hidden")
        with tc.unscoped(Probe):
            _expect(sorted(harness.names()), ["hidden", "shown"], "names without the scope")
            found = harness.adapter.load(harness.model, key, harness.source)
            _expect(getattr(found, "name", None), "hidden", "load without the scope")


def columns(harness: Harness) -> None:
    """A column that is there already is accepted as often as one likes; another one of its name is refused."""
    before = harness.adapter.fields(harness.model)
    for _ in range(2):
        harness.adapter.add_column(harness.model, Column(name="name", type=str))
    _expect(harness.adapter.fields(harness.model), before, "fields after nothing was added")
    _refuses(
        "TC666",
        lambda: harness.adapter.add_column(harness.model, Column(name="odd", type=complex)),
        "add_column of an impossible type",
    )


@contextmanager
def _rolled_back(harness: Harness) -> Iterator[None]:
    assert harness.transaction is not None
    try:
        with harness.transaction():
            yield
            raise _RollBack  # noqa: TRY301 -- the way out of the transaction
    except _RollBack:
        pass


class _RollBack(Exception):
    """Ends a transaction without a commit."""


CHECKS: Final[Mapping[str, Callable[[Harness], None]]] = {
    check.__name__: check
    for check in (
        claims,
        fields,
        keys,
        changes,
        loads,
        wrong_keys,
        tenants,
        saving,
        deleting,
        unbinding,
        loading,
        committing,
        together,
        filtering,
        columns,
    )
}
"""Every check by its name; each wants a model without rows, and leaves some."""
