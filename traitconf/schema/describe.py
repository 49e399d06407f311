"""`describe()`: the one public description of a trait, as a tree of plain records that every tool reads."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import attrs

from traitconf.schema.computed import is_computed
from traitconf.schema.kinds import METADATA
from traitconf.schema.members import Hook, Member, flavour_of
from traitconf.schema.options import Option, required
from traitconf.schema.signals import Signal
from traitconf.schema.spec import TraitSpec, spec_of

if TYPE_CHECKING:
    from traitconf.schema.base import TraitBase


@attrs.frozen(kw_only=True)
class OptionInfo:
    """Record: one option; the fields of a record option stand in `fields`."""

    name: str
    address: str
    type: str
    doc: str
    default: Any
    required: bool
    computed: bool
    merge: str
    unit: str
    at_least: Any
    at_most: Any
    choices: tuple[Any, ...]
    pattern: str
    secret: bool
    settable_at: tuple[str, ...]
    self_service: bool
    requires: tuple[str, ...]
    reload: bool
    since: str
    deprecated: str
    examples: tuple[Any, ...]
    important: bool
    keywords: tuple[str, ...]
    origin: str
    fields: tuple[OptionInfo, ...]


@attrs.frozen(kw_only=True)
class MemberInfo:
    """Record: one member that the trait gives to its hosts."""

    name: str
    shape: str
    flavour: str
    signature: str
    doc: str
    when_off: str
    operation: bool
    cache: bool
    queue: bool


@attrs.frozen(kw_only=True)
class HookInfo:
    """Record: one hook."""

    name: str
    kind: str
    targets: tuple[str, ...]
    optional: bool
    flavours: tuple[str, ...]
    doc: str


@attrs.frozen(kw_only=True)
class SignalInfo:
    """Record: one declared event, counter or histogram."""

    name: str
    kind: str
    unit: str
    doc: str


@attrs.frozen(kw_only=True)
class TraitInfo:
    """Record: one trait; everything that the catalogue, the command line and the docs know of it."""

    name: str
    qualified_name: str
    doc: str
    version: int
    origin: str
    tenant: str
    guard: bool
    deprecated: str
    requires: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    incompatible: tuple[str, ...]
    options: tuple[OptionInfo, ...]
    members: tuple[MemberInfo, ...]
    hooks: tuple[HookInfo, ...]
    signals: tuple[SignalInfo, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and scalars, ready for JSON."""
        return attrs.asdict(self, value_serializer=lambda _owner, _field, value: plain(value))


def describe(trait: type[TraitBase] | TraitBase) -> TraitInfo:
    """Return the public description of a trait.

    Args:
        trait: a trait class or an instance of one.

    >>> import traitconf as tc
    >>> @tc.trait
    ... class Loud(tc.TraitBase):
    ...     "Speak up."
    ...     volume: int = tc.option(3, le=11, doc="How loud.")
    >>> tc.describe(Loud).options[-1].address
    'loud.volume'
    """
    spec = spec_of(trait)
    return TraitInfo(
        name=spec.name,
        qualified_name=f"{spec.cls.__module__}:{spec.cls.__qualname__}",
        doc=spec.doc,
        version=spec.version,
        origin=str(spec.origin),
        tenant=spec.tenant,
        guard=spec.guard,
        deprecated=spec.deprecated,
        requires=tuple(spec_of(needed).name for needed in spec.requires),
        before=spec.before,
        after=spec.after,
        incompatible=spec.incompatible,
        options=tuple(_option(spec, option) for option in spec.options.values()),
        members=tuple(_member(member) for member in spec.members.values()),
        hooks=tuple(_hook(hook) for hook in spec.hooks),
        signals=tuple(_signal(signal) for signal in spec.signals.values()),
    )


def _option(spec: TraitSpec, option: Option) -> OptionInfo:
    meta = option.meta
    copied = ("doc", "unit", "pattern", "self_service", "requires", "reload", "since", "deprecated", "examples")
    return OptionInfo(
        name=option.path[-1],
        address=f"{spec.name}.{option.name}",
        type=option.kind.label + (" or none" if option.kind.optional else ""),
        default=_default(option),
        required=required(option.default),
        computed=is_computed(option.default),
        merge=option.law,
        at_least=plain(meta.ge),
        at_most=plain(meta.le),
        choices=tuple(plain(choice) for choice in (meta.one_of or option.kind.choices)),
        secret=option.is_secret,
        settable_at=meta.scope,
        important=meta.important,
        keywords=meta.keywords,
        origin=str(meta.origin),
        fields=tuple(_option(spec, field) for field in option.fields.values()),
        **{name: getattr(meta, name) for name in copied},
    )


