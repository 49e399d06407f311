"""`survey`: which classes of a package are mixins that could be adopted, found by importing it; nothing is changed."""

from __future__ import annotations

import contextlib
import enum
import importlib
import inspect
import io
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, Final

import attrs

from traitconf.bind.adopt import trait_name
from traitconf.bind.binding import bound_class
from traitconf.bind.hosts import is_immutable
from traitconf.bind.offers import Offer, offers_of
from traitconf.bind.weave import descendants_of
from traitconf.errors import ConfigError, Problem
from traitconf.schema.base import TraitBase
from traitconf.types import Origin, Severity, Source

_SKIPPED: Final = frozenset({"__main__", "tests", "test", "conftest", "migrations"})
"""Modules of a package that are programs or tests: importing them does something."""
_NO_MIXINS: Final = (TraitBase, type, BaseException, enum.Enum, tuple)


@attrs.frozen(eq=False)
class Candidate:
    """A class that could be adopted.

    Attributes:
        cls: the class.
        trait: the name that its trait would have, or has.
        offers: what it offers, by name.
        hosts: the classes that have it in their MRO, as far as they are imported.
        adopted: whether it is adopted already.
    """

    cls: type
    trait: str
    offers: dict[str, Offer]
    hosts: tuple[type, ...]
    adopted: bool = False

    @property
    def target(self) -> str:
        """The class as `adopt` and configuration spell it."""
        return f"{self.cls.__module__}:{self.cls.__qualname__}"

    def attributes(self, also: Sequence[str] = ()) -> dict[str, Offer]:
        """Return the class attributes that would become options.

        Args:
            also: names that begin with an underscore and are wanted.
        """
        return {name: one for name, one in self._wanted(also).items() if one.kind == "attribute"}

    def methods(self, also: Sequence[str] = ()) -> dict[str, Offer]:
        """Return the methods that would follow the trait's toggle.

        Args:
            also: as in `attributes`.
        """
        return {name: one for name, one in self._wanted(also).items() if one.kind == "method"}

    def private(self) -> dict[str, Offer]:
        """Return what could be adopted and must be named, because it begins with an underscore."""
        return {name: one for name, one in self.offers.items() if not one.is_public and not one.refused}

    def left(self) -> dict[str, Offer]:
        """Return what cannot be adopted, of what is public."""
        return {name: one for name, one in self.offers.items() if one.is_public and one.refused}

    def kept(self) -> dict[str, list[str]]:
        """Return the class attributes of which some hosts have one of their own, with the names of these hosts."""
        found = {
            name: [host.__qualname__ for host in self.hosts if name in vars(host)]
            for name, one in self.offers.items()
            if one.kind == "attribute" and not one.refused
        }
        return {name: hosts for name, hosts in found.items() if hosts}

    def _wanted(self, also: Sequence[str]) -> dict[str, Offer]:
        public = {name: one for name, one in self.offers.items() if one.is_public and not one.refused}
        return public | {name: one for name, one in self.private().items() if name in also}


@attrs.frozen(eq=False)
class Survey:
    """What was found in a package.

    Attributes:
        package: its name.
        candidates: in order of modules, and of definition within one.
        problems: modules that cannot be imported, as warnings.
    """

    package: str
    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...]


def survey(package: str, origin: Origin) -> Survey:
    """Import a package, every module of it, and look for mixins.

    Args:
        package: its dotted name, or that of one module.
        origin: who asks.

    Raises:
        ConfigError: when the package itself cannot be imported (TC614).
    """
    modules: list[ModuleType] = []
    problems: list[Problem] = []
    for name in _module_names(package, origin):
        found = _imported(name, origin)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            modules.append(found)
    classes = [cls for module in modules for cls in _defined(module)]
    candidates = tuple(_candidate(cls) for cls in dict.fromkeys(classes) if _is_mixin(cls))
    return Survey(package, candidates, tuple(problems))


def _module_names(package: str, origin: Origin) -> Iterator[str]:
    top = _imported(package, origin)
    if isinstance(top, Problem):
        raise ConfigError([attrs.evolve(top, severity=Severity.ERROR)])
    yield package
    yield from _below(package, getattr(top, "__path__", ()))


def _below(package: str, path: Any) -> Iterator[str]:
    for found in pkgutil.iter_modules(path):
        if found.name in _SKIPPED or found.name.startswith("test_"):
            continue
        name = f"{package}.{found.name}"
        yield name
        if found.ispkg:
            yield from _below(name, getattr(sys.modules.get(name), "__path__", ()))


def _imported(name: str, origin: Origin) -> ModuleType | Problem:
    """Import a module; what it prints is nobody's business here."""
    if not all(part.isidentifier() for part in name.split(".")):
        return Problem("TC614", f"{name!r} is not the name of a module", origin, severity=Severity.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if f"{name}.".startswith(f"{error.name}."):
            hint = "it is looked for in the working directory and among the installed packages"
            return Problem("TC614", f"there is no module {name!r}", origin, severity=Severity.WARNING, hint=hint)
        return _failed(name, error, origin)
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- other people's code may raise anything
        return _failed(name, error, origin)


def _failed(name: str, error: BaseException, origin: Origin) -> Problem:
    text = f"importing {name!r} failed: {type(error).__name__}: {error}"
    return Problem("TC614", text, origin, severity=Severity.WARNING, hint="its classes were not looked at")


def _defined(module: ModuleType) -> list[type]:
    found = [value for value in vars(module).values() if isinstance(value, type)]
    return [cls for cls in found if getattr(cls, "__module__", None) == module.__name__]


def _is_mixin(cls: type) -> bool:
    """Whether a class is meant to be mixed in: its name says so, or somebody has it beside other bases."""
    if issubclass(cls, _NO_MIXINS) or is_immutable(cls) or getattr(cls, "_is_protocol", False):
        return False
    if "mixin" in cls.__name__.lower():
        return True
    return any(len(_real_bases(sub)) > 1 and cls in sub.__bases__ for sub in type.__subclasses__(cls))


def _real_bases(cls: type) -> list[type]:
    return [base for base in cls.__bases__ if base.__module__ not in ("typing", "abc", "builtins")]


def _candidate(cls: type) -> Candidate:
    bound = bound_class(cls)
    bindings = bound.bindings.values() if bound is not None else ()
    adopted = next((binding for binding in bindings if binding.adoption is not None), None)
    hosts = tuple(sub for sub in descendants_of(cls) if not _is_mixin(sub))
    if adopted is None or adopted.adoption is None:
        return Candidate(cls, trait_name(cls), offers_of(cls), hosts)
    return Candidate(cls, adopted.spec.name, offers_of(cls), hosts, adopted=True)


def shown_type(offer: Offer) -> str:
    """Return the type of an attribute's option as people read it.

    Args:
        offer: an attribute that can be adopted.
    """
    kind = offer.option_kind
    return kind.label + (" or none" if kind.optional else "")


def shown_signature(offer: Offer) -> str:
    """Return a method with its parameters.

    Args:
        offer: a method.
    """
    function = getattr(offer.value, "__func__", offer.value)
    with contextlib.suppress(ValueError, TypeError):
        return f"{offer.name}{inspect.signature(function)}"
    return offer.name


def asked_by(package: str) -> Origin:
    """Return the origin of a question on the command line."""
    return Origin(Source.OVERRIDE, name=f"adopt {package}")
