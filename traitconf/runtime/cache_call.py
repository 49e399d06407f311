"""`CachedCall`: answers the calls of one operation that the hit path could not answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import attrs

from traitconf.bind.context import current
from traitconf.runtime.cache import MemoryStore
from traitconf.runtime.cache_entry import Call, Entry, Found, Kept, NotKept, Store, kept
from traitconf.runtime.cache_flights import Flights
from traitconf.runtime.cache_identity import Known, Unknown
from traitconf.runtime.cache_recipe import Recipe
from traitconf.runtime.cache_tally import Tally

log: Final = logging.getLogger("traitconf.cache")
Compute = Callable[[], Any]


@attrs.frozen
class Outcome:
    """What a computation gave: the result for who computed it, and a private copy for those who waited."""

    value: Any
    copy: Kept | None


@attrs.frozen(eq=False)
class CachedCall:
    """One cached operation, for the tenants of one profile.

    Attributes:
        recipe: how its keys and entries are made.
        store: where entries are kept.
        flights: who computes at the moment.
        tally: counts what becomes of calls.
        identity: how the object of a call is known by its primary key; nothing where the key is declared.
        is_shared: whether several tenants share the hit path.
        fast: where the hit path looks: result, end of its time, state of the store, counter and types,
            by name of the call.
    """

    recipe: Recipe
    store: Store
    flights: Flights
    tally: Tally
    identity: Callable[[Any], Known | Unknown] | None = None
    is_shared: bool = True
    fast: dict[Any, tuple[Any, ...]] = attrs.field(factory=dict)

    def serve(self, parts: tuple[Any, ...], compute: Compute) -> Any:
        """Answer a call.

        Args:
            parts: what identifies it.
            compute: what it does.
        """
        call = self._identified(parts)
        found = self.store.read(call) if call is not None else None
        if call is None or found is None:
            self.tally.add("bypass")
            return compute()
        entry = found.entry
        if entry is not None:
            answer = self._answer(call, entry)
            if answer is not None:
                if not self._is_fresh(entry):
                    self.flights.detach((call.key, found.stamps), lambda: self._again(call, compute))
                return answer.out()
        outcome, is_mine = self.flights.run((call.key, found.stamps), lambda: self._lead(call, compute))
        return self._landed(outcome, compute, is_mine=is_mine)

    async def aserve(self, parts: tuple[Any, ...], compute: Callable[[], Awaitable[Any]]) -> Any:
        """Do what `serve` does, awaited."""
        call = self._identified(parts)
        found = await self.store.aread(call) if call is not None else None
        if call is None or found is None:
            self.tally.add("bypass")
            return await compute()
        entry = found.entry
        if entry is not None:
            answer = self._answer(call, entry)
            if answer is not None:
                if not self._is_fresh(entry):
                    self.flights.adetach((call.key, found.stamps), lambda: self._aagain(call, compute))
                return answer.out()
        outcome, is_mine = await self.flights.arun((call.key, found.stamps), lambda: self._alead(call, compute))
        result = self._landed(outcome, compute, is_mine=is_mine)
        return await result if outcome.copy is None and not is_mine else result

    def _identified(self, parts: tuple[Any, ...]) -> Call | None:
        """Return the key of a call; nothing where the object is not what is stored under its primary key."""
        tags: tuple[str, ...] = ()
        if self.identity is not None:
            known = self.identity(parts[0])
            if isinstance(known, Unknown):
                return None
            parts, tags = ((known.key, known.values), *parts[1:]), (known.tag,)
        return self.recipe.call(current().tenant, parts, lambda: tags)

    def _is_fresh(self, entry: Entry) -> bool:
        return self.store.now() < entry.until

    def _answer(self, call: Call, entry: Entry) -> Kept | None:
        """Return what an entry answers, fresh or stale; nothing where it is too old."""
        now = self.store.now()
        if now < entry.until:
            self._hit(entry)
            if entry.is_shared and call.flat is not None and self.identity is None:
                self._place(call, entry, *call.flat)
        elif now < entry.stale_until:
            self.tally.add("stale")
        else:
            return None
        return Kept(entry.value, entry.is_shared)

    def _place(self, call: Call, entry: Entry, values: tuple[Any, ...], types: tuple[Any, ...]) -> None:
        """Let the hit path find an entry next time; in another store every hit is a question to it."""
        if isinstance(self.store, MemoryStore):
            name = (current().tenant, *values) if self.is_shared else values
            self.store.place(call.key, entry, self.fast, name[0] if len(name) == 1 else name, types)

    def _lead(self, call: Call, compute: Compute, *, again: bool = False) -> Outcome:
        """Compute and keep, unless somebody has just done so; the stamps are those from before computing."""
        found = self.store.read(call)
        if found is not None and found.entry is not None and self._is_fresh(found.entry):
            return self._just_kept(found.entry)
        started = time.perf_counter()
        try:
            value = compute()
        except Exception:  # noqa: BLE001 -- it is raised again unless a stale result stands in
            return self._failed(found, again=again)
        self._computed(started)
        copied, entry = self._made(found, value)
        if entry is not None:
            try:
                self.store.write(call.key, entry)
            except NotKept as error:
                self._refused(error)
        return Outcome(value, copied)

    async def _alead(self, call: Call, compute: Callable[[], Awaitable[Any]], *, again: bool = False) -> Outcome:
        found = await self.store.aread(call)
        if found is not None and found.entry is not None and self._is_fresh(found.entry):
            return self._just_kept(found.entry)
        started = time.perf_counter()
        try:
            value = await compute()
        except Exception:  # noqa: BLE001 -- it is raised again unless a stale result stands in
            return self._failed(found, again=again)
        self._computed(started)
        copied, entry = self._made(found, value)
        if entry is not None:
            try:
                await self.store.awrite(call.key, entry)
            except NotKept as error:
                self._refused(error)
        return Outcome(value, copied)

    def _again(self, call: Call, compute: Compute) -> None:
        try:
            self._lead(call, compute, again=True)
        except Exception:
            log.exception("%s could not be computed again; the stale result serves on", self.recipe.name)

    async def _aagain(self, call: Call, compute: Callable[[], Awaitable[Any]]) -> None:
        try:
            await self._alead(call, compute, again=True)
        except Exception:
            log.exception("%s could not be computed again; the stale result serves on", self.recipe.name)

    def _hit(self, entry: Entry) -> None:
        """Count a hit: an entry in memory counts itself."""
        if entry.tally is None:
            self.tally.add("hit")
        else:
            next(entry.touch)

    def _just_kept(self, entry: Entry) -> Outcome:
        self._hit(entry)
        answer = Kept(entry.value, entry.is_shared)
        return Outcome(answer.out(), answer)

    def _computed(self, started: float) -> None:
        self.tally.add("miss")
        self.tally.took(time.perf_counter() - started)

    def _failed(self, found: Found | None, *, again: bool) -> Outcome:
        """Return the stale result that may stand in for one that could not be computed, else raise what was raised."""
        self.tally.add("error")
        entry = found.entry if found is not None else None
        if again or entry is None or self.store.now() >= entry.error_until:
            raise  # noqa: PLE0704 -- it is called while the exception is handled
        self.tally.add("stale")
        answer = Kept(entry.value, entry.is_shared)
        return Outcome(answer.out(), answer)

    def _made(self, found: Found | None, value: Any) -> tuple[Kept | None, Entry | None]:
        try:
            copied = kept(value)
        except NotKept as error:
            self._refused(error)
            return None, None
        if found is None:  # the store does not answer at the moment
            return copied, None
        entry = self.recipe.lifetimes.entry(copied, found.stamps, self.store.now())
        if entry is not None:
            entry.tally = self.tally
        return copied, entry

    def _refused(self, error: NotKept) -> None:
        self.tally.add("refused")
        log.warning("%s: a result of %s is not cached: %s", "TC762", self.recipe.name, error)

    def _landed(self, outcome: Outcome, compute: Compute, *, is_mine: bool) -> Any:
        if is_mine:
            return outcome.value
        if outcome.copy is None:
            self.tally.add("bypass")
            return compute()
        self.tally.add("wait")
        return outcome.copy.out()
