"""What holds at the very scope of a definition: for those to whom nothing more specific applies."""

from __future__ import annotations

from traitconf.layers.layer import Scope
from traitconf.resolve.order import Model, model_of
from traitconf.resolve.resolution import Resolution
from traitconf.resolve.resolver import Resolver
from traitconf.schema.catalog import Catalog
from traitconf.schema.settings import SETTINGS_SPECS


def resolve_at(resolver: Resolver, catalog: Catalog, trait: str, scope: Scope) -> Resolution | None:
    """Return a trait as it is resolved at a scope, prerequisites left out; nothing where nobody knows the trait.

    Args:
        resolver: over the graph.
        catalog: the known traits and models.
        trait: name of the trait.
        scope: where; a name that begins with `*` stands for itself.
    """
    spec = SETTINGS_SPECS.get(trait) or catalog.find(trait)
    if spec is None:
        return None
    tenant, group = (scope.name if scope.axis == axis else None for axis in ("tenant", "group"))
    return resolver.resolve(spec, _model(catalog, scope.model), tenant, group, alone=True)


def _model(catalog: Catalog, name: str) -> Model | None:
    if not name:
        return None
    found = None if name.startswith("*") else catalog.only_model(name)
    return Model(name, ((name,),)) if found is None else model_of(found)
