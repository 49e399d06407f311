"""What happens to the classes that have an adopted one in their MRO, those that are defined later included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from traitconf.bind.adoption import Adoption, GovernedAttribute
from traitconf.bind.binding import Binding, bound_class
from traitconf.bind.offers import Offer, offers_of
from traitconf.bind.use import install
from traitconf.errors import Problem, raise_errors
from traitconf.schema.catalog import catalog, model_names
from traitconf.schema.given import option_problems, typed
from traitconf.schema.options import Option
from traitconf.schema.spec import spec_of
from traitconf.types import Origin, Source


def welcome(adoption: Adoption, host: type, adopted: Origin, *, govern: bool) -> None:
    """Let configuration speak of a class that has an adopted one in its MRO, and of what it says itself.

    Args:
        adoption: of a class in the MRO.
        host: the class.
        adopted: who adopted that class.
        govern: whether attributes of the host's own are governed.

    Raises:
        ConfigError: when what it says itself can be no value of an option (TC650).
    """
    for other in catalog.models(model_names(host)[1]):
        if other is not host and bound_class(other) is None:  # attrs or dataclass made the class anew
            catalog.replace_model(other, host)
    catalog.add_model(host)
    own = own_attributes(adoption, host) if govern else {}
    if not own:
        return
    raise_errors(own_problems(adoption, host, adopted))
    governed = {name: _governed(adoption.attributes[name], offer) for name, offer in own.items()}
    trait = next(iter(governed.values())).trait
    given = {one.option: typed(_option(one).kind, one.original) for one in governed.values()}
    followed = attrs.evolve(adoption, attributes=governed, methods={}, follows=adoption.cls)
    first = next(iter(own.values())).origin
    origin = Origin(Source.DECORATOR, first.file, first.line, name=host.__qualname__)
    install(host, {trait: Binding(trait, given, origin, adoption=followed)}, origin)


def own_attributes(adoption: Adoption, host: type) -> Mapping[str, Offer]:
    """Return the governed attributes that a class defines itself.

    Args:
        adoption: of a class in its MRO.
        host: the class.
    """
    names = [
        name
        for name, value in vars(host).items()
        if name in adoption.attributes and not isinstance(value, GovernedAttribute)
    ]
    offers: dict[str, Offer] = offers_of(host) if names else {}
    return {name: offers[name] for name in names if name in offers}


def own_problems(adoption: Adoption, host: type, adopted: Origin) -> Iterator[Problem]:
    """Yield why attributes that a class defines itself cannot be governed.

    Args:
        adoption: of a class in its MRO.
        host: the class.
        adopted: who adopted that class.
    """
    for name, offer in own_attributes(adoption, host).items():
        option = _option(adoption.attributes[name])
        trait = spec_of(adoption.attributes[name].trait)
        for problem in option_problems(trait.name, option, typed(option.kind, offer.value), offer.origin):
            text = f"{host.__qualname__}.{name} cannot be governed: {problem.message}"
            hint = 'let it be what the option takes, or let subclasses keep their own: overrides="keep"'
            related = ((adopted, f"{adoption.cls.__qualname__} is adopted here"),)
            yield Problem("TC650", text, offer.origin, problem.address, hint=hint, related=related)


def _governed(inherited: GovernedAttribute, offer: Offer) -> GovernedAttribute:
    """Return what stands in the place of a host's own attribute."""
    frozen = typed(_option(inherited).kind, offer.value)
    return GovernedAttribute(inherited.trait, inherited.name, inherited.option, offer.value, frozen)


def _option(attribute: GovernedAttribute) -> Option:
    return spec_of(attribute.trait).options[attribute.option]
