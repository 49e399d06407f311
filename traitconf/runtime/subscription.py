"""`Subscription`: somebody who is told of events, and the one way in which he is told."""

from __future__ import annotations

import contextvars
import inspect
import itertools
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import attrs

from traitconf.runtime.answer import checked
from traitconf.runtime.event import Event, Payload
from traitconf.runtime.portal import portal, running_loop, schedule
from traitconf.schema.catalog import model_names

Subscriber = Callable[[Event], object]
PATIENCE: Final = 5.0
"""How many seconds a coroutine of a subscriber may take where nobody said how many."""
_order: Final = itertools.count()


@attrs.define(eq=False)
class Subscription:
    """Somebody who is told of events.

    Attributes:
        pattern: names of the events, wildcards allowed.
        subscriber: a function or coroutine function that takes an `Event`.
        priority: lower ones are called first; equal ones in order of subscription.
        tenants: the only tenants under which it is called; all without.
        model: the only class, subclasses included, whose objects it is told of; a class or its name.
        timeout: how many seconds a call may wait for it.
        sequence: its number in the order of subscription.
        is_plain: whether telling it is nothing but a call of a function that returns at once.
        is_busy: whether it is being told in the short way, which does not count how deep events are.
    """

    pattern: str
    subscriber: Subscriber
    priority: int = 0
    tenants: frozenset[str] | None = None
    model: type | str | None = None
    timeout: float | None = None
    sequence: int = attrs.field(factory=lambda: next(_order), init=False)
    is_plain: bool = attrs.field(default=False, init=False)
    is_busy: bool = attrs.field(default=False, init=False)
    _stuck: threading.Thread | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what would never do anything.

        Raises:
            TypeError: for what cannot be called, for generator functions, whose body nobody would run, and for a
                priority that is no number.
            ValueError: for a timeout in which nothing can be done.
        """
        if not isinstance(self.priority, int):
            raise TypeError(f"a priority is a number, got {self.priority!r}")
        if self.timeout is not None and not self.timeout > 0:
            raise ValueError(f"a timeout is a number of seconds above 0, got {self.timeout!r}")
        if not callable(self.subscriber):
            raise TypeError(f"{self.subscriber!r} cannot be called, so it cannot be told of {self.pattern}")
        if inspect.isgeneratorfunction(self.subscriber) or inspect.isasyncgenfunction(self.subscriber):
            raise TypeError(f"{self.label} is a generator function; its body would never run for {self.pattern}")
        self.is_plain = self.tenants is None and self.timeout is None and not is_async(self.subscriber)

    @property
    def label(self) -> str:
        """What the log calls the subscriber."""
        subscriber = self.subscriber
        name = getattr(subscriber, "__qualname__", None) or type(subscriber).__qualname__
        return f"{getattr(subscriber, '__module__', None) or type(subscriber).__module__}.{name}"

    def wants_model(self, model: type) -> bool:
        """Whether it is to be told of objects of a class."""
        if self.model is None:
            return True
        if isinstance(self.model, str):
            return any(self.model in model_names(base) for base in model.__mro__)
        return issubclass(model, self.model)

    def wants_tenant(self, tenant: str | None) -> bool:
        """Whether it is to be told of what happens under a tenant."""
        return self.tenants is None or tenant in self.tenants

    def ask(self, event: Event) -> Any:
        """Tell it and return its answer, waiting for a coroutine.

        Raises:
            Exception: what the subscriber raises; TimeoutError when it takes longer than it may.
        """
        if self.timeout is not None and not is_async(self.subscriber):
            return self._ask_apart(event, self.timeout)
        answer = self.subscriber(event)
        if answer is not None and inspect.isawaitable(answer):
            return portal.wait(answer, self.patience)
        return answer

    def answer(self, answer: object, payload: Payload) -> Payload | None:
        """Return what an answer that is not nothing means, before an operation.

        Args:
            answer: of the subscriber.
            payload: the operation's arguments by name.

        Raises:
            Veto: when it refuses.
            TypeError: when it means nothing.
        """
        if inspect.isawaitable(answer):
            answer = portal.wait(answer, self.patience)
        return checked(answer, payload)

    async def ask_async(self, event: Event) -> Any:
        """Do what `ask` does, awaiting a coroutine where the call runs."""
        if self.timeout is not None and not is_async(self.subscriber):
            import asyncio

            return await asyncio.to_thread(self._ask_apart, event, self.timeout)
        answer = self.subscriber(event)
        if answer is not None and inspect.isawaitable(answer):
            return await self._awaited(answer)
        return answer

    def tell(self, event: Event, failed: Callable[[Subscription, Event, BaseException], object]) -> None:
        """Tell it; a coroutine is left to the loop that runs here, and waited for where none does.

        Args:
            event: what happened.
            failed: told of what a coroutine raises that is not waited for.
        """
        if self.timeout is None or is_async(self.subscriber):
            answer = self.subscriber(event)
            if answer is not None:
                self.settle(answer, event, failed)
        else:
            self._ask_apart(event, self.timeout)

    def settle(
        self, answer: object, event: Event, failed: Callable[[Subscription, Event, BaseException], object]
    ) -> None:
        """See to the coroutine that an observer answered with; any other answer means nothing.

        Args:
            answer: of the subscriber.
            event: what it was told.
            failed: as in `tell`.
        """
        if not inspect.isawaitable(answer):
            return
        loop = running_loop()
        if loop is None:
            portal.wait(answer, self.patience)
        else:
            schedule(answer, loop, self.patience, lambda error: failed(self, event, error))

    @property
    def patience(self) -> float:
        """How many seconds a coroutine may take."""
        return PATIENCE if self.timeout is None else self.timeout

    async def _awaited(self, answer: Awaitable[Any]) -> Any:
        import asyncio

        try:
            async with asyncio.timeout(self.patience) as limit:
                return await answer
        except TimeoutError:
            if limit.expired():
                raise TimeoutError(f"it took longer than {self.patience:g} s") from None
            raise

    def _ask_apart(self, event: Event, timeout: float) -> Any:
        """Call the subscriber in a thread of its own, in a copy of this context, and wait only so long."""
        if self._stuck is not None and self._stuck.is_alive():
            raise TimeoutError("it still hangs in an earlier call, and is left alone until that has ended")
        self._stuck = None
        outcome: list[tuple[Any, BaseException | None]] = []

        def run() -> None:
            try:
                outcome.append((self.subscriber(event), None))
            except BaseException as error:  # noqa: BLE001 -- handed over to the thread that waits
                outcome.append((None, error))

        thread = threading.Thread(
            target=contextvars.copy_context().run, args=(run,), daemon=True, name=f"traitconf-event {event.name}"
        )
        begun = time.monotonic()
        thread.start()
        thread.join(timeout)
        if not outcome:
            self._stuck = thread
            raise TimeoutError(f"it took longer than {time.monotonic() - begun:.3g} s")
        answer, error = outcome[0]
        if error is not None:
            raise error
        return answer


def is_async(subscriber: Subscriber) -> bool:
    """Whether a subscriber is a coroutine function, or an object whose call is one."""
    return inspect.iscoroutinefunction(subscriber) or inspect.iscoroutinefunction(
        getattr(subscriber, "__call__", None)  # noqa: B004 -- not whether it can be called, but how
    )


def tenants_of(tenant: str | Iterable[str] | None) -> frozenset[str] | None:
    """Return the tenants that a subscription names: one, several, or all.

    >>> tenants_of("acme")
    frozenset({'acme'})
    """
    return None if tenant is None else frozenset((tenant,) if isinstance(tenant, str) else tenant)
