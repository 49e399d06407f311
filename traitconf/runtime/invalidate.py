"""What retires cached results: the verbs that invalidate tags, and what happens when an object is saved or deleted."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import traitconf.runtime.verbs  # noqa: F401 -- a call needs a runtime
from traitconf.bind.context import OWNER, current
from traitconf.bind.identity import Identity
from traitconf.runtime.cache_entry import Store
from traitconf.runtime.cache_key import class_name
from traitconf.runtime.cache_recipe import identity_tag
from traitconf.runtime.caches import Caches, space, tags_of
from traitconf.runtime.context import running
from traitconf.types import CURRENT, Current


def invalidate(*tags: str, tenant: str | Current | None = CURRENT) -> None:
    """Retire what is cached under tags: no call that begins from now on is answered by it.

    Args:
        *tags: as `tags=` of operations and `cached` have them, placeholders filled; without any, everything of the
            tenant.
        tenant: whose entries are meant; the running context's when not given, `None` for those without a tenant.

    >>> import traitconf as tc
    >>> tc.invalidate("feed")
    """
    names, stores = _meant(tags, tenant)
    for store in stores:
        store.stamp(names)


async def ainvalidate(*tags: str, tenant: str | Current | None = CURRENT) -> None:
    """Do what `invalidate` does, awaited.

    Args:
        *tags: as in `invalidate`.
        tenant: as in `invalidate`.
    """
    names, stores = _meant(tags, tenant)
    for store in stores:
        await store.astamp(names)


def purge(snapshot: Any, tenant: str) -> None:
    """Retire everything that is cached for a tenant.

    Args:
        snapshot: of the runtime.
        tenant: its id.
    """
    services = snapshot.resolver._services
    if services is not None:
        for store in _stores(services, snapshot.settings):
            store.stamp(list(tags_of(snapshot.settings, tenant, ())))


def _meant(tags: tuple[str, ...], tenant: str | Current | None) -> tuple[list[str], list[Store]]:
    snapshot = current().chains[OWNER].snapshot
    whose = running().tenant if isinstance(tenant, Current) else tenant
    services = snapshot.resolver._services
    services.metrics.count("traitconf.cache.invalidations", max(1, len(tags)))
    return list(tags_of(snapshot.settings, whose, tags)), _stores(services, snapshot.settings)


def _stores(services: Any, settings: Any) -> list[Store]:
    """Return the stores of a runtime, the one that its settings name included."""
    caches: Caches = services.shared(Caches)
    caches.store("default", settings.cache, services.metrics)
    return caches.stores()


def forget(trait: Any, host: Any) -> None:
    """Retire what is cached about an object, now and once more when it is there for others to see.

    Args:
        trait: the trait, as it is resolved.
        host: the object.
    """
    for retire in _retiring(trait, host):
        retire()
        Identity.of(type(host)).after_commit(host, retire)


async def aforget(trait: Any, host: Any) -> None:
    """Do what `forget` does; the first time awaited.

    Args:
        trait: the trait, as it is resolved.
        host: the object.
    """
    for retire in _retiring(trait, host, is_awaited=True):
        await retire()
    for retire in _retiring(trait, host):
        identity = Identity.of(type(host))
        if identity.adapter is not None:
            identity.after_commit(host, retire)


def _retiring(trait: Any, host: Any, *, is_awaited: bool = False) -> list[Callable[[], Any]]:
    key = Identity.of(type(host)).key(host)
    if trait._services is None or key is None:
        return []
    settings = current().chains[OWNER].snapshot.settings
    names = [identity_tag(space(settings), class_name(cls), key) for cls in type(host).__mro__[:-1]]
    stores = _stores(trait._services, settings)
    return [functools.partial(store.astamp if is_awaited else store.stamp, names) for store in stores]
