"""`@trait`: turns a class body into a frozen, slotted attrs class with a spec, and registers it in the catalog."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeVar, dataclass_transform, overload

import attrs

from traitconf.errors import ConfigError, Problem
from traitconf.schema.base import TraitBase
from traitconf.schema.caching import forget_identity, forget_identity_async
from traitconf.schema.catalog import catalog
from traitconf.schema.computed import is_computed
from traitconf.schema.declaration import declaration_faults, laws_of
from traitconf.schema.deprecated import alias_faults
from traitconf.schema.given import option_problems, typed
from traitconf.schema.governs import Governing
from traitconf.schema.kinds import METADATA, Kind, kind_of
from traitconf.schema.members import Hook, Member
from traitconf.schema.options import Option, OptionMeta, required
from traitconf.schema.requires import requires_faults
from traitconf.schema.signals import Signal
from traitconf.schema.spec import TraitSpec, spec_of
from traitconf.types import MISSING, Origin, Source

T = TypeVar("T", bound=TraitBase)
RESERVED: Final = frozenset({"extends", "models", "class", "use", "traits", "groups", "tenants", "runtime"})


@overload
@dataclass_transform(frozen_default=True, kw_only_default=True)
def trait(cls: type[T], /) -> type[T]: ...
@overload
@dataclass_transform(frozen_default=True, kw_only_default=True)
def trait(
    *,
    name: str = ...,
    version: int = ...,
    requires: Iterable[type[TraitBase]] = ...,
    before: Iterable[str] = ...,
    after: Iterable[str] = ...,
    incompatible: Iterable[str] = ...,
    tenant: Literal["optional", "required"] = ...,
    guard: bool = ...,
    deprecated: str = ...,
    writes: Iterable[str] = ...,
    state: Literal["never", "without_field", "always"] = ...,
) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, kw_only_default=True)
def trait(cls: Any = None, /, **metadata: Any) -> Any:
    """Declare a trait.

    Args:
        cls: a subclass of TraitBase.
        **metadata: `name` (default: the class name in snake_case), `version`, `requires` (traits that must be bound
            too), `before` and `after` (names of traits: whose hooks run inside or outside of these), `incompatible`
            (names), `tenant` (`optional` or `required`), `guard`, `deprecated` (what to use instead), `writes` (names
            of options that name fields of the host which the trait writes), `state` (whether it keeps values beside
            the objects: `never`, `always`, or `without_field` of these). Binding refuses what the kind of class then
            does not allow.

    Returns:
        the class, frozen, slotted, keyword-only.

    Raises:
        ConfigError: for every fault of the declaration at once (TC12x).

    >>> import traitconf as tc
    >>> @tc.trait
    ... class Polite(tc.TraitBase):
    ...     "Say please."
    ...     word: str = tc.option("please", doc="The word.")
    >>> Polite(word="thanks")
    Polite(word='thanks')
    """
    scope = sys._getframe(1).f_locals
    if cls is None:
        return lambda cls: _declare(cls, scope, **metadata)
    return _declare(cls, scope)


def _declare(cls: Any, scope: Mapping[str, Any], **metadata: Any) -> type[Any]:
    origin = _class_origin(cls)
    if not (isinstance(cls, type) and issubclass(cls, TraitBase)):
        raise ConfigError([Problem("TC120", f"{cls!r} is not a subclass of tc.TraitBase", origin)])
    name = metadata.pop("name", None) or snake_case(cls.__name__)
    problems = _name_problems(name, origin)
    problems += _half_declared(cls, name, origin)
    body = set(vars(cls)) - set(inspect.get_annotations(cls))
    made = attrs.define(cls, frozen=True, slots=True, kw_only=True, init=False, repr=False)
    hints = _hints(made, dict(scope), problems, origin)
    options = _options(made, name, hints, problems)
    problems += _shadowing(body, options, name, origin)
    relations = _relations(metadata)
    if unknown := set(relations.get("writes", ())) - set(options):
        raise TypeError(f"writes={sorted(unknown)!r}: {cls.__name__} has no such option")
    spec = TraitSpec(
        name=name,
        cls=made,
        doc=inspect.cleandoc(cls.__doc__ or ""),
        origin=origin,
        options=options,
        **_declared(made),
        **relations,
    )
    if problems:
        raise ConfigError(problems)
    type.__setattr__(made, "__traitconf_spec__", spec)
    made()  # shows at once whether the computed defaults can be computed
    catalog.add(spec)
    return made


def snake_case(name: str) -> str:
    """Return a class name as configuration files spell it.

    >>> snake_case("SoftDeletes")
    'soft_deletes'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _class_origin(cls: type) -> Origin:
    frame = sys._getframe(3)
    return Origin(Source.DECORATOR, frame.f_code.co_filename, frame.f_lineno, name=getattr(cls, "__qualname__", ""))


