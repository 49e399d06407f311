"""The process-wide verbs of the front door: configure, tenant, context, resolve, explain, enabled, decide.

`resolve` and `enabled` are read at attribute speed, so their `tenant` is not keyword-only: CPython 3.11 calls a
function with keyword-only defaults at twice the price (105 against 50 ns, 2026-11-23).
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from traitconf.bind.adopt import adopt
from traitconf.bind.context import OWNER, RESOLVED, TENANTS, current, root, variable
from traitconf.bind.joinpoint import unconfigured
from traitconf.bind.reader import reader
from traitconf.bind.tenancy import port
from traitconf.bind.use import bind, unbind, use
from traitconf.bind.view import has_trait, traits_of
from traitconf.errors import AdapterRequired
from traitconf.layers.address import Address
from traitconf.resolve.decide import Decision
from traitconf.resolve.decide import decide as decide_resolution
from traitconf.resolve.explain import Explanation
from traitconf.runtime.clock import Clock, SystemClock
from traitconf.runtime.context import Context, Entered, leave_all, running
from traitconf.runtime.directory import TenantDirectory
from traitconf.runtime.event_names import check_name
from traitconf.runtime.logs import log_shadowing
from traitconf.runtime.object_tenant import enter_object_tenant
from traitconf.runtime.override import override
from traitconf.runtime.profile import Profile
from traitconf.runtime.runtime import Runtime
from traitconf.runtime.subscription import Subscription, tenants_of
from traitconf.schema import forks
from traitconf.schema.base import TraitBase
from traitconf.schema.catalog import catalog
from traitconf.types import CURRENT, Actor, Current

T = TypeVar("T", bound=TraitBase)
S = TypeVar("S", bound=Callable[..., object])
_lock = threading.RLock()


@forks.in_child
def _forked() -> None:
    global _lock  # noqa: PLW0603 -- the one lock of this module
    _lock = threading.RLock()


_process: list[Runtime] = []
_subscriptions: list[Subscription] = []
ConfigPaths = str | os.PathLike[str]


def configure(
    *paths: ConfigPaths,
    environ: Mapping[str, str] | None = None,
    complete: bool = False,
    clock: Clock | None = None,
    directory: TenantDirectory | None = None,
) -> Runtime:
    """Read, check and publish a configuration for the whole process.

    Args:
        *paths: directories or files, weakest first; without any, `TRAITCONF_CONFIG`, else `config/`.
        environ: environment variables; those of the process when not given.
        complete: whether the application is loaded, so that unknown names are errors.
        clock: tells the time; that of the system when not given.
        directory: where the groups of tenants are kept that no file names.

    Returns:
        the runtime; a second call replaces and stops the first.

    Raises:
        ConfigError: with every fault; what was configured before stays.

    >>> import traitconf as tc
    >>> tc.configure("config/").snapshot.generation
    1
    """
    variables = os.environ if environ is None else environ
    chosen = paths or tuple(variables.get("TRAITCONF_CONFIG", "config").split(os.pathsep))
    files = tuple(Path(path) for path in chosen)
    clock = clock if clock is not None else SystemClock()
    started = install(Runtime(files, environ=environ, complete=complete, clock=clock, directory=directory))
    log_shadowing(started.snapshot.resolver, catalog)
    return started


def install(runtime: Runtime) -> Runtime:
    """Start a runtime as the process-wide one, and stop the one before it.

    Args:
        runtime: not started yet.

    Raises:
        ConfigError: with every fault; the one before keeps running.
    """
    with _lock:
        for subscription in _subscriptions:
            runtime.services.events.add(subscription)
        runtime.start(as_root=True)
        former = _process[:]
        _process[:] = [runtime]
        for other in former:
            other.stop()
        return runtime


@contextlib.contextmanager
def isolated(runtime: Runtime) -> Iterator[Runtime]:
    """Return a block in which a runtime is the process-wide one; what was before comes back as it was.

    Args:
        runtime: not started yet.

    Raises:
        ConfigError: with every fault; nothing has changed then.
    """
    with _lock:
        former, chains, subscriptions = _process[:], root.chains, _subscriptions[:]
        _process.clear()
        _subscriptions.clear()
        token = leave_all()
        try:
            install(runtime)
        except BaseException:
            _process[:], root.chains, _subscriptions[:] = former, chains, subscriptions
            variable.reset(token)
            raise
    try:
        yield runtime
    finally:
        with _lock:
            for other in _process:
                other.stop()
            _process[:], root.chains, _subscriptions[:] = former, chains, subscriptions
            variable.reset(token)


def process_runtime() -> Runtime:
    """Return the process-wide runtime; without `configure`, one that has no files and no variables."""
    with _lock:
        if not _process:
            install(Runtime(environ={}))
        return _process[0]


def _default_profile() -> Profile:
    return process_runtime().snapshot.profile(None)


unconfigured.factory = _default_profile
port.enter = enter_object_tenant


def tenant(id: str | None) -> Entered:  # noqa: A002 -- the word that users write
    """Return a `with` block that runs for a tenant.

    Args:
        id: of the tenant, or none for running without one.

    >>> import traitconf as tc
    >>> with tc.tenant("acme") as context:
    ...     context.tenant
    'acme'
    """
    return Entered(id)


def context(
    *,
    tenant: str | Current | None = CURRENT,
    actor: Actor | str | Current | None = CURRENT,
    request_id: str | Current = CURRENT,
) -> Entered:
    """Return a `with` block that runs for a tenant, an actor and a request; what is not given stays.

    Args:
        tenant: id of the tenant, or none.
        actor: who acts; text is taken for the actor's id.
        request_id: of the request that is served.

    >>> import traitconf as tc
    >>> with tc.context(tenant="acme", actor="ana") as context:
    ...     str(context.actor)
    'ana'
    """
    return Entered(tenant, Actor(actor) if isinstance(actor, str) else actor, request_id)


def current_context() -> Context:
    """Return the running context: tenant, actor, request id."""
    return running()


def resolve(trait: type[T], model: type | str | None = None, tenant: str | Current | None = CURRENT) -> T:
    """Return a trait as it is resolved for a model and a tenant; no binding is needed.

    Args:
        trait: the trait's class.
        model: class or name of the model, or none.
        tenant: id of the tenant; when not given, the running context's; `None` for none.

    >>> import traitconf as tc
    >>> from traitconf.traits import Auditable
    >>> tc.resolve(Auditable, tenant=None).enabled
    True
    """
    try:
        if tenant is CURRENT:
            return current().chains[RESOLVED][model][trait]  # type: ignore[no-any-return]  # tables hold anything
        return current().chains[TENANTS][model][trait][tenant]  # type: ignore[no-any-return]  # tables hold anything
    except KeyError:
        pass
    return cast(T, _first_look(trait, model, tenant))


def enabled(trait: type[TraitBase], model: type | str | None = None, tenant: str | Current | None = CURRENT) -> bool:
    """Whether a trait is on for a model and a tenant.

    Args:
        trait: as in `resolve`.
        model: as in `resolve`.
        tenant: as in `resolve`.

    >>> import traitconf as tc
    >>> from traitconf.traits import Auditable
    >>> tc.enabled(Auditable)
    True
    """
    try:
        if tenant is CURRENT:
            return current().chains[RESOLVED][model][trait].enabled  # type: ignore[no-any-return]  # as above
        return current().chains[TENANTS][model][trait][tenant].enabled  # type: ignore[no-any-return]  # as above
    except KeyError:
        pass
    return bool(_first_look(trait, model, tenant).enabled)


def decide(
    trait: type[TraitBase],
    option: str = "enabled",
    *,
    model: type | str | None = None,
    tenant: str | Current | None = CURRENT,
) -> Decision:
    """Decide a toggle, with the reason.

    Args:
        trait: the trait's class.
        option: dotted name of a bool option.
        model: as in `resolve`.
        tenant: as in `resolve`.

    Raises:
        KeyError: when the trait has no such toggle.

    >>> import traitconf as tc
    >>> from traitconf.traits import Auditable
    >>> tc.decide(Auditable).reason
    'DEFAULT'
    """
    return decide_resolution(_profile(tenant).resolution(trait, model), option)


def explain(address: str, model: type | str | None = None, *, tenant: str | Current | None = CURRENT) -> Explanation:
    """Explain why an option has its value.

    Args:
        address: `trait.option`, or a full address.
        model: class or name of the model; the address may name it instead.
        tenant: id of the tenant; when not given, the address's or the running context's.

    Raises:
        LookupError: when there is no such option, or several stand below the address.

    >>> import traitconf as tc
    >>> tc.explain("auditable.enabled").value
    True
    """
    here, at = running(), Address.parse(address)
    if tenant is CURRENT:
        tenant = None if at.tenant or at.group else here.tenant
    found = here.snapshot.explain(address, catalog, model, tenant)
    if len(found) != 1:
        names = ", ".join(one.address for one in found)
        raise LookupError(f"{address!r} has several options, name one of them: {names}")
    return found[0]


def _first_look(trait: type[TraitBase], model: type | str | None, tenant: str | Current | None) -> Any:
    profile: Profile = current().chains[OWNER]
    return profile.read(trait, model) if tenant is CURRENT else profile.snapshot.read(trait, model, tenant)


def _profile(tenant: str | Current | None) -> Profile:
    profile: Profile = current().chains[OWNER]
    return profile.snapshot.profile(profile.tenant if tenant is CURRENT else tenant)


def on(
    name: str,
    *,
    priority: int = 0,
    tenant: str | Iterable[str] | None = None,
    model: type | str | None = None,
    timeout: float | None = None,
    queue: bool = False,
) -> Callable[[S], S]:
    """Subscribe the decorated function to events for the whole process, whatever is configured later.

    Args:
        name: `<trait>.<operation>.<phase>`, `<trait>.<event>` or `traitconf.<area>.<what>`; `*` stands for one part
            of a name or some of it, `**` for any parts.
        priority: lower ones are called first; equal ones in order of subscription.
        tenant: id of the only tenant under which it is called, or several.
        model: the only class, or its name, whose objects it is told of.
        timeout: how many seconds a call waits for it; a function without one is waited for, a coroutine 5 s.
        queue: whether it runs as a job.

    Raises:
        LookupError: when a known trait has no such event.
        AdapterRequired: for `queue`, while nothing runs jobs.

    >>> import traitconf as tc
    >>> @tc.on("auditable.recorded")
    ... def report(event):
    ...     print(event.payload["entry"])
    >>> tc.off(report)
    """
    if queue:
        raise AdapterRequired(f"the subscriber of {name} is to run as a job, which is not available")

    def decorate(subscriber: S) -> S:
        added = Subscription(name, subscriber, priority, tenants_of(tenant), model, timeout)
        with _lock:
            check_name(name, catalog)
            for runtime in _process:
                runtime.services.events.add(added)
            _subscriptions.append(added)
        return subscriber

    return decorate


def off(subscriber: Callable[..., object]) -> None:
    """End every subscription that `on` made of a function.

    Args:
        subscriber: the function; one that subscribes to nothing any more is all right.
    """
    with _lock:
        ended = [one for one in _subscriptions if one.subscriber == subscriber]
        _subscriptions[:] = [one for one in _subscriptions if one not in ended]
        for runtime in _process:
            for one in ended:
                runtime.services.events.remove(one)


def subscriptions() -> tuple[Subscription, ...]:
    """Return what `on` has subscribed in this process, in the order in which it did."""
    return tuple(_subscriptions)


__all__ = ["adopt", "bind", "has_trait", "override", "reader", "traits_of", "unbind", "use"]
