"""The rehearsal of a new snapshot before it is published: everything in use is resolved, and traits may refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from traitconf.errors import ConfigError, Problem, Veto
from traitconf.resolve.order import Model
from traitconf.runtime.changes import Changes, Pair
from traitconf.runtime.profile import model_key
from traitconf.schema.reactions import reactions_of
from traitconf.schema.spec import TraitSpec, spec_of

if TYPE_CHECKING:
    from traitconf.runtime.snapshot import Snapshot


def rehearse(changes: Changes) -> list[Problem]:
    """Return why a snapshot must not be published.

    Args:
        changes: between the published snapshot and the new one.
    """
    problems = list(_resolving(changes.old, changes.new))
    return problems or list(_refusals(changes))


def _resolving(old: Snapshot, new: Snapshot) -> Iterator[Problem]:
    """Resolve what running code has read, for its profiles: what fails now must not fail in a call."""
    tenants = {None, *(context.tenant for context in old.contexts if not context.pinned)}
    seen: set[tuple[Any, ...]] = set()
    opened = old.opened()
    for profile in (opened[tenant] for tenant in tenants if tenant in opened):
        for model, traits in list(profile.resolved.items()):
            for trait in list(traits):
                if (profile, model, trait) not in seen:
                    seen.add((profile, model, trait))
                    yield from _fault(new, spec_of(trait), model_key(model), profile.tenant, profile.extends)


def _fault(
    new: Snapshot, spec: TraitSpec, model: Model | None, tenant: str | None, extends: tuple[str, ...] | None
) -> Iterator[Problem]:
    try:
        new.resolver.resolve(spec, model, tenant, extends=extends)
    except ConfigError as error:
        yield from error.problems
    except Exception as error:  # noqa: BLE001 -- whatever a trait's own code raises while it is resolved
        text = f"'{spec.name}' cannot be resolved: {type(error).__name__}: {error}"
        yield Problem("TC710", text, spec.origin, spec.name, hint="see the code of the trait")


def _refusals(changes: Changes) -> Iterator[Problem]:
    for pair in changes.pairs(lambda spec: next(reactions_of(spec.cls), None) is not None):
        if next(pair.changes(), None) is not None:
            for hook in reactions_of(pair.old.spec.cls):
                yield from _refusal(hook, pair)


def _refusal(hook: Any, pair: Pair) -> Iterator[Problem]:
    spec, origin = pair.new.spec, pair.new.spec.origin
    scope = f"tenant {pair.new.tenant}" if pair.new.tenant else "global"
    try:
        hook(pair.new.trait, pair.old.trait, pair.new.trait)
    except Veto as veto:
        text = f"'{spec.name}' refuses the new configuration: {veto.reason}"
        yield Problem("TC711", text, origin, spec.name, scope, hint="see its on_config hook")
    except Exception as error:  # noqa: BLE001 -- a hook that fails cannot have agreed
        text = f"the on_config hook of '{spec.name}' failed: {type(error).__name__}: {error}"
        yield Problem("TC712", text, origin, spec.name, scope, hint="see its on_config hook")
