"""`Subject`: what a command is asked about: an address, perhaps for a model and for a tenant or group."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Final

import attrs

from traitconf.cli.reply import UsageFault
from traitconf.cli.session import Session
from traitconf.errors import Problem, did_you_mean
from traitconf.layers.address import Address
from traitconf.layers.environ import fold
from traitconf.resolve.explain import Explanation
from traitconf.resolve.order import model_of
from traitconf.runtime.snapshot import Snapshot
from traitconf.schema.catalog import catalog
from traitconf.schema.settings import SETTINGS_SPECS
from traitconf.types import Severity

EVERY: Final = "*"
"""Stands for every trait where an address ends before one."""


@attrs.frozen
class Subject:
    """What a command is asked about.

    Attributes:
        address: trait and option; the trait is `*` for every one.
        model: the model's class; its name where the class is not known.
        tenant: id of the tenant, or none.
        notes: what is doubtful about the question.
    """

    address: Address
    model: type | str | None
    tenant: str | None
    notes: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """The address without its scope; empty for every trait."""
        parts = (self.address.trait, self.address.option)
        return "" if self.address.trait == EVERY else ".".join(part for part in parts if part)

    @property
    def model_name(self) -> str | None:
        """The model's name."""
        return self.model.__name__ if isinstance(self.model, type) else self.model

    def as_dict(self) -> dict[str, str | None]:
        """Return the question as it stands in every reply."""
        found: dict[str, str | None] = {"address": self.name, "model": self.model_name, "tenant": self.tenant}
        return found | ({"group": self.address.group} if self.address.group else {})

    def explanations(self, snapshot: Snapshot) -> list[Explanation]:
        """Explain every option that is asked about.

        Args:
            snapshot: the answers come from it.
        """
        names = [*SETTINGS_SPECS, *catalog.names()] if self.address.trait == EVERY else [self.name]
        prefix = f"groups.{self.address.group}." if self.address.group else ""
        return [found for name in names for found in snapshot.explain(prefix + name, catalog, self.model, self.tenant)]


def subject_of(session: Session, text: str, model: str | None, tenant: str | None) -> Subject:
    """Understand a question, with every fault of it at once.

    Args:
        session: a configuration without errors.
        text: the address; one that ends before the trait stands for every trait.
        model: what `--model` says.
        tenant: what `--tenant` says.

    Raises:
        UsageFault: when a name is unknown, or flags and address contradict each other.
    """
    assert session.snapshot is not None
    address = _parsed(text)
    reader = _Reader(session.snapshot, bool(session.application.module))
    reader.agree("model", model, address.model)
    reader.agree("tenant", tenant, address.tenant or address.group)
    reader.trait(address)
    chosen = reader.model(model or address.model)
    who = tenant or address.tenant
    reader.group(address.group)
    reader.tenant(who)
    if reader.faults:
        raise UsageFault(reader.faults)
    return Subject(address, chosen, who, tuple(reader.notes))


def _parsed(text: str) -> Address:
    """Read an address; one that is a mere scope is completed to all traits of it."""
    if not text:
        return Address(EVERY)
    for whole in (text, f"{text}.{EVERY}"):
        with contextlib.suppress(LookupError):
            if all(text.split(".")):
                return Address.parse(whole)
    hint = "write trait.option, perhaps with tenants.<id>. or models.<name>. before it"
    raise UsageFault([Problem("TC105", f"{text!r} is not an address", hint=hint)])


class _Reader:
    """Looks the names of a question up, and gathers what is wrong."""

    def __init__(self, snapshot: Snapshot, has_application: bool) -> None:
        self.snapshot, self.has_application = snapshot, has_application
        self.address = ""
        self.faults: list[Problem] = []
        self.notes: list[Problem] = []

    def agree(self, what: str, flag: str | None, address: str | None) -> None:
        """Report a flag that contradicts the address."""
        if flag and address and flag != address:
            self.faults.append(
                Problem("TC105", f"the address says {address!r}, --{what} says {flag!r}", hint="say one")
            )

    def trait(self, address: Address) -> None:
        """Report an unknown trait or option."""
        if address.trait == EVERY:
            return
        self.address = f"{address.trait}.{address.option}".rstrip(".")
        spec = SETTINGS_SPECS.get(address.trait) or catalog.find(address.trait)
        if spec is None:
            text, hint = _split(address.unknown_trait([*catalog.names(), *SETTINGS_SPECS]))
            more = "" if self.has_application else "; an application's own traits are known with --app"
            self._unknown("TC102", text, hint + more)
        elif address.option:
            path = tuple(address.option.split("."))
            if not any(leaf[: len(path)] == path for leaf in spec.leaves):
                self._unknown("TC101", *_split(address.unknown_option(spec)))

    def model(self, name: str) -> type | str | None:
        """Return the class of a model, or its name when the class is not known."""
        classes = _classes(name) if name else []
        if len(classes) == 1:
            return classes[0]
        if classes:
            names = ", ".join(f"{cls.__module__}:{cls.__qualname__}" for cls in classes)
            self._unknown("TC131", f"several models are called {name!r}", f"name one of {names}")
        elif name and name not in self.snapshot.graph.model_names():
            self._doubt_model(name)
        return name or None

    def _doubt_model(self, name: str) -> None:
        known = {*self.snapshot.graph.model_names(), *(index.rpartition(":")[2] for index in catalog.model_index())}
        hint = _hint(name, (model for model in known if not model.startswith("*")))
        if self.has_application:
            self._unknown("TC131", f"unknown model {name!r}", hint)
        else:
            text = f"no file names the model {name!r}, and no application is loaded that could define it"
            self.notes.append(Problem("TC131", text, hint=hint, severity=Severity.NOTE))

    def group(self, name: str | None) -> None:
        """Report an unknown group."""
        groups = self.snapshot.graph.nodes("group")
        if name and name not in groups:
            self._unknown("TC110", f"unknown group {name!r}", _hint(name, groups))

    def tenant(self, name: str | None) -> None:
        """Report a tenant that nothing names, as the settings demand."""
        named = self.snapshot.tenants
        if name is None or name in named or "*" + fold(name) in named:
            return
        hint = did_you_mean(name, (tenant for tenant in named if not tenant.startswith("*")))
        if self.snapshot.settings.unknown_tenants == "error":
            self._unknown("TC701", f"unknown tenant {name!r}", hint)
            return
        text = f"no file names the tenant {name!r}; this is what any unknown tenant gets"
        self.notes.append(Problem("TC701", text, hint=hint, severity=Severity.NOTE))

    def _unknown(self, code: str, text: str, hint: str) -> None:
        self.faults.append(Problem(code, text, address=self.address, hint=hint))


def _classes(name: str) -> list[type]:
    """Return the models of that name; the bases of models are models too."""
    found = catalog.models(name)
    if found:
        return found
    models = (model for index in catalog.model_index() for model in catalog.models(index))
    bases = {base for model in models for base in model.__mro__ if _is_called(base, name)}
    return sorted(bases, key=lambda cls: (cls.__module__, cls.__qualname__))


def _is_called(cls: type, name: str) -> bool:
    return any(name in aliases for aliases in model_of(cls).names[-1:])


def _hint(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return did_you_mean(name, names) or (f"known are {', '.join(names)}" if names else "")


def _split(message: str) -> tuple[str, str]:
    text, _, hint = message.partition("; ")
    return text, hint