def _name_problems(name: str, origin: Origin) -> list[Problem]:
    if name in RESERVED:
        return [Problem("TC121", f"{name!r} is a word of the configuration and cannot name a trait", origin)]
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        hint = "use lower case letters, digits and single underscores"
        return [Problem("TC121", f"{name!r} cannot name a trait", origin, hint=hint)]
    return []


def _half_declared(cls: type, trait: str, origin: Origin) -> list[Problem]:
    """Return what is annotated without `option()`, and what is an `option()` without annotation."""
    annotations = inspect.get_annotations(cls)
    hint = "declare it with tc.option(default, doc=…); a constant needs ClassVar"
    bare = [
        Problem("TC122", f"'{trait}.{name}' is annotated but not declared with option()", origin, hint=hint)
        for name, annotation in annotations.items()
        if "ClassVar" not in str(annotation) and METADATA not in _metadata(cls.__dict__.get(name))
    ]
    untyped = [
        Problem(
            "TC122", f"the option '{trait}.{name}' has no type", _metadata(value)[METADATA].origin, hint="annotate it"
        )
        for name, value in vars(cls).items()
        if name not in annotations and METADATA in _metadata(value)
    ]
    return bare + untyped


def _metadata(declared: Any) -> Mapping[str, Any]:
    metadata = getattr(declared, "metadata", {})
    return metadata if isinstance(metadata, Mapping) else {}


def _shadowing(body: set[str], options: Mapping[str, Option], trait: str, origin: Origin) -> list[Problem]:
    """Return what the class body defines under the name of an option or of a method of TraitBase."""
    both = [
        Problem("TC124", f"'{trait}.{name}' is both an option and a member", origin, hint="choose another name")
        for name in sorted(body & set(options))
    ]
    return both + [
        Problem("TC124", f"'{trait}.{name}' shadows TraitBase.{name}", origin, hint="choose another name")
        for name in sorted(body & _methods_of_the_base())
    ]


def _hints(cls: type, scope: dict[str, Any], problems: list[Problem], origin: Origin) -> Mapping[str, Any]:
    try:
        return typing.get_type_hints(cls, localns=scope)
    except (NameError, TypeError, AttributeError) as error:
        problems.append(Problem("TC123", f"an annotation of {cls.__qualname__} cannot be evaluated: {error}", origin))
        return {}


def _options(cls: type, trait: str, hints: Mapping[str, Any], problems: list[Problem]) -> Mapping[str, Option]:
    options = {}
    for field in attrs.fields(cls):
        meta = field.metadata.get(METADATA)
        if meta is None or field.name not in hints:
            continue
        if wrong := _bad_name(field.name):
            text = f"option '{trait}.{field.name}' {wrong}"
            problems.append(Problem("TC124", text, meta.origin, hint="choose another name"))
            continue
        try:
            made = _option((field.name,), kind_of(hints[field.name]), meta)
        except TypeError as error:
            problems.append(Problem("TC125", f"'{trait}.{field.name}': {error}", meta.origin))
            continue
        options[field.name] = made
        problems += _default_problems(trait, made)
    leaves = {leaf.path: leaf for option in options.values() for leaf in option.leaves()}
    problems += [
        Problem("TC125", f"'{trait}.{option.name}': {text}", option.meta.origin)
        for option, text in (*alias_faults(options), *requires_faults(leaves))
    ]
    return options


def _bad_name(option: str) -> str:
    if option.startswith("_"):
        return "begins with an underscore"
    return f"shadows TraitBase.{option}" if option in _methods_of_the_base() else ""


def _methods_of_the_base() -> set[str]:
    return {name for name in vars(TraitBase) if not name.startswith("_")} - set(TraitBase.__annotations__)


def _option(path: tuple[str, ...], kind: Kind, meta: OptionMeta) -> Option:
    if len(path) > 1 and is_computed(meta.default):
        raise TypeError(f"the field {path[-1]} cannot have a computed default")
    if faults := [*declaration_faults(kind, meta)]:
        raise TypeError("; ".join(faults))
    law = meta.merge or laws_of(kind)[0]
    fields = {}
    if kind.form == "record" and law == "merge":
        fields = {
            name: _option((*path, name), inner, _field_meta(kind, name, meta)) for name, inner in kind.fields.items()
        }
    return Option(path, kind, meta, typed(kind, meta.default), law, fields)


