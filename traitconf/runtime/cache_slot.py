"""The slot `cache` of the pipeline: makes the link that answers the calls of an operation from a store."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from traitconf.bind.cacheable import unidentified
from traitconf.bind.identity import Identity
from traitconf.bind.operation import Operation
from traitconf.errors import CacheKeyError, Problem
from traitconf.runtime.cache_call import CachedCall
from traitconf.runtime.cache_identity import identifier
from traitconf.runtime.cache_key import class_name, digest, encode
from traitconf.runtime.cache_link import Shape, cache_link
from traitconf.runtime.cache_recipe import Lifetimes, Recipe
from traitconf.runtime.caches import Caches, space
from traitconf.schema.base import TraitBase
from traitconf.schema.caching import Caching, is_path
from traitconf.schema.records import CacheOptions
from traitconf.schema.settings import RuntimeSettings
from traitconf.schema.spec import spec_of

_BASE: Final = frozenset(TraitBase.__annotations__)
_CACHED: Final = ("sync", "async")


def cached_operation(operation: Operation, position: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return what answers the calls of an operation from a store; the call itself where nothing is kept.

    Args:
        operation: a member of a trait.
        position: of the slot.
        call: what is cached.
    """
    point, trait = operation.point, operation.trait
    caching: Caching = operation.member.caching
    lifetimes = lifetimes_of(trait.cache, caching)
    if operation.flavour not in _CACHED or not (lifetimes.ttl or lifetimes.negative):
        return call
    spec = spec_of(trait)
    is_whole = point.receiver == "instance" and caching.is_identity
    if is_whole and not Identity.of(operation.model).names:
        raise CacheKeyError(unidentified(operation.model, operation.name))
    names = caching.names if point.receiver == "instance" else ()
    check_names(operation.name, names)
    shape = Shape(point.signature, names, caching.ignore, whole=is_whole, shared=not operation.profile.is_of_one)
    settings: RuntimeSettings = operation.profile.snapshot.settings
    recipe = Recipe(
        space=space(settings),
        trait=spec.name,
        operation=operation.member.name,
        model=class_name(operation.model),
        epoch=epoch_of(trait, caching, is_own=getattr(operation.member, "is_own", True)),
        names=shape.names,
        tags=caching.tags,
        vary=trait.cache.vary,
        lifetimes=lifetimes,
        records=records(operation.member.function),
    )
    cached = cached_call(recipe, trait.cache.store, settings, trait._services, shape)
    return cache_link(shape, operation.flavour, (point.index, -position), cached, call)


def check_names(what: str, names: Iterable[str]) -> None:
    """Check the names of a key, which become code.

    Args:
        what: is cached.
        names: of attributes.

    Raises:
        CacheKeyError: when one of them is no name (TC686).
    """
    for name in names:
        if not is_path(name):
            text = f"{what} cannot be cached: its key names {name!r}, which is no name of an attribute"
            raise CacheKeyError(Problem("TC686", text, hint='name attributes of the object, for example "author.id"'))


def cached_call(recipe: Recipe, store: str, settings: RuntimeSettings, services: Any, shape: Shape) -> CachedCall:
    """Return what answers the calls of a recipe in a runtime.

    Args:
        recipe: how keys and entries are made.
        store: its name.
        settings: of the runtime.
        services: of the runtime.
        shape: what identifies a call.
    """
    caches: Caches = services.shared(Caches)
    identity = identifier(recipe.space) if shape.whole else None
    kept_in = caches.store(store, settings.cache, services.metrics)
    tally = caches.tally(recipe.name, services.metrics)
    return CachedCall(recipe, kept_in, caches.flights, tally, identity, shape.shared)


def records(function: Callable[..., Any]) -> Callable[[], Mapping[str, type]]:
    """Return what finds out, once, which records a function says to return; a store in memory never asks.

    Args:
        function: the operation's.
    """

    @functools.cache
    def found() -> Mapping[str, type]:
        from traitconf.runtime.cache_codec import records_of

        return records_of(function)

    return found


def lifetimes_of(options: CacheOptions, caching: Caching) -> Lifetimes:
    """Return how long results are kept.

    Args:
        options: of the trait.
        caching: of the operation.
    """
    ttl = options.ttl if caching.ttl is None else caching.ttl
    return Lifetimes(
        ttl=ttl.total_seconds(),
        stale=options.stale.total_seconds(),
        stale_if_error=options.stale_if_error.total_seconds(),
        negative=options.negative_ttl.total_seconds(),
        jitter=options.jitter,
    )


def epoch_of(trait: Any, caching: Caching, *, is_own: bool) -> str:
    """Return the hash of what a result depends on besides the call: the trait's own options, as they are resolved.

    Args:
        trait: as it is resolved.
        caching: of the operation.
        is_own: whether it is the trait's own code, which reads these options.
    """
    spec = spec_of(trait)
    own = {name: getattr(trait, name) for name in spec.options if is_own and name not in _BASE}
    return digest(encode((spec.version, caching.version, caching.key, caching.ignore, own)), 4)
