"""`TraitBase`, the root of every trait: a frozen record of the options that all traits share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeVar, dataclass_transform

import attrs

from traitconf.errors import Problem, raise_errors
from traitconf.schema.computed import compute_defaults, default_of
from traitconf.schema.logger import TraitLogger
from traitconf.schema.options import option
from traitconf.schema.records import CacheOptions, EventOptions, LogOptions, MetricOptions, QueueOptions
from traitconf.types import MISSING

if TYPE_CHECKING:
    from traitconf.schema.services import Services
    from traitconf.schema.spec import TraitSpec

S = TypeVar("S")
C = TypeVar("C")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def _frozen(cls: type[C]) -> type[C]:
    """Make the root an attrs class, without type checkers knowing.

    An object that has a trait is to them both its class and the trait (`has_trait`). Two attrs classes with slots
    cannot be one, as Python lays objects out; a host and its trait need not be.
    """
    return attrs.define(frozen=True, slots=True, kw_only=True, init=False, repr=False, weakref_slot=True)(cls)


@_frozen
class TraitBase:
    """What every trait has, governed by configuration like any option.

    A trait is declared by subclassing and `@tc.trait`. Its instances are immutable: one written in code holds the
    arguments that were given; one that the framework hands to a hook or member is resolved for a model and a tenant.
    """

    enabled: bool = option(True, doc="Whether the trait acts at all.")
    shadow: bool = option(False, doc="Whether the trait decides, counts and reports, but never acts.")
    events: EventOptions = option(EventOptions(), doc="Event dispatching.")
    metrics: MetricOptions = option(MetricOptions(), doc="Metric recording.")
    cache: CacheOptions = option(CacheOptions(), doc="Caching of the operations declared with cache=True.")
    log: LogOptions = option(LogOptions(), doc="Structured logging.")
    queue: QueueOptions = option(QueueOptions(), doc="Where and how operations declared with queue=True run.")
    _given: frozenset[str] = attrs.field(init=False, default=frozenset(), eq=False)
    _services: Any = attrs.field(init=False, default=None, eq=False)

    if TYPE_CHECKING:
        __traitconf_spec__: ClassVar[TraitSpec]

    def __init__(self, **given: Any) -> None:
        """Keep the given options; only they count as definitions.

        Args:
            **given: values of options by name.

        Raises:
            ConfigError: for an unknown option or a value of the wrong type, all faults at once.
        """
        from traitconf.schema.given import checked

        values = checked(type(self), given)
        options = type(self).__traitconf_spec__.options
        self.__attrs_init__(**{name: option.default for name, option in options.items()} | values)
        raise_errors(_completed(self))
        object.__setattr__(self, "_given", frozenset(values))

    if TYPE_CHECKING:

        def __attrs_init__(self, **given: Any) -> None: ...

    def __repr__(self) -> str:
        """Show the options that differ from their defaults; secrets as dots."""
        options = type(self).__traitconf_spec__.options.values()
        shown = [
            f"{option.name}={'•••' if option.is_secret else repr(getattr(self, option.name))}"
            for option in options
            if option.path not in type(self).__traitconf_spec__.aliases
            and getattr(self, option.name) not in (option.default, default_of(option, self), MISSING)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __copy__(self) -> Self:
        """Return the trait itself: it never changes."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return the trait itself: nothing inside changes either."""
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Refuse to be pickled with a secret: the pickle would hold it in clear."""
        for one in type(self).__traitconf_spec__.options.values():
            if one.is_secret and getattr(self, one.name) not in (one.default, MISSING):
                raise TypeError(f"{type(self).__name__} holds the secret {one.name!r} and cannot be pickled")
        return super().__reduce_ex__(protocol)

    @classmethod
    def of(cls, host: object) -> Self:
        """Return this trait's typed view of a bound object: options resolved, members bound.

        Args:
            host: an object of a bound class, or the class itself.

        Returns:
            the view; to a type checker it is the trait, whose members are called without the host.

        Raises:
            TypeError: when the trait is not bound to the object's class.
        """
        view: Self = views.open(cls, host)
        return view

    @property
    def logger(self) -> TraitLogger:
        """The trait's logger, `traitconf.trait.<name>`: its lines carry trait, tenant, actor and request."""
        return TraitLogger(self)

    def shared(self, factory: Callable[[], S]) -> S:
        """Return the runtime's one object made by `factory`, made on first use; for a trait's stores and indexes.

        Args:
            factory: a class or a module-level function without arguments; it is the key.

        Raises:
            RuntimeError: on a trait that no runtime has resolved.
        """
        return self._resolved_by().shared(factory)

    def state(self, host: object) -> dict[str, Any]:
        """Return this trait's own values about one host object; they are kept beside the object and go with it.

        Args:
            host: an object whose class supports weak references.

        Raises:
            RuntimeError: on a trait that no runtime has resolved.
            TypeError: when the object's class has no `__weakref__`.
        """
        return self._resolved_by().state(self, host)

    def _resolved_by(self) -> Services:
        if self._services is None:
            raise RuntimeError(
                f"{type(self).__name__} was not resolved by a runtime; use tc.resolve({type(self).__name__})"
            )
        services: Services = self._services
        return services


class _Views:
    """The port behind `TraitBase.of`; the binding floor puts itself in."""

    def __init__(self) -> None:
        self.open: Callable[[type[Any], object], Any] = self._unbound

    @staticmethod
    def _unbound(trait: type[Any], host: object) -> Any:
        raise TypeError(f"{trait.__name__} is not bound to {type(host).__name__}; use tc.bind or @tc.use")


views: Final = _Views()


def assembled(
    trait: type[TraitBase],
    values: Mapping[str, Any],
    services: Services | None,
    report: Callable[[list[Problem]], object] | None = None,
) -> Any:
    """Make a resolved instance of a trait from values that are already checked; computed defaults are computed.

    Args:
        trait: the class.
        values: the value of every option, by name.
        services: the runtime that resolved it, if there is one.
        report: called with the computed defaults that failed, which then are `MISSING`.

    Raises:
        ConfigError: with the computed defaults that failed, where nobody wants to be told.
    """
    instance = object.__new__(trait)
    write = object.__setattr__
    for name, value in values.items():
        write(instance, name, value)
    problems = _completed(instance)
    write(instance, "_given", frozenset(values))
    write(instance, "_services", services)
    if report is None:
        raise_errors(problems)
    else:
        report(problems)
    return instance


def altered(resolved: Any, values: Mapping[str, Any]) -> Any:
    """Make an instance of a trait like one that is resolved already, but for some values; nothing is computed.

    Args:
        resolved: the instance.
        values: by name of an option, already checked.
    """
    instance = object.__new__(type(resolved))
    write = object.__setattr__
    for name in (*type(resolved).__traitconf_spec__.options, "_given", "_services"):
        write(instance, name, values[name] if name in values else getattr(resolved, name))
    return instance


def _completed(instance: Any) -> list[Problem]:
    """Compute the computed defaults of an instance, and give deprecated options the values of their successors."""
    spec = type(instance).__traitconf_spec__
    if not spec.aliases:
        return compute_defaults(spec.name, spec.options, instance)
    _hand_on(instance)  # a computed default may look at a deprecated option
    problems = compute_defaults(spec.name, spec.options, instance)
    _hand_on(instance)  # and a deprecated option may have a successor with a computed default
    return problems


def _hand_on(instance: Any) -> None:
    options = type(instance).__traitconf_spec__.options
    for name, known in options.items():
        if known.meta.deprecated:
            object.__setattr__(instance, name, getattr(instance, known.successor(options).path[0]))
