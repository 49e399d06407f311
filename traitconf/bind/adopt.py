"""The verb `adopt`: a mixin that exists becomes a trait; its class attributes are options, its methods a toggle's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeVar, get_args, overload

import attrs

from traitconf.bind.adoption import AdoptedMethod, Adoption, GovernedAttribute
from traitconf.bind.binding import Binding, bound_class
from traitconf.bind.hosting import own_problems, welcome
from traitconf.bind.offers import Offer, offers_of, option_name
from traitconf.bind.use import check_target, install, locate, unbind
from traitconf.bind.weave import descendants_of
from traitconf.errors import Problem, did_you_mean, raise_errors
from traitconf.schema.base import TraitBase
from traitconf.schema.given import caller, typed
from traitconf.schema.made_trait import MadeOption, make_trait
from traitconf.schema.members import provides_with
from traitconf.schema.spec import TraitSpec, spec_of
from traitconf.types import Origin

WhenOff = Literal["raise", "run"]
Overrides = Literal["keep", "govern"]
AsTrait = str | type[TraitBase]
T = TypeVar("T", bound=TraitBase)


@overload
def adopt(
    mixin: type | str,
    as_trait: type[T],
    *,
    options: Iterable[str] | Mapping[str, str] | None = ...,
    methods: Iterable[str] | None = ...,
    when_off: WhenOff = ...,
    overrides: Overrides = ...,
) -> type[T]: ...
@overload
def adopt(
    mixin: type | str,
    as_trait: str = ...,
    *,
    options: Iterable[str] | Mapping[str, str] | None = ...,
    methods: Iterable[str] | None = ...,
    when_off: WhenOff = ...,
    overrides: Overrides = ...,
) -> type[TraitBase]: ...
def adopt(
    mixin: type | str,
    as_trait: AsTrait = "",
    *,
    options: Iterable[str] | Mapping[str, str] | None = None,
    methods: Iterable[str] | None = None,
    when_off: WhenOff = "raise",
    overrides: Overrides = "keep",
) -> type[TraitBase]:
    """Turn a mixin that exists into a trait, for every class that has it in its MRO; its file is not touched.

    Class attributes become options, read for the class that is asked and the running tenant. Methods follow `enabled`:
    where the trait is off, a class behaves as if the mixin had none. `tc.unbind(mixin, trait)` undoes it.

    Args:
        mixin: a class, or `"module:QualName"`, which is imported.
        as_trait: name of the trait, by default that of the mixin; or a trait of your own, whose options count.
        options: the class attributes; a mapping names their options. By default all public ones that an option can
            stand for; those with an underscore must be named.
        methods: the methods, by default all public ones.
        when_off: what a method that nothing else stands for does while the trait is off: `raise` TraitDisabled, or
            `run` all the same.
        overrides: whether subclasses `keep` attributes that they define themselves, or let configuration `govern`
            them: they are then definitions for that model, written in code, before which a tenant's goes.

    Returns:
        the trait.

    Raises:
        ConfigError: when it cannot be adopted (TC6xx); the class is then unchanged.

    >>> import traitconf as tc
    >>> class Paginated:
    ...     page_size = 20
    >>> _ = tc.adopt(Paginated)
    >>> with tc.override({"paginated.page_size": 50}):
    ...     Paginated.page_size
    50
    """
    _check_words(when_off, overrides)
    origin = caller()
    cls = locate(mixin, origin) if isinstance(mixin, str) else mixin
    check_target(cls, origin)
    if not isinstance(as_trait, str):
        spec_of(as_trait)  # says what is wrong with anything else
    wanted = _Wanted(cls, as_trait or trait_name(cls), _Manner.of(options, methods, when_off, overrides), origin)
    return wanted.same() or _adopt(wanted)


def _adopt(wanted: _Wanted) -> type[TraitBase]:
    raise_errors(wanted.problems())
    cls, origin, hosts = wanted.cls, wanted.origin, descendants_of(wanted.cls)
    trait = wanted.trait()
    adoption = wanted.adoption(trait)
    if wanted.manner.overrides == "govern":
        raise_errors(problem for host in hosts for problem in own_problems(adoption, host, origin))
    install(cls, {trait: Binding(trait, {}, origin, adoption=adoption)}, origin)
    try:
        for host in hosts:
            adoption.welcome(host)
    except BaseException:  # whatever a foreign metaclass raises: all or nothing
        unbind(cls, trait)
        raise
    return trait


def _check_words(when_off: str, overrides: str) -> None:
    for name, word, known in (("when_off", when_off, _WHEN_OFF), ("overrides", overrides, _OVERRIDES)):
        if word not in known:
            raise TypeError(f"{name}={word!r}: must be {' or '.join(map(repr, known))}")


def adopting_problems(
    cls: type, as_trait: str, options: Iterable[str] | None, methods: Iterable[str] | None, origin: Origin
) -> list[Problem]:
    """Return why a class cannot be adopted, as `adopt` would say it; nothing is changed.

    Args:
        cls: the class.
        as_trait: as in `adopt`.
        options: as in `adopt`.
        methods: as in `adopt`.
        origin: who asks.
    """
    return _Wanted(cls, as_trait, _Manner.of(options, methods), origin).problems()


@attrs.frozen
class _Manner:
    """How to adopt: the arguments of `adopt` behind the class and the trait."""

    options: dict[str, str] | None
    methods: tuple[str, ...] | None
    when_off: WhenOff = "raise"
    overrides: Overrides = "keep"

    @classmethod
    def of(
        cls,
        options: Iterable[str] | Mapping[str, str] | None,
        methods: Iterable[str] | None,
        when_off: WhenOff = "raise",
        overrides: Overrides = "keep",
    ) -> _Manner:
        """Take the arguments as they are given."""
        named = None if options is None else _renamed(options)
        return cls(named, None if methods is None else _names(methods), when_off, overrides)


class _Wanted:
    """What one call of `adopt` asks for."""

    def __init__(self, cls: type, as_trait: AsTrait, manner: _Manner, origin: Origin) -> None:
        """Look at what the class offers."""
        self.cls, self.as_trait, self.manner, self.origin = cls, as_trait, manner, origin
        self.offers = offers_of(cls)
        self.options, self.methods = manner.options, manner.methods

    @property
    def asked(self) -> tuple[Any, ...]:
        """The question, to compare it with another one."""
        return self.as_trait, self.manner

    def same(self) -> type[TraitBase] | None:
        """Return the trait of the same question, if it was asked before."""
        for binding in _adopted(self.cls):
            if binding.adoption is not None and binding.adoption.asked == self.asked:
                return binding.trait
        return None

    def attributes(self) -> dict[str, str]:
        """Return the name of the option of every class attribute that is wanted."""
        if self.options is not None:
            return self.options
        public = {name: offer for name, offer in self._offered("attribute").items() if offer.is_public}
        if isinstance(self.as_trait, str):
            return {name: offer.option for name, offer in public.items() if not offer.refused}
        # A trait of one's own says which; it may name private ones, and its types count.
        known = set(spec_of(self.as_trait).options) - _BASE
        return {name: offer.option for name, offer in self._offered("attribute").items() if offer.option in known}

    def method_names(self) -> tuple[str, ...]:
        """Return the names of the methods that are wanted."""
        if self.methods is not None:
            return self.methods
        return tuple(name for name, one in self._offered("method").items() if one.is_public and not one.refused)

    def problems(self) -> list[Problem]:
        """Return why it cannot be adopted."""
        texts = [*self._wrong_names(), *self._wrong_options()]
        if not texts and not self.attributes() and not self.method_names():
            texts = [(f"{self.cls.__qualname__} itself has no class attribute and no method to adopt", self._hint())]
        return [Problem("TC650", text, self.origin, hint=hint) for text, hint in texts] + self._conflicts()

    def trait(self) -> type[TraitBase]:
        """Return the trait, made where only its name is given."""
        if not isinstance(self.as_trait, str):
            return self.as_trait
        offers = [(option, self.offers[name]) for name, option in self.attributes().items()]
        options = [
            MadeOption(option, one.annotation, one.frozen_value(), f"{self.cls.__name__}.{one.name}.", one.origin)
            for option, one in offers
        ]
        doc = f"What {self.cls.__module__}:{self.cls.__qualname__} does."
        title = "".join(word.capitalize() for word in self.as_trait.split("_"))
        place = self.cls.__module__, f"{self.cls.__qualname__}.{title}"
        return make_trait(self.as_trait, doc, options, self.origin, place)

    def adoption(self, trait: type[TraitBase]) -> Adoption:
        """Return what stands in the place of the wanted attributes and methods."""
        spec = spec_of(trait)
        attributes = {
            name: GovernedAttribute(trait, name, option, value, typed(spec.options[option].kind, value))
            for name, option in self.attributes().items()
            for value in (self.offers[name].value,)
        }
        methods = {}
        for name in self.method_names():
            function = self.offers[name].value
            member = provides_with(getattr(function, "__func__", function), self.manner.when_off)
            methods[name] = AdoptedMethod(trait, member)
        govern = self.manner.overrides == "govern"

        def welcomed(host: type) -> None:
            welcome(adoption, host, self.origin, govern=govern)

        adoption = Adoption(self.cls, attributes, methods, self.asked, welcomed)
        return adoption

    def _offered(self, kind: str) -> dict[str, Offer]:
        return {name: offer for name, offer in self.offers.items() if offer.kind == kind}

    def _wrong_names(self) -> Iterator[tuple[str, str]]:
        """Yield what is named and cannot be governed."""
        for kind, names in (("attribute", tuple(self.options or ())), ("method", self.methods or ())):
            for name in names:
                offer = self.offers.get(name)
                what = f"{self.cls.__qualname__}.{name}"
                if offer is None or offer.kind != kind:
                    near = did_you_mean(name, self._offered(kind))
                    yield f"{self.cls.__qualname__} itself has no {kind} {name!r}", near or self._hint()
                elif offer.refused and (kind == "method" or isinstance(self.as_trait, str)):
                    yield f"{what} cannot be adopted: {offer.refused}", self._way_out(offer)

    def _way_out(self, offer: Offer) -> str:
        if offer.kind == "attribute" and offer.refused.startswith(("nothing says", "an option")):
            return "annotate it, or declare a trait with an option of that name: as_trait=YourTrait"
        return "leave it out"

    def _wrong_options(self) -> Iterator[tuple[str, str]]:
        taken: dict[str, str] = {}
        for name, option in self.attributes().items():
            what = f"{self.cls.__qualname__}.{name}"
            hint = f"give it another name: options={{{name!r}: …}}"
            if option in taken:
                yield f"{what} and {taken[option]} would both be the option {option!r}", hint
            taken[option] = what
            if option in _BASE or option in _METHODS:
                yield f"{what} would be the option {option!r}, which every trait has already", hint
            elif not option.isidentifier() or option.startswith("_"):
                yield f"{what} would be the option {option!r}, which is no name for one", hint
            elif not isinstance(self.as_trait, str):
                yield from self._unlike(spec_of(self.as_trait), name, option)

    def _unlike(self, spec: TraitSpec, name: str, option: str) -> Iterator[tuple[str, str]]:
        """Yield why an option of a declared trait cannot stand for an attribute."""
        what = f"{self.cls.__qualname__}.{name}"
        known, offer = spec.options.get(option), self.offers.get(name)
        if known is None:
            near = did_you_mean(option, spec.options) or f"declare it on {spec.cls.__name__}"
            yield f"{spec.cls.__name__} has no option {option!r} to stand for {what}", near
        elif offer is not None and (hasattr(type(offer.value), "__get__") or offer.refused.startswith("it is a field")):
            yield f"{what} cannot be adopted: {offer.refused}", "leave it out"
        elif offer is not None and not known.kind.accepts(typed(known.kind, offer.value)):
            got = type(offer.value).__name__
            yield f"{what} is a {got}, the option {spec.name}.{option} is {known.kind.label}", "let the types agree"

    def _conflicts(self) -> list[Problem]:
        """Return what others have adopted of the class before."""
        mine = {*self.attributes(), *self.method_names()}
        found = []
        for binding in _adopted(self.cls):
            adoption = binding.adoption
            both = sorted(mine & adoption.names) if adoption is not None else []
            if both or binding.spec.name == self.as_trait or binding.trait is self.as_trait:
                text = f"{self.cls.__qualname__} is adopted already, as the trait {binding.spec.name!r}"
                text += f", with {', '.join(both)}" if both else ""
                hint = f"adopt it once; tc.unbind({self.cls.__name__}, …) undoes the first"
                related = ((binding.origin, "adopted here first"),)
                found.append(Problem("TC651", text, self.origin, hint=hint, related=related))
        return found

    def _hint(self) -> str:
        bases = [base.__qualname__ for base in self.cls.__mro__[1:] if base is not object]
        rest = [name for name, offer in self.offers.items() if not offer.is_public and not offer.refused]
        if rest:
            return f"name those that begin with an underscore: options= or methods= of {', '.join(rest)}"
        return f"adopt the base that has it: {', '.join(bases)}" if bases else "see what the class has of itself"


def _adopted(cls: type) -> list[Binding]:
    bound = bound_class(cls)
    return [one for one in bound.bindings.values() if one.adoption is not None] if bound is not None else []


def _renamed(options: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    if isinstance(options, Mapping):
        return dict(options)
    return {name: option_name(name) for name in _names(options)}


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def trait_name(cls: type) -> str:
    """Return the name of the trait that a mixin becomes.

    >>> class SoftDeleteMixin: ...
    >>> trait_name(SoftDeleteMixin)
    'soft_delete'
    """
    return option_name(cls.__name__.removesuffix("Mixin") or cls.__name__)


_WHEN_OFF: Final = get_args(WhenOff)
_OVERRIDES: Final = get_args(Overrides)
_BASE: Final = frozenset(TraitBase.__annotations__)
_METHODS: Final = frozenset(name for name in vars(TraitBase) if not name.startswith("_")) - _BASE
