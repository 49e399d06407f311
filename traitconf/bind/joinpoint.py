"""`JoinPoint`: one dispatched method of a bound class; and the index under which every table keeps its call chain."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal

import attrs

from traitconf.bind.adoption import AdoptedMethod
from traitconf.bind.context import HEADER, OWNER, Chains, current, root
from traitconf.bind.shape import Signature
from traitconf.schema import forks
from traitconf.schema.base import TraitBase
from traitconf.schema.members import Flavour, Hook, Member

Receiver = Literal["instance", "class", "none"]


@attrs.define(eq=False, weakref_slot=True)
class JoinPoint:
    """Record: one dispatched method.

    Attributes:
        owner: the bound class.
        name: of the member on the class.
        body: what runs when no trait does; for a provided member, nothing.
        signature: the parameters, for generated code.
        flavour: sync, async, generator or async generator.
        receiver: what the first argument is.
        provided: the trait and member that the method was given by, if it was.
        hooks: the hooks around it, outermost first, each with its trait.
        index: where tables keep its call chain.
        adopted: where the class has the method of itself and a trait governs it, what says so.
    """

    owner: type
    name: str
    body: Callable[..., Any] | None
    signature: Signature
    flavour: Flavour
    receiver: Receiver = "instance"
    provided: tuple[type[TraitBase], Member[Any, Any]] | None = None
    hooks: tuple[tuple[type[TraitBase], Hook], ...] = ()
    index: int = 0
    adopted: AdoptedMethod | None = None


@attrs.define(eq=False, weakref_slot=True)
class ReadPoint:
    """Record: one trait of one model that is read often, so that tables keep it ready.

    Attributes:
        trait: the trait's class.
        model: the model, or none.
        index: where tables keep the resolved trait.
    """

    trait: type[TraitBase]
    model: type | str | None
    index: int = 0


class JoinPoints:
    """All join and read points by index, and every living table that has an entry for each of them.

    A join point's entry in a new table is a thunk: it compiles the chain on the first call and puts it in its own
    place. A read point's entry is `None` until it is first read.
    """

    def __init__(self) -> None:
        """Begin behind the header of a table."""
        self._points: list[weakref.ref[JoinPoint | ReadPoint] | None] = [None] * HEADER
        self._thunks: list[Any] = [None] * HEADER
        self._free: list[int] = []
        self._reads: set[int] = set()
        self._owners: weakref.WeakSet[Any] = weakref.WeakSet()
        self.lock = threading.RLock()
        forks.follow(self, lock="lock", order=3)

    def forked(self) -> None:
        """Make the lock anew."""
        self.lock = threading.RLock()

    def add(self, point: JoinPoint | ReadPoint) -> None:
        """Give a point its index, in every table."""
        with self.lock:
            is_new = not self._free
            point.index = len(self._points) if is_new else self._free.pop()
            if is_new:
                self._points.append(None)
                self._thunks.append(None)
                for chains in self._tables():
                    chains.append(None)
            self._points[point.index] = weakref.ref(point, self._release(point.index))
            if isinstance(point, JoinPoint):
                self._thunks[point.index] = _thunk(self, point.index)
            else:
                self._thunks[point.index] = None
                self._reads.add(point.index)
            self.reset(point.index)

    def follow(self, owner: Any) -> None:
        """Keep an owner of a table up to date, from now on until it is gone.

        Args:
            owner: the profile; its `compile(point)` returns a call chain, `resolved` and `tenants` go into the
                table's header. Its `chains` is empty until it has a table.
        """
        with self.lock:
            self._owners.add(owner)

    def table(self, owner: Any) -> Chains:
        """Return the table of an owner, made when it has none.

        Args:
            owner: it follows.
        """
        with self.lock:  # a point that is added at this moment must find the table, or be in it
            if not owner.chains:
                owner.chains = [owner, owner.resolved, owner.tenants, *self._thunks[HEADER:]]
            chains: Chains = owner.chains
            return chains

    def forget(self) -> None:
        """Make everybody resolve anew: code has given a model other options."""
        with self.lock:
            for owner in list(self._owners):
                owner.resolved.clear()
                owner.tenants.clear()
            for index in self._reads:
                self.reset(index)

    def reset(self, index: int) -> None:
        """Make every table compile the chain of one join point anew."""
        with self.lock:
            for chains in self._tables():
                chains[index] = self._thunks[index]

    def renew(self, concerns: Callable[[JoinPoint], bool]) -> None:
        """Make every table compile the chains of some join points anew.

        Args:
            concerns: whether a join point is one of them.
        """
        with self.lock:
            for reference in self._points:
                point = reference() if reference is not None else None
                if isinstance(point, JoinPoint) and concerns(point):
                    self.reset(point.index)

    def at(self, index: int) -> JoinPoint | ReadPoint:
        """Return the point of an index."""
        reference = self._points[index]
        point = reference() if reference is not None else None
        if point is None:
            raise LookupError(f"nothing has the index {index}")
        return point

    def _tables(self) -> Iterator[Chains]:
        yield from (owner.chains for owner in list(self._owners) if owner.chains)

    def _release(self, index: int) -> Callable[[Any], None]:
        def release(_: Any) -> None:
            with self.lock:
                self._points[index] = None
                self._reads.discard(index)
                self._free.append(index)
                self.reset(index)

        return release


def _thunk(points: JoinPoints, index: int) -> Callable[..., Any]:
    def compile_first(*args: Any, **kwargs: Any) -> Any:
        chains = current().chains
        compile_chain = chains[OWNER].compile  # looked up outside the lock: it may have to start a runtime first
        with points.lock:  # a chain compiled before a reset must not be stored after it
            chain = chains[index] = compile_chain(points.at(index))
        return chain(*args, **kwargs)

    return compile_first


joinpoints: Final = JoinPoints()


class Unconfigured:
    """The owner of the root table until a runtime is configured: it asks the factory that `runtime` puts in."""

    def __init__(self) -> None:
        """Take the root slot."""
        self.factory: Callable[[], Any] | None = None
        self.resolved: dict[Any, Any] = {}
        self.tenants: dict[Any, Any] = {}
        self.chains: Chains = []
        joinpoints.follow(self)
        root.chains = joinpoints.table(self)

    def __getattr__(self, name: str) -> Any:
        """Answer as the profile that the factory makes."""
        if self.factory is None:
            raise RuntimeError("no runtime is loaded; import traitconf and use its front door")
        return getattr(self.factory(), name)


unconfigured: Final = Unconfigured()