def _default(option: Option) -> Any:
    if required(option.default) or is_computed(option.default) or not option.is_leaf:
        return None
    return "•••" if option.is_secret and option.default is not None else plain(option.default)


def _member(member: Member[Any, Any]) -> MemberInfo:
    return MemberInfo(
        name=member.name,
        shape=member.shape,
        flavour=flavour_of(member.function),
        signature=signature_text(member),
        doc=inspect.getdoc(member.function) or "",
        when_off=member.when_off,
        operation=member.operation,
        cache=member.cache,
        queue=member.queue,
    )


def signature_text(member: Member[Any, Any]) -> str:
    """Return the parameters of a member as its host shows them: without trait and host; nothing for a property.

    Args:
        member: the declaration.

    >>> from traitconf.schema.members import provides
    >>> @provides
    ... def shout(self, host, mark: str = "!") -> str: ...
    >>> signature_text(shout)
    "(mark: str = '!') -> str"
    """
    if member.shape.endswith("property"):
        return ""
    whole = inspect.signature(member.function)
    parameters = [one.replace(annotation=_bare(one.annotation)) for one in whole.parameters.values()]
    given = parameters[leading_of(member) :]
    return str(whole.replace(parameters=given, return_annotation=_bare(whole.return_annotation)))


def leading_of(member: Member[Any, Any]) -> int:
    """Return how many parameters of a member its host does not show: the trait, and the host where there is one.

    Args:
        member: the declaration.
    """
    return 1 if str(member.shape) == "staticmethod" else 2


class _Written(str):
    """An annotation that shows itself as it is written."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show no quotes."""
        return str(self)


def _bare(annotation: Any) -> Any:
    return _Written(annotation) if isinstance(annotation, str) else annotation


def _hook(hook: Hook) -> HookInfo:
    doc = inspect.getdoc(hook.function) or ""
    return HookInfo(
        name=hook.name,
        kind=hook.kind,
        targets=hook.targets,
        optional=hook.optional,
        flavours=tuple(hook.twins),
        doc=doc,
    )


def _signal(signal: Signal[Any]) -> SignalInfo:
    return SignalInfo(name=signal.name, kind=signal.kind, unit=signal.unit, doc=signal.doc)


def plain(value: Any) -> Any:
    """Return a typed value as JSON knows it: durations in text, enums by value, secrets as dots.

    >>> import datetime
    >>> plain(datetime.timedelta(minutes=5))
    '5m'
    """
    import collections.abc
    import datetime
    import enum
    import math
    import pathlib

    from traitconf.types import Secret

    if isinstance(value, enum.Enum):
        return value.value if value.__class__.__name__ != "Missing" else None
    if isinstance(value, datetime.timedelta):
        return duration_text(value)
    if isinstance(value, Secret):
        return "•••"
    if isinstance(value, (pathlib.PurePath, datetime.date, datetime.time)):
        return str(value)
    if isinstance(value, collections.abc.Mapping):
        return {str(key): plain(element) for key, element in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(element) for element in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(element) for element in value), key=str)
    if attrs.has(type(value)):
        return {field.name: _field(field, getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, float) and not math.isfinite(value):  # JSON has no word for these
        return str(value)
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def _field(field: attrs.Attribute[Any], value: Any) -> Any:
    secret = getattr(field.metadata.get(METADATA), "secret", False)
    return "•••" if secret else plain(value)


def duration_text(value: Any) -> str:
    """Return a duration as configuration files write it.

    >>> import datetime
    >>> duration_text(datetime.timedelta(days=1, seconds=90))
    '1d1m30s'
    """
    if not value:
        return "0s"
    sign, value = ("-", -value) if value.days < 0 else ("", value)
    minutes, seconds = divmod(value.seconds, 60)
    rest = f"{seconds}.{value.microseconds:06}".rstrip("0").rstrip(".") if value.microseconds else str(seconds)
    counts = ((value.days, "d"), (minutes // 60, "h"), (minutes % 60, "m"))
    return sign + "".join([f"{count}{unit}" for count, unit in counts if count] + ([f"{rest}s"] if rest != "0" else []))