def _field_meta(kind: Kind, name: str, parent: OptionMeta) -> OptionMeta:
    """Return what is known of a record's field; the default of the whole record says the field's default."""
    meta = None
    if attrs.has(kind.annotation):
        meta = attrs.fields_dict(kind.annotation)[name].metadata.get(METADATA)
    if not isinstance(meta, OptionMeta):
        meta = OptionMeta(doc=f"Field {name} of {kind.label}.", origin=parent.origin, default=_own_default(kind, name))
    meta = attrs.evolve(meta, secret=meta.secret or parent.secret, scope=meta.scope or parent.scope)
    if type(parent.default) is kind.annotation:
        return attrs.evolve(meta, default=getattr(parent.default, name))
    return meta


def _own_default(kind: Kind, name: str) -> Any:
    """Return the default that a record's class gives a field, where it needs no computation."""
    if attrs.has(kind.annotation):
        default = attrs.fields_dict(kind.annotation)[name].default
        return MISSING if default is attrs.NOTHING or isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]  # Factory is a class
    fields = {field.name: field for field in dataclasses.fields(kind.annotation)}
    return MISSING if fields[name].default is dataclasses.MISSING else fields[name].default


def _default_problems(trait: str, option: Option) -> list[Problem]:
    if required(option.default) or is_computed(option.default):
        return []
    return option_problems(trait, option, option.default, option.meta.origin)


def _declared(cls: type) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        attributes |= vars(base)
    found = {name: value for name, value in attributes.items() if isinstance(value, (Member, Hook, Signal))}
    return {
        "members": {name: value for name, value in found.items() if isinstance(value, Member)},
        "hooks": (*(value for value in found.values() if isinstance(value, Hook)), *_forgetting(found.values())),
        "signals": {name: value for name, value in found.items() if isinstance(value, Signal)},
    }


def _forgetting(declared: Iterable[Any]) -> Iterator[Hook]:
    """Yield the hook that retires what is cached about an object by its identity, where something is."""
    declared = list(declared)
    members = [one for one in declared if isinstance(one, Member) and one.cache and one.shape == "method"]
    governs = any(isinstance(one, Governing) for one in declared)  # files may say what is cached by identity
    if governs or any(member.caching.is_identity for member in members):
        hook = Hook("after", ("save", "delete"), forget_identity, optional=True)
        hook.name = "forget_identity"
        hook.twin(forget_identity_async)
        yield hook


def _relations(metadata: dict[str, Any]) -> dict[str, Any]:
    known = {"version", "requires", "before", "after", "incompatible", "tenant", "guard", "deprecated"}
    known |= {"writes", "state"}
    if unknown := set(metadata) - known:
        raise TypeError(
            f"trait() does not know {', '.join(sorted(unknown))}; known are {', '.join(sorted(known | {'name'}))}"
        )
    for name in {"requires", "before", "after", "incompatible", "writes"} & set(metadata):
        value = metadata[name]
        metadata[name] = (value,) if isinstance(value, (str, type)) else tuple(value)
    for needed in metadata.get("requires", ()):
        spec_of(needed)
    if metadata.get("tenant", "optional") not in ("optional", "required"):
        raise TypeError(f"tenant={metadata['tenant']!r}: must be 'optional' or 'required'")
    if metadata.get("state", "never") not in ("never", "without_field", "always"):
        raise TypeError(f"state={metadata['state']!r}: must be 'never', 'without_field' or 'always'")
    return metadata


def record_spec(cls: Any, name: str) -> TraitSpec:
    """Return a spec for a frozen attrs record that is configured like a trait but bound to nothing.

    Args:
        cls: the record; every field is declared with `option()`.
        name: the first part of its addresses.

    Raises:
        ConfigError: for every fault of the declaration at once.
    """
    origin = Origin(Source.DECORATOR, sys.modules[cls.__module__].__file__ or "", name=cls.__qualname__)
    problems: list[Problem] = []
    options = _options(cls, name, _hints(cls, {}, problems, origin), problems)
    if problems:
        raise ConfigError(problems)
    doc = inspect.cleandoc(cls.__doc__ or "")
    return TraitSpec(name=name, cls=cls, doc=doc, origin=origin, options=options, members={}, hooks=(), signals={})
